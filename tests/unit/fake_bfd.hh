// SPDX-License-Identifier: GPL-2.0
// BFD sessions as far as links can tell them from the real ones: a word that changes
// under the reader, and an end that no reader may live to see.
#pragma once
#include "fake_net.hh"

namespace fake
{

// The session over that device, or null.
mplink_bfd *session_of(const Netdev &dev, const mplink_addr &remote, const mplink_addr &local = {});
// What the far end, or its silence, does to a session; a session without a way to
// the far end stays down.  The core is not told.
void set_session(mplink_bfd *session, bool up);
bool session_runs(const mplink_bfd *session);
unsigned session_users(const mplink_bfd *session);
// How it was configured at last.
const mplink_bfd_config &session_config(const mplink_bfd *session);

} // namespace fake
