// SPDX-License-Identifier: GPL-2.0
// Whichever allocation fails: the state stays consistent, nothing leaks, and a
// later refresh makes good what was lost.
#include <cerrno>
#include <functional>

#include "fixture.hh"

namespace fake
{

namespace
{

using Scenario = std::function<void(World &)>;

class MemoryFailure : public Clean
{
protected:
	// What the kernel side does once it is asked for a refresh.
	static void make_good(World &world)
	{
		for (mplink_u32 i = 0; i < world.nics(); i++)
			if (Netdev *dev = world.find(world.name(i)))
				world.event(MPLINK_EVENT_REFRESH, *dev);
		world.refresh();
	}

	static void expect_consistent(World &world, unsigned n)
	{
		EXPECT_EQ(world.wrong(true), "") << "allocation " << n;
		// Sent where it can be, or dropped; never where nothing is.
		world.send(100);
	}

	// Runs the scenario once for each of its allocations.
	static void try_all(const Scenario &prepare, const Scenario &scenario)
	{
		for (unsigned n = 1;; n++) {
			World world;

			prepare(world);

			const unsigned asked = world.owner.refreshes_asked;

			Memory::fail_nth(n);
			scenario(world);

			const bool failed = Memory::has_failed();

			Memory::fail_nth(0);
			expect_consistent(world, n);
			// The core asks again for what it could not make.
			if (world.owner.refreshes_asked > asked)
				make_good(world);
			EXPECT_EQ(world.wrong(), "") << "allocation " << n;
			for (mplink_u32 flow = 0; flow < 5; flow++)
				EXPECT_EQ(world.wrong_way(flow), "") << "allocation " << n;
			EXPECT_TRUE(world.reap()) << "allocation " << n;
			if (!failed) {
				EXPECT_GT(n, 1U) << "nothing was allocated at all";
				return;
			}
		}
	}
};

TEST_F(MemoryFailure, MakingADevice)
{
	for (unsigned n = 1; n <= 3; n++) {
		Owner owner;

		Memory::fail_nth(n);
		EXPECT_EQ(mplink_core_device_create(&owner), nullptr);
	}
}

TEST_F(MemoryFailure, NamingANic)
{
	World world;
	{
		const NoMemory none;

		EXPECT_EQ(world.add_nic("eth1"), -ENOMEM);
	}
	EXPECT_EQ(world.nic(0), nullptr);
	EXPECT_EQ(world.add_nic("eth1"), 0);
}

TEST_F(MemoryFailure, AddingAPeer)
{
	for (unsigned n = 1;; n++) {
		World world;

		for (mplink_u32 i = 1; i <= 3; i++) {
			world.add_nic("eth" + std::to_string(i));
			world.plug_running("eth" + std::to_string(i), i);
		}
		Memory::fail_nth(n);

		const int err =
			world.add_peer({remote_address(1), remote_address(2), remote_address(3)});
		const bool failed = Memory::has_failed();

		Memory::fail_nth(0);
		if (err) {
			EXPECT_EQ(err, -ENOMEM);
			EXPECT_EQ(world.wrong(), "");
			continue;
		}
		// Past the peer and its links it is only the first table that fails.
		expect_consistent(world, n);
		if (failed) {
			EXPECT_GT(world.owner.refreshes_asked, 0U);
			world.refresh();
		}
		EXPECT_EQ(world.wrong(), "");
		EXPECT_EQ(world.wrong_way(), "");
		if (!failed)
			break;
	}
}

TEST_F(MemoryFailure, PluggingANic)
{
	for (mplink_u32 policy = 0; policy < MPLINK_POLICIES; policy++)
		try_all(
			[policy](World &world) {
				world.name_nics(3);
				world.plug_running("eth1", 1);
				EXPECT_EQ(world.set_policy(policy), 0);
			},
			[](World &world) { world.plug_running("eth2", 2); });
}

TEST_F(MemoryFailure, CableOutAndIn)
{
	try_all([](World &world) { world.start(3); },
		[](World &world) {
			world.cable_told(*world.find("eth1"), false);
			world.cable_told(*world.find("eth1"), true);
		});
}

TEST_F(MemoryFailure, DownAndUp)
{
	try_all([](World &world) { world.start(3); },
		[](World &world) {
			world.set_down(*world.find("eth2"));
			world.set_up(*world.find("eth2"));
		});
}

TEST_F(MemoryFailure, AddressAndRouteChange)
{
	try_all([](World &world) { world.start(2); },
		[](World &world) {
			world.set_inet(*world.find("eth1"), addr("10.0.1.77"));
			world.find("eth2")->route_generation++;
			world.refresh();
		});
}

TEST_F(MemoryFailure, Rename)
{
	try_all([](World &world) { world.start(3); },
		[](World &world) {
			Netdev &dev = *world.find("eth1");

			world.rename(dev, "tmp");
			world.rename(dev, "eth1");
		});
}

// A device must go, memory or not: a table that names it may not stay.
TEST_F(MemoryFailure, DeletionWithNoMemoryAtAll)
{
	World world;

	world.start(3);

	Netdev &gone = *world.find("eth1");
	{
		const NoMemory none;

		world.unplug(gone);
		EXPECT_TRUE(world.reap()) << "it is held for want of memory";
		EXPECT_EQ(world.wrong(true), "");
	}
	EXPECT_GT(world.owner.refreshes_asked, 0U);
	world.refresh();
	EXPECT_EQ(world.wrong(), "");
	EXPECT_EQ(world.wrong_way(), "");
}

// Every packet goes over one of the others, whichever policy there is.
void expect_all_but(World &world, const char *gone)
{
	for (mplink_u32 flow = 0; flow < 100; flow++) {
		const World::Sent sent = world.send(100, flow);

		ASSERT_FALSE(sent.over.empty()) << "dropped though links work";
		for (const Netdev *dev : sent.over)
			ASSERT_NE(dev->name, gone);
	}
}

TEST_F(MemoryFailure, TheOtherLinksGoOnWithoutTheOneThatGoes)
{
	const std::function<void(World &, Netdev &)> ends[] = {
		[](World &world, Netdev &dev) { world.cable_told(dev, false); },
		[](World &world, Netdev &dev) { world.set_down(dev); },
		[](World &world, Netdev &dev) { world.set_inet(dev, {}); },
		[](World &world, Netdev &dev) { world.unplug(dev); }};

	for (mplink_u32 policy = 0; policy < MPLINK_POLICIES; policy++)
		for (const auto &end : ends) {
			World world;

			world.start(3);
			EXPECT_EQ(world.set_policy(policy), 0);
			{
				const NoMemory none;

				end(world, *world.find("eth2"));
				EXPECT_TRUE(world.reap());
				expect_all_but(world, "eth2");
				EXPECT_EQ(world.wrong(true), "");
			}
			EXPECT_GT(world.owner.refreshes_asked, 0U);
			make_good(world);
			expect_all_but(world, "eth2");
			EXPECT_EQ(world.wrong(), "");
		}
}

TEST_F(MemoryFailure, ATableWithNothingLeftGoes)
{
	World world;

	world.start(2);
	{
		const NoMemory none;

		world.unplug(*world.find("eth1"));
		world.unplug(*world.find("eth2"));
		EXPECT_TRUE(world.reap());
		EXPECT_TRUE(world.send(100).over.empty());
	}
	make_good(world);
	EXPECT_EQ(world.wrong(), "");
}

TEST_F(MemoryFailure, WithoutMemoryForAnotherPolicyTheTableStays)
{
	World world;

	world.start(3);
	{
		const NoMemory none;

		EXPECT_EQ(world.set_policy(MPLINK_POLICY_BALANCE_XOR), 0);
		expect_all_but(world, "");
	}
	make_good(world);
	EXPECT_EQ(world.wrong_way(), "");
}

TEST_F(MemoryFailure, Deletion)
{
	try_all([](World &world) { world.start(3); },
		[](World &world) { world.unplug(*world.find("eth2")); });
}

TEST_F(MemoryFailure, PolicyChange)
{
	for (mplink_u32 policy = 0; policy < MPLINK_POLICIES; policy++) {
		World world;
		int err;

		world.start(3);
		{
			const NoMemory none;

			err = world.set_policy(policy);
		}
		// Either it took, and the table is on its way; or nothing changed.
		if (err) {
			EXPECT_EQ(err, -ENOMEM);
			EXPECT_EQ(mplink_core_get_policy(world.device()),
				  mplink_u32{MPLINK_POLICY_BALANCE_RR});
			EXPECT_EQ(world.wrong_way(), "");
			continue;
		}
		EXPECT_EQ(mplink_core_get_policy(world.device()), policy);
		world.send(100);
		EXPECT_GT(world.owner.refreshes_asked, 0U);
		world.refresh();
		EXPECT_EQ(world.wrong(), "");
		EXPECT_EQ(world.wrong_way(), "");
	}
}

TEST_F(MemoryFailure, ARefreshThatFailsIsAskedForAgain)
{
	World world;

	world.start(2);
	{
		const NoMemory none;

		world.find("eth1")->route_generation++;
		world.refresh();

		const unsigned asked = world.owner.refreshes_asked;

		world.refresh();
		EXPECT_GT(world.owner.refreshes_asked, asked);
	}
	world.refresh();
	EXPECT_EQ(world.wrong(), "");
	EXPECT_EQ(world.wrong_way(), "");
}

} // namespace

} // namespace fake
