// SPDX-License-Identifier: GPL-2.0
// Every packet is counted exactly once: sent over a link, or dropped.

#include "fixture.hh"
#include "random.hh"

namespace fake
{

namespace
{

class Accounting : public InWorld
{
};

TEST_F(Accounting, OfferedIsSentPlusDropped)
{
	Random random(3);
	mplink_u64 packets = 0;
	mplink_u64 bytes = 0;
	mplink_u64 dropped = 0;

	world().start(3);
	for (mplink_u32 i = 0; i < 20000; i++) {
		const auto len = 40 + random.below(1400);

		if (random.below(20) == 0) {
			Netdev &any = dev(world().name(random.below(3)));

			if (random.below(2))
				world().cable(any, random.below(3) == 0);
			else
				world().cable_told(any, random.below(3) == 0);
		}
		if (random.below(500) == 0) {
			ASSERT_EQ(world().set_policy(random.below(MPLINK_POLICIES)), 0);
		}

		const World::Sent sent = world().send(len, random(), i % nr_lanes);

		packets += sent.over.size();
		bytes += sent.over.size() * (len + 14);
		dropped += sent.over.empty();
	}

	mplink_counters sum = {};

	for (mplink_u32 i = 0; i < 3; i++) {
		const mplink_counters link = world().link_counters(i);
		mplink_counters nic;

		{
			const RtnlLock rtnl;

			mplink_core_nic_counters(world().nic(i), &nic);
		}
		EXPECT_EQ(nic.tx_packets, link.tx_packets);
		EXPECT_EQ(nic.tx_bytes, link.tx_bytes);
		sum.tx_packets += link.tx_packets;
		sum.tx_bytes += link.tx_bytes;
	}
	EXPECT_EQ(sum.tx_packets, packets);
	EXPECT_EQ(sum.tx_bytes, bytes);
	EXPECT_GT(dropped, 0U);
	EXPECT_EQ(mplink_core_drops(world().device(), MPLINK_DROP_NO_LINK), dropped);
}

TEST_F(Accounting, ReceivedPacketsBelongToTheLinkOfTheirNic)
{
	world().start(2);
	{
		const ReadLock lock;

		mplink_core_receive(world().nic(1), world().peer(), 114, 0);
		mplink_core_receive(world().nic(1), world().peer(), 86, 3);
	}
	EXPECT_EQ(world().link_counters(0).rx_packets, 0U);
	EXPECT_EQ(world().link_counters(1).rx_packets, 2U);
	EXPECT_EQ(world().link_counters(1).rx_bytes, 200U);
}

TEST_F(Accounting, DropsAreCountedByTheirReason)
{
	for (mplink_u32 drop = 0; drop < MPLINK_DROPS; drop++)
		for (mplink_u32 n = 0; n <= drop; n++)
			mplink_core_drop(world().device(), drop, n % nr_lanes);
	for (mplink_u32 drop = 0; drop < MPLINK_DROPS; drop++)
		EXPECT_EQ(mplink_core_drops(world().device(), drop), drop + 1);
}

TEST_F(Accounting, CountersOutliveTheLinksTroubles)
{
	world().start(1);
	world().send(100);
	world().unplug(dev("eth1"));
	EXPECT_TRUE(world().reap());
	world().plug_running("eth1", 1);
	world().send(100);
	EXPECT_EQ(world().link_counters(0).tx_packets, 2U);
}

TEST_F(Accounting, HeadersAreThoseOfTheDevice)
{
	world().name_nics(1);

	Netdev &wg = world().create("eth1");

	wg.header_len = 0;
	wg.set_carrier(true);
	wg.inet = local_address(1);
	world().event(MPLINK_EVENT_REGISTER, wg);
	world().set_up(wg);
	world().send(100);
	EXPECT_EQ(world().link_counters(0).tx_bytes, 100U);
}

TEST(Census, EndsAfterItsLastKind)
{
	mplink_object_counts counts;
	mplink_u32 kinds = 0;

	while (mplink_core_object_counts(kinds, &counts)) {
		EXPECT_NE(counts.kind, nullptr);
		kinds++;
	}
	EXPECT_EQ(kinds, 8U);
	EXPECT_EQ(mplink_core_object_counts(~0U, &counts), 0);
}

} // namespace

} // namespace fake
