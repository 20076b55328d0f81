// SPDX-License-Identifier: GPL-2.0
// The state of a NIC as a pure function of events: (state, event, facts) ->
// (state, action).  Nothing is ever toggled; each event brings the facts anew,
// so an event that is lost, repeated or out of order does no lasting harm.
#pragma once
#include "mplink/types.h"

namespace mplink
{

// What is true of the NIC at the moment of the event.
struct NicFacts {
	bool registered; // a device of this name is in the namespace
	bool up;
	bool carrier;
	bool addressed; // has an address of a kind that its links ask for
};

struct NicState {
	bool attached = false; // the device is held, below the virtual NIC
	bool closing = false;  // between GOING_DOWN and DOWN: up, but not for long
	mplink_u32 reason = MPLINK_REASON_UNREGISTERED;

	constexpr bool valid() const
	{
		return reason == MPLINK_REASON_NONE;
	}
	friend bool operator==(const NicState &, const NicState &) = default;
};

struct NicStep {
	NicState next;
	bool attach; // take the device.  Failing that, the NIC is as unregistered
	bool detach; // let go of the device, for it goes away
};

NicStep nic_step(const NicState &state, mplink_u32 event, const NicFacts &facts);

} // namespace mplink
