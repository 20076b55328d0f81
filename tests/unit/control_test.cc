// SPDX-License-Identifier: GPL-2.0
// NICs, peers and links that come and go at run time: a refused
// request changes nothing, and a change costs no packet that another link could carry.
#include "fixture.hh"
#include "random.hh"

namespace fake
{

namespace
{

class Control : public InWorld
{
protected:
	mplink_link_config link(mplink_u32 nic, const char *remote, mplink_u16 weight = 0)
	{
		return {.nic_id = nic,
			.weight = weight,
			.remove = 0,
			.remote = remote ? addr(remote) : mplink_addr{}};
	}
	mplink_link_config no_link(mplink_u32 nic)
	{
		return {.nic_id = nic, .weight = 0, .remove = 1, .remote = {}};
	}
	mplink_counters sum()
	{
		const ReadLock lock;
		mplink_counters counters;

		mplink_core_counters(world().device(), &counters);
		return counters;
	}
	// What was refused, and why.
	void expect_refused(int err, int wanted, mplink_u32 attr, const char *why,
			    mplink_u32 link = 0)
	{
		EXPECT_EQ(err, wanted);
		EXPECT_EQ(world().extack.attr, attr);
		EXPECT_EQ(world().extack.link, link);
		EXPECT_STREQ(world().extack.why, why);
		EXPECT_EQ(world().wrong(), "");
	}
};

TEST_F(Control, ADefaultPolicyFollowsTheEncapAndAnotherStays)
{
	const RtnlLock rtnl;
	const char *why = nullptr;
	mplink_device *const device = world().device();
	const auto change = [&](mplink_u32 encap) {
		EXPECT_EQ(mplink_core_set_encap(device, encap, &why), 0);
		return mplink_core_get_policy(device);
	};

	EXPECT_EQ(change(MPLINK_ENCAP_GRE_UDP), mplink_u32{MPLINK_POLICY_ADAPTIVE});
	EXPECT_EQ(change(MPLINK_ENCAP_NONE), mplink_u32{MPLINK_POLICY_BALANCE_RR});
	EXPECT_EQ(mplink_core_set_policy(device, MPLINK_POLICY_BROADCAST), 0);
	EXPECT_EQ(change(MPLINK_ENCAP_GRE_UDP), mplink_u32{MPLINK_POLICY_BROADCAST});
	// It is the default only with the other encap.
	EXPECT_EQ(mplink_core_set_policy(device, MPLINK_POLICY_BALANCE_RR), 0);
	EXPECT_EQ(change(MPLINK_ENCAP_GRE_UDP), mplink_u32{MPLINK_POLICY_BALANCE_RR});
	EXPECT_EQ(change(MPLINK_ENCAP_NONE), mplink_u32{MPLINK_POLICY_BALANCE_RR});
}

TEST_F(Control, ANicThatIsRemovedGivesItsPlaceToAnother)
{
	world().start(3);
	world().remove_nic(1);
	EXPECT_EQ(world().wrong(), "");
	EXPECT_EQ(dev("eth2").port, nullptr);
	grace_period();
	EXPECT_EQ(dev("eth2").refs, 0);
	{
		const RtnlLock rtnl;

		EXPECT_EQ(mplink_core_nic_find(world().device(), "eth2"), -ENOENT);
		EXPECT_EQ(mplink_core_nic_find(world().device(), "eth3"), 2);
	}
	world().plug_running("eth9", 9);
	EXPECT_EQ(world().add_nic("eth9"), 0);
	EXPECT_EQ(world().name(1), "eth9");
	EXPECT_TRUE(world().valid(1));
	EXPECT_FALSE(world().link_exists(1));
	EXPECT_EQ(world().set_link(1, remote_address(9)), 0);
	EXPECT_EQ(world().wrong(), "");
	EXPECT_EQ(world().link_info(1).reason, mplink_u32{MPLINK_REASON_NONE});
}

TEST_F(Control, WithoutItsLastNicAPeerHasNoLink)
{
	world().start(1);
	EXPECT_TRUE(world().owner.carrier);
	world().remove_nic(0);
	EXPECT_FALSE(world().owner.carrier);
	EXPECT_TRUE(world().send(100).over.empty());
	EXPECT_EQ(world().wrong(), "");
}

TEST_F(Control, ARemovedNicWithADeadLinkHoldsNoPath)
{
	world().start(2);
	world().cable_told(dev("eth1"), false);
	world().remove_nic(0);
	grace_period();
	EXPECT_EQ(dev("eth1").refs, 0);
	EXPECT_EQ(world().wrong(), "");
}

TEST_F(Control, EachChangeOfLinksIsWhole)
{
	world().start(3);
	ASSERT_EQ(world().set_links({no_link(0), link(1, "10.0.2.77"), link(2, nullptr, 5)}), 0);
	EXPECT_EQ(world().wrong(), "");
	EXPECT_FALSE(world().link_exists(0));
	EXPECT_EQ(world().link_info(1).remote.lo, addr("10.0.2.77").lo);
	EXPECT_EQ(world().link_info(1).weight, 1U);
	EXPECT_EQ(world().link_info(2).weight, 5U);
	EXPECT_EQ(world().link_info(2).remote.lo, remote_address(3).lo);
	for (int i = 0; i < 60; i++)
		world().send(986);
	EXPECT_EQ(world().link_counters(1).tx_packets, 10U);
	EXPECT_EQ(world().link_counters(2).tx_packets, 50U);
	// The path to the old remote is gone, though the cable is out now.
	world().cable_told(dev("eth2"), false);
	ASSERT_EQ(world().set_link(1, addr("10.0.2.78")), 0);
	world().cable_told(dev("eth2"), true);
	EXPECT_EQ(world().wrong(), "");
}

TEST_F(Control, WhatIsRefusedChangesNothing)
{
	world().start(3);

	const auto set = [this](std::vector<mplink_link_config> links) {
		return world().set_links(links);
	};

	expect_refused(set({link(0, "10.0.1.9"), link(7, "10.0.1.2")}), -ENOENT, MPLINK_EXTACK_NIC,
		       "is not a NIC of this device; add it first", 1);
	expect_refused(set({link(MPLINK_MAX_NICS, "10.0.1.2")}), -ENOENT, MPLINK_EXTACK_NIC,
		       "is not a NIC of this device; add it first");
	expect_refused(set({link(0, nullptr, 2), link(1, nullptr, 2), link(0, nullptr, 3)}),
		       -EEXIST, MPLINK_EXTACK_NIC, "has a link that is named twice", 2);
	// Is the link to be moved, or is another one wanted?
	expect_refused(set({link(0, "10.0.1.2", 2), link(0, "10.0.1.9")}), -EINVAL,
		       MPLINK_EXTACK_REMOTE,
		       "is not the remote of a link over that NIC; say that one is to be added", 1);
	expect_refused(set({link(1, "10.99.0.2")}), -EINVAL, MPLINK_EXTACK_REMOTE,
		       "is the peer's virtual address; name its address on the NIC");
	expect_refused(set({link(1, "224.0.0.1")}), -EINVAL, MPLINK_EXTACK_REMOTE,
		       "is not the address of a host");
	mplink_link_config both = link(1, nullptr, 9);

	both.remove = 1;
	expect_refused(set({both}), -EINVAL, MPLINK_EXTACK_LINK,
		       "is both changed and removed; ask for one of them");
	ASSERT_EQ(set({no_link(2)}), 0);
	expect_refused(set({no_link(2)}), -ENOENT, MPLINK_EXTACK_NIC, "has no link to this peer");
	expect_refused(set({link(2, nullptr, 3)}), -EINVAL, MPLINK_EXTACK_LINK,
		       "needs a remote, the peer's address on that NIC");
	EXPECT_EQ(world().link_info(0).remote.lo, remote_address(1).lo);
	EXPECT_EQ(world().link_info(0).weight, 1U);
	EXPECT_EQ(world().link_info(1).weight, 1U);
}

TEST_F(Control, NamesOfNics)
{
	expect_refused(world().add_nic(""), -EINVAL, MPLINK_EXTACK_NAME, "is empty");
	expect_refused(world().add_nic("a/b"), -EINVAL, MPLINK_EXTACK_NAME,
		       "is not a valid NIC name");
	expect_refused(world().add_nic("much-too-long-it-is"), -EINVAL, MPLINK_EXTACK_NAME,
		       "is too long: 15 characters at most");
	ASSERT_EQ(world().add_nic("eth1"), 0);
	expect_refused(world().add_nic("eth1"), -EEXIST, MPLINK_EXTACK_NAME,
		       "is a NIC of this device already");
}

TEST_F(Control, AddressesOfPeers)
{
	const auto add = [this](const char *address) {
		const RtnlLock rtnl;
		const mplink_addr peer = addr(address);
		mplink_peer *made;

		return mplink_core_peer_add(world().device(), &peer, nullptr, 0, &made,
					    &world().extack);
	};

	expect_refused(add("127.0.0.1"), -EINVAL, MPLINK_EXTACK_ADDRESS,
		       "is not the address of a host");
	expect_refused(add("fe80::1"), -EINVAL, MPLINK_EXTACK_ADDRESS,
		       "is link-local; a virtual address must not belong to one link");
	EXPECT_EQ(add("fd99::2"), 0);
}

TEST_F(Control, ARefusedDeviceSaysWhy)
{
	Netdev &bonded = world().create("eth1");

	bonded.refuses = "does not want to";
	ASSERT_EQ(world().add_nic("eth1"), 0);
	EXPECT_STREQ(world().nic_info(0).refused, "does not want to");
	world().unplug(bonded);
	EXPECT_EQ(world().nic_info(0).refused, nullptr);
	EXPECT_TRUE(world().reap());
	world().plug_running("eth1", 1);
	EXPECT_TRUE(world().valid(0));
	EXPECT_EQ(world().nic_info(0).refused, nullptr);
}

// The addresses that are asked for of a NIC are those of its links.
TEST_F(Control, ANicNeedsWhatItsLinksAskFor)
{
	world().start(2);
	ASSERT_EQ(world().set_link(0, addr("fd00::2")), 0);
	EXPECT_EQ(world().nic_info(0).reason, mplink_u32{MPLINK_REASON_NO_ADDRESS});
	EXPECT_EQ(world().owner.log.back(),
		  "eth1: changed by the user (0x202): valid 1 -> 0 (no-address)");
	EXPECT_EQ(world().wrong(), "");
	ASSERT_EQ(world().remove_link(0), 0);
	EXPECT_TRUE(world().valid(0));
	ASSERT_EQ(world().set_link(0, addr("fd00::2")), 0);
	EXPECT_FALSE(world().valid(0));
	world().remove_peer();
	EXPECT_TRUE(world().valid(0));
	EXPECT_EQ(world().wrong(), "");
}

TEST_F(Control, APeerThatGoesTakesItsLinksAlong)
{
	world().start(2);
	world().remove_peer();
	EXPECT_FALSE(world().owner.carrier);
	EXPECT_EQ(world().wrong(), "");
	ASSERT_EQ(world().add_peer({remote_address(1), remote_address(2)}), 0);
	EXPECT_TRUE(world().owner.carrier);
	EXPECT_EQ(world().wrong(), "");
}

// The virtual NIC's own counters do not depend on peers and links that came and went.
TEST_F(Control, CountersNeverDecrease)
{
	world().start(2);
	for (int i = 0; i < 10; i++)
		world().send(986);
	{
		const ReadLock lock;

		mplink_core_receive(world().nic(0), world().peer(), 100, 1);
	}
	EXPECT_EQ(sum().tx_packets, 10U);
	EXPECT_EQ(sum().rx_bytes, 100U);
	ASSERT_EQ(world().remove_link(0), 0);
	{
		const ReadLock lock;

		// From a peer, though there is no link to it over this NIC.
		mplink_core_receive(world().nic(0), world().peer(), 50, 0);
	}
	EXPECT_EQ(sum().rx_bytes, 150U);
	world().remove_nic(0);
	EXPECT_EQ(sum().tx_packets, 10U);
	EXPECT_EQ(sum().tx_bytes, 10000U);
	EXPECT_EQ(sum().rx_packets, 2U);
	// The next one in its place begins with nothing.
	ASSERT_EQ(world().add_nic("eth3"), 0);

	const RtnlLock rtnl;
	mplink_counters counters;

	mplink_core_nic_counters(world().nic(0), &counters);
	EXPECT_EQ(counters.tx_packets, 0U);
	EXPECT_EQ(counters.rx_bytes, 0U);
}

// A change may come between any two packets, and loses none of them.
TEST_F(Control, NoPacketIsLostByAChange)
{
	Random random(7);

	world().start(4);
	for (mplink_u32 i = 0; i < 2000; i++) {
		const mplink_u32 id = 1 + random.below(3);

		switch (random.below(4)) {
		case 0:
			if (world().link_exists(id)) {
				ASSERT_EQ(world().remove_link(id), 0);
			}
			break;
		case 1:
			if (world().nic(id))
				world().remove_nic(id);
			break;
		case 2:
			if (!world().nic(id)) {
				const int err = world().add_nic("eth" + std::to_string(id + 1));

				// It may have got another place before.
				ASSERT_TRUE(!err || err == -EEXIST) << err;
			}
			break;
		default:
			if (world().nic(id)) {
				const std::string name = world().name(id);
				const auto number = static_cast<mplink_u32>(name[3] - '0');

				ASSERT_EQ(
					world().set_link(id, remote_address(number),
							 static_cast<mplink_u16>(random.below(9))),
					0);
			}
			break;
		}
		ASSERT_EQ(world().wrong(), "");
		ASSERT_EQ(world().send(100, i).over.size(), 1U);
	}
}

TEST_F(Control, MemoryThatIsShortChangesNothing)
{
	world().start(2);
	ASSERT_EQ(world().remove_link(1), 0);
	for (unsigned nth = 1; nth < 50; nth++) {
		Memory::fail_nth(nth);

		const int err = world().set_links({link(0, nullptr, 9), link(1, "10.0.2.2")});

		Memory::fail_nth(0);
		if (!err) {
			EXPECT_GT(nth, 2U);
			break;
		}
		EXPECT_EQ(world().extack.attr, mplink_u32{MPLINK_EXTACK_ALL});
		EXPECT_EQ(world().link_info(0).weight, 1U);
		ASSERT_EQ(world().wrong(), "");
		ASSERT_EQ(world().send(100).over.size(), 1U);
	}
	world().refresh();
	EXPECT_EQ(world().link_info(0).weight, 9U);
	EXPECT_EQ(world().wrong(), "");
}

} // namespace

} // namespace fake
