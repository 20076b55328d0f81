// SPDX-License-Identifier: GPL-2.0
// outoforder_timer: how it follows what it is told.
#include "tunnel/reorder_timer.hh"

#include <gtest/gtest.h>

namespace mplink
{

namespace
{

constexpr mplink_u64 ms = 1000;
constexpr mplink_u64 second = 1000 * ms;
constexpr mplink_u64 start = 50 * second;

class ReorderTimers : public testing::Test
{
protected:
	mplink_u64 timeout() const
	{
		return timer_.timeout_us(config_);
	}
	// Every 10 ms a gap of that length is filled.
	void fill(mplink_u64 from, mplink_u64 to, mplink_u64 open)
	{
		for (mplink_u64 now = from; now < to; now += 10 * ms)
			timer_.filled(now, open);
	}

	mplink::TunnelSettings config_{mplink_tunnel_config{.flow_buckets = 256,
							    .outoforder_min_us = 1000,
							    .outoforder_max_us = 200000,
							    .max_perflow_buffer = 1024,
							    .max_peer_buffer = 8192}};
	ReorderTimer timer_;
};

TEST_F(ReorderTimers, BeginsWithAGuess)
{
	EXPECT_EQ(timeout(), 200 * ms);
	config_.outoforder_max_us.write(10000000);
	EXPECT_EQ(timeout(), 200 * ms);
	config_.outoforder_max_us.write(100000);
	EXPECT_EQ(timeout(), 100 * ms);
	config_.outoforder_min_us.write(300000);
	config_.outoforder_max_us.write(300000);
	EXPECT_EQ(timeout(), 300 * ms);
	// And keeps to it until it has seen a second's worth.
	config_.outoforder_min_us.write(1000);
	fill(start, start + second, 3 * ms);
	EXPECT_EQ(timeout(), 200 * ms);
	fill(start + second, start + second + 20 * ms, 3 * ms);
	EXPECT_EQ(timeout(), 6 * ms);
}

TEST_F(ReorderTimers, IsTwiceTheSpread)
{
	fill(start, start + 2 * second + 20 * ms, 10 * ms);
	EXPECT_EQ(timeout(), 20 * ms);
	timer_.filled(start + 3 * second, 45 * ms);
	EXPECT_EQ(timeout(), 90 * ms);
}

TEST_F(ReorderTimers, StaysWithinItsBounds)
{
	fill(start, start + 3 * second, 10);
	EXPECT_EQ(timeout(), 1 * ms);
	timer_.filled(start + 3 * second, 5 * second);
	EXPECT_EQ(timeout(), 200 * ms);
	// The bounds may change at any time.
	config_.outoforder_max_us.write(7000);
	EXPECT_EQ(timeout(), 7 * ms);
	config_.outoforder_max_us.write(3000);
	config_.outoforder_min_us.write(3000);
	EXPECT_EQ(timeout(), 3 * ms);
}

TEST_F(ReorderTimers, FollowsASpreadThatShrinks)
{
	fill(start, start + 3 * second, 40 * ms);
	EXPECT_EQ(timeout(), 80 * ms);
	fill(start + 3 * second, start + 4 * second - 30 * ms, 5 * ms);
	EXPECT_EQ(timeout(), 80 * ms);
	// By half a second.
	fill(start + 4 * second, start + 5 * second - 20 * ms, 5 * ms);
	EXPECT_EQ(timeout(), 40 * ms);
	fill(start + 5 * second - 20 * ms, start + 5 * second + 20 * ms, 5 * ms);
	EXPECT_EQ(timeout(), 20 * ms);
	fill(start + 5 * second + 20 * ms, start + 8 * second, 5 * ms);
	EXPECT_EQ(timeout(), 10 * ms);
}

TEST_F(ReorderTimers, ARestForgetsNothing)
{
	fill(start, start + 3 * second, 40 * ms);
	timer_.filled(start + 600 * second, 1 * ms);
	EXPECT_EQ(timeout(), 80 * ms);
	timer_.filled(start + 601 * second, 1 * ms);
	EXPECT_EQ(timeout(), 40 * ms);
}

// CPUs do not read the clock at the same time: another one's window began later than now.
TEST_F(ReorderTimers, AClockThatIsBehindForgetsNothing)
{
	fill(start, start + 2 * second, 45 * ms);
	ASSERT_EQ(timeout(), 90 * ms);
	for (int i = 1; i < 10; i++) {
		timer_.filled(start + 2 * second - i, 10);
		timer_.too_short(start, config_);
	}
	EXPECT_GE(timeout(), 90 * ms);
}

TEST_F(ReorderTimers, IsToldHowLateAPacketWas)
{
	fill(start, start + 3 * second, 1 * ms);
	timer_.late(start + 3 * second, 70 * ms);
	EXPECT_EQ(timeout(), 140 * ms);
}

TEST_F(ReorderTimers, DoublesWhenItWasTooShort)
{
	fill(start, start + 3 * second, 1 * ms);
	ASSERT_EQ(timeout(), 2 * ms);

	mplink_u64 now = start + 3 * second;

	timer_.too_short(now, config_);
	EXPECT_EQ(timeout(), 4 * ms);
	// What had been given up by the old one is no news.
	timer_.too_short(now + 3 * ms, config_);
	EXPECT_EQ(timeout(), 4 * ms);
	for (mplink_u64 expected = 8; expected < 200; expected *= 2) {
		now += timeout();
		timer_.too_short(now, config_);
		EXPECT_EQ(timeout(), expected * ms);
	}
	now += timeout();
	timer_.too_short(now, config_);
	EXPECT_EQ(timeout(), 200 * ms);
	// From the least there is, too.
	config_.outoforder_max_us.write(100000000);
	EXPECT_EQ(timeout(), 256 * ms);
}

TEST_F(ReorderTimers, DoublesFromItsLowerBound)
{
	fill(start, start + 3 * second, 0);
	ASSERT_EQ(timeout(), 1 * ms);
	timer_.too_short(start + 3 * second, config_);
	EXPECT_EQ(timeout(), 2 * ms);
}

// All of a peer's CPUs write it: not for nothing.
TEST_F(ReorderTimers, IsNotWrittenForAnEighth)
{
	fill(start, start + 3 * second, 80 * ms);
	timer_.filled(start + 3 * second - 10 * ms, 89 * ms);
	EXPECT_EQ(timeout(), 160 * ms);
	timer_.filled(start + 3 * second - 10 * ms, 91 * ms);
	EXPECT_EQ(timeout(), 182 * ms);
}

} // namespace

} // namespace mplink
