// SPDX-License-Identifier: GPL-2.0
// duplicate: which packets get a copy, and by which link it goes.
#include "link/copies.hh"

#include <algorithm>
#include <array>

#include "api/boundary.hh"
#include "fixture.hh"
#include "link/peer.hh"
#include "mplink/measure.h"
#include "mplink/tunnel.h"
#include "seeds.hh"
#include "tunnel_network.hh"

namespace fake
{

namespace
{

using mplink::CopyBudget;
using mplink::FlowRate;

constexpr mplink_u64 ms = 1000;
constexpr mplink_u64 second = 1000 * ms;
constexpr mplink_u64 hour = 3600 * second;
constexpr mplink_u64 mbit = 125000; // bytes per second

// How many of a flow's packets are sparse, one each so many microseconds, for that long.
unsigned sparse(FlowRate &rate, mplink_u64 &now, mplink_size len, mplink_u64 each,
		mplink_u64 for_us)
{
	unsigned found = 0;

	for (const mplink_u64 end = now + for_us; now < end; now += each)
		found += rate.sparse(len, now);
	return found;
}

TEST(FlowRate, ACallIsSparseAndADownloadIsNot)
{
	FlowRate call;
	FlowRate download;
	mplink_u64 now = 5 * second;

	EXPECT_EQ(sparse(call, now, 200, 20 * ms, 60 * second), 3000U);
	// 1 Mbit/s; but for what it sends first.
	EXPECT_LT(sparse(download, now, 1500, 12 * ms, 60 * second), 10U);
}

TEST(FlowRate, AFlowThatFallsSilentIsSparseAgain)
{
	FlowRate rate;
	mplink_u64 now = 5 * second;

	sparse(rate, now, 1500, 100, 10 * second);
	EXPECT_EQ(sparse(rate, now, 100, 20 * ms, 500 * ms), 0U);
	now += second;
	EXPECT_EQ(sparse(rate, now, 100, 20 * ms, second), 50U);
}

// Half a wrap of the word later, and around it.
TEST(FlowRate, ALongRestDoesNotMatter)
{
	for (const mplink_u64 rest :
	     {19 * hour, 38 * hour, 38 * hour + 10 * 60 * second, 76 * hour}) {
		FlowRate rate;
		mplink_u64 now = second;

		sparse(rate, now, 1500, 100, second);
		now += rest;
		EXPECT_EQ(sparse(rate, now, 100, 20 * ms, second), 50U) << rest;
	}
}

class Copies : public InWorld
{
protected:
	static constexpr mplink_u32 len = 200;
	static constexpr mplink_u32 header = 20;

	void start(mplink_u32 links, mplink_u32 policy)
	{
		world().start(links);
		ASSERT_EQ(world().set_policy(policy), 0);
		if (policy == MPLINK_POLICY_ADAPTIVE)
			answer(links);
		// The first packet asks for the lane.
		world().send(len);
		world().make_lanes();
		world().send(len);
		pass_time(1000);
	}
	void answer(mplink_u32 links)
	{
		for (mplink_u32 i = 0; i < links; i++) {
			const ReadLock lock;

			mplink_core_take_caps(world().peer(), i, 0x1111, 1);
		}
		world().recheck(MPLINK_EVENT_ANSWER);
	}
	void pace(mplink_u32 link, mplink_u64 rate, mplink_u32 delay_ms)
	{
		const ReadLock lock;
		const auto &peer = *reinterpret_cast<const mplink::Peer *>(world().peer());

		peer.find_link(mplink::Boundary::read_section(), link)
			->set_pace(rate, delay_ms * 1000000, delay_ms * 1000000);
	}
	mplink_device_counters counters()
	{
		mplink_device_counters sum;

		mplink_core_device_counters(world().device(), &sum);
		return sum;
	}
	struct Setting {
		mplink_u32 mode = MPLINK_DUPLICATE_SPARSE;
		mplink_u32 dscp = 40;
		const char *why = nullptr; // it is refused
	};
	void set(const Setting &setting)
	{
		const RtnlLock rtnl;
		mplink_tunnel_config config;
		const char *why = nullptr;

		mplink_core_get_tunnel(world().device(), &config);
		config.duplicate = setting.mode;
		config.duplicate_dscp = setting.dscp;
		(void)mplink_core_set_tunnel(world().device(), &config, &why);
		EXPECT_STREQ(why, setting.why);
	}
	// "eth1 eth2" for a packet by eth1 with a copy by eth2.
	std::string all()
	{
		world().twice = true;

		std::string names;

		for (const Netdev *dev : world().send(len).over)
			names += (names.empty() ? "" : " ") + dev->name;
		return names;
	}
	// Whether a packet of a flow that has sent so much gets a copy.
	bool copied(mplink_u32 &rate, mplink_u8 dscp = 0, mplink_u32 bytes = len)
	{
		const std::array<mplink_u8, header> ip = {
			0x45, static_cast<mplink_u8>(dscp << 2), 0, 0, 0, 0, 0, 0, 64, 17};

		return copied(rate, ip, bytes);
	}
	bool copied(mplink_u32 &rate, const std::array<mplink_u8, header> &ip,
		    mplink_u32 bytes = len)
	{
		const ReadLock lock;
		const mplink_choice first = world().choose(bytes, 0, ip.data(), header);
		const mplink_path *const copy =
			mplink_core_copy(world().device(), world().peer(), &rate, first.path, bytes,
					 0, ip.data(), header);

		EXPECT_NE(copy, first.path);
		return copy;
	}
	// A flow that is not sparse.
	mplink_u32 bulk()
	{
		mplink_u32 rate = 0;

		for (unsigned i = 0; i < 100; i++)
			(void)copied(rate, 0, 1500);
		pass_time(300);
		return rate;
	}
};

TEST_F(Copies, GoByAnotherLink)
{
	start(3, MPLINK_POLICY_BALANCE_RR);
	for (unsigned i = 0; i < 9; i++) {
		const std::string names = all();

		EXPECT_EQ(names.size(), 9U) << names;
		EXPECT_NE(names.substr(0, 4), names.substr(5)) << names;
	}
	EXPECT_EQ(counters().copies, 9U);
}

TEST_F(Copies, ActiveBackupSendsThemByTheNextLink)
{
	start(3, MPLINK_POLICY_ACTIVE_BACKUP);
	EXPECT_EQ(all(), "eth1 eth2");
	world().cable(*world().find("eth2"), false);
	EXPECT_EQ(all(), "eth1 eth3");
	world().cable(*world().find("eth3"), false);
	EXPECT_EQ(all(), "eth1");
}

TEST_F(Copies, BroadcastNeedsNone)
{
	start(3, MPLINK_POLICY_BROADCAST);
	EXPECT_EQ(all(), "eth1 eth2 eth3");
}

TEST_F(Copies, ASingleLinkHasNone)
{
	start(1, MPLINK_POLICY_BALANCE_RR);
	EXPECT_EQ(all(), "eth1");
	EXPECT_EQ(counters().copies, 0U);
}

TEST_F(Copies, AdaptiveSendsThemByTheSecondEarliestLink)
{
	start(3, MPLINK_POLICY_ADAPTIVE);
	pace(0, 100 * mbit, 20);
	pace(1, 100 * mbit, 0);
	pace(2, 100 * mbit, 5);
	EXPECT_EQ(all(), "eth2 eth3");
	// By one that would come far too late, a copy is of no use.
	pace(0, 100 * mbit, 300);
	pace(2, 100 * mbit, 400);
	pass_time(100);
	EXPECT_EQ(all(), "eth2");
}

// The link is busy with them afterwards.
TEST_F(Copies, CountAsWhatALinkHasToSend)
{
	start(2, MPLINK_POLICY_ADAPTIVE);
	pace(0, 1 * mbit, 0);
	pace(1, 1 * mbit, 1);
	EXPECT_EQ(all(), "eth1 eth2");
	// Without the copy, the other link would have been idle.
	EXPECT_EQ(all(), "eth1 eth2");
	EXPECT_EQ(world().link_counters(1).tx_packets, 2U);
}

TEST_F(Copies, PreferAnotherNic)
{
	world().start(2);
	mplink_link_config more = {};

	more.nic_id = 0;
	more.remote = addr("10.0.1.9");
	more.add = 1;
	ASSERT_EQ(world().set_links({more}), 0);
	for (const mplink_u32 policy : {MPLINK_POLICY_BALANCE_RR, MPLINK_POLICY_ADAPTIVE}) {
		ASSERT_EQ(world().set_policy(policy), 0);
		answer(3);
		all();
		for (unsigned i = 0; i < 12; i++) {
			const std::string names = all();

			EXPECT_TRUE(names == "eth1 eth2" || names == "eth2 eth1") << names;
			pass_time(100);
		}
	}
	world().cable(*world().find("eth2"), false);
	EXPECT_EQ(all(), "eth1 eth1");
}

TEST_F(Copies, AreForSparseFlowsAndForHighDscps)
{
	start(2, MPLINK_POLICY_BALANCE_RR);

	mplink_u32 few = 0;
	mplink_u32 many = bulk();

	EXPECT_TRUE(copied(few));
	EXPECT_FALSE(copied(many));
	EXPECT_FALSE(copied(many, 34)); // AF41
	EXPECT_FALSE(copied(many, 39));
	EXPECT_TRUE(copied(many, 40)); // CS5
	EXPECT_TRUE(copied(many, 46)); // EF
	// IPv6, whose traffic class begins in the first byte.
	EXPECT_TRUE(copied(many, {0x6b, 0x80}));
	EXPECT_FALSE(copied(many, {0x62, 0x00}));

	set({.dscp = MPLINK_NO_DSCP});
	EXPECT_FALSE(copied(many, 63));
	set({.dscp = MPLINK_NO_DSCP + 1, .why = "duplicate_dscp is not a number from 0 to 64"});
	set({.mode = MPLINK_DUPLICATE_INHERIT, .why = "duplicate is none of off, sparse, all"});
}

// However many sparse flows there are, and whatever claims to be voice.
TEST_F(Copies, TakeATwentiethOfWhatTheLinksCarry)
{
	start(2, MPLINK_POLICY_ADAPTIVE);
	pace(0, 10 * mbit, 0);
	pace(1, 30 * mbit, 0);

	mplink_u64 bytes = 0;
	const mplink_u64 before = counters().copies_withheld;

	for (unsigned i = 0; i < 10000; i++) {
		mplink_u32 rate = 0;

		if (copied(rate, 46, 1000))
			bytes += 1000;
		pass_time(1);
	}
	// In ten seconds, and what may come at once.
	EXPECT_NEAR(static_cast<double>(bytes), 40 * mbit / 20. * 10.2, 10000);
	EXPECT_EQ(counters().copies_withheld - before, 10000 - bytes / 1000);
}

// What is withheld keeps no link busy.
TEST_F(Copies, ThatAreWithheldTakeNoTurn)
{
	start(2, MPLINK_POLICY_ADAPTIVE);
	pace(0, 1 * mbit, 0);
	pace(1, 1 * mbit, 5);

	mplink_u32 rate = 0;

	// A twentieth of both links is 12,500 bytes a second.
	while (copied(rate, 46, 1000))
		pass_time(40);
	// The first link sends the last packet for 8 ms, so the other one brings the next one
	// earlier.
	EXPECT_EQ(world().send(1000).over[0]->name, "eth2");
}

class CopiesOverLossyLinks : public Clean
{
};

// Both copies have to be lost, or none: and what comes, comes once, and in order.
TEST_F(CopiesOverLossyLinks, LoseNextToNothing)
{
	each_seed(16, [](mplink_u32 seed) {
		constexpr mplink_u32 policies[] = {MPLINK_POLICY_BALANCE_RR,
						   MPLINK_POLICY_BALANCE_XOR,
						   MPLINK_POLICY_ACTIVE_BACKUP};

		set_time(1000);
		TunnelNetwork net(2 + seed % 2, policies[seed % 3], seed);

		for (mplink_u32 link = 0; link < 2 + seed % 2; link++)
			net.both(link, {.delay = net.random.below(60) * ms,
					.jitter = net.random.below(20) * ms + 1,
					.loss = 20});
		for (int host = 0; host < 2; host++)
			net.world(host).twice = true;
		for (unsigned i = 0; i < 4000; i++) {
			net.run(10 * ms);
			net.send(static_cast<int>(i % 2), i / 2 % 3, 200);
		}
		net.finish();
		EXPECT_EQ(net.wrong, "");
		// Of 4,000, two percent of two percent are to be lost; without copies, 80.
		EXPECT_LE(net.missing(0) + net.missing(1), 10U);
		EXPECT_GT(net.counters(0).duplicates, 1000U);
		grace_period();
	});
}

} // namespace

} // namespace fake
