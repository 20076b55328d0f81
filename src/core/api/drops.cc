// SPDX-License-Identifier: GPL-2.0
// Counting dropped packets.  Apart from api/core.cc, because it is also called by what the core
// itself calls: a BFD session sends packets, and IPsec may refuse them.
#include "mplink/core.h"

#include "link/device.hh"

extern "C" void mplink_core_drop(mplink_device *device, mplink_u32 drop, mplink_size lane)
{
	reinterpret_cast<mplink::Device *>(device)->drop(drop, lane);
}
