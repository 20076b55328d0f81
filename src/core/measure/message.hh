// SPDX-License-Identifier: GPL-2.0
// The messages about links, as bytes: docs/protocol.md.
#pragma once
#include "mplink/measure.h"

namespace mplink
{

// Returns the length in bytes.
mplink_size write_message(mplink_u8 *bytes, const mplink_message &message);
// Returns the length in bytes; 0: no message begins here.
mplink_size read_message(const mplink_u8 *bytes, mplink_size len, mplink_message &message);

} // namespace mplink
