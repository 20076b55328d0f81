// SPDX-License-Identifier: GPL-2.0
// What rules as nft prints them do to a datagram.
#include <gtest/gtest.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "doctor/checks.hh"
#include "doctor_sample.hh"

namespace mplink::cli
{
namespace
{

const Datagram gre{.nic = "eth1", .from = at("10.0.1.2"), .to = at("10.0.1.1"), .port = 4754};
const Datagram gre6{.nic = "eth1", .from = at("fd00::2"), .to = at("fd00::1"), .port = 4754};

// The rules of the chain "in", with what else the ruleset has.
Firewall chain(const std::string &policy, const std::vector<std::string> &rules,
	       const std::string &more = "", const std::string &hook = R"("hook":"input")")
{
	std::string text = fmt::format(
		R"({{"nftables":[{}{{"chain":{{"family":"inet","table":"t","name":"in",{},"policy":"{}"}}}})",
		more, hook, policy);

	for (const std::string &rule : rules)
		text += fmt::format(
			R"(,{{"rule":{{"family":"inet","table":"t","chain":"in","expr":[{}]}}}})",
			rule);
	return Firewall::parse(text + "]}").value();
}

std::string match(const std::string &left, const std::string &right, const std::string &op = "==")
{
	return fmt::format(R"({{"match":{{"op":"{}","left":{{{}}},"right":{}}}}})", op, left,
			   right);
}

std::string payload(const char *protocol, const char *field)
{
	return fmt::format(R"("payload":{{"protocol":"{}","field":"{}"}})", protocol, field);
}

const std::string accept = R"({"accept":null})", drop = R"({"drop":null})";
const std::string dport = payload("udp", "dport");

Fate fate(const Firewall &firewall, const Datagram &datagram = gre)
{
	return firewall.judge(datagram).fate;
}

TEST(Firewall, NoSense)
{
	EXPECT_FALSE(Firewall::parse(""));
	EXPECT_FALSE(Firewall::parse("[]"));
	EXPECT_TRUE(Firewall::parse("# Warning: of iptables\n{\"nftables\":[]}"));
	EXPECT_FALSE(Firewall::parse(R"({"nftables":1})"));
	EXPECT_EQ(fate(Firewall::parse(R"({"nftables":[]})").value()), Fate::passes);
}

TEST(Firewall, Policy)
{
	const Verdict verdict = chain("drop", {}).judge(gre);

	EXPECT_EQ(fate(chain("accept", {})), Fate::passes);
	EXPECT_EQ(verdict.fate, Fate::dropped);
	EXPECT_EQ(verdict.family + " " + verdict.table + " " + verdict.chain, "inet t in");
	EXPECT_EQ(fate(chain("drop", {}, "", R"("hook":"output")")), Fate::passes);
	EXPECT_EQ(fate(chain("drop", {}, "", R"("hook":"ingress","dev":"eth1")")), Fate::dropped);
	EXPECT_EQ(fate(chain("drop", {}, "", R"("hook":"ingress","dev":["eth2"])")), Fate::passes);
}

TEST(Firewall, RulesInOrder)
{
	const std::string port = match(dport, "4754");

	EXPECT_EQ(fate(chain("drop", {port + "," + accept})), Fate::passes);
	EXPECT_EQ(fate(chain("drop", {match(dport, "4755") + "," + accept})), Fate::dropped);
	EXPECT_EQ(fate(chain("accept", {port + R"(,{"counter":null},)" + drop, accept})),
		  Fate::dropped);
	EXPECT_EQ(fate(chain("accept", {accept, drop})), Fate::passes);
	EXPECT_EQ(fate(chain("accept", {R"({"reject":{"type":"icmp"}})"})), Fate::dropped);
}

TEST(Firewall, Matches)
{
	const auto passes = [](const std::string &one, const Datagram &datagram = gre) {
		return fate(chain("drop", {one + "," + accept}), datagram) == Fate::passes;
	};

	EXPECT_TRUE(passes(match(R"("meta":{"key":"iifname"})", R"("eth*")")));
	EXPECT_FALSE(passes(match(R"("meta":{"key":"iifname"})", R"("eth2")")));
	EXPECT_TRUE(passes(match(R"("meta":{"key":"iifname"})", R"("eth2")", "!=")));
	EXPECT_TRUE(passes(match(R"("meta":{"key":"l4proto"})", R"({"set":["tcp","udp"]})")));
	EXPECT_FALSE(passes(match(R"("meta":{"key":"nfproto"})", R"("ipv6")")));
	EXPECT_TRUE(passes(match(dport, R"({"set":[53,{"range":[4000,5000]}]})")));
	EXPECT_FALSE(passes(match(payload("tcp", "dport"), "4754")));
	EXPECT_TRUE(passes(
		match(payload("ip", "saddr"), R"({"prefix":{"addr":"10.0.0.0","len":16}})")));
	EXPECT_FALSE(passes(
		match(payload("ip", "saddr"), R"({"prefix":{"addr":"10.0.0.0","len":24}})")));
	EXPECT_TRUE(passes(match(payload("ip", "daddr"), R"("10.0.1.1")")));
	EXPECT_FALSE(passes(match(payload("ip", "saddr"), R"("10.0.1.2")", "!="), gre6));
	EXPECT_TRUE(passes(match(payload("ip6", "saddr"), R"("fd00:0::2")"), gre6));
}

// Neither end ever answers from the port that was asked.
TEST(Firewall, NoFlowIsEstablished)
{
	const std::string state = R"("ct":{"key":"state"})";

	EXPECT_EQ(fate(chain("drop",
			     {match(state, R"(["established","related"])", "in") + "," + accept})),
		  Fate::dropped);
	EXPECT_EQ(fate(chain("drop", {match(state, R"(["new"])", "in") + "," + accept})),
		  Fate::passes);
	EXPECT_EQ(fate(chain("accept", {match(state, R"("invalid")", "in") + "," + drop})),
		  Fate::passes);
	EXPECT_EQ(fate(chain("drop",
			     {R"({"vmap":{"key":{"ct":{"key":"state"}},"data":{"set":[)"
			      R"(["invalid",{"drop":null}],["established",{"accept":null}]]}}})"})),
		  Fate::dropped);
	EXPECT_EQ(fate(chain("drop", {R"({"vmap":{"key":{"ct":{"key":"state"}},"data":{"set":[)"
				      R"(["new",{"accept":null}]]}}})"})),
		  Fate::passes);
}

TEST(Firewall, WhatIsNotKnownMayBe)
{
	const std::string mark = match(R"("meta":{"key":"mark"})", "5");

	EXPECT_EQ(fate(chain("drop", {mark + "," + accept})), Fate::may_be_dropped);
	EXPECT_EQ(fate(chain("accept", {mark + "," + drop})), Fate::may_be_dropped);
	EXPECT_EQ(fate(chain("accept", {R"({"limit":{"rate":5}},)" + drop})), Fate::may_be_dropped);
	EXPECT_EQ(fate(chain("accept", {R"({"xt":null},)" + drop})), Fate::may_be_dropped);
	EXPECT_EQ(fate(chain("accept",
			     {match(R"("payload":{"base":"th","offset":16,"len":16})", "4754") +
			      "," + drop})),
		  Fate::may_be_dropped);
	EXPECT_EQ(fate(chain("drop", {match(payload("ip", "saddr"), R"("@gone")") + "," + accept})),
		  Fate::may_be_dropped);
	EXPECT_EQ(fate(chain("drop", {mark + R"(,{"return":null})", accept})),
		  Fate::may_be_dropped);
}

TEST(Firewall, Sets)
{
	const std::string set =
		R"({"set":{"family":"inet","name":"s","table":"t","elem":[{"elem":{"val":"10.0.1.2"}},"10.0.9.9"]}},)";
	const std::string from = match(payload("ip", "saddr"), R"("@s")");
	Datagram other = gre;

	other.from = at("10.0.1.3");
	EXPECT_EQ(fate(chain("drop", {from + "," + accept}, set)), Fate::passes);
	EXPECT_EQ(fate(chain("drop", {from + "," + accept}, set), other), Fate::dropped);
}

TEST(Firewall, OtherChains)
{
	const auto sub = [](const std::string &expr) {
		return R"({"chain":{"family":"inet","table":"t","name":"sub"}},)"
		       R"({"rule":{"family":"inet","table":"t","chain":"sub","expr":[)" +
		       expr + "]}},";
	};
	const std::string jump = R"({"jump":{"target":"sub"}})";
	const std::string leap = R"({"goto":{"target":"sub"}})";
	const std::string back = R"({"return":null})";
	const std::string none = match(dport, "1") + "," + accept;
	const std::string self = R"({"jump":{"target":"in"}})";

	EXPECT_EQ(fate(chain("drop", {jump}, sub(accept))), Fate::passes);
	EXPECT_EQ(fate(chain("drop", {match(dport, "1") + "," + jump}, sub(accept))),
		  Fate::dropped);
	EXPECT_EQ(fate(chain("drop", {jump, accept}, sub(back))), Fate::passes);
	EXPECT_EQ(fate(chain("drop", {jump, accept}, sub(none))), Fate::passes);
	EXPECT_EQ(fate(chain("drop", {leap, accept}, sub(none))), Fate::dropped);
	// The kernel allows no circle; a text might have one.
	EXPECT_EQ(fate(chain("drop", {self})), Fate::dropped);
}

// As nft 1.0.6 prints it.
const char printed[] = R"({"nftables": [
{"metainfo":{"version":"1.0.6","release_name":"Lester Gooch #5","json_schema_version":1}},
{"table":{"family":"inet","name":"filter","handle":1}},
{"set":{"family":"inet","name":"trusted","table":"filter","type":"ipv4_addr","handle":5,"flags":["interval"],"elem":[{"prefix":{"addr":"10.0.1.0","len":24}},"10.0.5.5"]}},
{"set":{"family":"inet","name":"other","table":"filter","type":"ipv4_addr","handle":6}},
{"chain":{"family":"inet","table":"filter","name":"tcp_in","handle":1}},
{"chain":{"family":"inet","table":"filter","name":"udp_in","handle":2}},
{"chain":{"family":"inet","table":"filter","name":"input","handle":3,"type":"filter","hook":"input","prio":0,"policy":"drop"}},
{"chain":{"family":"inet","table":"filter","name":"nat","handle":4,"type":"nat","hook":"prerouting","prio":-100,"policy":"accept"}},
{"rule":{"family":"inet","table":"filter","chain":"tcp_in","handle":8,"expr":[{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":{"set":[22,80]}}},{"accept":null}]}},
{"rule":{"family":"inet","table":"filter","chain":"udp_in","handle":10,"expr":[{"match":{"op":"==","left":{"payload":{"protocol":"udp","field":"dport"}},"right":{"set":[53,{"range":[4000,5000]}]}}},{"accept":null}]}},
{"rule":{"family":"inet","table":"filter","chain":"input","handle":12,"expr":[{"vmap":{"key":{"ct":{"key":"state"}},"data":{"set":[["invalid",{"drop":null}],["established",{"accept":null}],["related",{"accept":null}]]}}}]}},
{"rule":{"family":"inet","table":"filter","chain":"input","handle":13,"expr":[{"match":{"op":"==","left":{"meta":{"key":"iif"}},"right":"lo"}},{"accept":null}]}},
{"rule":{"family":"inet","table":"filter","chain":"input","handle":14,"expr":[{"match":{"op":"==","left":{"payload":{"protocol":"ip","field":"saddr"}},"right":"@other"}},{"drop":null}]}},
{"rule":{"family":"inet","table":"filter","chain":"input","handle":16,"expr":[{"match":{"op":"==","left":{"meta":{"key":"l4proto"}},"right":"tcp"}},{"jump":{"target":"tcp_in"}}]}},
{"rule":{"family":"inet","table":"filter","chain":"input","handle":17,"expr":[{"match":{"op":"==","left":{"payload":{"protocol":"ip","field":"saddr"}},"right":"@trusted"}},{"counter":{"packets":0,"bytes":0}},{"jump":{"target":"udp_in"}}]}},
{"rule":{"family":"inet","table":"filter","chain":"input","handle":19,"expr":[{"match":{"op":"==","left":{"payload":{"protocol":"udp","field":"dport"}},"right":3784}},{"limit":{"rate":5,"burst":5,"per":"second"}},{"accept":null}]}}
]})";

TEST(Firewall, AsPrinted)
{
	const Firewall firewall = Firewall::parse(printed).value();
	Datagram datagram = gre;

	EXPECT_EQ(fate(firewall, datagram), Fate::passes);
	datagram.from = at("10.0.9.9");
	EXPECT_EQ(fate(firewall, datagram), Fate::dropped);
	datagram.port = 3784;
	EXPECT_EQ(fate(firewall, datagram), Fate::may_be_dropped);
	EXPECT_EQ(fate(firewall, gre6), Fate::dropped);
}

TEST(DoctorFirewall, DropsForSure)
{
	Facts facts = well();

	EXPECT_TRUE(check_firewall(facts).empty());
	facts.firewall = chain("drop", {});

	const Findings found = check_firewall(facts);

	ASSERT_EQ(found.size(), 1U);
	EXPECT_EQ(found[0].severity, Severity::error);
	EXPECT_EQ(found[0].what, "the chain in of the table inet t drops UDP port 4754 from "
				 "10.0.1.2, 10.0.2.2");
	EXPECT_EQ(found[0].remedy,
		  std::vector<std::string>{
			  "nft insert rule inet t in ip saddr { 10.0.1.2, 10.0.2.2 } "
			  "udp dport 4754 accept"});
	facts.firewall.reset();
	EXPECT_TRUE(check_firewall(facts).empty());
}

TEST(DoctorFirewall, MayDrop)
{
	Facts facts = well();

	facts.firewall = chain("drop", {R"({"xt":null},)" + accept});
	EXPECT_TRUE(check_firewall(facts).empty());
	link_of(facts, 1).reason = MPLINK_REASON_UNCONFIRMED;

	const Findings found = check_firewall(facts);

	ASSERT_EQ(found.size(), 1U);
	EXPECT_EQ(found[0].severity, Severity::warning);
	EXPECT_EQ(found[0].remedy,
		  std::vector<std::string>{"nft insert rule inet t in ip saddr 10.0.2.2 udp dport "
					   "4754 accept"});
}

TEST(DoctorFirewall, Bfd)
{
	Facts facts = well();

	facts.firewall = chain("drop", {match(dport, "4754") + "," + accept});
	EXPECT_TRUE(check_firewall(facts).empty());
	link_of(facts, 0).session = {.state = MPLINK_BFD_DOWN};
	EXPECT_NE(check_firewall(facts).at(0).what.find("port 3784"), std::string::npos);
	facts.devices[0].settings[Setting::bfd_multihop] = 1;
	EXPECT_NE(check_firewall(facts).at(0).what.find("port 4784"), std::string::npos);
}

TEST(DoctorFirewall, Iptables)
{
	Facts facts = well();

	facts.firewall = Firewall::parse(
		R"({"nftables":[{"chain":{"family":"ip","table":"filter","name":"INPUT",)"
		R"("hook":"input","policy":"drop"}}]})");
	EXPECT_EQ(check_firewall(facts).at(0).remedy,
		  std::vector<std::string>{
			  "iptables -I INPUT -p udp -s 10.0.1.2,10.0.2.2 --dport 4754 -j ACCEPT"});
}

} // namespace
} // namespace mplink::cli
