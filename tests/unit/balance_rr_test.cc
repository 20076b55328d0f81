// SPDX-License-Identifier: GPL-2.0
// balance-rr: even in bytes, whatever the sizes are, and fair to the weights.
#include <algorithm>
#include <numeric>

#include "fixture.hh"
#include "random.hh"

namespace fake
{

namespace
{

constexpr mplink_u32 mtu = 1500;
constexpr mplink_u32 mac = 14;

class BalanceRr : public InWorld
{
protected:
	std::vector<mplink_u64> bytes()
	{
		std::vector<mplink_u64> sums;

		for (mplink_u32 i = 0; i < world().nics(); i++)
			sums.push_back(world().link_counters(i).tx_bytes);
		return sums;
	}
	mplink_u64 deviation()
	{
		const std::vector<mplink_u64> sums = bytes();
		const auto [least, most] = std::minmax_element(sums.begin(), sums.end());

		return *most - *least;
	}
};

class EvenOver : public BalanceRr, public testing::WithParamInterface<mplink_u32>
{
};

TEST_P(EvenOver, MixedSizes)
{
	Random random(1);

	world().start(GetParam());
	for (unsigned i = 0; i < 30000; i++) {
		// A third each of acknowledgements, full packets and anything.
		const mplink_u32 sizes[] = {52, mtu, 28 + random.below(mtu - 27)};

		ASSERT_EQ(world().send(sizes[random.below(3)]).over.size(), 1U);
		if (i % 100 == 0) {
			ASSERT_LE(deviation(), mtu + mac) << "at any time, not only at the end";
		}
	}
	EXPECT_LE(deviation(), mtu + mac);
}

TEST_P(EvenOver, SizesThatRepeat)
{
	world().start(GetParam());
	for (unsigned i = 0; i < 30000; i++)
		world().send(i % 3 ? 40 : mtu);
	EXPECT_LE(deviation(), mtu + mac);
}

INSTANTIATE_TEST_SUITE_P(Links, EvenOver, testing::Values(1, 2, 3, 5, 64));

TEST_F(BalanceRr, WeightsAreKeptWithinOnePercent)
{
	const std::vector<mplink_u16> weights = {1, 3, 10, 100};
	Random random(2);

	world().start(4, weights);
	for (unsigned i = 0; i < 30000; i++)
		world().send(64 + random.below(1400));

	const std::vector<mplink_u64> sums = bytes();
	const auto total =
		static_cast<double>(std::accumulate(sums.begin(), sums.end(), mplink_u64{0}));

	for (std::size_t i = 0; i < 4; i++)
		EXPECT_NEAR(static_cast<double>(sums[i]), total * weights[i] / 114,
			    total * weights[i] / 114 / 100)
			<< i;
}

TEST_F(BalanceRr, ExtremeWeights)
{
	world().start(2, {1, MPLINK_MAX_WEIGHT});
	for (unsigned i = 0; i < 100000; i++)
		world().send(1000);

	const std::vector<mplink_u64> sums = bytes();

	EXPECT_GE(sums[0], 1014U);
	EXPECT_LE(sums[0], 3 * 1014U);
}

// 2^32 bytes over a link of weight 1 wrap its clock.
TEST_F(BalanceRr, ClocksWrapUnseen)
{
	constexpr mplink_u32 gso = 1U << 20;

	world().start(3);
	for (unsigned i = 0; i < 20000; i++) {
		world().send(gso);
		if (i % 16 == 0) {
			ASSERT_LE(deviation(), gso + mac) << i;
		}
	}
	ASSERT_GT(bytes()[0], mplink_u64{1} << 32);
}

TEST_F(BalanceRr, EachCpuIsEvenForItself)
{
	world().start(3);
	for (unsigned i = 0; i < 3000; i++)
		world().send(1000, 0, i % nr_lanes);
	EXPECT_LE(deviation(), nr_lanes * (1000 + mac));
}

TEST_F(BalanceRr, ADeadLinkIsSkippedAndDoesNotCatchUpWhenItRevives)
{
	world().start(3);
	for (unsigned i = 0; i < 300; i++)
		world().send(1000);

	const std::vector<mplink_u64> before = bytes();

	world().cable(dev("eth2"), false);
	for (unsigned i = 0; i < 3000; i++)
		EXPECT_EQ(world().wrong_way(), "");

	const std::vector<mplink_u64> meanwhile = bytes();

	EXPECT_EQ(meanwhile[1], before[1]);
	EXPECT_LE(meanwhile[0] > meanwhile[2] ? meanwhile[0] - meanwhile[2]
					      : meanwhile[2] - meanwhile[0],
		  1014U);

	world().cable(dev("eth2"), true);
	for (unsigned i = 0; i < 300; i++)
		world().send(1000);

	const std::vector<mplink_u64> after = bytes();
	mplink_u64 least = ~0ULL;
	mplink_u64 most = 0;

	for (std::size_t i = 0; i < 3; i++) {
		least = std::min(least, after[i] - meanwhile[i]);
		most = std::max(most, after[i] - meanwhile[i]);
	}
	EXPECT_LE(most - least, 2 * 1014U) << "a third each from the first packet on";
}

TEST_F(BalanceRr, ALinkThatDiedIsCountedAsRescheduled)
{
	world().start(2);
	for (unsigned i = 0; i < 100; i++)
		world().send(1000);
	EXPECT_EQ(count_rescheduled(world().device()), 0U);
	world().cable(dev("eth1"), false);
	for (unsigned i = 0; i < 100; i++)
		world().send(1000);

	const mplink_u64 rescheduled = count_rescheduled(world().device());

	EXPECT_GT(rescheduled, 0U);
	EXPECT_LE(rescheduled, 100U);
	// Once the event has come there is nothing left to reschedule.
	world().event(MPLINK_EVENT_CHANGE, dev("eth1"));
	for (unsigned i = 0; i < 100; i++)
		world().send(1000);
	EXPECT_EQ(count_rescheduled(world().device()), rescheduled);
}

} // namespace

} // namespace fake
