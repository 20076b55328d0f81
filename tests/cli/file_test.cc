// SPDX-License-Identifier: GPL-2.0
// Configuration files: what they may contain, and the errors about what they may not.
#include <gtest/gtest.h>

#include "common/failure.hh"
#include "config/file.hh"
#include "sample.hh"

namespace mplink::cli
{
namespace
{

// The error message; empty if there is none.
std::string fault(const std::string &json)
{
	try {
		parse_config(json);
	} catch (const Failure &failure) {
		EXPECT_EQ(failure.status, Exit::usage);
		return failure.what();
	}
	return "";
}

std::string device(const std::string &rest)
{
	return R"({"devices": [{"name": "mpl0", "nics": ["eth1", "eth2"])" + rest + "}]}";
}

std::string peer(const std::string &address, const std::string &links)
{
	return device(R"(, "peers": [{"address": )" + address + R"(, "links": [)" + links + "]}]");
}

TEST(Config, Whole)
{
	const auto devices = parse_config(
		R"({"devices": [{"name": "mpl0", "policy": "broadcast", "encap": "none",
		"nics": ["eth1"], "peers": [{"address": "10.99.0.2",
		"links": [{"nic": "eth1", "remote": "fd00::2", "weight": 65535}]}]}]})");

	ASSERT_EQ(devices.size(), 1U);
	EXPECT_EQ(devices[0].name, "mpl0");
	EXPECT_EQ(devices[0].settings[Setting::policy], MPLINK_POLICY_BROADCAST);
	ASSERT_EQ(devices[0].peers.size(), 1U);
	EXPECT_EQ(devices[0].peers[0].address, at("10.99.0.2"));
	ASSERT_EQ(devices[0].peers[0].links.size(), 1U);
	EXPECT_EQ(devices[0].peers[0].links[0].remote, at("fd00::2"));
	EXPECT_EQ(devices[0].peers[0].links[0].settings[Setting::link_weight], 65535);
}

TEST(Config, Defaults)
{
	const auto devices =
		parse_config(peer("\"10.99.0.2\"", R"({"nic":"eth1","remote":"10.0.1.2"})"));

	EXPECT_EQ(devices.at(0).settings[Setting::policy], MPLINK_POLICY_BALANCE_RR);
	EXPECT_EQ(devices.at(0).peers.at(0).links.at(0).settings[Setting::link_weight], 1);
	EXPECT_EQ(parse_config(R"({"devices": [{"name": "mpl0", "encap": "gre-udp"}]})")
			  .at(0)
			  .settings[Setting::policy],
		  MPLINK_POLICY_ADAPTIVE);
	EXPECT_EQ(parse_config(R"({"devices": [{"name": "mpl0", "encap": "gre-udp",
				  "policy": "balance-rr"}]})")
			  .at(0)
			  .settings[Setting::policy],
		  MPLINK_POLICY_BALANCE_RR);
	EXPECT_EQ(fault(R"({"devices": [{"name": "mpl0"}]})"), "");
	EXPECT_EQ(fault(R"({"devices": []})"), "");
	EXPECT_EQ(fault(device(R"(, "peers": [{"address": "10.99.0.2"}])")), "");
}

TEST(Config, NotJson)
{
	EXPECT_NE(fault("").find("not JSON: "), std::string::npos);
	EXPECT_NE(fault("{\n\"devices\": [,]}").find("line 2"), std::string::npos);
	EXPECT_NE(fault("{\"devices\": [\"\xff\"]}").find("not JSON: "), std::string::npos);
	EXPECT_EQ(fault(R"({"devices": [], "devices": []})"),
		  "key \"devices\" is given twice in one object; remove one");
}

// People write files, and say why in them.
TEST(Config, Comments)
{
	const auto devices = parse_config("/* a site */ {\"devices\": [ // one\n"
					  "{\"name\": \"mpl0\" /* // */ }]} // the end");

	ASSERT_EQ(devices.size(), 1U);
	EXPECT_EQ(devices[0].name, "mpl0");
	// Not inside of texts.
	EXPECT_EQ(fault(R"({"devices": [{"name": "//a"}]})"),
		  "$.devices[0].name: \"//a\" is not a valid NIC name");
	EXPECT_NE(fault("{\"devices\": []} /* no end").find("not JSON: "), std::string::npos);
	EXPECT_NE(fault("{\"devices\": [] / }").find("not JSON: "), std::string::npos);
	EXPECT_NE(fault("# shell\n{\"devices\": []}").find("not JSON: "), std::string::npos);
}

// Many functions of the library are recursive.
TEST(Config, DeepIsRefused)
{
	const std::string why = "lists and objects are nested more than 16 levels deep; no "
				"configuration needs that";
	const int depth = 200000;

	EXPECT_EQ(fault(std::string(depth, '[') + std::string(depth, ']')), why);
	EXPECT_EQ(fault(std::string(depth, '[')), why);
	EXPECT_EQ(fault("{\"devices\": [{\"name\": \"mpl0\", \"nics\": " + std::string(depth, '[') +
			std::string(depth, ']') + "}]}"),
		  why);

	std::string objects;

	for (int i = 0; i < depth; i++)
		objects += "{\"a\":";
	EXPECT_EQ(fault(objects), why);

	std::string commented;

	for (int i = 0; i < depth; i++)
		commented += "/**/[";
	EXPECT_EQ(fault(commented), why);
}

TEST(Config, Shapes)
{
	EXPECT_EQ(fault("[]"), "$: [] is not an object {...}");
	EXPECT_EQ(fault("{}"), "$: \"devices\" is missing; add it");
	EXPECT_EQ(fault(R"({"devices": {}})"), "$.devices: {} is not a list [...]");
	EXPECT_EQ(fault(R"({"devices": [5]})"), "$.devices[0]: 5 is not an object {...}");
	EXPECT_EQ(fault(device(R"(, "polcy": "broadcast")")),
		  "$.devices[0]: key \"polcy\" is not known; there are: name, policy, encap, "
		  "liveness, wtr_ms, holdoff_ms, bfd, tunnel, nics, peers");
	EXPECT_EQ(fault(device(R"(, "peers": 7)")), "$.devices[0].peers: 7 is not a list [...]");
	EXPECT_EQ(fault(device(R"(, "peers": [{}])")),
		  "$.devices[0].peers[0]: \"address\" is missing; add it");
	EXPECT_EQ(fault(peer("\"10.99.0.2\"", "{}")),
		  "$.devices[0].peers[0].links[0]: \"nic\" is missing; add it\n"
		  "$.devices[0].peers[0].links[0]: \"remote\" is missing; add it");
}

TEST(Config, Names)
{
	EXPECT_EQ(fault(R"({"devices": [{"name": 5}]})"),
		  "$.devices[0].name: 5 is not a name in quotes");
	EXPECT_EQ(fault(R"({"devices": [{"name": ""}]})"), "$.devices[0].name: \"\" is empty");
	EXPECT_EQ(fault(R"({"devices": [{"name": "a234567890123456"}]})"),
		  "$.devices[0].name: \"a234567890123456\" is too long: 15 characters at most");
	EXPECT_EQ(fault(R"({"devices": [{"name": "a\u0000b"}]})"),
		  "$.devices[0].name: \"a\\u0000b\" is not a valid NIC name");
	EXPECT_EQ(fault(R"({"devices": [{"name": "m", "nics": ["a/b", "m", "x", "x"]}]})"),
		  "$.devices[0].nics[0]: \"a/b\" is not a valid NIC name\n"
		  "$.devices[0].nics[1]: \"m\" is the virtual NIC itself; remove it\n"
		  "$.devices[0].nics[3]: \"x\" is named twice; remove one");
	EXPECT_EQ(fault(R"({"devices": [{"name": "m"}, {"name": "m"}]})"),
		  "$.devices[1].name: \"m\" is a device already; remove one");
}

TEST(Config, TooManyNics)
{
	std::string nics;

	for (int i = 0; i < MPLINK_MAX_NICS; i++)
		nics += "\"e" + std::to_string(i) + "\",";
	EXPECT_EQ(fault(R"({"devices": [{"name": "m", "nics": [)" + nics + R"("last"]}]})"),
		  "$.devices[0].nics: 65 NICs are too many: 64 at most");
	nics.pop_back();
	EXPECT_EQ(fault(R"({"devices": [{"name": "m", "nics": [)" + nics + "]}]}"), "");
}

TEST(Config, Choices)
{
	EXPECT_EQ(fault(device(R"(, "policy": "rr")")),
		  "$.devices[0].policy: \"rr\" is none of balance-rr, balance-xor, active-backup, "
		  "broadcast, adaptive");
	EXPECT_EQ(fault(device(R"(, "policy": 0)")).substr(0, 34),
		  "$.devices[0].policy: 0 is none of ");
	EXPECT_EQ(fault(device(R"(, "encap": "ipip")")),
		  "$.devices[0].encap: \"ipip\" is none of none, gre-udp");
}

TEST(Config, Addresses)
{
	EXPECT_EQ(fault(peer("\"10.99.0\"", "")), "$.devices[0].peers[0].address: \"10.99.0\" is "
						  "not an IPv4 or IPv6 address in quotes");
	EXPECT_EQ(fault(peer("17", "")),
		  "$.devices[0].peers[0].address: 17 is not an IPv4 or IPv6 address in quotes");
	EXPECT_EQ(fault(peer("\"224.0.0.1\"", "")),
		  "$.devices[0].peers[0].address: \"224.0.0.1\" is not the address of a host");
	EXPECT_NE(fault(peer("\"fe80::1\"", "")).find("is link-local"), std::string::npos);
	EXPECT_EQ(
		fault(device(
			R"(, "peers": [{"address": "10.9.0.2"}, {"address": "::ffff:10.9.0.2"}])")),
		"$.devices[0].peers[1].address: \"::ffff:10.9.0.2\" is $.devices[0].peers[0] "
		"already; "
		"remove one");
}

TEST(Config, Links)
{
	const auto link = [](const std::string &json) {
		return fault(peer("\"10.99.0.2\"", json));
	};
	const std::string path = "$.devices[0].peers[0].links[0]";

	EXPECT_EQ(link(R"({"nic": "eth3", "remote": "10.0.1.2"})"),
		  path + ".nic: \"eth3\" is not among the device's \"nics\"; add it there");
	EXPECT_EQ(link(R"({"nic": "eth1", "remote": "127.0.0.1"})"),
		  path + ".remote: \"127.0.0.1\" is not the address of a host");
	EXPECT_NE(link(R"({"nic": "eth1", "remote": "10.99.0.2"})").find("virtual address"),
		  std::string::npos);
	for (const char *weight :
	     {"0", "65536", "-1", "1.5", "\"1\"", "null", "99999999999999999999"})
		EXPECT_EQ(link(R"({"nic": "eth1", "remote": "10.0.1.2", "weight": )" +
			       std::string(weight) + "}")
				  .find(path + ".weight: "),
			  0U)
			<< weight;
	EXPECT_EQ(
		link(R"({"nic":"eth1","remote":"10.0.1.2"},{"nic":"eth1","remote":"10.0.1.2"})"),
		"$.devices[0].peers[0].links[1].remote: \"10.0.1.2\" has a link of this peer over "
		"that NIC already; remove one");
	EXPECT_EQ(link(R"({"nic":"eth1","remote":"10.0.1.2"},{"nic":"eth1","remote":"10.0.1.3"})"),
		  "");
	EXPECT_EQ(link(R"({"nic": "eth1", "remote": "10.0.1.2", "local": "10.0.1"})"),
		  path + ".local: \"10.0.1\" is not an IPv4 or IPv6 address in quotes");
	EXPECT_EQ(link(R"({"nic": "eth1", "remote": "10.0.1.2", "local": "fd00::1"})"),
		  path + ".local: \"fd00::1\" is of another family than the remote");

	std::string many;

	for (int i = 0; i <= MPLINK_MAX_LINKS; i++)
		many += (i ? "," : "") + std::string(R"({"nic": "eth1", "remote": "10.0.1.)") +
			std::to_string(i + 2) + "\"}";
	EXPECT_EQ(link(many), "$.devices[0].peers[0].links: 65 links are too many: 64 at most");
}

TEST(Config, Liveness)
{
	const auto devices = parse_config(device(
		R"(, "liveness": "bfd", "wtr_ms": 0, "holdoff_ms": 20, "bfd": {"tx_us": 10000,
		"rx_us": 20000, "multiplier": 5, "multihop": true, "auth": "sha1", "key_id": 3,
		"key": "0x0102"}, "peers": [{"address": "10.99.0.2", "liveness": "off", "links":
		[{"nic": "eth1", "remote": "10.0.1.2", "liveness": "bfd"}]}])"));
	const FullSettings &settings = devices.at(0).settings;

	EXPECT_EQ(settings[Setting::liveness], MPLINK_LIVENESS_BFD);
	EXPECT_EQ(settings[Setting::wtr_ms], 0U);
	EXPECT_EQ(settings[Setting::holdoff_ms], 20U);
	EXPECT_EQ(settings[Setting::bfd_tx_us], 10000U);
	EXPECT_EQ(settings[Setting::bfd_rx_us], 20000U);
	EXPECT_EQ(settings[Setting::bfd_multiplier], 5U);
	EXPECT_EQ(settings[Setting::bfd_multihop], 1U);
	EXPECT_EQ(settings[Setting::bfd_auth], MPLINK_BFD_AUTH_SHA1);
	EXPECT_EQ(settings[Setting::bfd_key_id], 3U);
	EXPECT_EQ(devices[0].bfd_key, (BfdKey{1, 2}));
	EXPECT_EQ(devices[0].peers.at(0).settings[Setting::peer_liveness], MPLINK_LIVENESS_OFF);
	EXPECT_EQ(devices[0].peers[0].links.at(0).settings[Setting::link_liveness],
		  MPLINK_LIVENESS_BFD);
}

TEST(Config, BadLiveness)
{
	const std::string path = "$.devices[0]";
	const auto bfd = [](const std::string &inner) {
		return fault(device(R"(, "bfd": {)" + inner + "}"));
	};

	EXPECT_EQ(fault(device(R"(, "liveness": "inherit")")),
		  path + ".liveness: \"inherit\" is none of off, bfd");
	for (const char *ms : {"3600001", "-1", "\"5\"", "1.5", "null"})
		EXPECT_EQ(fault(device(R"(, "wtr_ms": )" + std::string(ms))),
			  path + ".wtr_ms: " + ms + " is not a number from 0 to 3600000");
	EXPECT_EQ(fault(device(R"(, "bfd": 5)")), path + ".bfd: 5 is not an object {...}");
	EXPECT_EQ(bfd(R"("tx_us": 3299)"),
		  path + ".bfd.tx_us: 3299 is not a number from 3300 to 60000000");
	EXPECT_EQ(bfd(R"("multihop": "on")"),
		  path + ".bfd.multihop: \"on\" is neither true nor false");
	EXPECT_EQ(
		bfd(R"("interval": 1)"),
		path + ".bfd: key \"interval\" is not known; there are: tx_us, rx_us, multiplier, "
		       "multihop, auth, key_id, key");
	EXPECT_EQ(bfd(R"("auth": "sha1", "key": "secret-secret-secret-")"),
		  path + ".bfd.key: the key is too long: 20 bytes at most");
	EXPECT_EQ(bfd(R"("auth": "sha1", "key": 12345)"),
		  path + ".bfd.key: the key is not a text in quotes");
	EXPECT_EQ(
		bfd(R"("key": "secret")"),
		path + ".bfd: a key has no effect without authentication; add \"auth\": \"sha1\", "
		       "or meticulous-sha1");
	EXPECT_EQ(fault(device(R"(, "peers": [{"address": "10.9.0.2", "liveness": "on"}])")),
		  path + ".peers[0].liveness: \"on\" is none of inherit, off, bfd");
	EXPECT_EQ(fault(peer("\"10.99.0.2\"",
			     R"({"nic": "eth1", "remote": "10.0.1.2", "liveness": 1})")),
		  path + ".peers[0].links[0].liveness: 1 is none of "
			 "inherit, off, bfd");
}

TEST(Config, Tunnel)
{
	const auto devices = parse_config(device(
		R"(, "encap": "gre-udp", "tunnel": {"flow_buckets": 1, "outoforder_min_us": 5,
		"outoforder_max_us": 5, "max_perflow_buffer": 65535, "max_peer_buffer": 1, "checksum": true,
		"replay": false, "max_peer_replay": 65536, "max_peer_replay_kib": 64},
		"peers": [{"address": "10.99.0.2", "key": 16777215, "equalize": "on",
		"duplicate": "sparse", "links": []}, {"address": "10.99.0.3", "key": 1}])"));
	const FullSettings &settings = devices.at(0).settings;

	EXPECT_EQ(settings[Setting::encap], MPLINK_ENCAP_GRE_UDP);
	EXPECT_EQ(settings[Setting::flow_buckets], 1U);
	EXPECT_EQ(settings[Setting::outoforder_min_us], 5U);
	EXPECT_EQ(settings[Setting::outoforder_max_us], 5U);
	EXPECT_EQ(settings[Setting::max_perflow_buffer], 65535U);
	EXPECT_EQ(settings[Setting::max_peer_buffer], 1U);
	EXPECT_EQ(settings[Setting::checksum], 1U);
	EXPECT_EQ(settings[Setting::replay], 0U);
	EXPECT_EQ(settings[Setting::max_peer_replay], 65536U);
	EXPECT_EQ(settings[Setting::max_peer_replay_kib], 64U);
	EXPECT_EQ(devices[0].peers.at(0).settings[Setting::peer_key], 16777215U);
	EXPECT_EQ(devices[0].peers.at(0).settings[Setting::peer_equalize], MPLINK_EQUALIZE_ON);
	EXPECT_EQ(devices[0].peers.at(1).settings[Setting::peer_equalize], MPLINK_EQUALIZE_INHERIT);
	EXPECT_EQ(devices[0].peers.at(0).settings[Setting::peer_duplicate],
		  MPLINK_DUPLICATE_SPARSE);
}

TEST(Config, BadTunnel)
{
	const std::string path = "$.devices[0].tunnel";
	const auto tunnel = [](const std::string &inner) {
		return fault(device(R"(, "encap": "gre-udp", "tunnel": {)" + inner + "}"));
	};

	EXPECT_EQ(fault(device(R"(, "tunnel": 5)")), path + ": 5 is not an object {...}");
	EXPECT_EQ(tunnel(R"("buckets": 1)"),
		  path + ": key \"buckets\" is not known; there are: flow_buckets, "
			 "outoforder_min_us, outoforder_max_us, max_perflow_buffer, "
			 "max_peer_buffer, checksum, ttl, equalize, replay, max_peer_replay, "
			 "max_peer_replay_kib, duplicate, duplicate_dscp");
	for (const char *buckets : {"0", "96", "512", "-1", "\"1\"", "1.5", "18446744073709551616"})
		EXPECT_EQ(tunnel(R"("flow_buckets": )" + std::string(buckets))
				  .find(path + ".flow_buckets: "),
			  0U)
			<< buckets;
	EXPECT_EQ(tunnel(R"("max_peer_buffer": 4294967297)"),
		  path + ".max_peer_buffer: 4294967297 is not a number from 1 to 1048576");
	EXPECT_EQ(tunnel(R"("outoforder_max_us": 999)"),
		  path + ": outoforder_min_us 1000 is above outoforder_max_us 999");
}

TEST(Config, Keys)
{
	const auto peers = [](const std::string &encap, const std::string &list) {
		return fault(device(R"(, "encap": ")" + encap + R"(", "peers": [)" + list + "]"));
	};
	const auto one = [&](const std::string &encap, const std::string &key) {
		return peers(encap, R"({"address": "10.99.0.2", "key": )" + key + "}");
	};
	const auto two = [&](const std::string &encap, const std::string &first,
			     const std::string &second, const std::string &remote) {
		return peers(encap, R"({"address": "10.99.0.2")" + first +
					    R"(, "links": [{"nic": "eth1", "remote": "10.0.1.2"},
				{"nic": "eth2", "remote": "10.0.1.2"}]}, {"address": "10.99.0.3")" +
					    second + R"(, "links": [{"nic": "eth1", "remote": ")" +
					    remote + R"("}]})");
	};
	const std::string path = "$.devices[0].peers";

	for (const char *key : {"16777216", "-1", "\"7\"", "1.5"})
		EXPECT_EQ(one("gre-udp", key),
			  path + "[0].key: " + key + " is not a number from 0 to 16777215");
	EXPECT_EQ(one("gre-udp", "0"), "");
	EXPECT_EQ(one("none", "0"),
		  path + "[0].key: 0 has no effect without \"encap\": \"gre-udp\"");
	EXPECT_EQ(peers("none", R"({"address": "10.99.0.2", "equalize": "off"})"),
		  path + "[0].equalize: \"off\" has no effect without \"encap\": \"gre-udp\"");
	EXPECT_EQ(peers("none", R"({"address": "10.99.0.2", "duplicate": "all"})"),
		  path + "[0].duplicate: \"all\" has no effect without \"encap\": \"gre-udp\"");
	EXPECT_EQ(peers("none", R"({"address": "10.99.0.2", "equalize": "yes"})"),
		  path + "[0].equalize: \"yes\" is none of off, auto, on, inherit");

	// A packet from 10.0.1.2 must belong to one peer only.
	EXPECT_NE(two("gre-udp", "", "", "10.0.1.2")
			  .find("have the remote 10.0.1.2 in common with " + path +
				"[0], and both have the key 0; give one another \"key\""),
		  std::string::npos);
	EXPECT_NE(two("gre-udp", R"(, "key": 7)", R"(, "key": 7)", "10.0.1.2"), "");
	EXPECT_EQ(two("gre-udp", "", R"(, "key": 1)", "10.0.1.2"), "");
	EXPECT_EQ(two("gre-udp", "", "", "10.0.1.3"), "");
	EXPECT_EQ(two("none", "", "", "10.0.1.2"), "");
}

TEST(Config, ManyFaultsAreNotAFlood)
{
	std::string peers;

	for (int i = 0; i < 50; i++)
		peers += "1,";
	peers.pop_back();

	const std::string text = fault(device(", \"peers\": [" + peers + "]"));

	EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 20);
	EXPECT_TRUE(text.ends_with("\nand 30 more"));
}

TEST(Config, WhatIsSavedCanBeLoaded)
{
	const auto devices = parse_config(write_config({sample()}));

	ASSERT_EQ(devices.size(), 1U);
	EXPECT_EQ(devices[0].nics, (std::vector<std::string>{"eth1", "eth2"}));
	ASSERT_EQ(devices[0].peers.size(), 2U);
	EXPECT_EQ(devices[0].peers[0].links.at(1).remote, at("fd00:2::2"));
	EXPECT_EQ(devices[0].peers[0].links.at(0).settings[Setting::link_weight], 3);
}

TEST(Config, WhatIsSavedOfLivenessCanBeLoaded)
{
	const auto devices = parse_config(write_config({live_sample()}));

	ASSERT_EQ(devices.size(), 1U);
	EXPECT_EQ(devices[0].settings, live_sample().settings);
	EXPECT_EQ(devices[0].peers.at(0).settings[Setting::peer_liveness], MPLINK_LIVENESS_BFD);
	EXPECT_EQ(devices[0].peers[0].links.at(0).settings[Setting::link_liveness],
		  MPLINK_LIVENESS_INHERIT);
	EXPECT_EQ(devices[0].peers[0].links.at(1).settings[Setting::link_liveness],
		  MPLINK_LIVENESS_OFF);
	EXPECT_EQ(devices[0].bfd_key, std::nullopt);
}

TEST(Config, WhatIsSavedOfATunnelCanBeLoaded)
{
	const auto devices = parse_config(write_config({tunnel_sample()}));

	ASSERT_EQ(devices.size(), 1U);
	EXPECT_EQ(devices[0].settings, tunnel_sample().settings);
	EXPECT_EQ(devices[0].peers.at(0).settings[Setting::peer_key], 16777215U);
	EXPECT_EQ(devices[0].peers.at(1).settings[Setting::peer_key], 0U);
	// Implied values are not written.
	EXPECT_EQ(write_config({sample()}).find("\"key\":"), std::string::npos);
}

} // namespace
} // namespace mplink::cli
