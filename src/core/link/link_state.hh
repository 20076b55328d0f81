// SPDX-License-Identifier: GPL-2.0
// Whether a link may carry packets, and why not: a pure function of its NIC and of the path to
// its remote.
#pragma once
#include "link/nic_state.hh"

namespace mplink
{

// What to do with the path to the remote.
enum class PathNeed {
	none,  // drop it: the device is gone, down, or has no address, so it has no routes
	keep,  // keep it: there is no carrier, and the path stays the same when it returns
	fresh, // it must exist, and be what a lookup gives now
};

constexpr PathNeed path_need(const NicState &nic, bool has_address)
{
	switch (nic.reason) {
	case MPLINK_REASON_NO_CARRIER:
		return PathNeed::keep;
	case MPLINK_REASON_NONE:
		return has_address ? PathNeed::fresh : PathNeed::none;
	default:
		return PathNeed::none;
	}
}

// The link's reason, enum mplink_reason.  no_path: why there is no path; NONE: there is one.
constexpr mplink_u32 link_reason(const NicState &nic, bool has_address, mplink_u32 no_path)
{
	if (!nic.valid())
		return nic.reason;
	if (!has_address)
		return MPLINK_REASON_NO_ADDRESS;
	return no_path;
}

} // namespace mplink
