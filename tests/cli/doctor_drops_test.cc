// SPDX-License-Identifier: GPL-2.0
// What the doctor makes of counters of dropped packets, and how it prints what it has found.
#include <gtest/gtest.h>

#include "doctor/checks.hh"
#include "doctor/report.hh"
#include "doctor_sample.hh"

namespace mplink::cli
{
namespace
{

// One reason, which has grown by 2 while the doctor looked.
Facts growing(std::vector<DropCount> DeviceStatus::*counts, std::uint32_t reason)
{
	Facts facts = well();

	facts.before[0].*counts = {{reason, 3}};
	facts.devices[0].*counts = {{reason, 5}};
	return facts;
}

TEST(DoctorDrops, OnlyWhatGrows)
{
	Facts facts = growing(&DeviceStatus::gre_drops, MPLINK_GRE_DROP_KEY);

	EXPECT_EQ(only(check_drops(facts)).severity, Severity::warning);
	EXPECT_EQ(only(check_drops(facts)).what, "packets from a peer's remote have another key "
						 "than the peer: 2 in 2.000 s, 5 in all");
	facts.before[0].gre_drops = facts.devices[0].gre_drops;
	EXPECT_TRUE(check_drops(facts).empty());
}

TEST(DoctorDrops, OldOnesOfAPeerInTrouble)
{
	Facts facts = growing(&DeviceStatus::gre_drops, MPLINK_GRE_DROP_KEY);

	facts.before[0].gre_drops = facts.devices[0].gre_drops;
	link_of(facts, 1).reason = MPLINK_REASON_UNCONFIRMED;
	EXPECT_EQ(only(check_drops(facts)).severity, Severity::error);
	// What this host drops on its way out tells nothing of the far end.
	facts.devices[0].gre_drops.clear();
	facts.before[0].drops = facts.devices[0].drops = {{MPLINK_DROP_NO_PEER, 5}};
	EXPECT_TRUE(check_drops(facts).empty());
}

TEST(DoctorDrops, Key)
{
	Facts facts = growing(&DeviceStatus::gre_drops, MPLINK_GRE_DROP_KEY);

	EXPECT_TRUE(only(check_drops(facts)).far_end);
	EXPECT_EQ(only(check_drops(facts)).remedy, Lines{"mplink peer set 10.99.0.1 key 7"});
	facts.devices[0].peers[0].key_hidden = true;
	EXPECT_EQ(only(check_drops(facts)).remedy, Lines{"mplink peer set 10.99.0.1 key KEY"});
	facts.devices[0].peers.push_back({.address = at("10.99.0.3")});
	facts.devices[0].peers.push_back({.address = at("10.99.0.4")});
	EXPECT_EQ(only(check_drops(facts)).remedy, Lines{"mplink peer set ADDRESS key KEY"});
	facts.devices[0].settings[Setting::encap] = MPLINK_ENCAP_NONE;
	EXPECT_TRUE(check_drops(facts).empty());
}

TEST(DoctorDrops, Sender)
{
	Facts facts = growing(&DeviceStatus::gre_drops, MPLINK_GRE_DROP_SENDER);

	EXPECT_EQ(only(check_drops(facts)).remedy, Lines{"dmesg | grep 'are dropped: their key'"});
	facts.log = {"mplink: mpl0: packets from 10.0.2.49 by eth2 are dropped: their key is that",
		     "mplink: mpl0: packets from 10.0.2.50 by eth2 are dropped: their key is that",
		     "mplink: mpl1: packets from 10.0.2.51 by eth2 are dropped: their key is that",
		     "mplink: mpl0: eth2: NETDEV_UP (1): valid 0 -> 1"};
	EXPECT_EQ(only(check_drops(facts)).remedy,
		  Lines{"mplink peer set dev mpl0 10.99.0.2 addlink eth2 remote 10.0.2.50"});
	// A link there that does not work has the wrong remote.
	link_of(facts, 1).reason = MPLINK_REASON_UNCONFIRMED;
	EXPECT_EQ(only(check_drops(facts)).remedy,
		  Lines{"mplink peer set dev mpl0 10.99.0.2 link eth2 remote 10.0.2.50"});
}

TEST(DoctorDrops, QuestionsOfAnUnknownSender)
{
	Facts facts = growing(&DeviceStatus::gre_drops, MPLINK_GRE_DROP_EARLY);

	facts.log = {"mplink: mpl0: packets from 10.0.2.50 by eth2 are dropped: their key is that"};
	EXPECT_TRUE(check_drops(facts).empty());
	link_of(facts, 1).estimate->suspect = 1;
	facts.before[0].peers[0].links[1].estimate->suspect = 1;
	EXPECT_EQ(only(check_drops(facts)).remedy,
		  Lines{"mplink peer set dev mpl0 10.99.0.2 link eth2 remote 10.0.2.50"});
	EXPECT_EQ(only(check_drops(facts)).severity, Severity::error);
	facts.netdevs[2].up = false;
	EXPECT_TRUE(check_drops(facts).empty());
	facts.netdevs[2].up = true;
	facts.before[0].gre_drops = facts.devices[0].gre_drops;
	EXPECT_TRUE(check_drops(facts).empty());
}

// A link that is suspect now says nothing of what was dropped long ago.
TEST(DoctorDrops, OldOnesAndASuspectLink)
{
	Facts facts = growing(&DeviceStatus::gre_drops, MPLINK_GRE_DROP_KEY);

	facts.before[0].gre_drops = facts.devices[0].gre_drops;
	link_of(facts, 1).estimate->suspect = 1;
	facts.before[0].peers[0].links[1].estimate->suspect = 1;
	EXPECT_TRUE(check_drops(facts).empty());
}

TEST(DoctorDrops, Bfd)
{
	Facts facts = growing(&DeviceStatus::bfd_drops, MPLINK_BFD_DROP_AUTH_DIGEST);

	facts.devices[0].settings[Setting::bfd_auth] = MPLINK_BFD_AUTH_SHA1;
	facts.devices[0].settings[Setting::bfd_key_id] = 9;
	EXPECT_EQ(only(check_drops(facts)).remedy,
		  Lines{"mplink set bfd-auth sha1 bfd-key-id 9 bfd-key KEY"});
	EXPECT_TRUE(only(check_drops(facts)).far_end);
	facts = growing(&DeviceStatus::bfd_drops, MPLINK_BFD_DROP_TTL);
	EXPECT_EQ(only(check_drops(facts)).remedy, Lines{"mplink set dev mpl0 bfd-multihop on"});
	EXPECT_FALSE(only(check_drops(facts)).far_end);
}

TEST(DoctorDrops, OthersWithAdvice)
{
	const std::pair<Facts, std::string> all[] = {
		{growing(&DeviceStatus::gre_drops, MPLINK_GRE_DROP_KEY_MISSING),
		 "ip link change NAME type gre key 1792"},
		{growing(&DeviceStatus::gre_drops, MPLINK_GRE_DROP_BACKLOG),
		 "sysctl -w net.core.netdev_max_backlog=10000"},
		{growing(&DeviceStatus::gre_drops, MPLINK_GRE_DROP_NIC), "mplink doctor"},
		{growing(&DeviceStatus::bfd_drops, MPLINK_BFD_DROP_AUTH_UNWANTED),
		 "mplink set bfd-auth none"},
		{growing(&DeviceStatus::bfd_drops, MPLINK_BFD_DROP_SESSION), "mplink doctor"},
		{growing(&DeviceStatus::drops, MPLINK_DROP_NO_PEER), "ip route show dev mpl0"},
		{growing(&DeviceStatus::drops, MPLINK_DROP_NO_NEIGHBOUR),
		 "ip neigh show nud failed"},
		{growing(&DeviceStatus::drops, MPLINK_DROP_LOOP), "ip route show dev mpl0"},
		{growing(&DeviceStatus::drops, MPLINK_DROP_POLICY), "ip xfrm policy"}};

	for (const auto &[facts, remedy] : all)
		EXPECT_EQ(only(check_drops(facts)).remedy, Lines{remedy});
}

TEST(DoctorDrops, UsualOnesAreNoFault)
{
	for (const std::uint32_t reason :
	     {MPLINK_GRE_DROP_DUPLICATE, MPLINK_GRE_DROP_LATE, MPLINK_GRE_DROP_EARLY,
	      MPLINK_GRE_DROP_REPLAY, MPLINK_GRE_DROP_REPORT})
		EXPECT_TRUE(check_drops(growing(&DeviceStatus::gre_drops, reason)).empty());
	EXPECT_TRUE(
		check_drops(growing(&DeviceStatus::drops, MPLINK_DROP_NO_PEER_MULTICAST)).empty());
}

Diagnosis found()
{
	return {.findings = {{.subject = "mpl0", .what = "w", .why = "y.", .remedy = {"a", "b"}},
			     {.severity = Severity::warning,
			      .subject = "s\xff",
			      .what = "v",
			      .why = "x.",
			      .remedy = {"c"},
			      .far_end = true}},
		.unread = {{"the firewall", "no nft"}}};
}

TEST(DoctorReport, Text)
{
	EXPECT_EQ(report_text({}, false), "Nothing is wrong, as far as this host can tell.\n");
	EXPECT_EQ(report_text(found(), false), "error: mpl0: w\n    y.\n        a\n        b\n\n"
					       "warning: s\xff: v\n    x.\n    At the far end:\n"
					       "        c\n\n"
					       "Not looked at: the firewall (no nft)\n");
	EXPECT_NE(report_text(found(), true).find("\033[31merror\033[0m: mpl0"), std::string::npos);
}

TEST(DoctorReport, Json)
{
	EXPECT_EQ(report_json({}, false), R"({"findings":[],"not_looked_at":[]})"
					  "\n");
	EXPECT_EQ(report_json(found(), false),
		  R"({"findings":[{"severity":"error","subject":"mpl0","what":"w","why":"y.",)"
		  R"("remedy":["a","b"],"at_far_end":false},{"severity":"warning","subject":"s)"
		  "\xef\xbf\xbd"
		  R"(","what":"v","why":"x.","remedy":["c"],"at_far_end":true}],)"
		  R"("not_looked_at":[{"what":"the firewall","why":"no nft"}]})"
		  "\n");
}

} // namespace
} // namespace mplink::cli
