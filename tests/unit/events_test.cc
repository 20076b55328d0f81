// SPDX-License-Identifier: GPL-2.0
// What events of member NICs do to the virtual NIC, and what the user is told.
#include <cerrno>

#include "fixture.hh"

namespace fake
{

namespace
{

using Lines = std::vector<std::string>;

class Events : public InWorld
{
};

TEST_F(Events, DownIsToldAsTheLogAlwaysToldIt)
{
	world().start(3);
	world().owner.take_log();

	world().set_down(dev("eth2"));
	EXPECT_EQ(world().owner.take_log(),
		  (Lines{"eth2: NETDEV_GOING_DOWN (9): valid 1 -> 0 (admin-down)",
			 "eth2: NETDEV_DOWN (2): valid 0"}));
	EXPECT_EQ(world().wrong(), "");

	world().set_up(dev("eth2"));
	EXPECT_EQ(world().owner.take_log(),
		  (Lines{"eth2: NETDEV_PRE_UP (0xD): valid 0", "eth2: NETDEV_UP (1): valid 0 -> 1",
			 "eth2: NETDEV_CHANGE (4): valid 1"}));
	EXPECT_EQ(world().wrong(), "");
}

TEST_F(Events, CableOutAndIn)
{
	world().start(3);
	world().owner.take_log();

	world().cable_told(dev("eth1"), false);
	EXPECT_EQ(world().owner.take_log(),
		  Lines{"eth1: NETDEV_CHANGE (4): valid 1 -> 0 (no-carrier)"});
	EXPECT_EQ(world().link_info(0).reason, mplink_u32{MPLINK_REASON_NO_CARRIER});
	EXPECT_EQ(world().wrong(), "");

	world().cable_told(dev("eth1"), true);
	for (int i = 0; i < 2; i++)
		world().event(MPLINK_EVENT_CHANGE, dev("eth1"));
	EXPECT_EQ(world().owner.take_log(),
		  (Lines{"eth1: NETDEV_CHANGE (4): valid 0 -> 1",
			 "eth1: NETDEV_CHANGE (4): valid 1", "eth1: NETDEV_CHANGE (4): valid 1"}));
	EXPECT_EQ(world().wrong(), "");
}

TEST_F(Events, APacketLearnsOfTheCableBeforeAnyEvent)
{
	world().start(3);
	for (mplink_u32 policy = 0; policy < MPLINK_POLICIES; policy++) {
		ASSERT_EQ(world().set_policy(policy), 0);
		world().cable(dev("eth1"), false);
		for (mplink_u32 flow = 0; flow < 100; flow++)
			EXPECT_EQ(world().wrong_way(flow), "") << policy;
		// And of its return, just as soon.
		world().cable(dev("eth1"), true);
		for (mplink_u32 flow = 0; flow < 100; flow++)
			EXPECT_EQ(world().wrong_way(flow), "") << policy;
	}
}

TEST_F(Events, AClosingDeviceGetsNoPacketThoughItLooksAlive)
{
	world().start(2);
	world().event(MPLINK_EVENT_GOING_DOWN, dev("eth1"));
	ASSERT_TRUE(dev("eth1").running());
	for (mplink_u32 i = 0; i < 10; i++)
		EXPECT_EQ(world().send(100).over, std::vector<const Netdev *>{&dev("eth2")});
}

TEST_F(Events, AddressRemovedChangedAndBack)
{
	world().start(2);
	world().owner.take_log();

	world().set_inet(dev("eth1"), {});
	EXPECT_EQ(world().owner.take_log(),
		  Lines{"eth1: inetaddr NETDEV_DOWN (0x102): valid 1 -> 0 (no-address)"});
	EXPECT_EQ(world().wrong(), "");
	grace_period();
	EXPECT_EQ(dev("eth1").refs, 1) << "its routes went with the address";

	world().set_inet(dev("eth1"), addr("10.0.1.77"));
	EXPECT_EQ(world().owner.take_log(),
		  Lines{"eth1: inetaddr NETDEV_UP (0x101): valid 0 -> 1"});
	EXPECT_TRUE(world().nic_info(0).address.lo == addr("10.0.1.77").lo);
	EXPECT_EQ(world().wrong(), "");
}

TEST_F(Events, DeletionLetsGoAtOnceAndForGood)
{
	world().start(3);
	world().owner.take_log();

	Netdev &gone = dev("eth2");

	world().unplug(gone);
	EXPECT_EQ(world().owner.take_log(),
		  (Lines{"eth2: NETDEV_GOING_DOWN (9): valid 1 -> 0 (admin-down)",
			 "eth2: NETDEV_DOWN (2): valid 0",
			 "eth2: inetaddr NETDEV_DOWN (0x102): valid 0",
			 "eth2: NETDEV_UNREGISTER (6): valid 0"}));
	EXPECT_EQ(world().wrong(), "");
	EXPECT_TRUE(world().reap()) << "a reference outlived the grace period";
	EXPECT_EQ(world().nic_info(1).ifindex, 0U);
	for (mplink_u32 i = 0; i < 10; i++)
		EXPECT_EQ(world().wrong_way(i), "");
}

TEST_F(Events, UnregisterOfAWorkingNicNeedsNoDownBefore)
{
	world().start(2);
	world().owner.take_log();

	Netdev &gone = dev("eth1");

	world().event(MPLINK_EVENT_UNREGISTER, gone);
	EXPECT_EQ(world().owner.take_log(),
		  Lines{"eth1: NETDEV_UNREGISTER (6): valid 1 -> 0 (unregistered)"});
	grace_period();
	EXPECT_EQ(gone.refs, 0);
	world().event(MPLINK_EVENT_UNREGISTER, gone);
	EXPECT_EQ(world().owner.take_log(), Lines{"eth1: NETDEV_UNREGISTER (6): valid 0"});
}

// A bond lets go of its ports after it has said that it goes, and each is an event.
TEST_F(Events, ADeviceOnItsWayOutIsNotTakenAgain)
{
	world().start(2);

	Netdev &gone = dev("eth1");

	world().event(MPLINK_EVENT_UNREGISTER, gone);
	for (const mplink_u32 event :
	     {MPLINK_EVENT_CHANGEADDR, MPLINK_EVENT_CHANGEMTU, MPLINK_EVENT_CHANGE}) {
		const RtnlLock rtnl;
		mplink_snapshot snapshot = gone.snapshot();

		snapshot.registered = false;
		EXPECT_EQ(mplink_core_nic_event(world().device(), event, &snapshot), 0);
	}
	grace_period();
	EXPECT_EQ(gone.refs, 0);
	EXPECT_EQ(world().nic_info(0).reason, mplink_u32{MPLINK_REASON_UNREGISTERED});
}

TEST_F(Events, ANicMayAppearLater)
{
	world().name_nics(2);
	EXPECT_EQ(world().wrong(), "");
	EXPECT_TRUE(world().send(100).over.empty());
	world().plug_running("eth2", 2);
	EXPECT_EQ(world().wrong(), "");
	EXPECT_EQ(world().wrong_way(), "");
	EXPECT_TRUE(world().owner.carrier);
	EXPECT_EQ(world().owner.take_log(),
		  (Lines{"eth2: NETDEV_REGISTER (5): valid 0",
			 "eth2: inetaddr NETDEV_UP (0x101): valid 0",
			 "eth2: NETDEV_PRE_UP (0xD): valid 0", "eth2: NETDEV_UP (1): valid 0 -> 1",
			 "eth2: NETDEV_CHANGE (4): valid 1"}));
}

TEST_F(Events, OtherDevicesAreNoneOfItsBusiness)
{
	world().start(2);
	world().owner.take_log();

	const Netdev &other = world().plug_running("eth10", 10);

	world().set_down(dev("eth10"));
	world().unplug(dev("eth10"));
	EXPECT_EQ(other.refs, 0);
	EXPECT_EQ(world().owner.take_log(), Lines{});
	EXPECT_TRUE(world().reap());
	EXPECT_EQ(world().wrong(), "");
}

TEST_F(Events, ARefusalIsToldOnceACauseAndTriedAgainAtEachEvent)
{
	world().name_nics(2);

	Netdev &eth1 = world().create("eth1");

	eth1.refuses = "has a master already";
	EXPECT_EQ(world().event(MPLINK_EVENT_REGISTER, eth1), -EOPNOTSUPP);
	EXPECT_EQ(world().event(MPLINK_EVENT_CHANGE, eth1), -EOPNOTSUPP);
	EXPECT_EQ(world().owner.not_attached, Lines{"eth1: has a master already"});
	EXPECT_EQ(world().wrong(), "");
	eth1.refuses = nullptr;
	EXPECT_EQ(world().event(MPLINK_EVENT_CHANGE, eth1), 0);
	EXPECT_EQ(world().nic_info(0).reason, mplink_u32{MPLINK_REASON_ADMIN_DOWN});
	EXPECT_EQ(world().wrong(), "");

	// It cannot be attached again, for the old reason: that is reported again.
	world().event(MPLINK_EVENT_UNREGISTER, eth1);
	eth1.refuses = "has a master already";
	EXPECT_EQ(world().event(MPLINK_EVENT_REGISTER, eth1), -EOPNOTSUPP);
	EXPECT_EQ(world().owner.not_attached.size(), 2U);
}

TEST_F(Events, ALoopbackIsRefused)
{
	world().add_nic("lo");

	Netdev &lo = world().create("lo");

	lo.loopback = true;
	EXPECT_EQ(world().event(MPLINK_EVENT_REGISTER, lo), -EINVAL);
	EXPECT_EQ(world().owner.not_attached, Lines{"lo: is a loopback"});
	EXPECT_EQ(lo.refs, 0);
	EXPECT_EQ(world().wrong(), "");
}

TEST_F(Events, AllLinksLostAndRegained)
{
	world().start(3);
	EXPECT_TRUE(world().owner.carrier);
	for (const char *name : {"eth1", "eth2", "eth3"})
		world().cable_told(dev(name), false);
	EXPECT_FALSE(world().owner.carrier);
	EXPECT_TRUE(world().send(100).over.empty());
	EXPECT_EQ(mplink_core_drops(world().device(), MPLINK_DROP_NO_LINK), 1U);
	for (const char *name : {"eth3", "eth1", "eth2"}) {
		world().cable_told(dev(name), true);
		EXPECT_TRUE(world().owner.carrier);
		EXPECT_EQ(world().wrong_way(), "");
	}
	EXPECT_EQ(world().owner.carrier_changes, 3U);
	EXPECT_EQ(world().wrong(), "");
}

TEST_F(Events, ARefreshIsTheNicsNewsOnlyIfItChangesSomething)
{
	world().start(2);
	world().owner.take_log();
	world().event(MPLINK_EVENT_REFRESH, dev("eth1"));
	EXPECT_EQ(world().owner.take_log(), Lines{});
	world().cable(dev("eth1"), false);
	world().event(MPLINK_EVENT_REFRESH, dev("eth1"));
	EXPECT_EQ(world().owner.take_log(),
		  Lines{"eth1: inet6addr or route change (0x201): valid 1 -> 0 (no-carrier)"});
}

TEST_F(Events, ALostRouteInvalidatesTheLinkNotTheNic)
{
	const mplink_addr remote = remote_address(1);

	world().start(2);
	world().owner.links.clear();
	dev("eth1").unreachable.insert({remote.hi, remote.lo});
	dev("eth1").route_generation++;
	world().refresh();
	EXPECT_EQ(world().owner.links, Lines{"eth1 to 10.99.0.2: none -> no-route"});
	EXPECT_TRUE(world().valid(0));
	EXPECT_EQ(world().wrong(), "");
	EXPECT_EQ(world().wrong_way(), "");
	dev("eth1").unreachable.clear();
	world().refresh();
	EXPECT_EQ(world().wrong(), "");
}

TEST_F(Events, AnUnchangedRouteKeepsItsTable)
{
	world().start(3);
	grace_period();
	world().refresh();
	world().event(MPLINK_EVENT_CHANGEMTU, dev("eth1"));
	EXPECT_EQ(rcu_pending(), 0U) << "a new table starts the links' shares from zero";
}

TEST_F(Events, TransitionsAndSince)
{
	world().start(1);
	EXPECT_EQ(world().nic_info(0).transitions, 1U);
	pass_time(500);
	world().event(MPLINK_EVENT_CHANGEMTU, dev("eth1"));
	EXPECT_EQ(world().nic_info(0).since_ms, 500U);
	world().cable_told(dev("eth1"), false);
	EXPECT_EQ(world().nic_info(0).transitions, 2U);
	EXPECT_EQ(world().nic_info(0).since_ms, 0U);
	pass_time(70);
	world().set_down(dev("eth1"));
	EXPECT_EQ(world().nic_info(0).transitions, 2U) << "still invalid, if for another reason";
	EXPECT_EQ(world().nic_info(0).since_ms, 70U);
}

TEST_F(Events, Inet6RemotesAskForAnAddressOfTheirKind)
{
	world().add_nic("eth1");
	world().add_nic("eth2");
	world().add_peer({addr("2001:db8::2"), addr("fe80::2")});
	world().plug_running("eth1", 1);
	world().plug_running("eth2", 2);
	EXPECT_EQ(world().nic_info(0).reason, mplink_u32{MPLINK_REASON_NO_ADDRESS});
	EXPECT_EQ(world().wrong(), "");
	dev("eth1").inet6_local = dev("eth2").inet6_local = addr("fe80::1");
	for (const char *name : {"eth1", "eth2"})
		world().event(MPLINK_EVENT_REFRESH, dev(name));
	EXPECT_FALSE(world().valid(0));
	EXPECT_TRUE(world().valid(1));
	EXPECT_EQ(world().wrong(), "");
	dev("eth1").inet6 = addr("2001:db8::1");
	world().event(MPLINK_EVENT_REFRESH, dev("eth1"));
	EXPECT_TRUE(world().valid(0));
	EXPECT_EQ(world().wrong(), "");
}

TEST_F(Events, NicsAreNamedOnceAndNoMoreThanAllowed)
{
	for (mplink_u32 i = 0; i < MPLINK_MAX_NICS; i++)
		EXPECT_EQ(world().add_nic("nic" + std::to_string(i)), 0);
	EXPECT_EQ(world().add_nic("nic7"), -EEXIST);
	EXPECT_EQ(world().add_nic("nic64"), -ENOSPC);
	EXPECT_EQ(mplink_core_nic_at(world().device(), MPLINK_MAX_NICS), nullptr);
	EXPECT_EQ(world().wrong(), "");
}

TEST_F(Events, AClearedDeviceHoldsNothingAndShowsNothing)
{
	world().start(2);
	{
		const RtnlLock rtnl;

		mplink_core_device_clear(world().device());
	}
	grace_period();
	for (mplink_u32 i = 0; i < 2; i++) {
		EXPECT_EQ(dev(world().name(i)).refs, 0);
		EXPECT_EQ(world().nic_info(i).reason, mplink_u32{MPLINK_REASON_UNREGISTERED});
		EXPECT_EQ(world().nic_info(i).carrier, 0U);
		EXPECT_EQ(world().nic_info(i).address.lo, 0U);
	}
	EXPECT_FALSE(world().owner.carrier);
}

TEST_F(Events, APolicyThatIsNoneIsRefused)
{
	world().start(1);
	EXPECT_EQ(world().set_policy(MPLINK_POLICIES), -EINVAL);
	EXPECT_EQ(mplink_core_get_policy(world().device()), mplink_u32{MPLINK_POLICY_BALANCE_RR});
}

} // namespace

} // namespace fake
