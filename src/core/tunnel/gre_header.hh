// SPDX-License-Identifier: GPL-2.0
// Reads and writes GRE headers (RFC 2784 2, with the key and number of RFC 2890).
#pragma once
#include "mplink/tunnel.h"

namespace mplink
{

// See mplink_core_gre_read() and _write().  Any context.
[[nodiscard]] mplink_u32 gre_read(const mplink_u8 *bytes, mplink_size len, mplink_gre &gre);
void gre_write(mplink_u8 *bytes, const mplink_gre &gre);
// The same without a sequence number: MPLINK_MESSAGE_GRE_LEN bytes.
void gre_write_unnumbered(mplink_u8 *bytes, const mplink_gre &gre);

} // namespace mplink
