// SPDX-License-Identifier: GPL-2.0
// Links of a peer that share a NIC and are told apart by their remotes, and a link's own
// local address.
#include <algorithm>
#include <map>

#include "fixture.hh"

namespace fake
{

namespace
{

// "eth1", "eth2", "eth3", and a link over each, whose remote is 10.0.i.2.
class SharedNic : public InWorld
{
protected:
	void SetUp() override
	{
		InWorld::SetUp();
		world().start(3);
	}
	static mplink_link_config link(mplink_u32 nic, const char *remote, mplink_u16 weight = 0)
	{
		mplink_link_config config = {};

		config.nic_id = nic;
		config.weight = weight;
		if (remote)
			config.remote = addr(remote);
		return config;
	}
	static mplink_link_config add(mplink_u32 nic, const char *remote, mplink_u16 weight = 0)
	{
		mplink_link_config config = link(nic, remote, weight);

		config.add = 1;
		return config;
	}
	static mplink_link_config unlink(mplink_u32 nic, const char *remote = nullptr)
	{
		mplink_link_config config = link(nic, remote);

		config.remove = 1;
		return config;
	}
	int set(const std::vector<mplink_link_config> &links)
	{
		return world().set_links(links);
	}
	void expect_refused(int err, int wanted, mplink_u32 attr, const char *why,
			    mplink_u32 entry = 0)
	{
		EXPECT_EQ(err, wanted);
		EXPECT_EQ(world().extack.attr, attr);
		EXPECT_EQ(world().extack.link, entry);
		EXPECT_STREQ(world().extack.why, why);
	}
	// "eth1 10.0.1.2, ..." in the order in which they are preferred.
	std::vector<std::string> links()
	{
		const RtnlLock rtnl;
		mplink_u8 ids[MPLINK_MAX_LINKS];
		const mplink_u32 n = mplink_core_link_ids(world().peer(), ids);
		std::vector<std::string> out;

		for (mplink_u32 i = 0; i < n; i++) {
			mplink_link_info info;

			mplink_core_link_info(world().peer(), ids[i], &info);
			out.push_back(std::string(info.nic) + " " + std::to_string(ids[i]) + " " +
				      text(info.remote));
		}
		return out;
	}
	static std::string text(const mplink_addr &address)
	{
		const auto *b = reinterpret_cast<const mplink_u8 *>(&address);

		return std::to_string(b[12]) + "." + std::to_string(b[13]) + "." +
		       std::to_string(b[14]) + "." + std::to_string(b[15]);
	}
	// How many of n packets went to each remote.
	std::map<std::string, int> send(int n)
	{
		std::map<std::string, int> to;

		for (int i = 0; i < n; i++) {
			const ReadLock lock;
			const mplink_choice choice = world().choose(986, 0, nullptr, 0);

			to[choice.path ? text(remote_of(choice.path)) : "dropped"]++;
		}
		return to;
	}
};

using Lines = std::vector<std::string>;
using Counts = std::map<std::string, int>;

TEST_F(SharedNic, SeveralLinksShareANic)
{
	ASSERT_EQ(set({unlink(2), add(0, "10.8.2.1"), add(0, "10.8.3.1", 2)}), 0);
	// The id of the removed one is free only afterwards.
	EXPECT_EQ(links(), (Lines{"eth1 0 10.0.1.2", "eth1 3 10.8.2.1", "eth1 4 10.8.3.1",
				  "eth2 1 10.0.2.2"}));
	EXPECT_EQ(send(50),
		  (Counts{{"10.0.1.2", 10}, {"10.8.2.1", 10}, {"10.8.3.1", 20}, {"10.0.2.2", 10}}));
	EXPECT_EQ(world().link_counters(4).tx_packets, 20U);
	EXPECT_EQ(world().link_counters(3).tx_packets, 10U);
	// Links that the request does not name are left unchanged. The others are named by remote.
	ASSERT_EQ(set({link(0, "10.8.2.1", 3), link(1, nullptr, 5)}), 0);
	EXPECT_EQ(world().link_info(0).weight, 1U);
	EXPECT_EQ(world().link_info(3).weight, 3U);
	ASSERT_EQ(set({unlink(0, "10.0.1.2"), unlink(0, "10.8.3.1")}), 0);
	EXPECT_EQ(links(), (Lines{"eth1 3 10.8.2.1", "eth2 1 10.0.2.2"}));
	// If one link is left over the NIC, the NIC alone names it.
	ASSERT_EQ(set({link(0, "10.8.9.1")}), 0);
	EXPECT_EQ(links().front(), "eth1 3 10.8.9.1");
	ASSERT_EQ(set({unlink(0)}), 0);
	EXPECT_EQ(send(10), (Counts{{"10.0.2.2", 10}}));
}

TEST_F(SharedNic, ANewPeerMayHaveThemFromTheStart)
{
	world().remove_peer();

	const mplink_addr address = addr("10.99.0.2");
	const std::vector<mplink_link_config> wanted = {link(0, "10.8.1.1"), link(0, "10.8.2.1"),
							link(1, "10.8.1.1")};
	mplink_extack extack;
	mplink_peer *peer;
	const RtnlLock rtnl;

	ASSERT_EQ(
		mplink_core_peer_add(world().device(), &address, wanted.data(), 3, &peer, &extack),
		0);

	mplink_u8 ids[MPLINK_MAX_LINKS];

	EXPECT_EQ(mplink_core_link_ids(peer, ids), 3U);
	mplink_core_peer_del(world().device(), peer);

	const std::vector<mplink_link_config> twice = {link(0, "10.8.1.1"), link(1, "10.8.1.1"),
						       link(0, "10.8.1.1")};

	EXPECT_EQ(mplink_core_peer_add(world().device(), &address, twice.data(), 3, &peer, &extack),
		  -EEXIST);
	EXPECT_EQ(extack.link, 2U);
	EXPECT_EQ(extack.attr, mplink_u32{MPLINK_EXTACK_REMOTE});
}

TEST_F(SharedNic, WhatIsAmbiguousIsRefused)
{
	constexpr auto which =
		"has several links to this peer; name the remote of the one that is meant";
	constexpr auto unknown = "is not the remote of a link over that NIC";
	constexpr auto unclear =
		"is not the remote of a link over that NIC; say that one is to be added";

	// With one link over the NIC, its remote moves.  Is that meant if it is named twice?
	expect_refused(set({link(0, "10.8.1.1"), link(0, "10.8.2.1")}), -EINVAL,
		       MPLINK_EXTACK_REMOTE, unclear);
	expect_refused(set({add(0, "10.0.1.2")}), -EEXIST, MPLINK_EXTACK_REMOTE,
		       "has a link over that NIC already");
	expect_refused(set({add(0, nullptr)}), -EINVAL, MPLINK_EXTACK_LINK,
		       "needs a remote, the peer's address on that NIC");
	expect_refused(set({add(0, "10.8.1.1"), add(0, "10.8.1.1")}), -EEXIST, MPLINK_EXTACK_REMOTE,
		       "is given twice; links over one NIC differ in their remotes", 1);
	expect_refused(set({add(0, "10.8.1.1"), link(0, "10.8.1.1")}), -EEXIST,
		       MPLINK_EXTACK_REMOTE,
		       "is given twice; links over one NIC differ in their remotes", 1);
	expect_refused(set({unlink(0, "10.8.1.1")}), -ENOENT, MPLINK_EXTACK_REMOTE, unknown);
	// One moves, and another one comes.
	ASSERT_EQ(set({link(0, "10.8.1.1"), add(0, "10.8.2.1")}), 0);
	expect_refused(set({link(0, nullptr, 2)}), -EINVAL, MPLINK_EXTACK_NIC, which);
	expect_refused(set({unlink(0)}), -EINVAL, MPLINK_EXTACK_NIC, which);
	expect_refused(set({link(0, "10.8.3.1")}), -EINVAL, MPLINK_EXTACK_REMOTE, unclear);
	expect_refused(set({unlink(0, "10.8.1.1"), link(0, "10.8.1.1", 3)}), -EEXIST,
		       MPLINK_EXTACK_NIC, "has a link that is named twice", 1);
	EXPECT_EQ(links(), (Lines{"eth1 0 10.8.1.1", "eth1 3 10.8.2.1", "eth2 1 10.0.2.2",
				  "eth3 2 10.0.3.2"}));
}

TEST_F(SharedNic, ANicThatGoesTakesAllItsLinks)
{
	ASSERT_EQ(set({add(0, "10.8.2.1"), add(1, "10.8.2.1")}), 0);
	world().cable_told(dev("eth1"), false);
	EXPECT_EQ(send(40), (Counts{{"10.0.2.2", 14}, {"10.8.2.1", 13}, {"10.0.3.2", 13}}));
	EXPECT_EQ(world().link_info(3).reason, mplink_u32{MPLINK_REASON_NO_CARRIER});
	world().remove_nic(0);
	EXPECT_EQ(links(), (Lines{"eth2 1 10.0.2.2", "eth2 4 10.8.2.1", "eth3 2 10.0.3.2"}));
	grace_period();
	EXPECT_EQ(dev("eth1").refs, 0);
}

TEST_F(SharedNic, OneRemoteCanBeOutOfReach)
{
	const mplink_addr gone = addr("10.8.2.1");

	ASSERT_EQ(set({add(0, "10.8.2.1"), unlink(1), unlink(2)}), 0);
	dev("eth1").unreachable.insert({gone.hi, gone.lo});
	dev("eth1").route_generation++;
	world().refresh();
	EXPECT_EQ(world().link_info(3).reason, mplink_u32{MPLINK_REASON_NO_ROUTE});
	EXPECT_EQ(send(10), (Counts{{"10.0.1.2", 10}}));
}

TEST_F(SharedNic, WhatComesIsAccountedToTheFirstUnlessItSaysWhichItWas)
{
	const auto received = [this](mplink_u32 id) {
		return world().link_counters(id).rx_packets;
	};
	const auto receive = [this] {
		const ReadLock lock;

		mplink_core_receive(world().nic(0), world().peer(), 100, 0);
	};

	ASSERT_EQ(set({add(0, "10.8.2.1")}), 0);
	receive();
	{
		const ReadLock lock;

		mplink_core_receive_link(world().nic(0), world().peer(), 3, 100, 0);
		// One that has gone meanwhile: by the NIC it came.
		mplink_core_receive_link(world().nic(0), world().peer(), 9, 100, 0);
	}
	EXPECT_EQ(received(0), 1U);
	EXPECT_EQ(received(3), 1U);
	ASSERT_EQ(set({unlink(0, "10.0.1.2")}), 0);
	receive();
	EXPECT_EQ(received(3), 2U);

	const RtnlLock rtnl;
	mplink_counters nic;

	mplink_core_nic_counters(world().nic(0), &nic);
	EXPECT_EQ(nic.rx_packets, 4U);
}

TEST_F(SharedNic, APeerHas64Links)
{
	std::vector<mplink_link_config> many;
	std::vector<std::string> remotes;

	for (int i = 0; i < MPLINK_MAX_LINKS - 3; i++)
		remotes.push_back("10.8.0." + std::to_string(i + 1));
	for (const std::string &remote : remotes)
		many.push_back(add(1, remote.c_str()));
	ASSERT_EQ(set(many), 0);
	EXPECT_EQ(links().size(), std::size_t{MPLINK_MAX_LINKS});
	EXPECT_EQ(send(64).size(), std::size_t{MPLINK_MAX_LINKS});
	for (const mplink_u32 policy :
	     {MPLINK_POLICY_BALANCE_XOR, MPLINK_POLICY_BROADCAST, MPLINK_POLICY_ACTIVE_BACKUP})
		EXPECT_EQ(world().set_policy(policy), 0);
	expect_refused(set({add(0, "10.8.1.1")}), -ENOSPC, MPLINK_EXTACK_LINK,
		       "is one too many: 64 links at most");
	ASSERT_EQ(set({unlink(1, "10.8.0.7")}), 0);
	EXPECT_EQ(set({add(0, "10.8.1.1")}), 0);
	EXPECT_EQ(links().size(), std::size_t{MPLINK_MAX_LINKS});
}

TEST_F(SharedNic, APlanSaysWhatThereWillBe)
{
	const std::vector<mplink_link_config> wanted = {unlink(1), link(2, "10.0.3.9"),
							add(0, "10.8.2.1")};
	mplink_changes *changes;
	mplink_link_plan plan;
	mplink_extack extack;
	const RtnlLock rtnl;

	ASSERT_EQ(mplink_core_peer_prepare(world().device(), world().peer(), wanted.data(), 3,
					   &changes, &extack),
		  0);
	ASSERT_EQ(mplink_core_changes_link(changes, 0, &plan), 1);
	EXPECT_EQ(plan.entry, MPLINK_NO_ENTRY);
	EXPECT_FALSE(plan.fresh);
	EXPECT_EQ(mplink_core_changes_link(changes, 1, &plan), 0);
	ASSERT_EQ(mplink_core_changes_link(changes, 2, &plan), 1);
	EXPECT_EQ(plan.entry, 1U);
	EXPECT_EQ(text(plan.remote), "10.0.3.9");
	ASSERT_EQ(mplink_core_changes_link(changes, 3, &plan), 1);
	EXPECT_TRUE(plan.fresh);
	EXPECT_EQ(plan.nic_id, 0U);
	mplink_core_changes_cancel(changes);
	EXPECT_EQ(mplink_core_link_exists(world().peer(), 1), 1);
	EXPECT_EQ(mplink_core_link_exists(world().peer(), 3), 0);
}

TEST_F(SharedNic, ALinkSendsFromTheAddressThatIsWanted)
{
	const auto local = [](mplink_link_config config, const char *address) {
		config.local_given = 1;
		config.local = address ? addr(address) : mplink_addr{};
		return config;
	};
	const auto used = [this] {
		const ReadLock lock;
		const mplink_choice choice = world().choose(986, 0, nullptr, 0);

		return choice.path ? text(local_of(choice.path)) : "dropped";
	};
	const mplink_addr other = addr("10.0.1.50");

	ASSERT_EQ(set({unlink(1), unlink(2), local(link(0, nullptr), "10.0.1.50")}), 0);
	EXPECT_EQ(used(), "10.0.1.50");
	EXPECT_EQ(text(world().link_info(0).local), "10.0.1.50");
	// It stays, whatever else changes.
	ASSERT_EQ(set({link(0, "10.0.1.7", 3)}), 0);
	EXPECT_EQ(used(), "10.0.1.50");
	expect_refused(set({local(link(0, nullptr), "fd00::1")}), -EINVAL, MPLINK_EXTACK_LOCAL,
		       "is of another family than the remote");
	expect_refused(set({local(link(0, nullptr), "224.0.0.1")}), -EINVAL, MPLINK_EXTACK_LOCAL,
		       "is not the address of a host");
	expect_refused(set({link(0, "fd00::2")}), -EINVAL, MPLINK_EXTACK_REMOTE,
		       "does not go with the link's local address; give another one of those, or "
		       "none");
	dev("eth1").foreign.insert({other.hi, other.lo});
	dev("eth1").route_generation++;
	world().refresh();
	EXPECT_EQ(world().link_info(0).reason, mplink_u32{MPLINK_REASON_NO_ADDRESS});
	ASSERT_EQ(set({local(link(0, nullptr), nullptr)}), 0);
	EXPECT_EQ(used(), "0.0.0.0");
	EXPECT_EQ(world().link_info(0).reason, mplink_u32{MPLINK_REASON_NONE});
	// From the start, too.
	ASSERT_EQ(set({local(add(0, "10.8.2.1"), "10.0.1.51"), unlink(0, "10.0.1.7")}), 0);
	EXPECT_EQ(used(), "10.0.1.51");
}

} // namespace

} // namespace fake
