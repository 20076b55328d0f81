// SPDX-License-Identifier: GPL-2.0
// Settings of links for policy adaptive: bounds of the rate, and preference, by where packets go.
#include "fixture.hh"
#include "mplink/measure.h"

namespace fake
{

namespace
{

class Preference : public InWorld
{
protected:
	static constexpr mplink_u32 len = 1486;   // 1,500 with the MAC header
	static constexpr mplink_u32 kbit = 10000; // as a link that is not measured

	void TearDown() override
	{
		mplink_core_meters_free(meters_);
		InWorld::TearDown();
	}
	void start(mplink_u32 links)
	{
		world().start(links);
		ASSERT_EQ(world().set_policy(MPLINK_POLICY_ADAPTIVE), 0);
		// The first packet asks for the lane.
		world().send(len);
		world().make_lanes();
		world().send(len);
		pass_time(1000);
	}
	int set(mplink_link_config link)
	{
		return world().set_links({link});
	}
	void prefer(mplink_u32 link, mplink_u8 preference)
	{
		ASSERT_EQ(set({.nic_id = link, .preference_given = 1, .preference = preference}),
			  0);
	}
	void measured(mplink_u32 links)
	{
		meters_ = mplink_core_meters_create();
		measured_ = links;
	}
	// For so long, a burst each so many ms.  How many bursts each link gets.
	std::vector<mplink_u64> shares(mplink_u64 ms, mplink_u64 every_ms)
	{
		std::vector<mplink_u64> found = counts();

		for (mplink_u64 i = 0; i < ms; i++) {
			for (mplink_u32 k = 0; k < burst_ && i % every_ms == 0; k++)
				world().send(len);
			pass_time(1);
			if (i % 5 == 0)
				tick();
		}
		for (mplink_u32 i = 0; i < world().nics(); i++)
			found[i] = (world().link_counters(i).tx_packets - found[i]) / burst_;
		return found;
	}
	void idle(mplink_u64 ms)
	{
		for (mplink_u64 i = 0; i < ms; i += 5) {
			pass_time(5);
			tick();
		}
	}

	mplink_u64 delay_us[4] = {};
	mplink_u32 burst_ = 5; // so many packets take 6 ms

private:
	std::vector<mplink_u64> counts()
	{
		std::vector<mplink_u64> found;

		for (mplink_u32 i = 0; i < world().nics(); i++)
			found.push_back(world().link_counters(i).tx_packets);
		return found;
	}
	// The far end reports at once, and nothing is lost.
	void tick()
	{
		const ReadLock lock;

		if (!meters_)
			return;
		for (mplink_u32 i = 0; i < measured_; i++) {
			const mplink_counters sent = world().link_counters(i);
			mplink_report report = {};

			if (!mplink_core_meters_mark(meters_, i, mplink_now_us(), &sent,
						     &report.mark))
				continue;
			report.arrived_us = mplink_now_us() + delay_us[i];
			report.packets = sent.tx_packets;
			report.bytes = sent.tx_bytes;
			EXPECT_EQ(mplink_core_meters_report(meters_, mplink_now_us(), &report),
				  mplink_u32{MPLINK_REPORT_TAKEN});
		}
		mplink_core_meters_apply(meters_, world().peer(), 0);
	}

	mplink_meters *meters_ = nullptr;
	mplink_u32 measured_ = 0;
};

TEST_F(Preference, BoundsDecideTheShares)
{
	start(3);
	ASSERT_EQ(set({.nic_id = 0, .rate_min_given = 1, .rate_min = 3 * kbit}), 0);
	ASSERT_EQ(set({.nic_id = 1, .rate_max_given = 1, .rate_max = kbit / 2}), 0);
	EXPECT_EQ(world().link_info(0).rate_min, 3 * kbit);
	EXPECT_EQ(world().link_info(1).rate_max, kbit / 2);

	const auto found = shares(9000, 1);

	EXPECT_NEAR(static_cast<double>(found[0]), 6000, 60);
	EXPECT_NEAR(static_cast<double>(found[1]), 1000, 60);
	EXPECT_NEAR(static_cast<double>(found[2]), 2000, 60);
	// Without them, all are alike again.
	ASSERT_EQ(set({.nic_id = 0, .rate_min_given = 1}), 0);
	ASSERT_EQ(set({.nic_id = 1, .rate_max_given = 1}), 0);
	pass_time(1000);
	EXPECT_NEAR(static_cast<double>(shares(3000, 1)[1]), 1000, 30);
}

TEST_F(Preference, BoundsAlsoHoldForWhatIsMeasured)
{
	start(2);
	ASSERT_EQ(set({.nic_id = 0, .rate_max_given = 1, .rate_max = kbit}), 0);
	ASSERT_EQ(set({.nic_id = 1, .rate_max_given = 1, .rate_max = 3 * kbit}), 0);
	measured(2);
	// More than both: their estimates grow, but are not believed.
	shares(3000, 1);

	const auto found = shares(4000, 1);

	EXPECT_NEAR(static_cast<double>(found[0]), 1000, 50);
	EXPECT_NEAR(static_cast<double>(found[1]), 3000, 50);
}

TEST_F(Preference, BoundsThatExcludeEachOtherAreRefused)
{
	start(2);
	EXPECT_EQ(set({.nic_id = 0,
		       .rate_min_given = 1,
		       .rate_max_given = 1,
		       .rate_min = 2,
		       .rate_max = 1}),
		  -EINVAL);
	EXPECT_EQ(world().extack.attr, mplink_u32{MPLINK_EXTACK_RATE_MAX});
	EXPECT_STREQ(world().extack.why, "is less than the link's rate_min");
	ASSERT_EQ(set({.nic_id = 0, .rate_max_given = 1, .rate_max = 5}), 0);
	EXPECT_EQ(set({.nic_id = 0, .rate_min_given = 1, .rate_min = 6}), -EINVAL);
	EXPECT_EQ(world().extack.attr, mplink_u32{MPLINK_EXTACK_RATE_MIN});
	EXPECT_EQ(world().link_info(0).rate_min, 0U);
	EXPECT_EQ(set({.nic_id = 0, .rate_min_given = 1, .rate_min = 5}), 0);
	// Both at once may go anywhere.
	EXPECT_EQ(set({.nic_id = 0,
		       .rate_min_given = 1,
		       .rate_max_given = 1,
		       .rate_min = 10,
		       .rate_max = 20}),
		  0);
}

TEST_F(Preference, WithoutMeasurementsOnlyTheExcessTakesTheNextLink)
{
	start(3);
	prefer(1, 1);
	prefer(2, 2);
	EXPECT_EQ(world().link_info(2).preference, 2U);
	EXPECT_EQ(shares(1000, 10), (std::vector<mplink_u64>{100, 0, 0}));

	// Twice what the first can carry.
	const auto found = shares(6000, 3);

	EXPECT_NEAR(static_cast<double>(found[0]), 1000, 20);
	EXPECT_NEAR(static_cast<double>(found[1]), 1000, 20);
	EXPECT_LE(found[2], 5U);
	pass_time(100);
	EXPECT_EQ(shares(1000, 10), (std::vector<mplink_u64>{100, 0, 0}));
}

TEST_F(Preference, ALaterLinkTakesOverFromADeadOne)
{
	burst_ = 1;
	start(3);
	prefer(1, 2);
	prefer(2, 1);
	measured(3);
	idle(1000);
	world().cable(dev("eth1"), false);
	EXPECT_EQ(shares(100, 10), (std::vector<mplink_u64>{0, 0, 10}));
	world().cable_told(dev("eth1"), false);
	EXPECT_EQ(shares(1000, 10), (std::vector<mplink_u64>{0, 0, 100}));
	world().cable_told(dev("eth1"), true);
	idle(6000);
	EXPECT_EQ(shares(1000, 10), (std::vector<mplink_u64>{100, 0, 0}));
}

TEST_F(Preference, ALinkThatIsNotKnownToBeFullIsGivenAll)
{
	start(2);
	prefer(1, 1);
	measured(2);
	idle(1000);
	// Thrice what it is taken to carry at first.  It carries it.
	EXPECT_EQ(shares(5000, 2), (std::vector<mplink_u64>{2500, 0}));
}

// The second link is the faster one.  It is open while it is needed, and 5 s more.
TEST_F(Preference, ATierThatIsNeededOpensAndClosesAfterFiveSeconds)
{
	start(2);
	prefer(1, 1);
	ASSERT_EQ(set({.nic_id = 0, .rate_max_given = 1, .rate_max = kbit}), 0);
	ASSERT_EQ(set({.nic_id = 1, .rate_max_given = 1, .rate_max = kbit}), 0);
	delay_us[0] = 20000;
	measured(2);
	idle(1000);
	EXPECT_EQ(shares(1000, 10), (std::vector<mplink_u64>{100, 0}));

	const auto needed = shares(2000, 3);

	EXPECT_GT(needed[0], 200U);
	EXPECT_GT(needed[1], 200U);
	idle(100);

	// Open: what is sparse takes the faster one.
	const auto after = shares(2000, 10);

	EXPECT_GT(after[1], 190U);
	idle(4000);
	EXPECT_EQ(shares(1000, 10), (std::vector<mplink_u64>{100, 0}));
}

} // namespace

} // namespace fake
