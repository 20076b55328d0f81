// SPDX-License-Identifier: GPL-2.0
#include "link/nic_state.hh"

namespace mplink
{

namespace
{

// Only GOING_DOWN tells that a device which still looks up is about to close,
// and only these tell that the closing is over.
bool closing_after(bool closing, mplink_u32 event)
{
	switch (event) {
	case MPLINK_EVENT_GOING_DOWN:
		return true;
	case MPLINK_EVENT_DOWN:
	case MPLINK_EVENT_PRE_UP:
	case MPLINK_EVENT_UP:
	case MPLINK_EVENT_REGISTER:
		return false;
	default:
		return closing;
	}
}

} // namespace

NicStep nic_step(const NicState &state, mplink_u32 event, const NicFacts &facts)
{
	// A device that leaves its namespace is still registered when it says
	// so; but nobody may hold it after this event, nor take it again on
	// one of its repeats.
	if (event == MPLINK_EVENT_UNREGISTER || !facts.registered)
		return {.next = {}, .attach = false, .detach = state.attached};

	NicState next = {.attached = true,
			 .closing = closing_after(state.closing, event),
			 .reason = MPLINK_REASON_NONE};

	if (next.closing || !facts.up)
		next.reason = MPLINK_REASON_ADMIN_DOWN;
	else if (!facts.carrier)
		next.reason = MPLINK_REASON_NO_CARRIER;
	else if (!facts.addressed)
		next.reason = MPLINK_REASON_NO_ADDRESS;
	return {.next = next, .attach = !state.attached, .detach = false};
}

} // namespace mplink
