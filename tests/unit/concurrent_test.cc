// SPDX-License-Identifier: GPL-2.0
// Packets on several CPUs while the NICs come and go: nothing that a reader was
// given may go away before its read section ends.
#include <chrono>
#include <thread>

#include "fixture.hh"
#include "random.hh"
#include "random_world.hh"

namespace fake
{

namespace
{

// Sends until told to stop.  Each is one CPU, as softirqs are.
struct Reader {
	mplink_u64 sent = 0;
	mplink_u64 dropped = 0;
	mplink_u64 received = 0;

	void run(World &world, mplink_u32 lane, const std::atomic<bool> &stop)
	{
		while (!stop)
			once(world, lane);
	}
	void once(World &world, mplink_u32 lane)
	{
		const mplink_u8 packet[24] = {
			0x45, 0,  0,  0,  0, 0,  0,
			0,    64, 17, 0,  0, 10, 9,
			0,    1,  10, 99, 0, 2,  static_cast<mplink_u8>(sent)};
		const ReadLock lock;
		mplink_path *paths[MPLINK_MAX_NICS];
		mplink_u32 n = 0;
		mplink_choice choice = world.choose(1000, lane, packet, sizeof(packet));

		while (choice.path) {
			paths[n++] = choice.path;
			if (!choice.more)
				break;
			choice = mplink_core_next(world.device(), choice.more, 1000, lane);
		}
		sent += n;
		if (!n) {
			mplink_core_drop(world.device(), MPLINK_DROP_NO_LINK, lane);
			dropped++;
		}
		mplink_core_receive(world.nic(0), world.peer(), 1000, lane);
		received++;

		// As ip does, without RTNL.
		mplink_counters sum;

		mplink_core_counters(world.device(), &sum);
		EXPECT_GE(sum.tx_packets, n);
		// As a packet does that is still on its way: the device must be there.
		if (sent % 64 == 0)
			std::this_thread::yield();
		for (mplink_u32 i = 0; i < n; i++) {
			EXPECT_TRUE(usable(paths[i]));
			EXPECT_GT(device_of(paths[i]).refs, 0);
		}
	}
};

class Concurrent : public Clean
{
protected:
	void SetUp() override
	{
		rcu_start(RcuMode::concurrent);
	}
	void TearDown() override
	{
		EXPECT_EQ(rcu_pending(), 0U);
		Clean::TearDown();
	}

	// Lets the readers run while the writer does its steps.
	template <class Step>
	static void stress(World &world, Step step)
	{
		constexpr std::chrono::milliseconds runtime(1000);
		std::atomic<bool> stop = false;
		Reader readers[nr_lanes];
		std::vector<std::thread> threads;
		const auto end = std::chrono::steady_clock::now() + runtime;

		for (mplink_u32 lane = 0; lane < nr_lanes; lane++)
			threads.emplace_back([&, lane] { readers[lane].run(world, lane, stop); });
		threads.emplace_back([&] {
			while (!stop)
				read_counters(world);
		});
		while (std::chrono::steady_clock::now() < end && !HasFailure()) {
			step();
			world.make_lanes();
		}
		stop = true;
		for (std::thread &thread : threads)
			thread.join();

		mplink_u64 sent = 0;
		mplink_u64 dropped = 0;
		mplink_u64 received = 0;
		mplink_counters counted;

		for (const Reader &reader : readers) {
			sent += reader.sent;
			dropped += reader.dropped;
			received += reader.received;
		}
		{
			const ReadLock lock;

			mplink_core_counters(world.device(), &counted);
		}
		EXPECT_EQ(counted.tx_packets, sent);
		EXPECT_EQ(counted.rx_packets, received);
		EXPECT_GT(sent, 0U);
		EXPECT_EQ(mplink_core_drops(world.device(), MPLINK_DROP_NO_LINK), dropped);
	}

private:
	static void read_counters(World &world)
	{
		mplink_core_drops(world.device(), MPLINK_DROP_NO_LINK);
		count_rescheduled(world.device());
		std::this_thread::yield();
	}
};

TEST_F(Concurrent, RandomEventsUnderTraffic)
{
	RandomWorld random_world(4);
	Random random(11);

	random_world.world.owner.keep = false;
	stress(random_world.world, [&] {
		const auto what = random.byte();
		const auto which = random.byte();

		random_world.happen(what, which);
		EXPECT_EQ(random_world.world.wrong(), "");
	});
}

TEST_F(Concurrent, DeletionUnderTraffic)
{
	World world;

	world.owner.keep = false;
	world.start(3);
	stress(world, [&] {
		world.unplug(*world.find("eth2"));
		while (!world.reap())
			std::this_thread::yield();
		world.plug_running("eth2", 2);
	});
}

TEST_F(Concurrent, NicsAndLinksComeAndGoUnderTraffic)
{
	World world;
	Random random(13);

	world.owner.keep = false;
	world.start(3);
	stress(world, [&] {
		const mplink_u32 id = 1 + random.below(2);
		const std::string name = world.name(id);

		ASSERT_EQ(world.remove_link(id), 0);
		ASSERT_EQ(world.set_link(id, remote_address(id + 1), 2), 0);
		ASSERT_EQ(world.set_links({{.nic_id = 0, .weight = 1, .remove = 0, .remote = {}},
					   {.nic_id = id, .weight = 0, .remove = 1, .remote = {}}}),
			  0);
		world.remove_nic(id);
		ASSERT_EQ(world.add_nic(name), 0);
		ASSERT_EQ(world.set_link(id, remote_address(id + 1)), 0);
		ASSERT_EQ(world.wrong(), "");
	});
}

// Lanes are made, and made larger, while packets count there.
TEST_F(Concurrent, LinksAreAddedUnderTraffic)
{
	World world;
	mplink_counters before = {};

	world.owner.keep = false;
	world.start(1);
	stress(world, [&] {
		const mplink_u32 id = world.nics();
		const std::string name = "more" + std::to_string(id);

		if (id < MPLINK_MAX_NICS) {
			ASSERT_EQ(world.add_nic(name), 0);
			world.plug_running(name, id + 1);
			ASSERT_EQ(world.set_link(id, remote_address(id + 1)), 0);
		}

		const mplink_counters now = world.link_counters(0);

		ASSERT_GE(now.tx_packets, before.tx_packets);
		ASSERT_GE(now.rx_packets, before.rx_packets);
		before = now;
		std::this_thread::yield();
	});

	mplink_u64 sent = 0;
	mplink_counters all;

	for (mplink_u32 id = 0; id < world.nics(); id++)
		sent += world.link_counters(id).tx_packets;
	mplink_core_counters(world.device(), &all);
	EXPECT_EQ(sent, all.tx_packets);
	EXPECT_EQ(world.link_counters(0).rx_packets, all.rx_packets);
}

TEST_F(Concurrent, PolicyChangesUnderTraffic)
{
	World world;
	Random random(12);

	world.owner.keep = false;
	world.start(4);
	stress(world, [&] {
		EXPECT_EQ(world.set_policy(random.below(MPLINK_POLICIES)), 0);
		world.cable(*world.find("eth1"), random.below(2));
	});
}

} // namespace

} // namespace fake
