// SPDX-License-Identifier: GPL-2.0
// What cannot be meant by a name or an address, whoever gives it: each function
// returns why, in words that follow the value, or null.
#pragma once
#include "base/addr.hh"

namespace mplink
{

// As a NIC's name: would the kernel take it?
const char *why_no_nic_name(const char *name, mplink_size len);
// As a peer's virtual address.
const char *why_no_peer(const mplink_addr &addr);
// As what is sent to that remote comes from.
const char *why_no_local(const mplink_addr &local, const mplink_addr &remote);
// As that peer's address on a NIC.
const char *why_no_remote(const mplink_addr &remote, const mplink_addr &peer);

} // namespace mplink
