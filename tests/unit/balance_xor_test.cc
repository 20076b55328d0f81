// SPDX-License-Identifier: GPL-2.0
// balance-xor: a flow stays on its link for as long as that link works.
#include <map>

#include "fixture.hh"

namespace fake
{

namespace
{

constexpr mplink_u32 flows = 2000;

class BalanceXor : public InWorld
{
protected:
	using Map = std::vector<std::string>;

	Map where()
	{
		Map links;

		for (mplink_u32 flow = 0; flow < flows; flow++) {
			const World::Sent sent = world().send(100, flow * 7919);

			links.push_back(sent.over.size() == 1 ? sent.over.front()->name : "");
		}
		return links;
	}
	std::map<std::string, double> shares()
	{
		std::map<std::string, double> share;

		for (const std::string &link : where())
			share[link] += 1.0 / flows;
		return share;
	}
	void start(mplink_u32 n, const std::vector<mplink_u16> &weights = {})
	{
		world().start(n, weights);
		ASSERT_EQ(world().set_policy(MPLINK_POLICY_BALANCE_XOR), 0);
	}
	// No flow but those on the link that failed may have moved.
	static void expect_only_moved_from(const std::string &failed, const Map &before,
					   const Map &after)
	{
		for (mplink_u32 flow = 0; flow < flows; flow++) {
			if (before[flow] == failed)
				EXPECT_NE(after[flow], failed);
			else
				ASSERT_EQ(before[flow], after[flow]) << flow;
		}
	}
	// No flow but to the link that came back.
	static void expect_only_moved_to(const std::string &back, const Map &before,
					 const Map &after)
	{
		for (mplink_u32 flow = 0; flow < flows; flow++)
			if (after[flow] != back) {
				ASSERT_EQ(before[flow], after[flow]) << flow;
			}
	}
};

TEST_F(BalanceXor, AFlowStaysOnItsLink)
{
	start(3);

	const Map first = where();

	for (unsigned i = 0; i < 3; i++)
		EXPECT_EQ(where(), first);
	EXPECT_EQ(shares().size(), 3U);
}

TEST_F(BalanceXor, SharesFollowTheWeights)
{
	start(4, {1, 1, 2, 4});

	const std::map<std::string, double> share = shares();

	EXPECT_NEAR(share.at("eth1"), 0.125, 0.03);
	EXPECT_NEAR(share.at("eth2"), 0.125, 0.03);
	EXPECT_NEAR(share.at("eth3"), 0.25, 0.04);
	EXPECT_NEAR(share.at("eth4"), 0.5, 0.04);
}

TEST_F(BalanceXor, AFailedLinksFlowsAreSharedByWeight)
{
	start(4, {2, 1, 1, 2});
	world().cable_told(dev("eth4"), false);

	const std::map<std::string, double> share = shares();

	EXPECT_EQ(share.count("eth4"), 0U);
	EXPECT_NEAR(share.at("eth1"), 0.5, 0.07);
	EXPECT_NEAR(share.at("eth2"), 0.25, 0.07);
	EXPECT_NEAR(share.at("eth3"), 0.25, 0.07);
}

TEST_F(BalanceXor, SurvivorsFlowsStayWhenALinkFailsAndReturns)
{
	for (const char *name : {"eth1", "eth3", "eth5"}) {
		if (!world().nics())
			start(5);

		const Map before = where();

		world().cable_told(dev(name), false);

		const Map without = where();

		expect_only_moved_from(name, before, without);
		world().cable_told(dev(name), true);
		EXPECT_EQ(where(), before);
	}
}

// Those that were moved once already are flows on a link that works, too.
TEST_F(BalanceXor, SurvivorsFlowsStayWhenMoreLinksFailAndReturn)
{
	const char *const order[] = {"eth2", "eth5", "eth1", "eth4"};
	std::vector<Map> maps;

	start(5, {1, 2, 3, 1, 2});
	maps.push_back(where());
	for (const char *name : order) {
		world().cable_told(dev(name), false);

		const Map after = where();

		expect_only_moved_from(name, maps.back(), after);
		maps.push_back(after);
	}
	// They come back in the order in which they failed, so all intermediate states are new.
	for (const char *name : order) {
		world().cable_told(dev(name), true);

		const Map after = where();

		expect_only_moved_to(name, maps.back(), after);
		maps.push_back(after);
	}
	EXPECT_EQ(maps.back(), maps.front());
}

TEST_F(BalanceXor, BeforeAnyEventOnlyTheDeadLinksFlowsMove)
{
	start(3);

	const Map before = where();

	world().cable(dev("eth2"), false);

	const Map without = where();

	expect_only_moved_from("eth2", before, without);
	EXPECT_EQ(where(), without) << "and the moved ones stay where they moved";
	EXPECT_GT(count_rescheduled(world().device()), 0U);
	world().cable(dev("eth2"), true);
	EXPECT_EQ(where(), before);
}

TEST_F(BalanceXor, SixtyFourLinksOfAllWeights)
{
	std::vector<mplink_u16> weights(64, MPLINK_MAX_WEIGHT);

	weights[0] = 1;
	start(64, weights);

	const std::map<std::string, double> share = shares();

	EXPECT_EQ(share.size(), 64U);
	for (const auto &[name, part] : share)
		EXPECT_LT(part, 0.05) << name;
	// Only the lightest is left.
	for (mplink_u32 i = 1; i < 64; i++)
		world().cable_told(dev(world().name(i)), false);
	EXPECT_EQ(shares().at("eth1"), shares().begin()->second);
	EXPECT_EQ(shares().size(), 1U);
}

} // namespace

} // namespace fake
