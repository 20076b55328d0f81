// SPDX-License-Identifier: GPL-2.0
// Devices that change their names or namespaces: the NIC is its name, the
// device only bears it for a while.
#include "fixture.hh"

namespace fake
{

namespace
{

class Rename : public InWorld
{
protected:
	void SetUp() override
	{
		InWorld::SetUp();
		world().start(3);
	}
	void expect_good()
	{
		EXPECT_EQ(world().wrong(), "");
		for (mplink_u32 flow = 0; flow < 20; flow++)
			EXPECT_EQ(world().wrong_way(flow), "");
	}
};

TEST_F(Rename, AwayAndBack)
{
	Netdev &eth1 = dev("eth1");

	world().owner.take_log();
	world().rename(eth1, "eth10");
	EXPECT_EQ(world().owner.take_log(),
		  std::vector<std::string>{
			  "eth1: NETDEV_CHANGENAME (0xA): valid 1 -> 0 (unregistered)"});
	expect_good();
	grace_period();
	EXPECT_EQ(eth1.refs, 0);
	world().rename(eth1, "eth1");
	EXPECT_EQ(world().owner.take_log(),
		  std::vector<std::string>{"eth1: NETDEV_CHANGENAME (0xA): valid 0 -> 1"});
	expect_good();
}

TEST_F(Rename, NamesMatchExactly)
{
	Netdev &eth10 = world().plug_running("eth10", 10);

	expect_good();
	EXPECT_EQ(eth10.refs, 0);
	world().set_down(eth10);
	EXPECT_TRUE(world().valid(0));
	world().rename(eth10, "eth");
	expect_good();
	world().rename(eth10, "eth1234567890123");
	expect_good();
}

TEST_F(Rename, ToTheNameOfALaterNicWhoseDeviceIsGone)
{
	world().unplug(dev("eth3"));
	EXPECT_TRUE(world().reap());
	world().rename(dev("eth1"), "eth3");
	world().set_inet(dev("eth3"), local_address(3));
	EXPECT_TRUE(world().valid(2));
	expect_good();
}

// The NIC that gets the device is asked before the one that loses it.
TEST_F(Rename, ToTheNameOfAnEarlierNicWhoseDeviceIsGone)
{
	world().unplug(dev("eth1"));
	EXPECT_TRUE(world().reap());
	world().rename(dev("eth3"), "eth1");
	EXPECT_TRUE(world().valid(0));
	EXPECT_EQ(world().owner.not_attached, std::vector<std::string>{});
	expect_good();
}

TEST_F(Rename, TwoNicsSwapNames)
{
	Netdev &one = dev("eth1");
	Netdev &two = dev("eth2");

	world().rename(one, "tmp");
	expect_good();
	world().rename(two, "eth1");
	expect_good();
	world().rename(one, "eth2");
	expect_good();
	EXPECT_EQ(world().nic_info(0).ifindex, two.ifindex);
	EXPECT_EQ(world().nic_info(1).ifindex, one.ifindex);
	EXPECT_TRUE(world().valid(0) && world().valid(1) && world().valid(2));
	EXPECT_EQ(world().owner.not_attached, std::vector<std::string>{});
}

TEST_F(Rename, ALostRenameIsMendedByTheNextEvent)
{
	Netdev &one = dev("eth1");

	one.name = "other"; // nobody hears of it
	world().event(MPLINK_EVENT_CHANGE, one);
	expect_good();
	one.name = "eth1";
	world().event(MPLINK_EVENT_CHANGEMTU, one);
	expect_good();
}

TEST_F(Rename, AnotherDeviceUnderTheNameReplacesTheOne)
{
	Netdev &one = dev("eth1");

	one.name = "other";
	world().plug_running("eth1", 1);
	EXPECT_EQ(world().nic_info(0).ifindex, dev("eth1").ifindex);
	grace_period();
	EXPECT_EQ(one.refs, 0);
}

TEST_F(Rename, AMoveToAnotherNamespaceIsUnregisterThenNothing)
{
	Netdev &one = dev("eth1");

	world().move_away(one);
	expect_good();
	grace_period();
	EXPECT_EQ(one.refs, 0);
	EXPECT_EQ(world().nic_info(0).reason, mplink_u32{MPLINK_REASON_UNREGISTERED});
	world().move_back(one);
	world().set_inet(one, local_address(1));
	world().set_up(one);
	EXPECT_TRUE(world().valid(0));
	expect_good();
}

// Linux announces UNREGISTER again each second until the last reference is gone,
// whosever it is.  The name is free from the first time on.
TEST_F(Rename, ARepeatedUnregisterDoesNotHitTheSuccessor)
{
	Netdev &old = dev("eth1");

	world().unplug(old);

	Netdev &successor = world().plug_running("eth1", 1);

	EXPECT_TRUE(world().valid(0));
	world().event(MPLINK_EVENT_UNREGISTER, old);
	EXPECT_TRUE(world().valid(0));
	EXPECT_EQ(world().nic_info(0).ifindex, successor.ifindex);
	expect_good();
	EXPECT_TRUE(world().reap());
}

} // namespace

} // namespace fake
