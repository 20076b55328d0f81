// SPDX-License-Identifier: GPL-2.0
// The GRE header (RFC 2784 2, with RFC 2890's key and sequence number), between its
// bytes and its fields.
#pragma once
#include "mplink/tunnel.h"

namespace mplink
{

// See mplink_core_gre_read() and _write().  Any context.
[[nodiscard]] mplink_u32 gre_read(const mplink_u8 *bytes, mplink_size len, mplink_gre &gre);
void gre_write(mplink_u8 *bytes, const mplink_gre &gre);

} // namespace mplink
