// SPDX-License-Identifier: GPL-2.0
// Every transition of the NIC state machine, one by one.
#include "link/nic_state.hh"

#include <gtest/gtest.h>

namespace mplink
{

namespace
{

constexpr NicSnapshot working = {
	.registered = true, .up = true, .carrier = true, .addressed = true};

constexpr mplink_u32 events[] = {
	MPLINK_EVENT_UP,       MPLINK_EVENT_DOWN,      MPLINK_EVENT_CHANGE,
	MPLINK_EVENT_REGISTER, MPLINK_EVENT_CHANGEMTU, MPLINK_EVENT_CHANGEADDR,
	MPLINK_EVENT_PRE_UP,   MPLINK_EVENT_INET_UP,   MPLINK_EVENT_CHANGENAME,
	MPLINK_EVENT_REFRESH,  MPLINK_EVENT_INET_DOWN, 0x7777,
};

NicState attached(mplink_u32 reason, bool closing = false)
{
	return {.attached = true, .closing = closing, .reason = reason};
}

TEST(NicState, IsUnregisteredAtFirst)
{
	EXPECT_EQ(NicState().reason, MPLINK_REASON_UNREGISTERED);
	EXPECT_FALSE(NicState().valid());
	EXPECT_FALSE(NicState().attached);
}

TEST(NicState, AnyEventOfARegisteredDeviceAttachesIt)
{
	for (const mplink_u32 event : events) {
		const NicStep step = nic_step({}, event, working);

		EXPECT_TRUE(step.attach) << event;
		EXPECT_FALSE(step.detach) << event;
		EXPECT_EQ(step.next, attached(MPLINK_REASON_NONE)) << event;
	}
}

TEST(NicState, AnAttachedDeviceIsNotAttachedAgain)
{
	for (const mplink_u32 event : events)
		EXPECT_FALSE(nic_step(attached(MPLINK_REASON_NONE), event, working).attach);
}

TEST(NicState, ReasonsComeInTheOrderInWhichTheUserMustMendThem)
{
	const auto reason = [](NicSnapshot snapshot) {
		return nic_step({}, MPLINK_EVENT_CHANGE, snapshot).next.reason;
	};

	EXPECT_EQ(reason({.registered = false, .up = true, .carrier = true, .addressed = true}),
		  MPLINK_REASON_UNREGISTERED);
	EXPECT_EQ(reason({.registered = true, .up = false, .carrier = false, .addressed = false}),
		  MPLINK_REASON_ADMIN_DOWN);
	EXPECT_EQ(reason({.registered = true, .up = true, .carrier = false, .addressed = false}),
		  MPLINK_REASON_NO_CARRIER);
	EXPECT_EQ(reason({.registered = true, .up = true, .carrier = true, .addressed = false}),
		  MPLINK_REASON_NO_ADDRESS);
	EXPECT_EQ(reason(working), MPLINK_REASON_NONE);
}

TEST(NicState, FactsDecideNotTheEventsName)
{
	NicSnapshot down = working;

	down.up = false;
	// An UP that was overtaken by the next DOWN, and the other way round.
	EXPECT_EQ(nic_step({}, MPLINK_EVENT_UP, down).next.reason, MPLINK_REASON_ADMIN_DOWN);
	EXPECT_TRUE(nic_step({}, MPLINK_EVENT_DOWN, working).next.valid());
	EXPECT_TRUE(nic_step({}, MPLINK_EVENT_INET_DOWN, working).next.valid());
}

TEST(NicState, GoingDownInvalidatesWhileTheDeviceStillLooksUp)
{
	const NicStep step =
		nic_step(attached(MPLINK_REASON_NONE), MPLINK_EVENT_GOING_DOWN, working);

	EXPECT_EQ(step.next, attached(MPLINK_REASON_ADMIN_DOWN, true));
	EXPECT_FALSE(step.attach);
	EXPECT_FALSE(step.detach);
}

TEST(NicState, AClosingDeviceStaysInvalidWhateverElseIsHeardOfIt)
{
	const NicState closing = attached(MPLINK_REASON_ADMIN_DOWN, true);

	for (const mplink_u32 event :
	     {mplink_u32{MPLINK_EVENT_CHANGE}, mplink_u32{MPLINK_EVENT_CHANGEMTU},
	      mplink_u32{MPLINK_EVENT_CHANGEADDR}, mplink_u32{MPLINK_EVENT_INET_UP},
	      mplink_u32{MPLINK_EVENT_INET_DOWN}, mplink_u32{MPLINK_EVENT_REFRESH},
	      mplink_u32{MPLINK_EVENT_CHANGENAME}, mplink_u32{MPLINK_EVENT_GOING_DOWN}})
		EXPECT_EQ(nic_step(closing, event, working).next, closing) << event;
}

TEST(NicState, ClosingEndsWithDownAndWithWhateverComesUp)
{
	const NicState closing = attached(MPLINK_REASON_ADMIN_DOWN, true);

	for (const mplink_u32 event :
	     {mplink_u32{MPLINK_EVENT_DOWN}, mplink_u32{MPLINK_EVENT_PRE_UP},
	      mplink_u32{MPLINK_EVENT_UP}, mplink_u32{MPLINK_EVENT_REGISTER}})
		EXPECT_EQ(nic_step(closing, event, working).next, attached(MPLINK_REASON_NONE))
			<< event;
}

TEST(NicState, UnregisterDetachesOnce)
{
	const NicStep first =
		nic_step(attached(MPLINK_REASON_NONE), MPLINK_EVENT_UNREGISTER, working);
	const NicStep repeat = nic_step(first.next, MPLINK_EVENT_UNREGISTER, working);

	EXPECT_TRUE(first.detach);
	EXPECT_EQ(first.next, NicState());
	EXPECT_FALSE(repeat.detach);
	EXPECT_FALSE(repeat.attach);
	EXPECT_EQ(repeat.next, NicState());
}

TEST(NicState, ADeviceThatIsNotThereIsLetGoByAnyEvent)
{
	NicSnapshot gone = working;

	gone.registered = false;
	for (const mplink_u32 event : events) {
		const NicStep step = nic_step(attached(MPLINK_REASON_NONE), event, gone);

		EXPECT_TRUE(step.detach) << event;
		EXPECT_FALSE(step.attach) << event;
		EXPECT_EQ(step.next, NicState()) << event;
		EXPECT_FALSE(nic_step({}, event, gone).detach) << event;
	}
}

} // namespace

} // namespace mplink
