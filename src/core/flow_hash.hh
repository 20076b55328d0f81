// SPDX-License-Identifier: GPL-2.0
// Which flow a packet belongs to, as a number.
#pragma once
#include "mplink/types.h"

namespace mplink
{

// A hash of addresses, protocol and ports, the same for all packets of a flow.
// l3: the IP header, of which len bytes may be read.  Fragments and extension
// headers hide the ports; all packets of a datagram then hash without them.
// What is no IP packet hashes to 0.
mplink_u32 flow_hash(const mplink_u8 *l3, mplink_u32 len);

} // namespace mplink
