// SPDX-License-Identifier: GPL-2.0
// Order, duplicates, and how gaps end.
#include "random.hh"
#include "resequencer_fixture.hh"

namespace fake
{

namespace
{

TEST_F(Rules, InOrderNothingIsHeld)
{
	in_order(0, 100);
	EXPECT_EQ(counters().in_order, 100U);
	EXPECT_EQ(counters().held_max, 0U);
	EXPECT_EQ(all().deadline(), MPLINK_NEVER);
}

TEST_F(Rules, ABucketBeginsWithNoughtIfItsFirstNumberIsLow)
{
	EXPECT_EQ(arrive(2, 2), Numbers{});
	EXPECT_EQ(arrive(0, 0), Numbers{0});
	EXPECT_EQ(arrive(1, 1), (Numbers{1, 2}));
}

TEST_F(Rules, ElseWithThatNumber)
{
	EXPECT_EQ(arrive(63, 0), Numbers{});
	EXPECT_EQ(delivered(all().flush()), Numbers{63});
	EXPECT_EQ(delivered(all().arrive(64, 0, 1)), Numbers{64});
	EXPECT_EQ(delivered(all().arrive(0x80000000, 0, 2)), Numbers{0x80000000});
	// What was before it was never waited for, once another one has followed it.
	EXPECT_EQ(delivered(all().arrive(65, 0, 1)), Numbers{65});
	EXPECT_EQ(refused(all().arrive(63, 1, 1), MPLINK_GRE_DROP_LATE), Numbers{63});
}

TEST_F(Rules, BucketsAreIndependent)
{
	EXPECT_EQ(arrive(1, 0), Numbers{});
	for (mplink_u32 bucket = 1; bucket < 256; bucket++)
		EXPECT_EQ(delivered(all().arrive(0, 0, bucket)), Numbers{0});
	EXPECT_EQ(counters().held, 1U);
}

TEST_F(Rules, WhatIsAheadIsHeldUntilTheGapIsFilled)
{
	in_order(0, 3);
	EXPECT_EQ(arrive(4, 1), Numbers{});
	EXPECT_EQ(arrive(6, 1), Numbers{});
	EXPECT_EQ(arrive(7, 2), Numbers{});
	EXPECT_EQ(arrive(3, 0), (Numbers{3, 4}));
	EXPECT_EQ(arrive(5, 0), (Numbers{5, 6, 7}));
	EXPECT_EQ(counters().reordered, 3U);
	EXPECT_EQ(counters().in_order, 5U);
	EXPECT_EQ(counters().held_max, 3U);
	EXPECT_EQ(all().lost(), 0U);
}

TEST_F(Rules, WhatWasDeliveredIsADuplicate)
{
	in_order(0, 200);
	for (mplink_u32 seq : {199U, 198U, 136U, 135U})
		EXPECT_TRUE(is_duplicate(seq, seq % 3)) << seq;
	// However long ago, over a link that is slow.
	EXPECT_TRUE(is_duplicate(0, 3));
	EXPECT_EQ(counters().duplicates, 5U);
}

TEST_F(Rules, WhatIsHeldAlreadyIsADuplicate)
{
	in_order(0, 3);
	EXPECT_EQ(arrive(5, 0), Numbers{});
	EXPECT_TRUE(is_duplicate(5, 0));
	EXPECT_TRUE(is_duplicate(5, 1));
	EXPECT_EQ(arrive(6, 0), Numbers{});
	EXPECT_EQ(arrive(3, 0), Numbers{3});
	EXPECT_EQ(arrive(4, 2), (Numbers{4, 5, 6}));
}

TEST_F(Rules, WhatWasGivenUpIsLate)
{
	in_order(0, 300);
	// 300 and 303 are lost.
	EXPECT_EQ(arrive(301, 0), Numbers{});
	EXPECT_EQ(arrive(302, 1), Numbers{});
	EXPECT_EQ(arrive(304, 2), (Numbers{301, 302}));
	EXPECT_EQ(arrive(305, 0), Numbers{});
	EXPECT_EQ(arrive(306, 1), (Numbers{304, 305, 306}));
	EXPECT_EQ(counters().lost_rule, 2U);
	EXPECT_TRUE(is_late(303, 2));
	EXPECT_TRUE(is_late(300, 2));
	EXPECT_TRUE(is_duplicate(302, 2));
	EXPECT_TRUE(is_duplicate(299, 2));
	EXPECT_EQ(counters().late, 2U);
}

// RFC 1990 4.1.
TEST_F(Rules, AGapIsGivenUpOnceEveryLinkHasPassedIt)
{
	in_order(0, 9);
	EXPECT_EQ(arrive(10, 0), Numbers{});
	EXPECT_EQ(arrive(13, 0), Numbers{});
	EXPECT_EQ(arrive(11, 1), Numbers{});
	EXPECT_EQ(arrive(14, 1), Numbers{});
	EXPECT_EQ(arrive(12, 2), range(10, 15));
	EXPECT_EQ(counters().lost_rule, 1U);
	EXPECT_EQ(arrive(15, 2), Numbers{15});
}

TEST_F(Rules, ADuplicateTakesNothingBackThatItsLinkHasPassed)
{
	in_order(0, 9);
	EXPECT_EQ(arrive(10, 0), Numbers{});
	EXPECT_TRUE(is_duplicate(6, 0));
	EXPECT_EQ(arrive(11, 1), Numbers{});
	EXPECT_EQ(arrive(12, 2), range(10, 13));
}

TEST_F(Rules, OneGapAfterTheOther)
{
	in_order(0, 9);
	// 9, 12 and 13 are lost; link 2 has passed the first only.
	EXPECT_EQ(arrive(10, 0), Numbers{});
	EXPECT_EQ(arrive(14, 0), Numbers{});
	EXPECT_EQ(arrive(15, 1), Numbers{});
	EXPECT_EQ(arrive(11, 2), (Numbers{10, 11}));
	EXPECT_EQ(counters().lost_rule, 1U);
	EXPECT_EQ(arrive(16, 2), (Numbers{14, 15, 16}));
	EXPECT_EQ(counters().lost_rule, 3U);
}

TEST_F(Rules, ALinkThatIsNotValidIsNotWaitedFor)
{
	in_order(0, 9);
	all().alive = 3;
	EXPECT_EQ(arrive(10, 0), Numbers{});
	EXPECT_EQ(arrive(11, 1), (Numbers{10, 11}));
}

TEST_F(Rules, NorOneThatBecomesSo)
{
	in_order(0, 9);
	EXPECT_EQ(arrive(10, 0), Numbers{});
	EXPECT_EQ(arrive(11, 1), Numbers{});
	EXPECT_EQ(delivered(all().expire()), Numbers{});
	all().alive = 3;
	EXPECT_EQ(delivered(all().expire()), (Numbers{10, 11}));
	EXPECT_EQ(counters().lost_rule, 1U);
}

TEST_F(Rules, WithoutALinkNothingIsWaitedFor)
{
	in_order(0, 9);
	EXPECT_EQ(arrive(12, 0), Numbers{});
	all().alive = 0;
	EXPECT_EQ(delivered(all().expire()), Numbers{12});
}

TEST_F(Rules, ANewBucketWaitsForLinksThatHaveBroughtNothingYet)
{
	in_order(0, 1000, 2);
	EXPECT_EQ(arrive(1001, 0), Numbers{});
	EXPECT_EQ(arrive(1002, 1), Numbers{});
	EXPECT_EQ(arrive(1000, 2), (Numbers{1000, 1001, 1002}));
}

TEST_F(Rules, AnOlderOneOnlyForThoseThatHave)
{
	const mplink_u32 next = mature(1);

	EXPECT_EQ(arrive(next + 1, 0), Numbers{next + 1});
	EXPECT_EQ(counters().lost_rule, 1U);
}

// balance-xor: a flow that has moved does not wait for the link it was on for ever.
TEST_F(Rules, ALinkThatBringsNothingAnyMoreIsWaitedForAWhile)
{
	const mplink_u32 next = mature(2);

	for (mplink_u32 seq = next; seq < next + 500; seq++)
		arrive(seq, 0);
	EXPECT_EQ(arrive(next + 501, 0), Numbers{});
	EXPECT_EQ(arrive(next + 500, 0), (Numbers{next + 500, next + 501}));
	// The link had let it be overtaken. That is forgotten only later.
	all().pass(mplink::Resequencer::distrust_us);
	for (mplink_u32 seq = next + 502; seq < next + 1100; seq++)
		arrive(seq, 0);
	EXPECT_EQ(arrive(next + 1101, 0), Numbers{next + 1101});
}

// A weight of 1 beside one of thousands: what it brings comes seldom, but may be slow.
TEST_F(Rules, ALinkThatSeldomBringsSomethingIsWaitedForAllTheSame)
{
	mplink_u32 next = mature(2);
	unsigned late = 0;

	for (int round = 0; round < 8; round++) {
		// The link's packet is a little later than those of the other.
		const mplink_u32 slow = next;

		for (mplink_u32 seq = slow + 1; seq < slow + 3000; seq++) {
			if (seq == slow + 20)
				late += is_late(slow, 1);
			arrive(seq, 0);
		}
		next = slow + 3000;
	}
	EXPECT_EQ(late, 1U);
	EXPECT_EQ(counters().late, 1U);
}

TEST_F(Rules, TheTimerGivesAGapUp)
{
	in_order(0, 9);
	EXPECT_EQ(arrive(10, 0), Numbers{});

	const mplink_u64 due = all().now() + 200000;

	EXPECT_EQ(all().deadline(), due);
	all().pass(1000);
	EXPECT_EQ(arrive(11, 0), Numbers{});
	// It runs from the first packet behind the gap on.
	EXPECT_EQ(all().deadline(), due);
	EXPECT_EQ(delivered(all().pass(due - all().now() - 1)), Numbers{});
	EXPECT_EQ(delivered(all().expire()), Numbers{});
	EXPECT_EQ(delivered(all().pass(1)), (Numbers{10, 11}));
	EXPECT_EQ(counters().lost_timer, 1U);
	EXPECT_EQ(all().deadline(), MPLINK_NEVER);
	EXPECT_TRUE(is_late(9, 0));
}

TEST_F(Rules, EachGapHasItsOwnTime)
{
	in_order(0, 9);
	EXPECT_EQ(arrive(10, 0), Numbers{});
	all().pass(50000);
	EXPECT_EQ(arrive(12, 0), Numbers{});
	EXPECT_EQ(delivered(all().pass(150000)), Numbers{10});
	EXPECT_EQ(all().deadline(), all().now() + 50000);
	EXPECT_EQ(delivered(all().pass(50000)), Numbers{12});
	EXPECT_EQ(counters().lost_timer, 2U);
	EXPECT_EQ(counters().wait_us, 400000U);
	EXPECT_EQ(counters().wait_max_us, 200000U);
}

// What arrives first may have the higher number.
TEST_F(Rules, NothingIsHeldForLongerThanTheTimer)
{
	in_order(0, 9);
	EXPECT_EQ(arrive(20, 0), Numbers{});
	for (mplink_u32 seq = 19; seq > 9; seq--) {
		all().pass(10000);
		EXPECT_EQ(arrive(seq, 1), Numbers{});
	}
	EXPECT_EQ(delivered(all().pass(100000)), range(10, 21));
	EXPECT_EQ(counters().wait_max_us, 200000U);
}

TEST_F(Rules, ATimerThatComesTooSoonDoesNothing)
{
	in_order(0, 9);
	arrive(10, 0);
	EXPECT_EQ(delivered(all().expire()), Numbers{});
	EXPECT_EQ(all().deadline(), all().now() + 200000);
	EXPECT_EQ(delivered(all().expire(77)), Numbers{});
}

TEST_F(Rules, TheTimerFollowsTheSpreadOfTheLinks)
{
	mplink_u32 next = 0;

	// Link 1 is 30 ms behind.
	for (int i = 0; i < 120; i++, next += 3) {
		arrive(next, 0);
		arrive(next + 2, 0);
		all().pass(30000);
		EXPECT_EQ(arrive(next + 1, 1), (Numbers{next + 1, next + 2}));
	}
	EXPECT_EQ(counters().timer_us, 60000U);
	EXPECT_EQ(counters().wait_us, 120U * 30000);
}

// The gap is never closed by it, yet it tells how late the link is.
TEST_F(Rules, ItAlsoLearnsFromAGapThatIsFilledInPart)
{
	mplink_u32 next = 0;

	for (int i = 0; i < 120; i++, next += 4) {
		arrive(next, 0);
		arrive(next + 3, 0);
		all().pass(30000);
		EXPECT_EQ(arrive(next + 2, 1), Numbers{});
		all().pass(200000);
	}
	EXPECT_EQ(counters().timer_us, 60000U);
}

class TimersRules : public Rules
{
protected:
	// Link 1 is 1 ms behind.  The next number.
	mplink_u32 learn()
	{
		in_order(0, 9);
		for (mplink_u32 seq = 10; seq < 6010; seq += 3) {
			arrive(seq, 0);
			all().pass(1000);
			arrive(seq - 1, 1);
			arrive(seq + 1, 2);
		}
		EXPECT_EQ(counters().timer_us, 2000U);
		return 6009;
	}
};

TEST_F(TimersRules, WhatComesAfterItsTimeDoublesIt)
{
	const mplink_u32 next = learn();

	arrive(next + 1, 0);
	EXPECT_EQ(delivered(all().pass(2000)), Numbers{next + 1});
	EXPECT_EQ(arrive(next, 1), Numbers{});
	EXPECT_EQ(counters().timer_us, 4000U);
	// What came behind the gap was alone until now.
	EXPECT_EQ(counters().late, 0U);
	EXPECT_EQ(arrive(next + 2, 0), Numbers{next + 2});
	EXPECT_EQ(counters().late, 1U);
}

// It says nothing of the spread between links.
TEST_F(TimersRules, WhatItsOwnLinkHadOvertakenDoesNot)
{
	const mplink_u32 next = learn();

	arrive(next + 2, 0);
	arrive(next + 3, 0);
	EXPECT_EQ(delivered(all().pass(2000)), range(next + 2, next + 4));
	EXPECT_TRUE(is_late(next, 1));
	EXPECT_TRUE(is_late(next + 1, 0));
	EXPECT_EQ(counters().timer_us, 4000U);
}

// The lateness of a packet is known for one gap at a time.
TEST_F(TimersRules, ItIsAsLongAsTheLateOneWasLate)
{
	const mplink_u32 next = learn();

	all().config.outoforder_max_us.write(2000000);
	arrive(next + 1, 0);
	arrive(next + 2, 0);
	all().pass(300000);
	EXPECT_TRUE(is_late(next, 1));
	EXPECT_EQ(counters().timer_us, 600000U);
}

TEST_F(TimersRules, NorWhatWasNotGivenUpByIt)
{
	const mplink_u32 next = learn();

	all().alive = 1;
	EXPECT_EQ(arrive(next + 1, 0), Numbers{next + 1});
	EXPECT_EQ(arrive(next + 2, 0), Numbers{next + 2});
	EXPECT_TRUE(is_late(next, 1));
	EXPECT_EQ(counters().timer_us, 2000U);
}

// It is told of once, though all that it brings is late.
TEST_F(Rules, ALinkThatIsTooSlowIsToldOf)
{
	constexpr mplink_u32 lag = 60;

	all().config.outoforder_max_us.write(50000);
	all().alive = 3;
	for (mplink_u32 seq = 0; seq < 4000; seq++) {
		all().pass(5000);
		if (seq % 2 == 0)
			all().arrive(seq, 0);
		else if (seq > lag)
			all().arrive(seq - lag, 1);
	}
	ASSERT_EQ(all().slow_us.size(), 1U);
	EXPECT_GE(all().slow_us[0], 290000U);
	EXPECT_LE(all().slow_us[0], 310000U);
	EXPECT_GT(counters().too_slow, 0U);
	EXPECT_GT(counters().late, 1900U);
}

TEST_F(Rules, AFullBucketGivesItsFirstGapUp)
{
	all().config.max_perflow_buffer.write(4);
	in_order(0, 9);
	for (mplink_u32 seq : {10U, 12U, 14U, 15U})
		EXPECT_EQ(arrive(seq, 0), Numbers{});
	EXPECT_EQ(arrive(17, 0), Numbers{10});
	EXPECT_EQ(counters().lost_overflow, 1U);
	EXPECT_EQ(arrive(18, 0), Numbers{12});
	EXPECT_EQ(arrive(13, 0), (Numbers{13, 14, 15}));
	EXPECT_EQ(counters().lost_overflow, 2U);
	EXPECT_EQ(counters().held_max, 4U);
}

TEST_F(Rules, AFullPeerGivesUpWhereItArrives)
{
	all().config.max_peer_buffer.write(3);
	for (mplink_u32 bucket = 0; bucket < 3; bucket++)
		EXPECT_EQ(delivered(all().arrive(1, 0, bucket)), Numbers{});
	EXPECT_EQ(delivered(all().arrive(1, 0, 3)), Numbers{1});
	EXPECT_EQ(delivered(all().arrive(3, 0, 0)), Numbers{1});
	EXPECT_EQ(counters().lost_overflow, 2U);
	EXPECT_EQ(counters().held, 3U);
}

TEST_F(Rules, ABufferMadeSmallerIsSoAtTheNextPacket)
{
	in_order(0, 9);
	for (mplink_u32 seq = 10; seq < 110; seq += 2)
		arrive(seq, 0);
	ASSERT_EQ(counters().held, 50U);
	all().config.max_perflow_buffer.write(10);
	EXPECT_EQ(arrive(110, 0).size(), 41U);
	EXPECT_EQ(counters().held, 10U);
	EXPECT_EQ(counters().lost_overflow, 41U);
}

TEST_F(Rules, NumbersWrap)
{
	const mplink_u32 start = 0U - 100;

	for (mplink_u32 i = 0; i < 200; i += 4) {
		EXPECT_EQ(arrive(start + i, 0), Numbers{start + i});
		EXPECT_EQ(arrive(start + i + 2, 0), Numbers{});
		EXPECT_EQ(arrive(start + i + 3, 2), Numbers{});
		EXPECT_EQ(arrive(start + i + 1, 1), range(start + i + 1, start + i + 4));
		EXPECT_TRUE(is_duplicate(start + i + 2, 1));
	}
	EXPECT_EQ(counters().restarts, 0U);
}

// A link that reorders after all, by no more than is held.
TEST_F(Rules, WhatItsOwnLinkHasOvertakenFillsItsGap)
{
	in_order(0, 9);
	for (mplink_u32 seq : {15U, 10U, 12U, 11U, 14U})
		EXPECT_EQ(arrive(seq, 0), Numbers{});
	EXPECT_TRUE(is_duplicate(12, 0));
	EXPECT_EQ(arrive(9, 1), range(9, 13));
	EXPECT_EQ(arrive(13, 1), range(13, 16));
	EXPECT_EQ(all().lost(), 0U);
}

// Several CPUs that send or receive for one link: to have passed a gap proves nothing.
TEST_F(Rules, LinksThatLetPacketsOvertakeEachOtherAreNotTrustedForAWhile)
{
	in_order(0, 9);
	// All have passed 9, and yet it comes.
	arrive(10, 0);
	arrive(11, 1);
	EXPECT_EQ(arrive(12, 2), range(10, 13));
	EXPECT_TRUE(is_late(9, 0));
	arrive(14, 0);
	arrive(15, 1);
	EXPECT_EQ(arrive(16, 2), Numbers{});
	EXPECT_EQ(arrive(13, 1), range(13, 17));
	EXPECT_EQ(counters().lost_rule, 1U);
	EXPECT_EQ(counters().late, 1U);
	// Even so, a link that is not valid is not waited for.
	arrive(18, 0);
	all().alive = 0;
	EXPECT_EQ(arrive(19, 1), range(18, 20));
	all().alive = 7;
	// From when that last was.
	all().pass(mplink::Resequencer::distrust_us);
	arrive(21, 0);
	arrive(22, 1);
	EXPECT_EQ(arrive(23, 2), range(21, 24));
	EXPECT_EQ(counters().lost_rule, 3U);
}

// However many others its link has let overtake it, and in whatever order they came.
TEST_F(Rules, NoPacketIsRefusedForItsPlace)
{
	Random random(4754);
	std::vector<mplink_u32> numbers = range(10, 410);

	all().alive = 15;
	in_order(0, 9);
	for (std::size_t i = numbers.size(); i > 1; i--)
		std::swap(numbers[i - 1], numbers[random.below(static_cast<mplink_u32>(i))]);
	for (mplink_u32 seq : numbers)
		ASSERT_EQ(arrive(seq, seq % 3), Numbers{});
	for (mplink_u32 seq : numbers)
		ASSERT_TRUE(is_duplicate(seq, seq % 3));
	EXPECT_EQ(arrive(9, 0), range(9, 410));
	EXPECT_EQ(counters().late, 0U);
}

TEST_F(Rules, FlushingGivesEverythingUp)
{
	in_order(0, 9);
	for (mplink_u32 seq : {11U, 15U, 30U})
		arrive(seq, 0);
	EXPECT_EQ(delivered(all().flush()), (Numbers{11, 15, 30}));
	EXPECT_EQ(counters().held, 0U);
	EXPECT_EQ(all().lost(), 2U + 3U + 14U);
	EXPECT_EQ(delivered(all().flush()), Numbers{});
}

TEST_F(Rules, AllLinksThatThereCanBe)
{
	all().alive = ~mplink_u64{0};
	in_order(0, 64, 64);
	for (mplink_u32 link = 63; link; link--)
		EXPECT_EQ(arrive(64 + link, link), Numbers{});
	EXPECT_EQ(arrive(64, 0), range(64, 128));
	for (mplink_u32 link = 0; link < 63; link++)
		EXPECT_EQ(arrive(129 + link, link), Numbers{});
	EXPECT_EQ(arrive(192, 63), range(129, 193));
}

} // namespace

} // namespace fake
