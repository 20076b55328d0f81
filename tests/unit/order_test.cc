// SPDX-License-Identifier: GPL-2.0
// The policies for which the links' order counts: active-backup and broadcast.
#include "fixture.hh"

namespace fake
{

namespace
{

using Devices = std::vector<const Netdev *>;

class InOrder : public InWorld
{
protected:
	void start(mplink_u32 policy)
	{
		world().start(3);
		ASSERT_EQ(world().set_policy(policy), 0);
		ASSERT_EQ(mplink_core_get_policy(world().device()), policy);
	}
};

TEST_F(InOrder, ActiveBackupTakesTheFirstThatWorksAndFailsBack)
{
	start(MPLINK_POLICY_ACTIVE_BACKUP);
	EXPECT_EQ(world().send(100).over, Devices{&dev("eth1")});
	world().cable_told(dev("eth1"), false);
	EXPECT_EQ(world().send(100).over, Devices{&dev("eth2")});
	world().cable_told(dev("eth2"), false);
	EXPECT_EQ(world().send(100).over, Devices{&dev("eth3")});
	world().cable_told(dev("eth1"), true);
	EXPECT_EQ(world().send(100).over, Devices{&dev("eth1")});
	EXPECT_EQ(count_rescheduled(world().device()), 0U);
}

TEST_F(InOrder, ActiveBackupDoesNotWaitForTheEvent)
{
	start(MPLINK_POLICY_ACTIVE_BACKUP);
	world().cable(dev("eth1"), false);
	EXPECT_EQ(world().send(100).over, Devices{&dev("eth2")});
	EXPECT_EQ(count_rescheduled(world().device()), 1U);
	world().cable(dev("eth1"), true);
	EXPECT_EQ(world().send(100).over, Devices{&dev("eth1")});
}

TEST_F(InOrder, BroadcastGivesEachWorkingLinkOneCopy)
{
	start(MPLINK_POLICY_BROADCAST);
	EXPECT_EQ(world().send(100).over, (Devices{&dev("eth1"), &dev("eth2"), &dev("eth3")}));
	world().cable(dev("eth2"), false);
	EXPECT_EQ(world().send(100).over, (Devices{&dev("eth1"), &dev("eth3")}));
	world().event(MPLINK_EVENT_CHANGE, dev("eth2"));
	EXPECT_EQ(world().send(100).over, (Devices{&dev("eth1"), &dev("eth3")}));
	world().cable(dev("eth3"), false);
	EXPECT_EQ(world().send(100).over, Devices{&dev("eth1")});
	world().cable(dev("eth1"), false);
	EXPECT_TRUE(world().send(100).over.empty());
	for (mplink_u32 i = 0; i < 3; i++)
		EXPECT_EQ(world().link_counters(i).tx_packets, (std::vector{4U, 1U, 3U}[i]));
}

// No copy takes another's link: whichever is dead, nothing is rescheduled.
TEST_F(InOrder, BroadcastReschedulesNothing)
{
	start(MPLINK_POLICY_BROADCAST);
	for (const char *name : {"eth1", "eth2", "eth3"}) {
		world().cable(dev(name), false);
		world().send(100);
		world().cable(dev(name), true);
	}
	EXPECT_EQ(count_rescheduled(world().device()), 0U);
}

// One snapshot for the whole packet, though the table is replaced meanwhile.
TEST_F(InOrder, ABroadcastEndsByTheTableItBeganWith)
{
	start(MPLINK_POLICY_BROADCAST);

	const mplink_u8 packet[20] = {0x45};
	mplink_choice choice;
	{
		const ReadLock lock;

		choice = world().choose(100, 0, packet, sizeof(packet));
		EXPECT_EQ(&device_of(choice.path), &dev("eth1"));
		ASSERT_TRUE(choice.more);
	}
	{
		// As if on another CPU: no grace period passes, so to the core it
		// is one read section.
		const RtnlLock rtnl;
		const mplink_snapshot snapshot = dev("eth1").snapshot();

		mplink_core_nic_event(world().device(), MPLINK_EVENT_UNREGISTER, &snapshot);
	}

	const ReadLock lock;

	choice = mplink_core_next(world().device(), choice.more, 100, 0);
	EXPECT_EQ(&device_of(choice.path), &dev("eth2"));
	ASSERT_TRUE(choice.more);
	choice = mplink_core_next(world().device(), choice.more, 100, 0);
	EXPECT_EQ(&device_of(choice.path), &dev("eth3"));
	EXPECT_FALSE(choice.more);
}

} // namespace

} // namespace fake
