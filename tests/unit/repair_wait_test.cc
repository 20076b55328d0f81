// SPDX-License-Identifier: GPL-2.0
// When gaps are asked for though no packet comes, when once more, and when they are given up.
#include "repair_fixture.hh"

namespace fake
{

namespace
{

// A flow's last packets are lost, and the one that tells of it is alone: the sender waits for its
// answer.
TEST_F(Repair, NoOtherPacketNeedCome)
{
	const mplink_u32 n = promised();

	all().config.outoforder_max_us.write(2000000);
	for (mplink_u32 i = 0; i < 6; i++)
		all().mark_again(i % 3, 5 * ms, 1000);
	arrive(n + 3, 0);
	all().pass(20 * ms);
	EXPECT_EQ(asked(), Numbers{});
	all().pass(15 * ms);
	EXPECT_EQ(asked(), range(n, n + 3));
}

// The mark that shows it comes later.
TEST_F(Repair, NoOtherPacketNeedFollowAMark)
{
	const mplink_u32 n = promised();

	all().config.outoforder_max_us.write(2000000);
	for (mplink_u32 link = 0; link < 3; link++)
		all().mark(link, 5 * ms, 1000);
	arrive(n + 3, 0);
	all().pass(100 * ms);
	EXPECT_EQ(asked(), Numbers{});
	for (mplink_u32 link = 1; link < 3; link++)
		all().mark(link, 5 * ms, 1000);
	all().pass(16 * ms);
	EXPECT_EQ(asked(), range(n, n + 3));
}

// Nothing shows that the third link has passed.
TEST_F(Repair, TheTimerAsksInTheEnd)
{
	const mplink_u32 n = promised();

	all().config.outoforder_max_us.write(2000000);
	arrive(n + 1, 0);
	arrive(n + 2, 1);
	// So long does a timer run of which nothing is known.
	EXPECT_EQ(delivered(all().pass(200 * ms - 1)), Numbers{});
	EXPECT_EQ(asked(), Numbers{});
	EXPECT_EQ(delivered(all().pass(1)), Numbers{});
	EXPECT_EQ(asked(), Numbers{n});
	EXPECT_EQ(replay(n, 1), range(n, n + 3));
}

// A NACK is lost, or what it asks for.
TEST_F(Repair, ItIsAskedForTwice)
{
	const mplink_u32 n = promised();

	lose(n, 1);
	EXPECT_EQ(asked(), Numbers{n});
	all().pass(promise_ms * ms - 1);
	EXPECT_EQ(asked(), Numbers{});
	all().pass(1);
	EXPECT_EQ(asked(), Numbers{n});
	EXPECT_EQ(delivered(all().pass(promise_ms * ms - 1)), Numbers{});
	EXPECT_EQ(delivered(all().pass(1)), range(n + 1, n + 4));
	EXPECT_EQ(asked(), Numbers{});
	EXPECT_EQ(counters().lost_rule, 1U);
	EXPECT_EQ(counters().repair_asked, 2U);
}

// Each repair teaches how long the next one takes.
TEST_F(Repair, TheWaitFollowsWhatRepairsTake)
{
	mplink_u32 n = promised();

	for (int i = 0; i < 40; i++, n += 4) {
		lose(n, 1);
		all().pass(10 * ms);
		ASSERT_EQ(replay(n, 0), range(n, n + 4));
		marks();
	}
	EXPECT_EQ(counters().repair_us, 10 * ms);
	lose(n, 1);
	EXPECT_EQ(all().deadline() - all().now(), 10 * ms + 5 * ms + 5 * ms);
	// This one was lost, and came when it was asked for again.
	all().pass(20 * ms);
	all().pass(10 * ms);
	EXPECT_EQ(replay(n, 0), range(n, n + 4));
	EXPECT_EQ(counters().repair_us, 10 * ms);
	// This one answers the first time: too soon for the second one.
	marks();
	n += 4;
	lose(n, 1);
	all().pass(20 * ms);
	all().pass(2 * ms);
	EXPECT_EQ(replay(n, 0), range(n, n + 4));
	EXPECT_EQ(counters().repair_us, 10 * ms - 1250 + 2750);
}

// While little is known of how long repairs take, a lost NACK makes nobody wait for as long as one
// may.  What was asked for twice does wait for so long.
TEST_F(Repair, ItIsAskedForAgainSoonerThanGivenUp)
{
	mplink_u32 n = promised();

	lose(n, 1);
	all().pass(12 * ms);
	ASSERT_EQ(replay(n, 0), range(n, n + 4));
	n += 4;
	marks();
	asked();
	lose(n, 1);
	EXPECT_EQ(asked(), Numbers{n});

	const mplink_u64 mean = counters().repair_us;
	const mplink_u64 again = all().deadline() - all().now();

	EXPECT_EQ(mean, 12 * ms);
	EXPECT_EQ(again, 2 * mean + 5 * ms);
	EXPECT_EQ(delivered(all().pass(again)), Numbers{});
	EXPECT_EQ(asked(), Numbers{n});
	EXPECT_EQ(all().deadline() - all().now(), promise_ms * ms);
}

} // namespace

} // namespace fake
