// SPDX-License-Identifier: GPL-2.0
// A far end that begins anew, and what only looks like one.
#include "resequencer_fixture.hh"

namespace fake
{

namespace
{

using Restarts = Rules;

TEST_F(Restarts, ALinkThatGoesBackFarBeginsAnewAtOnce)
{
	in_order(0, 500);
	EXPECT_EQ(arrive(0, 0), Numbers{0});
	EXPECT_EQ(counters().restarts, 1U);
	// The links are waited for as in any new bucket.
	EXPECT_EQ(arrive(2, 2), Numbers{});
	EXPECT_EQ(arrive(1, 1), (Numbers{1, 2}));
	in_order(3, 500);
	EXPECT_EQ(counters().restarts, 1U);
	EXPECT_EQ(all().lost(), 0U);
}

TEST_F(Restarts, TheFirstNumbersMayBeBehind)
{
	in_order(0, 500);
	EXPECT_EQ(arrive(2, 2), Numbers{});
	EXPECT_EQ(arrive(0, 0), Numbers{0});
	EXPECT_EQ(arrive(1, 1), (Numbers{1, 2}));
	EXPECT_EQ(counters().restarts, 1U);
}

TEST_F(Restarts, WhatWasDeliveredBeforeIsForgotten)
{
	in_order(0, 500);
	EXPECT_EQ(arrive(100, 0), Numbers{100});
	EXPECT_TRUE(is_late(99, 1));
	EXPECT_EQ(arrive(101, 1), Numbers{101});
}

TEST_F(Restarts, WhatIsHeldIsDelivered)
{
	in_order(0, 500);
	EXPECT_EQ(arrive(502, 1), Numbers{});
	EXPECT_EQ(arrive(505, 1), Numbers{});
	EXPECT_EQ(arrive(0, 0), (Numbers{502, 505, 0}));
	EXPECT_EQ(all().lost(), 4U);
}

TEST_F(Restarts, AfterFewNumbersItTakesTwo)
{
	in_order(0, 30);
	EXPECT_TRUE(is_duplicate(0, 0));
	EXPECT_TRUE(counters().restarts == 0);
	// Over another link just as well.
	EXPECT_EQ(arrive(1, 1), Numbers{1});
	EXPECT_EQ(counters().restarts, 1U);
	in_order(2, 100);
}

TEST_F(Restarts, LoneDuplicatesAreNone)
{
	in_order(0, 300);
	for (mplink_u32 seq = 300; seq < 600; seq++) {
		ASSERT_EQ(arrive(seq, seq % 3), Numbers{seq});
		ASSERT_TRUE(is_duplicate(seq - 3 * (seq % 20), seq % 3));
	}
	EXPECT_EQ(counters().restarts, 0U);
	// Nor the same one many times over.
	ASSERT_EQ(arrive(600, 0), Numbers{600});
	for (int i = 0; i < 100; i++)
		ASSERT_TRUE(is_duplicate(590, 2));
	EXPECT_EQ(counters().restarts, 0U);
}

// One link's packets take another way, and those that were on the old one come after.
TEST_F(Restarts, StragglersOfALinkAreNone)
{
	const mplink_u32 next = mature(1);

	// The only link: given up at once.
	EXPECT_EQ(arrive(next + 400, 0), Numbers{next + 400});
	for (mplink_u32 i = 0; i < 400; i++) {
		ASSERT_TRUE(is_late(next + i, 0));
		ASSERT_EQ(arrive(next + 401 + i, 0), Numbers{next + 401 + i});
	}
	EXPECT_EQ(counters().restarts, 0U);
}

// broadcast: each number comes over each link, and over the slow one for the second time.
TEST_F(Restarts, ASlowLinksDuplicatesAreNone)
{
	constexpr mplink_u32 lag = 700;

	for (mplink_u32 seq = 0; seq < 5000; seq++) {
		all().pass(100);
		ASSERT_EQ(arrive(seq, 0), Numbers{seq});
		ASSERT_TRUE(is_duplicate(seq, 1));
		if (seq >= lag) {
			ASSERT_TRUE(is_duplicate(seq - lag, 2));
		}
	}
	// Now the fast ones die, and for a while the slow one brings only old numbers.
	for (mplink_u32 seq = 5000 - lag; seq < 5000; seq++) {
		all().pass(100);
		ASSERT_TRUE(is_duplicate(seq, 2));
	}
	for (mplink_u32 seq = 5000; seq < 6000; seq++)
		ASSERT_EQ(arrive(seq, 2), Numbers{seq});
	EXPECT_EQ(counters().restarts, 0U);
	EXPECT_EQ(counters().late, 0U);
}

TEST_F(Restarts, ABroadcastsLossIsFilledByTheSlowLink)
{
	constexpr mplink_u32 lag = 2000;
	unsigned filled = 0;

	for (mplink_u32 seq = 0; seq < 20000; seq++) {
		all().pass(20);
		// The fast link loses one in 5000.
		if (seq % 5000 != 4000)
			arrive(seq, 0);
		if (seq >= lag)
			filled += arrive(seq - lag, 1).size() > 1;
		all().config.max_perflow_buffer = 4000;
	}
	EXPECT_EQ(filled, 3U);
	EXPECT_EQ(all().lost(), 0U);
	EXPECT_EQ(counters().restarts, 0U);
}

// It restarts while packets of before are under way on the slow link.
TEST_F(Restarts, WhatIsUnderWayOfBeforeIsLate)
{
	for (const mplink_u32 life : {200U, 5000U, 200000U, 0x90000000U}) {
		Resequencing fresh(3);
		const auto out = [&fresh](mplink_u32 seq, mplink_u32 link) {
			fresh.pass(100);
			return fresh.arrive(seq, link);
		};
		const mplink_u32 lag = 100;
		mplink_u64 count = 0;

		// Even numbers over the fast link, odd ones over the slow one.
		for (mplink_u32 i = 0; i < 2000; i++) {
			out(life - 2000 + i, i % 2);
			count++;
		}
		for (mplink_u32 i = 0; i < 2000; i++) {
			if (i % 2 == 0 || i >= lag)
				count += delivered(out(i % 2 ? i - lag : i, i % 2)).size();
			else
				ASSERT_EQ(refused(out(life + i, 1), MPLINK_GRE_DROP_LATE),
					  Numbers{life + i})
					<< life;
		}
		EXPECT_EQ(fresh.counters().restarts, 1U) << life;
		EXPECT_EQ(fresh.lost(), 0U) << life;
		EXPECT_EQ(fresh.wrong, "");
	}
}

// But not for ever: what was under way has come by then, or never will.
TEST_F(Restarts, ALinkThatComesBackLaterIsHeard)
{
	for (const mplink_u64 pause : {1000000U, 2000000U}) {
		Resequencing fresh(7);

		for (mplink_u32 seq = 0; seq < 500; seq++)
			fresh.arrive(seq, seq % 3);
		for (mplink_u32 seq = 0; seq < 400; seq++)
			fresh.arrive(seq, seq % 2);
		EXPECT_EQ(fresh.counters().restarts, 1U);
		fresh.pass(pause);
		fresh.arrive(480, 2);
		EXPECT_EQ(fresh.counters().late, pause < 2000000 ? 1U : 0U);
		EXPECT_EQ(fresh.wrong, "");
	}
}

TEST_F(Restarts, AJumpAheadIsNoLoss)
{
	in_order(0, 500);
	EXPECT_EQ(arrive(502, 0), Numbers{});
	EXPECT_EQ(arrive(501 + 65537, 1), (Numbers{502, 501 + 65537}));
	EXPECT_EQ(counters().restarts, 1U);
	EXPECT_EQ(all().lost(), 2U);
	EXPECT_EQ(arrive(501 + 65538, 0), Numbers{501 + 65538});
}

TEST_F(Restarts, TheFurthestThatIsALoss)
{
	in_order(0, 500);
	EXPECT_EQ(arrive(500 + 65534, 0), Numbers{});
	EXPECT_EQ(arrive(500 + 65535, 1), Numbers{});
	EXPECT_EQ(arrive(500 + 65536, 2).size(), 3U);
	EXPECT_EQ(counters().restarts, 0U);
	EXPECT_EQ(counters().lost_rule, 65534U);
}

TEST_F(Restarts, JumpsByHalfTheRange)
{
	for (const mplink_u32 jump : {0x7fffffffU, 0x80000000U, 0x80000001U}) {
		Resequencing fresh(1);
		mplink_u32 seq = 1000;

		for (int round = 0; round < 10; round++, seq += jump)
			for (int i = 0; i < 100; i++, seq++)
				EXPECT_EQ(delivered(fresh.arrive(seq, 0)), Numbers{seq})
					<< round << ", " << i;
		EXPECT_EQ(fresh.counters().restarts, 9U) << jump;
		EXPECT_EQ(fresh.lost(), 0U);
		EXPECT_EQ(fresh.wrong, "");
	}
}

// Whatever comes, a far end that goes on sending is heard again.
TEST_F(Restarts, OverALinkThatHadBroughtNothing)
{
	mature(2);

	// Links 0 and 1 are dead, and the far end begins anew over link 2.
	all().alive = 4;

	mplink_u32 seq = 0;

	for (; seq < 10000 && arrive(seq, 2).empty(); seq++)
		all().pass(10000);
	EXPECT_LE(seq, 204U);
	EXPECT_EQ(counters().restarts, 1U);
	for (mplink_u32 end = seq + 100; ++seq < end;)
		EXPECT_EQ(arrive(seq, 2), Numbers{seq});
}

TEST_F(Restarts, OneNumberOutOfNowhereIsForgotten)
{
	in_order(0, 3000);
	EXPECT_EQ(arrive(0x40000000, 0), Numbers{0x40000000});

	unsigned lost = 0;

	for (mplink_u32 seq = 3000; seq < 4000; seq++) {
		all().pass(1000);

		const auto out = all().arrive(seq, seq % 3);

		lost += delivered(out).empty();
	}
	EXPECT_LE(lost, 3U);
	EXPECT_LE(counters().restarts, 2U);
}

} // namespace

} // namespace fake
