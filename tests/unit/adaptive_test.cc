// SPDX-License-Identifier: GPL-2.0
// Policy adaptive: which link a packet takes, by rates and delays that the test sets.
#include "api/boundary.hh"
#include "fixture.hh"
#include "link/peer.hh"
#include "mplink/measure.h"
#include "policy/adaptive.hh"

namespace fake
{

namespace
{

constexpr mplink_u64 mbit = 125000; // bytes per second

class AdaptivePolicy : public InWorld
{
protected:
	static constexpr mplink_u32 len = 1486; // 1,500 with the MAC header

	void start(mplink_u32 links, std::vector<mplink_u16> weights = {})
	{
		start_alone(links, weights);
		answer(links);
	}
	// The far end knows no messages.
	void start_alone(mplink_u32 links, std::vector<mplink_u16> weights = {})
	{
		world().start(links, weights);
		ASSERT_EQ(world().set_policy(MPLINK_POLICY_ADAPTIVE), 0);
		warm_up();
	}
	void answer(mplink_u32 links)
	{
		for (mplink_u32 i = 0; i < links; i++) {
			const ReadLock lock;

			mplink_core_take_caps(world().peer(), i, 0x1111, 1);
		}
		world().recheck(MPLINK_EVENT_ANSWER);
		warm_up();
	}
	void warm_up()
	{
		// The first packet asks for the lane.
		world().send(len);
		world().make_lanes();
		world().send(len);
		pass_time(1000);
	}
	void pace(mplink_u32 link, mplink_u64 rate, mplink_u32 delay_ms)
	{
		const ReadLock lock;

		of_core()
			.find_link(mplink::Boundary::read_section(), link)
			->set_pace(rate, delay_ms * 1000000, delay_ms * 1000000);
	}
	const mplink::Peer &of_core()
	{
		return *reinterpret_cast<const mplink::Peer *>(world().peer());
	}
	// Of so many packets, how many each link gets; a packet is sent each so many ms.
	std::vector<mplink_u64> shares(mplink_u32 packets, mplink_u64 every_ms = 0)
	{
		std::vector<mplink_u64> before;
		std::vector<mplink_u64> found;

		for (mplink_u32 i = 0; i < world().nics(); i++)
			before.push_back(world().link_counters(i).tx_packets);
		for (mplink_u32 i = 0; i < packets; i++) {
			world().send(len);
			pass_time(every_ms);
		}
		for (mplink_u32 i = 0; i < world().nics(); i++)
			found.push_back(world().link_counters(i).tx_packets - before[i]);
		return found;
	}
};

TEST_F(AdaptivePolicy, WithoutMeasurementsWeightsDecide)
{
	start(3, {1, 2, 3});

	const auto found = shares(6000);

	EXPECT_NEAR(static_cast<double>(found[0]), 1000, 20);
	EXPECT_NEAR(static_cast<double>(found[1]), 2000, 20);
	EXPECT_NEAR(static_cast<double>(found[2]), 3000, 20);
}

// However little is sent: a slow link must not get all that would fit a faster one.
TEST_F(AdaptivePolicy, WithoutAnAnswerItIsBalanceRr)
{
	start_alone(3, {1, 2, 3});

	const auto found = shares(600, 1);

	EXPECT_NEAR(static_cast<double>(found[0]), 100, 1);
	EXPECT_NEAR(static_cast<double>(found[1]), 200, 1);
	EXPECT_NEAR(static_cast<double>(found[2]), 300, 1);
	EXPECT_EQ(mplink_core_get_policy(world().device()), mplink_u32{MPLINK_POLICY_ADAPTIVE});
}

TEST_F(AdaptivePolicy, ItBeginsWithTheAnswerAndEndsWithIt)
{
	start_alone(2);
	EXPECT_EQ(shares(20, 10), (std::vector<mplink_u64>{10, 10}));
	answer(2);
	pace(0, 10 * mbit, 5);
	EXPECT_EQ(shares(20, 10), (std::vector<mplink_u64>{0, 20}));
	{
		const ReadLock lock;

		mplink_core_forget_far_end(world().peer());
	}
	world().recheck(MPLINK_EVENT_ANSWER);
	warm_up();
	EXPECT_EQ(shares(20, 10), (std::vector<mplink_u64>{10, 10}));
}

// What the user says of a link counts without an answer, too.
TEST_F(AdaptivePolicy, WithoutAnAnswerBoundsCount)
{
	start_alone(2);
	ASSERT_EQ(world().set_links({{.nic_id = 0, .preference_given = 1, .preference = 1}}), 0);
	warm_up();
	EXPECT_EQ(shares(20, 20), (std::vector<mplink_u64>{0, 20}));
}

TEST_F(AdaptivePolicy, SparsePacketsTakeTheFastestLink)
{
	start(3);
	pace(0, 100 * mbit, 20);
	pace(1, 10 * mbit, 0);
	pace(2, 100 * mbit, 5);
	EXPECT_EQ(shares(100, 10), (std::vector<mplink_u64>{0, 100, 0}));
}

// Delays of equal cables are measured apart.  None of them may be without packets for that.
TEST_F(AdaptivePolicy, LinksThatAreAsFastTakeTurns)
{
	const auto set = [&](mplink_u32 link, mplink_u32 delay_us) {
		const ReadLock lock;

		of_core()
			.find_link(mplink::Boundary::read_section(), link)
			->set_pace(2500000, delay_us * 1000, delay_us * 1000);
	};

	start(3);
	set(0, 0);
	set(1, 100);
	set(2, 1000);
	EXPECT_EQ(shares(20, 10), (std::vector<mplink_u64>{10, 10, 0}));
}

TEST_F(AdaptivePolicy, FullLinksShareByRateWhateverTheirDelays)
{
	start(3);
	pace(0, 20 * mbit, 0);
	pace(1, 10 * mbit, 15);
	pace(2, 5 * mbit, 45);
	// Until the slowest has something to do.
	shares(1000);

	const auto found = shares(7000);

	EXPECT_NEAR(static_cast<double>(found[0]), 4000, 80);
	EXPECT_NEAR(static_cast<double>(found[1]), 2000, 80);
	EXPECT_NEAR(static_cast<double>(found[2]), 1000, 80);
}

TEST_F(AdaptivePolicy, WhatWasSentTooFastIsForgottenSoon)
{
	start(2);
	pace(0, 10 * mbit, 0);
	pace(1, 10 * mbit, 40);
	shares(10000);
	pass_time(60);
	EXPECT_EQ(shares(20, 10), (std::vector<mplink_u64>{20, 0}));
}

TEST_F(AdaptivePolicy, ADeadLinkIsPassedOver)
{
	start(2);
	pace(0, 100 * mbit, 0);
	pace(1, 1 * mbit, 40);
	world().cable(*world().find("eth1"), false);

	const mplink_u64 before = count_rescheduled(world().device());

	EXPECT_EQ(shares(10, 10), (std::vector<mplink_u64>{0, 10}));
	EXPECT_EQ(count_rescheduled(world().device()), before + 10);
}

TEST_F(AdaptivePolicy, LanesHaveTheirPartOfTheRate)
{
	mplink_meters *const meters = mplink_core_meters_create();

	start(2);
	world().send(len, 0, 1);
	world().make_lanes();
	for (unsigned round = 0; round < 50; round++) {
		for (unsigned i = 0; i < 4; i++)
			world().send(len, 0, i ? 0 : 1);

		const ReadLock lock;

		mplink_core_meters_apply(meters, world().peer(), 0);
	}
	// Three quarters, and one.
	EXPECT_NEAR(of_core().lanes().at(0).one_in(), 256 * 4 / 3, 20);
	EXPECT_NEAR(of_core().lanes().at(1).one_in(), 256 * 4, 80);
	mplink_core_meters_free(meters);
}

TEST(AdaptiveDelay, ALongOneCountsLessThanTheHorizon)
{
	EXPECT_EQ(mplink::Adaptive::counted_delay_ns(10000000), 10000000U);
	EXPECT_LT(mplink::Adaptive::counted_delay_ns(100000000), mplink::Adaptive::horizon_ns);
	EXPECT_EQ(mplink::Adaptive::counted_delay_ns(300000000), 300000000U);
}

} // namespace

} // namespace fake
