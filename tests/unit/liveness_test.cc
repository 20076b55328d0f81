// SPDX-License-Identifier: GPL-2.0
// A link is what the far end answers on, and it comes back once: sessions, waits to
// restore and hold-offs as they decide which links a packet may take.
#include "fake_bfd.hh"
#include "fixture.hh"

namespace fake
{

namespace
{

class Liveness : public InWorld
{
protected:
	void SetUp() override
	{
		InWorld::SetUp();
		world().owner.recheck_ms = MPLINK_NEVER;
	}
	void wait(mplink_u32 wtr_ms, mplink_u32 holdoff_ms = 0)
	{
		mplink_liveness_config config = world().liveness();

		config.wtr_ms = wtr_ms;
		config.holdoff_ms = holdoff_ms;
		EXPECT_EQ(world().set_liveness(config), 0);
	}
	void mode(mplink_u32 mode)
	{
		mplink_liveness_config config = world().liveness();

		config.mode = mode;
		EXPECT_EQ(world().set_liveness(config), 0);
	}
	// n NICs, with a session over each, which is Up.
	void start_up(mplink_u32 n)
	{
		mode(MPLINK_LIVENESS_BFD);
		world().start(n);
		for (mplink_u32 i = 0; i < n; i++)
			world().session_told(dev(world().name(i)), true);
	}
	std::string reason(mplink_u32 id)
	{
		return mplink_core_reason_name(world().link_info(id).reason);
	}
	mplink_bfd *session(const std::string &name)
	{
		for (mplink_u32 i = 0; i < world().nics(); i++)
			if (mplink_bfd *found = session_of(dev(name), world().remote(i)))
				return found;
		return nullptr;
	}
	std::vector<std::string> links()
	{
		return std::exchange(world().owner.links, {});
	}
	// Over which NICs the next packets go.
	std::set<std::string> used()
	{
		std::set<std::string> names;

		for (mplink_u32 i = 0; i < 8; i++)
			for (const Netdev *over : world().send(100).over)
				names.insert(over->name);
		return names;
	}
	using Names = std::set<std::string>;
	using Lines = std::vector<std::string>;
};

TEST_F(Liveness, WhatComesBackWaitsAndThenComesBackOnce)
{
	wait(500);
	world().start(2);
	EXPECT_EQ(reason(1), "none") << "for the first time";
	links();
	world().cable_told(dev("eth2"), false);
	world().run(100);
	world().cable_told(dev("eth2"), true);
	EXPECT_TRUE(world().valid(1)) << "the NIC itself works";
	EXPECT_EQ(reason(1), "wait-to-restore");
	EXPECT_EQ(used(), Names{"eth1"});
	world().run(499);
	EXPECT_EQ(reason(1), "wait-to-restore");
	world().run(1);
	EXPECT_EQ(reason(1), "none");
	EXPECT_EQ(used(), (Names{"eth1", "eth2"}));
	EXPECT_EQ(links(), (Lines{"eth2 to 10.99.0.2: none -> no-carrier",
				  "eth2 to 10.99.0.2: no-carrier -> wait-to-restore",
				  "eth2 to 10.99.0.2: wait-to-restore -> none"}));
}

TEST_F(Liveness, WhatFailsWhileItWaitsBeginsAnew)
{
	wait(500);
	world().start(2);
	world().cable_told(dev("eth2"), false);
	world().cable_told(dev("eth2"), true);
	world().run(400);
	world().cable_told(dev("eth2"), false);
	EXPECT_EQ(reason(1), "no-carrier");
	world().cable_told(dev("eth2"), true);
	world().run(400);
	EXPECT_EQ(reason(1), "wait-to-restore");
	world().run(100);
	EXPECT_EQ(reason(1), "none");
}

TEST_F(Liveness, TheOnlyLinkNeedNotWait)
{
	wait(500);
	world().start(2);
	world().cable_told(dev("eth1"), false);
	world().cable_told(dev("eth2"), false);
	EXPECT_FALSE(world().owner.carrier);
	world().cable_told(dev("eth2"), true);
	EXPECT_EQ(reason(1), "none");
	EXPECT_TRUE(world().owner.carrier);
	// Now there is another.
	world().cable_told(dev("eth1"), true);
	EXPECT_EQ(reason(0), "wait-to-restore");
	// And now there is not.
	world().cable_told(dev("eth2"), false);
	EXPECT_EQ(reason(0), "none");
	EXPECT_EQ(used(), Names{"eth1"});
}

TEST_F(Liveness, FlappingWaitsLongerAndIsToldOnce)
{
	wait(500);
	world().start(2);
	for (int i = 0; i < 5; i++) {
		world().cable_told(dev("eth2"), false);
		world().cable_told(dev("eth2"), true);
		world().run(9000);
	}
	EXPECT_EQ(world().owner.flapping, Lines{"eth2 waits 1000"});
	EXPECT_EQ(reason(1), "none");
	world().cable_told(dev("eth2"), false);
	world().cable_told(dev("eth2"), true);
	world().run(8000);
	EXPECT_EQ(reason(1), "wait-to-restore") << "16 s";
	world().run(8000);
	EXPECT_EQ(reason(1), "none");
}

TEST_F(Liveness, AHoldOffKeepsALinkButNoPacketForADeadNic)
{
	wait(0, 100);
	world().start(2);
	world().cable_told(dev("eth2"), false);
	EXPECT_EQ(reason(1), "none");
	EXPECT_EQ(used(), Names{"eth1"}) << "packets see that the cable is out";
	world().run(50);
	world().cable_told(dev("eth2"), true);
	EXPECT_EQ(used(), (Names{"eth1", "eth2"}));
	world().cable_told(dev("eth2"), false);
	world().run(100);
	EXPECT_EQ(reason(1), "no-carrier");
	// A NIC that was set down is not waited for.
	world().set_down(dev("eth1"));
	EXPECT_EQ(reason(0), "admin-down");
}

TEST_F(Liveness, AHoldOffAppliesToSessionsAsWell)
{
	start_up(2);
	wait(0, 100);
	world().session_told(dev("eth2"), false);
	EXPECT_EQ(reason(1), "none");
	EXPECT_EQ(used(), (Names{"eth1", "eth2"}));
	world().run(100);
	EXPECT_EQ(reason(1), "liveness");
	EXPECT_EQ(used(), Names{"eth1"});
}

TEST_F(Liveness, ALinkIsValidOnceTheFarEndAnswers)
{
	mode(MPLINK_LIVENESS_BFD);
	wait(500);
	world().start(2);
	EXPECT_TRUE(world().valid(0));
	EXPECT_EQ(reason(0), "liveness");
	EXPECT_FALSE(world().owner.carrier);
	EXPECT_EQ(world().wrong_way(), "");
	world().session_told(dev("eth1"), true);
	EXPECT_EQ(reason(0), "none");
	EXPECT_TRUE(world().owner.carrier);
	world().session_told(dev("eth2"), true);
	EXPECT_EQ(reason(1), "none") << "for the first time";
	EXPECT_EQ(used(), (Names{"eth1", "eth2"}));
}

TEST_F(Liveness, TheNextPacketLeavesALinkThatBfdDeclaresDown)
{
	start_up(2);
	wait(500);
	world().session(dev("eth1"), false);
	EXPECT_EQ(reason(0), "none") << "nobody was told yet";
	EXPECT_EQ(used(), Names{"eth2"});
	world().recheck(MPLINK_EVENT_LIVENESS);
	EXPECT_EQ(reason(0), "liveness");
	EXPECT_EQ(used(), Names{"eth2"});
	world().session_told(dev("eth1"), true);
	EXPECT_EQ(reason(0), "wait-to-restore");
	world().run(500);
	EXPECT_EQ(reason(0), "none");
	EXPECT_EQ(world().wrong(), "");
}

TEST_F(Liveness, ANicThatIsDownHasNoSession)
{
	start_up(2);
	EXPECT_TRUE(session_runs(session("eth1")));
	world().set_down(dev("eth1"));
	EXPECT_FALSE(session_runs(session("eth1")));
	EXPECT_EQ(reason(0), "admin-down");
	world().set_up(dev("eth1"));
	EXPECT_TRUE(session_runs(session("eth1")));
	EXPECT_EQ(reason(0), "liveness");
	world().cable_told(dev("eth2"), false);
	EXPECT_FALSE(session_runs(session("eth2")));
	world().unplug(dev("eth2"));
	EXPECT_TRUE(world().reap());
	EXPECT_EQ(world().wrong(), "");
}

TEST_F(Liveness, BfdTurnedOnDoesNotCutOffWhatWorks)
{
	world().start(2);
	mode(MPLINK_LIVENESS_BFD);
	EXPECT_EQ(reason(0), "none") << "the far end does not speak BFD yet";
	EXPECT_EQ(used(), (Names{"eth1", "eth2"}));
	world().session_told(dev("eth1"), true);
	EXPECT_EQ(used(), (Names{"eth1", "eth2"}));
	// From now on its word counts.
	world().session(dev("eth1"), false);
	EXPECT_EQ(used(), Names{"eth2"});
	world().recheck(MPLINK_EVENT_LIVENESS);
	EXPECT_EQ(reason(0), "liveness");
	EXPECT_EQ(reason(1), "none");
	mode(MPLINK_LIVENESS_OFF);
	EXPECT_EQ(reason(0), "none");
	EXPECT_EQ(session("eth1"), nullptr);
	EXPECT_EQ(used(), (Names{"eth1", "eth2"}));
}

TEST_F(Liveness, WhereNobodyAnswersTrustEndsAfterAMinute)
{
	world().start(2);
	mode(MPLINK_LIVENESS_BFD);
	world().run(59999);
	EXPECT_EQ(used(), (Names{"eth1", "eth2"})) << "time to turn it on at the far end";
	EXPECT_EQ(world().owner.unanswered, Lines{});
	world().run(1);
	EXPECT_EQ(reason(0), "liveness");
	EXPECT_EQ(reason(1), "liveness");
	EXPECT_FALSE(world().owner.carrier);
	EXPECT_EQ(world().owner.unanswered, (Lines{"eth1", "eth2"}));
	world().run(60000);
	EXPECT_EQ(world().owner.unanswered.size(), 2U) << "told once";
	world().session_told(dev("eth2"), true);
	EXPECT_EQ(used(), Names{"eth2"});
}

TEST_F(Liveness, APathThatIsDeadFromTheStartIsFoundByItsSibling)
{
	world().start(3);
	mode(MPLINK_LIVENESS_BFD);
	world().run(1000);
	world().session_told(dev("eth1"), true);
	world().run(3000);
	EXPECT_EQ(reason(1), "none") << "its handshake may be slower";
	world().session_told(dev("eth2"), true);
	world().run(1999);
	EXPECT_EQ(used(), (Names{"eth1", "eth2", "eth3"}));
	world().run(1);
	EXPECT_EQ(reason(2), "liveness") << "5 s after the first answer, not the last";
	EXPECT_EQ(used(), (Names{"eth1", "eth2"}));
	EXPECT_EQ(world().owner.unanswered, Lines{"eth3"});
}

TEST_F(Liveness, TrustEndsAlsoWhereTheSiblingAnsweredBefore)
{
	world().start(2);

	const auto link_mode = [&](mplink_u32 nic_id, mplink_u8 liveness) {
		EXPECT_EQ(world().set_links({{.nic_id = nic_id,
					      .weight = 0,
					      .remove = 0,
					      .liveness_given = 1,
					      .liveness = liveness,
					      .remote = {}}}),
			  0);
	};

	link_mode(0, MPLINK_LIVENESS_BFD);
	world().session_told(dev("eth1"), true);
	world().run(10000);
	link_mode(1, MPLINK_LIVENESS_BFD);
	world().run(4999);
	EXPECT_EQ(reason(1), "none");
	world().run(1);
	EXPECT_EQ(reason(1), "liveness");
	EXPECT_EQ(used(), Names{"eth1"});
}

TEST_F(Liveness, ASlowHandshakeIsWaitedFor)
{
	mplink_liveness_config config = world().liveness();

	world().start(2);
	config.mode = MPLINK_LIVENESS_BFD;
	config.bfd.min_rx_us = 30000000;
	EXPECT_EQ(world().set_liveness(config), 0);
	world().session_told(dev("eth1"), true);
	world().run(119999);
	EXPECT_EQ(reason(1), "none");
	world().run(1);
	EXPECT_EQ(reason(1), "liveness");
}

TEST_F(Liveness, TrustIsLostWithTheCable)
{
	world().start(2);
	mode(MPLINK_LIVENESS_BFD);
	world().cable_told(dev("eth2"), false);
	world().cable_told(dev("eth2"), true);
	EXPECT_EQ(reason(1), "liveness") << "what failed has to prove that it works";
	EXPECT_EQ(used(), Names{"eth1"});
	EXPECT_EQ(world().owner.unanswered, Lines{}) << "another failure, told elsewhere";
	// Off and on again is no proof either.
	world().run(60000);
	mode(MPLINK_LIVENESS_OFF);
	EXPECT_EQ(used(), (Names{"eth1", "eth2"}));
	mode(MPLINK_LIVENESS_BFD);
	EXPECT_EQ(used(), (Names{"eth1", "eth2"}));
	world().session_told(dev("eth1"), true);
	world().session_told(dev("eth2"), true);
	world().run(60000);
	EXPECT_EQ(used(), (Names{"eth1", "eth2"}));
}

TEST_F(Liveness, WithoutASessionTrustEndsAsWell)
{
	world().start(2);
	Memory::fail_all(true);
	mode(MPLINK_LIVENESS_BFD);
	world().run(60000);
	EXPECT_EQ(reason(0), "liveness");
	Memory::fail_all(false);
	world().refresh();
	world().session_told(dev("eth1"), true);
	EXPECT_EQ(used(), Names{"eth1"});
}

TEST_F(Liveness, IsSetForDevicePeerOrLink)
{
	world().start(3);
	world().set_peer_liveness(MPLINK_LIVENESS_BFD);
	EXPECT_TRUE(session("eth1"));
	EXPECT_EQ(world().set_links({{.nic_id = 0,
				      .weight = 0,
				      .remove = 0,
				      .liveness_given = 1,
				      .liveness = MPLINK_LIVENESS_OFF,
				      .remote = {}}}),
		  0);
	EXPECT_FALSE(session("eth1"));
	EXPECT_TRUE(session("eth2"));
	EXPECT_EQ(world().link_info(0).liveness, mplink_u32{MPLINK_LIVENESS_OFF});
	EXPECT_EQ(world().link_info(1).liveness, mplink_u32{MPLINK_LIVENESS_INHERIT});
	world().set_peer_liveness(MPLINK_LIVENESS_OFF);
	EXPECT_FALSE(session("eth2"));
	mode(MPLINK_LIVENESS_BFD);
	EXPECT_FALSE(session("eth2"));
	world().set_peer_liveness(MPLINK_LIVENESS_INHERIT);
	EXPECT_TRUE(session("eth2"));
	EXPECT_FALSE(session("eth1"));
}

TEST_F(Liveness, LinksToOneRemoteShareItsSession)
{
	start_up(1);

	const mplink_addr other = addr("fd99::2");
	const mplink_link_config link = {.nic_id = 0,
					 .weight = 0,
					 .remove = 0,
					 .liveness_given = 0,
					 .liveness = 0,
					 .remote = remote_address(1)};
	mplink_peer *peer = nullptr;
	{
		const RtnlLock rtnl;

		ASSERT_EQ(mplink_core_peer_add(world().device(), &other, &link, 1, &peer,
					       &world().extack),
			  0);
	}
	EXPECT_EQ(session_users(session("eth1")), 2U);
	{
		const RtnlLock rtnl;
		mplink_link_info info;

		mplink_core_link_info(peer, 0, &info);
		EXPECT_EQ(info.reason, mplink_u32{MPLINK_REASON_NONE});
		mplink_core_peer_del(world().device(), peer);
	}
	EXPECT_EQ(session_users(session("eth1")), 1U);
}

TEST_F(Liveness, ALinkToAnotherRemoteBeginsAnew)
{
	start_up(2);
	wait(500);
	EXPECT_EQ(world().set_link(0, addr("10.0.1.9")), 0);
	EXPECT_EQ(session_of(dev("eth1"), remote_address(1)), nullptr);
	EXPECT_EQ(reason(0), "liveness");
	world().session_told(dev("eth1"), true);
	EXPECT_EQ(reason(0), "none");
	EXPECT_TRUE(world().reap());
}

TEST_F(Liveness, SettingsReachSessionsThatAreUp)
{
	start_up(2);

	mplink_liveness_config config = world().liveness();

	config.bfd.min_tx_us = 10000;
	EXPECT_EQ(world().set_liveness(config), 0);
	EXPECT_EQ(session_config(session("eth2")).min_tx_us, 10000U);
	EXPECT_EQ(reason(1), "none");
}

TEST_F(Liveness, SettingsThatCannotBeMeantAreRefused)
{
	const mplink_liveness_config good = world().liveness();
	const auto why = [&](auto change) {
		mplink_liveness_config config = good;

		change(config);
		EXPECT_EQ(world().set_liveness(config), -EINVAL);
		return std::string(world().extack.why);
	};

	EXPECT_EQ(why([](auto &c) { c.mode = MPLINK_LIVENESS_INHERIT; }),
		  "liveness is neither bfd nor off");
	EXPECT_EQ(why([](auto &c) { c.wtr_ms = 3600001; }),
		  "wtr_ms is not a number of milliseconds from 0 to 3600000");
	EXPECT_EQ(why([](auto &c) { c.holdoff_ms = 3600001; }),
		  "holdoff_ms is not a number of milliseconds from 0 to 3600000");
	EXPECT_EQ(why([](auto &c) { c.bfd.detect_mult = 0; }),
		  "detect_mult is not a number from 1 to 255");
	EXPECT_EQ(why([](auto &c) { c.bfd.min_tx_us = 3299; }),
		  "min_tx_us is not a number of microseconds from 3300 to 60000000");
	EXPECT_EQ(why([](auto &c) { c.bfd.min_rx_us = 60000001; }),
		  "min_rx_us is not a number of microseconds from 3300 to 60000000");
	EXPECT_EQ(world().liveness().wtr_ms, good.wtr_ms);
}

TEST_F(Liveness, StagesTellWhatTookHowLong)
{
	mode(MPLINK_LIVENESS_BFD);
	world().name_nics(1);
	set_time(1000);

	Netdev &eth1 = world().plug("eth1");

	set_time(1010);
	world().set_up(eth1);
	set_time(2500);
	world().cable_told(eth1, true);
	set_time(2600);
	world().set_inet(eth1, local_address(1));
	set_time(2700);
	world().session_told(eth1, true);

	const mplink_nic_info nic = world().nic_info(0);
	const mplink_link_info link = world().link_info(0);

	EXPECT_EQ(nic.stages_ms[MPLINK_NIC_REGISTERED], 1000U);
	EXPECT_EQ(nic.stages_ms[MPLINK_NIC_UP], 1010U);
	EXPECT_EQ(nic.stages_ms[MPLINK_NIC_CARRIER], 2500U);
	EXPECT_EQ(nic.stages_ms[MPLINK_NIC_ADDRESS], 2600U);
	EXPECT_EQ(link.stages_ms[MPLINK_LINK_ROUTE], 2600U);
	EXPECT_EQ(link.stages_ms[MPLINK_LINK_BFD_UP], 2700U);
	EXPECT_EQ(link.stages_ms[MPLINK_LINK_VALID], 2700U);
	set_time(3000);
	world().set_down(eth1);
	EXPECT_EQ(world().nic_info(0).stages_ms[MPLINK_NIC_REGISTERED], 1000U);
	EXPECT_EQ(world().nic_info(0).stages_ms[MPLINK_NIC_UP], MPLINK_NEVER);
	EXPECT_EQ(world().link_info(0).stages_ms[MPLINK_LINK_VALID], MPLINK_NEVER);
	EXPECT_EQ(world().link_info(0).stages_ms[MPLINK_LINK_BFD_UP], MPLINK_NEVER);
}

TEST_F(Liveness, WithoutMemoryForASessionALinkStaysWhatItIs)
{
	world().start(2);
	Memory::fail_all(true);
	mode(MPLINK_LIVENESS_BFD);
	Memory::fail_all(false);
	EXPECT_GT(world().owner.refreshes_asked, 0U);
	EXPECT_EQ(reason(0), "none");
	world().refresh();
	EXPECT_TRUE(session("eth1"));
	EXPECT_EQ(reason(0), "none");
	EXPECT_EQ(used(), (Names{"eth1", "eth2"}));
}

} // namespace

} // namespace fake
