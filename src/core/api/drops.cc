// SPDX-License-Identifier: GPL-2.0
// Counts dropped packets.  Not in api/core.cc, because functions that the core calls also call
// it: a BFD session sends packets, and IPsec may refuse them.
#include "mplink/core.h"

#include "link/device.hh"

extern "C" void mplink_core_drop(mplink_device *device, mplink_u32 drop, mplink_size lane)
{
	reinterpret_cast<mplink::Device *>(device)->drop(drop, lane);
}
