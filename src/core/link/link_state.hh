// SPDX-License-Identifier: GPL-2.0
// Why a link may or may not carry packets, as a pure function of its NIC and
// of the way to its remote.
#pragma once
#include "link/nic_state.hh"

namespace mplink
{

// How far the way to the remote is worth keeping.
enum class PathNeed {
	none,  // the device is gone or closed, or has no address: routes go with it
	keep,  // no cable: the way will be the same when it is back
	fresh, // it must be there, and be what a lookup gives now
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

// no_path: why there is no way to the remote; NONE: there is one.
constexpr mplink_u32 link_reason(const NicState &nic, bool has_address, mplink_u32 no_path)
{
	if (!nic.valid())
		return nic.reason;
	if (!has_address)
		return MPLINK_REASON_NO_ADDRESS;
	return no_path;
}

} // namespace mplink
