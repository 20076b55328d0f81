// SPDX-License-Identifier: GPL-2.0
// The part of a lane that belongs to a peer. It is made when packets need it; until then lanes
// share one. The counters' readers see no difference.
#include "fixture.hh"
#include "random.hh"

namespace fake
{

namespace
{

class LanesOfAPeer : public InWorld
{
protected:
	mplink_u64 sent()
	{
		mplink_u64 sum = 0;

		for (mplink_u32 i = 0; i < world().nics(); i++)
			sum += world().link_counters(i).tx_packets;
		return sum;
	}
	void receive(mplink_u32 nic, mplink_u32 lane)
	{
		const ReadLock lock;

		mplink_core_receive(world().nic(nic), world().peer(), 100, lane);
	}
};

TEST_F(LanesOfAPeer, ThereIsNoneBeforeAPacketAsks)
{
	world().start(3);

	const std::size_t idle = Memory::live();

	world().send(100, 0, 1);
	EXPECT_EQ(Memory::live(), idle);
	EXPECT_TRUE(world().make_lanes());
	EXPECT_EQ(Memory::live(), idle + 2) << "the peer's lanes, and the one that sent";
	for (unsigned i = 0; i < 100; i++)
		world().send(100, i, 1);
	EXPECT_FALSE(world().make_lanes()) << "it has what it needs";
	receive(0, 2);
	EXPECT_TRUE(world().make_lanes());
	// The first to ask of a lane that nobody had says only that it is wanted.
	receive(0, 3);
	EXPECT_TRUE(world().make_lanes());
	EXPECT_EQ(Memory::live(), idle + 4);
}

TEST_F(LanesOfAPeer, AllPacketsAreCountedWheneverTheLaneIsMade)
{
	Random random(23);
	mplink_u64 packets = 0;
	mplink_u64 received = 0;

	world().start(3);
	for (mplink_u32 i = 0; i < 5000; i++) {
		world().worker_waits = random.below(100) != 0;
		packets += world().send(100, i, random.below(nr_lanes)).over.size();
		receive(1, random.below(nr_lanes));
		received++;
		if (i % 700 == 0) {
			ASSERT_EQ(world().set_policy(random.below(MPLINK_POLICIES)), 0);
		}
		if (i % 50 == 0) {
			ASSERT_EQ(sent(), packets);
			ASSERT_EQ(world().link_counters(1).rx_packets, received);
		}
	}
}

// One link fits a lane of the smallest size, two the next one, and so on.
TEST_F(LanesOfAPeer, GrowWithTheLinks)
{
	mplink_u64 packets = 0;

	world().start(1);
	for (mplink_u32 links = 1;; links++) {
		for (mplink_u32 i = 0; i < 50; i++) {
			packets += world().send(1000, i, i % 2).over.size();
			receive(links - 1, i % 2);
		}
		ASSERT_EQ(sent(), packets);
		for (mplink_u32 i = 0; i < links; i++)
			ASSERT_EQ(world().link_counters(i).rx_packets, 50U);
		if (links == 64)
			break;
		ASSERT_EQ(world().add_nic("more" + std::to_string(links)), 0);
		world().plug_running("more" + std::to_string(links), links + 1);
		ASSERT_EQ(world().set_link(links, remote_address(links + 1)), 0);
	}
	EXPECT_EQ(packets, 64 * 50U);
}

TEST_F(LanesOfAPeer, ALinkDoesNotInheritCounts)
{
	world().start(3);
	for (mplink_u32 i = 0; i < 90; i++) {
		world().send(100, 0, i % nr_lanes);
		receive(1, i % nr_lanes);
	}
	for (unsigned i = 0; i < 100; i++) {
		ASSERT_EQ(world().remove_link(1), 0);
		ASSERT_EQ(world().set_link(1, remote_address(2)), 0);
		ASSERT_EQ(world().link_counters(1).tx_packets, 0U);
		ASSERT_EQ(world().link_counters(1).rx_packets, 0U);
		for (unsigned k = 0; k < 3; k++)
			world().send(100, 0, i % nr_lanes);
		ASSERT_EQ(world().link_counters(1).tx_packets, 1U);
	}
}

// All links are replaced at once: each slot has been used before.
TEST_F(LanesOfAPeer, SixtyFourLinksAreReplaced)
{
	std::vector<mplink_link_config> away;

	world().start(64);
	for (mplink_u32 i = 0; i < 640; i++)
		world().send(100);
	for (mplink_u32 i = 0; i < 63; i++)
		away.push_back({.nic_id = i, .weight = 0, .remove = 1, .remote = {}});
	ASSERT_EQ(world().set_links(away), 0);
	for (mplink_u32 i = 0; i < 63; i++)
		ASSERT_EQ(world().set_link(i, remote_address(i + 1)), 0);
	for (mplink_u32 i = 0; i < 640; i++)
		world().send(100);
	for (mplink_u32 i = 0; i < 63; i++)
		EXPECT_EQ(world().link_counters(i).tx_packets, 10U) << i;
}

// The worker never comes, or has no memory.
class WithoutLanes : public LanesOfAPeer
{
};

TEST_F(WithoutLanes, BytesAreEven)
{
	Random random(29);

	world().start(3);
	world().worker_waits = true;
	for (unsigned i = 0; i < 3000; i++) {
		world().send(40 + random.below(1400), i, i % nr_lanes);

		mplink_u64 least = ~0ULL;
		mplink_u64 most = 0;

		for (mplink_u32 k = 0; k < 3; k++) {
			const mplink_u64 bytes = world().link_counters(k).tx_bytes;

			least = std::min(least, bytes);
			most = std::max(most, bytes);
		}
		ASSERT_LE(most - least, 1440U + 14);
	}
	EXPECT_EQ(count_rescheduled(world().device()), 0U);
}

TEST_F(WithoutLanes, DeadLinksAreLeftOut)
{
	for (mplink_u32 policy = 0; policy < MPLINK_POLICIES; policy++) {
		if (!policy)
			world().start(3);
		world().worker_waits = true;
		ASSERT_EQ(world().set_policy(policy), 0);
		world().cable(dev("eth1"), false);

		const mplink_u64 before = world().link_counters(0).tx_packets;
		const mplink_u64 rescheduled = count_rescheduled(world().device());

		for (mplink_u32 flow = 0; flow < 300; flow++)
			ASSERT_EQ(world().wrong_way(flow), "");
		EXPECT_EQ(world().link_counters(0).tx_packets, before);
		if (policy != MPLINK_POLICY_BROADCAST) {
			EXPECT_GT(count_rescheduled(world().device()), rescheduled);
		}
		world().cable(dev("eth1"), true);
		// What it missed is not made good.
		for (unsigned i = 0; i < 30; i++)
			world().send(1000);
		EXPECT_LE(world().link_counters(0).tx_packets - before, 30U);
	}
}

TEST_F(WithoutLanes, NoMemoryCostsNoPacket)
{
	world().start(3);
	{
		const NoMemory none;

		for (unsigned i = 0; i < 100; i++) {
			ASSERT_EQ(world().send(100, i, i % nr_lanes).over.size(), 1U);
			receive(0, i % nr_lanes);
		}
		EXPECT_TRUE(world().make_lanes()) << "they ask for as long as they have none";
	}
	EXPECT_EQ(sent(), 100U);
	EXPECT_EQ(world().link_counters(0).rx_packets, 100U);
	for (unsigned i = 0; i < 20; i++)
		world().send(100, i, i % nr_lanes);
	EXPECT_FALSE(world().make_lanes());
	EXPECT_EQ(sent(), 120U);
}

} // namespace

} // namespace fake
