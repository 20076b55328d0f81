// SPDX-License-Identifier: GPL-2.0
#include "link/nic_state.hh"

namespace mplink
{

namespace
{

// GOING_DOWN alone tells that a device is about to close while it still looks up.  The events
// below tell that the closing is over.
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

NicStep nic_step(const NicState &state, mplink_u32 event, const NicSnapshot &snapshot)
{
	// A device that leaves its namespace is still registered at this event.  But nobody may
	// hold it afterwards, nor attach it again when the event is repeated.
	if (event == MPLINK_EVENT_UNREGISTER || !snapshot.registered)
		return {.next = {}, .attach = false, .detach = state.attached};

	NicState next = {.attached = true,
			 .closing = closing_after(state.closing, event),
			 .reason = MPLINK_REASON_NONE};

	if (next.closing || !snapshot.up)
		next.reason = MPLINK_REASON_ADMIN_DOWN;
	else if (!snapshot.carrier)
		next.reason = MPLINK_REASON_NO_CARRIER;
	else if (!snapshot.addressed)
		next.reason = MPLINK_REASON_NO_ADDRESS;
	return {.next = next, .attach = !state.attached, .detach = false};
}

} // namespace mplink
