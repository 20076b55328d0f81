// SPDX-License-Identifier: GPL-2.0
// Preference: when a tier gets its turn, opens and closes, with links that the test makes up.
#include "measure/tiers.hh"

#include <gtest/gtest.h>

#include <vector>

#include "policy/adaptive.hh"

namespace fake
{

namespace
{

using mplink::Tiers;

constexpr mplink_u64 mbit = 125000; // bytes per second
constexpr mplink_u64 tick_us = 5000;
constexpr mplink_u32 ms = 1000000; // in nanoseconds

class TiersTest : public testing::Test
{
protected:
	// Adds a link of 10 Mbit/s.
	mplink_u32 add(mplink_u32 tier, mplink_u32 delay_ms = 0, bool known = true)
	{
		links_.push_back({.tier = tier,
				  .valid = true,
				  .known = known,
				  .capacity = 10 * mbit,
				  .delay_ns = delay_ms * ms,
				  .sent = 0});
		return static_cast<mplink_u32>(links_.size() - 1);
	}
	// So long, each link sends that many bytes per second.
	void run(mplink_u64 us, const std::vector<mplink_u64> &rates = {})
	{
		for (const mplink_u64 end = now_ + us; now_ < end; now_ += tick_us) {
			for (size_t i = 0; i < rates.size(); i++)
				links_[i].sent += rates[i] * tick_us / 1000000;
			for (const Tiers::Member &link : links_)
				tiers_.take(link);
			tiers_.judge(now_ + tick_us);
		}
	}
	// In milliseconds.
	mplink_u32 counted(mplink_u32 link)
	{
		return tiers_.counted_ns(links_[link].tier, links_[link].delay_ns) / ms;
	}

	std::vector<Tiers::Member> links_;
	Tiers tiers_;
	mplink_u64 now_ = 1000000;
};

// Of a tier that is not used: the later it is, the less.
constexpr mplink_u32 never(mplink_u32 tier)
{
	return (Tiers::never_ns + tier * Tiers::turn_ns) / ms;
}

TEST_F(TiersTest, TheNextOneWaitsForTheSlowestOpenLink)
{
	add(0);
	add(0, 20);
	add(1, 5);
	add(2);
	run(tick_us);
	EXPECT_EQ(counted(0), 0U);
	EXPECT_EQ(counted(1), 20U);
	EXPECT_EQ(counted(2), 20U + 15U);
	EXPECT_EQ(counted(3), never(2));
}

TEST_F(TiersTest, DelaysAreThoseAboveTheOpenLinks)
{
	add(0, 250);
	add(3, 0);
	run(tick_us);
	EXPECT_EQ(counted(0), 0U);
	EXPECT_EQ(counted(1), 15U);
}

TEST_F(TiersTest, TheTurnIsWithinThePolicysHorizon)
{
	add(0);
	add(0, 100);
	add(1, 100);
	run(tick_us);
	EXPECT_LT(mplink::Adaptive::counted_delay_ns(tiers_.counted_ns(1, 100 * ms)),
		  mplink::Adaptive::horizon_ns);
	EXPECT_GT(counted(2), counted(1));
	// Beyond what far ends wait for, a link is of no use in any tier.
	links_[2].delay_ns = 300 * ms;
	run(tick_us);
	EXPECT_GE(counted(2), 300U);
}

TEST_F(TiersTest, ALinkThatHasNeverBeenFullHasRoom)
{
	add(0, 0, false);
	add(1);
	run(tick_us);
	EXPECT_EQ(counted(1), never(1));
	links_[0].known = true;
	run(tick_us);
	EXPECT_EQ(counted(1), 15U);
}

TEST_F(TiersTest, OpensOnlyWhenUsedWithoutABreak)
{
	add(0);
	add(1, 3);
	for (unsigned i = 0; i < 20; i++) {
		run(3 * tick_us, {10 * mbit, mbit});
		run(tick_us, {10 * mbit, 0});
	}
	EXPECT_EQ(counted(1), 18U);
	run(4 * tick_us, {10 * mbit, mbit});
	EXPECT_EQ(counted(1), 3U);
}

TEST_F(TiersTest, StaysOpenWhileNeededAndClosesAfterwards)
{
	add(0);
	add(1, 3);
	run(30000000, {8 * mbit, 8 * mbit});
	EXPECT_EQ(counted(1), 3U);
	// The first alone could carry this.
	run(4500000, {4 * mbit, 4 * mbit});
	EXPECT_EQ(counted(1), 3U);
	run(1000000, {8 * mbit, 0});
	EXPECT_EQ(counted(1), 18U);
}

TEST_F(TiersTest, ClosesWhenNothingIsSent)
{
	add(0);
	add(1, 3);
	run(1000000, {10 * mbit, mbit});
	run(4500000);
	EXPECT_EQ(counted(1), 3U);
	run(1000000);
	EXPECT_EQ(counted(1), 18U);
}

TEST_F(TiersTest, TiersOpenOneByOne)
{
	add(0);
	add(2);
	add(5);
	run(5 * tick_us, {10 * mbit, mbit, 0});
	EXPECT_EQ(counted(1), 0U);
	EXPECT_EQ(counted(2), 15U);
	run(5 * tick_us, {10 * mbit, 10 * mbit, mbit});
	EXPECT_EQ(counted(2), 0U);
	// The last is not needed for this.
	run(6000000, {8 * mbit, 8 * mbit, 0});
	EXPECT_EQ(counted(1), 0U);
	EXPECT_NE(counted(2), 0U);
}

TEST_F(TiersTest, ATierWithoutValidLinksIsPassedOver)
{
	add(0);
	add(1, 10);
	add(2);
	links_[0].valid = false;
	run(tick_us);
	EXPECT_EQ(counted(1), 0U);
	EXPECT_EQ(counted(2), 15U);
	// It has its turn back at once.
	links_[0].valid = true;
	run(tick_us);
	EXPECT_EQ(counted(0), 0U);
	EXPECT_EQ(counted(1), 25U);
	EXPECT_EQ(counted(2), never(2));
}

TEST_F(TiersTest, ALinkThatGoesTakesItsCountAlong)
{
	add(0);
	add(0);
	add(1);
	run(1000000, {10 * mbit, 10 * mbit, mbit});
	EXPECT_EQ(counted(2), 0U);
	links_[1].sent = 0;
	links_[1].valid = false;
	// Only the sum has become smaller: nothing was sent.
	run(4500000);
	EXPECT_EQ(counted(2), 0U);
	run(1000000);
	EXPECT_EQ(counted(2), 15U);
}

TEST_F(TiersTest, WithoutAnyValidLinkNothingHappens)
{
	add(3);
	links_[0].valid = false;
	run(1000000, {mbit});
	links_[0].valid = true;
	run(tick_us);
	EXPECT_EQ(counted(0), 0U);
}

} // namespace

} // namespace fake
