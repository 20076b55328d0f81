// SPDX-License-Identifier: GPL-2.0
// The state of a NIC as a pure function: (state, event, snapshot) -> (state, action).
// Nothing is ever toggled.  Each event brings a new snapshot, so a lost, repeated or
// reordered event does no lasting harm.
#pragma once
#include "mplink/types.h"

namespace mplink
{

// The NIC at the moment of the event.
struct NicSnapshot {
	bool registered; // a device of this name is in the namespace
	bool up;
	bool carrier;
	bool addressed; // has an address of a family that its links need
};

struct NicState {
	bool attached = false; // the device is attached below the virtual NIC
	bool closing = false;  // between GOING_DOWN and DOWN: still up, but about to close
	mplink_u32 reason = MPLINK_REASON_UNREGISTERED;

	constexpr bool valid() const
	{
		return reason == MPLINK_REASON_NONE;
	}
	friend bool operator==(const NicState &, const NicState &) = default;
};

struct NicStep {
	NicState next;
	bool attach; // attach the device; if that fails, the NIC counts as unregistered
	bool detach; // detach the device, because it goes away
};

NicStep nic_step(const NicState &state, mplink_u32 event, const NicSnapshot &snapshot);

} // namespace mplink
