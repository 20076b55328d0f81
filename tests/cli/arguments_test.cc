// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include "args/arguments.hh"
#include "common/failure.hh"
#include "sample.hh"

namespace mplink::cli
{
namespace
{

using Kind = ChangeRequest::Kind;

template <class F>
std::string fault(F parse)
{
	try {
		parse();
	} catch (const Failure &failure) {
		EXPECT_EQ(failure.status, Exit::usage);
		return failure.what();
	}
	return "";
}

std::string add_fault(const Arguments &arguments)
{
	return fault([&] { parse_peer_arguments(Kind::peer_add, arguments); });
}

TEST(Arguments, DeviceStatus)
{
	EXPECT_EQ(parse_device_argument({}), std::nullopt);
	EXPECT_EQ(parse_device_argument({"mpl1"}), "mpl1");
	EXPECT_EQ(parse_device_argument({"dev", "dev"}), "dev");
	EXPECT_EQ(fault([] { parse_device_argument({"dev"}); }),
		  "the device's name is missing after \"dev\"");
	EXPECT_EQ(fault([] {
			  parse_device_argument({"a", "b"});
		  }),
		  "\"b\" was not expected after the device's name");
}

TEST(Arguments, Nics)
{
	const ChangeRequests order =
		parse_nic_arguments(Kind::nic_del, {"dev", "mpl1", "eth1", "dev"});

	EXPECT_EQ(order.device, "mpl1");
	ASSERT_EQ(order.requests.size(), 2U);
	EXPECT_EQ(order.requests[0].kind, Kind::nic_del);
	EXPECT_EQ(order.requests[1].nic, "dev");
	EXPECT_NE(fault([] { parse_nic_arguments(Kind::nic_add, {}); }), "");
	EXPECT_NE(fault([] { parse_nic_arguments(Kind::nic_add, {"dev", "mpl1"}); }), "");
	EXPECT_EQ(fault([] {
			  parse_nic_arguments(Kind::nic_add, {"dev", "m", "m"});
		  }),
		  "m is the virtual NIC itself");
	EXPECT_EQ(fault([] { parse_nic_arguments(Kind::nic_add, {"a/b"}); }),
		  "name \"a/b\" is not a valid NIC name");
}

TEST(Arguments, Peers)
{
	const ChangeRequests order = parse_peer_arguments(
		Kind::peer_add, {"dev", "mpl1", "10.99.0.2", "link", "link", "10.0.1.2", "link",
				 "eth2", "remote", "fd00::2", "weight", "7"});

	EXPECT_EQ(order.device, "mpl1");
	ASSERT_EQ(order.requests.size(), 1U);
	EXPECT_EQ(order.requests[0].peer, at("10.99.0.2"));
	ASSERT_EQ(order.requests[0].links.size(), 2U);
	EXPECT_EQ(order.requests[0].links[0],
		  (LinkRequest{.nic = "link", .remote = at("10.0.1.2")}));
	EXPECT_EQ(order.requests[0].links[1],
		  (LinkRequest{.nic = "eth2",
			       .remote = at("fd00::2"),
			       .settings = {{Setting::link_weight, 7}}}));
}

TEST(Arguments, PeerSet)
{
	const ChangeRequests order = parse_peer_arguments(
		Kind::peer_set, {"10.99.0.2", "link", "eth1", "weight", "2", "unlink", "eth2"});

	EXPECT_EQ(order.device, std::nullopt);
	EXPECT_EQ(order.requests.at(0).links.at(0),
		  (LinkRequest{.nic = "eth1", .settings = {{Setting::link_weight, 2}}}));
	EXPECT_EQ(order.requests.at(0).links.at(1), (LinkRequest{.nic = "eth2", .remove = true}));
	EXPECT_NE(fault([] { parse_peer_arguments(Kind::peer_set, {"10.99.0.2"}); }), "");
}

TEST(Arguments, LinksOverOneNic)
{
	const ChangeRequest request =
		parse_peer_arguments(Kind::peer_set,
				     {"10.99.0.2", "link", "eth1", "10.8.1.1", "weight", "2",
				      "addlink", "eth1", "remote", "10.8.2.1", "unlink", "eth1",
				      "10.8.3.1", "unlink", "eth2"})
			.requests.at(0);

	ASSERT_EQ(request.links.size(), 4U);
	EXPECT_EQ(request.links[0], (LinkRequest{.nic = "eth1",
						 .remote = at("10.8.1.1"),
						 .settings = {{Setting::link_weight, 2}}}));
	EXPECT_EQ(request.links[1],
		  (LinkRequest{.nic = "eth1", .remote = at("10.8.2.1"), .add = true}));
	EXPECT_EQ(request.links[2],
		  (LinkRequest{.nic = "eth1", .remote = at("10.8.3.1"), .remove = true}));
	EXPECT_EQ(request.links[3], (LinkRequest{.nic = "eth2", .remove = true}));
	EXPECT_EQ(fault([] {
			  parse_peer_arguments(Kind::peer_set, {"10.9.0.2", "addlink", "a"});
		  }),
		  "addlink a needs the peer's address there: addlink a REMOTE");
	EXPECT_EQ(fault([] {
			  parse_peer_arguments(Kind::peer_set,
					       {"10.9.0.2", "link", "a", "unlink", "a"});
		  }),
		  "link a is given twice");
}

TEST(Arguments, Local)
{
	const ChangeRequest request =
		parse_peer_arguments(Kind::peer_set,
				     {"10.99.0.2", "link", "eth1", "local", "10.8.1.1", "link",
				      "eth2", "10.0.2.2", "local", "auto", "weight", "2"})
			.requests.at(0);

	ASSERT_EQ(request.links.size(), 2U);
	EXPECT_EQ(request.links[0],
		  (LinkRequest{.nic = "eth1", .local = std::optional(at("10.8.1.1"))}));
	EXPECT_EQ(request.links[1], (LinkRequest{.nic = "eth2",
						 .remote = at("10.0.2.2"),
						 .local = std::optional<Address>(),
						 .settings = {{Setting::link_weight, 2}}}));
	EXPECT_EQ(add_fault({"10.9.0.2", "link", "a", "10.0.1.2", "local", "fd00::1"}),
		  "local \"fd00::1\" is of another family than the remote");
	EXPECT_EQ(add_fault({"10.9.0.2", "link", "a", "10.0.1.2", "local"}),
		  "an address, or auto is missing after \"local\"");
}

TEST(Arguments, BadPeers)
{
	EXPECT_EQ(add_fault({}), "the peer's address is missing after \"peer add|set [dev DEV]\"");
	EXPECT_EQ(add_fault({"mpl0"}), "peer \"mpl0\" is not an IPv4 or IPv6 address");
	EXPECT_EQ(add_fault({"0.0.0.0"}), "peer \"0.0.0.0\" is not the address of a host");
	EXPECT_EQ(add_fault({"10.9.0.2", "link"}), "a NIC's name is missing after \"link\"");
	EXPECT_EQ(add_fault({"10.9.0.2", "link", "a"}),
		  "link a needs the peer's address there: link a REMOTE");
	EXPECT_EQ(add_fault({"10.9.0.2", "link", "a", "x"}),
		  "remote \"x\" is not an IPv4 or IPv6 address");
	EXPECT_NE(add_fault({"10.9.0.2", "link", "a", "10.9.0.2"}), "");
	EXPECT_EQ(add_fault({"10.9.0.2", "unlink", "a"}).find("\"unlink\" was not expected"), 0U);
	EXPECT_EQ(add_fault({"10.9.0.2", "link", "a", "10.0.1.2", "link", "a", "10.0.1.3"}), "");
	EXPECT_EQ(add_fault({"10.9.0.2", "link", "a", "10.0.1.2", "link", "a", "10.0.1.2"}),
		  "link a 10.0.1.2 is given twice");
	for (const char *weight : {"0", "65536", "-1", "1x", ""})
		EXPECT_EQ(add_fault({"10.9.0.2", "link", "a", "10.0.1.2", "weight", weight}),
			  "weight \"" + std::string(weight) + "\" is not a number from 1 to 65535");
}

TEST(Arguments, Rates)
{
	const auto rate = [](const char *text) {
		return parse_peer_arguments(Kind::peer_set,
					    {"10.9.0.2", "link", "a", "rate-max", text})
			.requests.at(0)
			.links.at(0)
			.settings.at(Setting::link_rate_max);
	};

	EXPECT_EQ(rate("0"), 0U);
	EXPECT_EQ(rate("1500"), 1500U);
	EXPECT_EQ(rate("1500kbit"), 1500U);
	EXPECT_EQ(rate("20mbit"), 20000U);
	EXPECT_EQ(rate("400gbit"), 400000000U);
	EXPECT_EQ(info(Setting::link_rate_max).text(20000), "20mbit");
	EXPECT_EQ(info(Setting::link_rate_max).text(1500), "1500kbit");
	EXPECT_EQ(info(Setting::link_rate_max).text(400000000), "400gbit");
	EXPECT_EQ(info(Setting::link_rate_max).text(0), "0");
	// The last one would be small after a wrap.
	for (const char *text :
	     {"", "mbit", "-1", "20m", "2.5mbit", "20 mbit", "401gbit", "400000001", "4294968gbit"})
		EXPECT_EQ(fault([&] { rate(text); }),
			  "rate-max \"" + std::string(text) +
				  "\" is not a rate from 0 to 400000000 kbit/s, such as 20mbit");
}

TEST(Arguments, Set)
{
	EXPECT_EQ(parse_set_arguments({"policy", "broadcast"}).requests.at(0).settings,
		  (SettingValues{{Setting::policy, MPLINK_POLICY_BROADCAST}}));
	EXPECT_EQ(parse_set_arguments({"mpl1", "policy", "broadcast"}).device, "mpl1");
	EXPECT_EQ(parse_set_arguments({"dev", "mpl1", "policy", "broadcast"}).device, "mpl1");
	EXPECT_EQ(fault([] {
			  parse_set_arguments({"policy", "rr"});
		  }),
		  "policy \"rr\" is none of balance-rr, balance-xor, active-backup, broadcast, "
		  "adaptive");
	EXPECT_NE(fault([] { parse_set_arguments({}); }), "");
	EXPECT_EQ(fault([] { parse_set_arguments({"mpl1"}); }).find("what is to be set is missing"),
		  0U);
	EXPECT_EQ(fault([] { parse_set_arguments({"policy"}); }),
		  "the value is missing after \"policy\"");
	EXPECT_NE(fault([] { parse_set_arguments({"policy"}); }), "");
}

TEST(Arguments, SetTunnel)
{
	EXPECT_EQ(parse_set_arguments({"mpl1", "encap", "gre-udp", "flow-buckets", "1",
				       "outoforder-min-us", "1", "outoforder-max-us", "10000000",
				       "max-perflow-buffer", "65535", "max-peer-buffer", "1048576"})
			  .requests.at(0)
			  .settings,
		  (SettingValues{{Setting::encap, MPLINK_ENCAP_GRE_UDP},
				 {Setting::flow_buckets, 1},
				 {Setting::outoforder_min_us, 1},
				 {Setting::outoforder_max_us, 10000000},
				 {Setting::max_perflow_buffer, 65535},
				 {Setting::max_peer_buffer, 1048576}}));
	EXPECT_EQ(parse_set_arguments({"encap", "none"}).requests.at(0).settings,
		  (SettingValues{{Setting::encap, MPLINK_ENCAP_NONE}}));
}

TEST(Arguments, BadTunnel)
{
	const auto set_fault = [](const Arguments &arguments) {
		return fault([&] { parse_set_arguments(arguments); });
	};

	EXPECT_EQ(set_fault({"encap", "gre"}), "encap \"gre\" is none of none, gre-udp");
	for (const char *buckets : {"0", "3", "96", "512", "-1", ""})
		EXPECT_EQ(set_fault({"flow-buckets", buckets}),
			  "flow-buckets \"" + std::string(buckets) +
				  "\" is not a power of two from 1 to 256");
	EXPECT_EQ(set_fault({"outoforder-min-us", "0"}),
		  "outoforder-min-us \"0\" is not a number from 1 to 10000000");
	EXPECT_EQ(set_fault({"outoforder-max-us", "10000001"}),
		  "outoforder-max-us \"10000001\" is not a number from 1 to 10000000");
	EXPECT_EQ(set_fault({"max-perflow-buffer", "65536"}),
		  "max-perflow-buffer \"65536\" is not a number from 1 to 65535");
	EXPECT_EQ(set_fault({"max-peer-buffer", "1048577"}),
		  "max-peer-buffer \"1048577\" is not a number from 1 to 1048576");
}

// A key may come before, between or after the links, because links have no key.
TEST(Arguments, PeerKey)
{
	for (const Arguments &arguments :
	     {Arguments{"10.99.0.2", "liveness", "off", "key", "7", "link", "eth1", "10.0.1.2"},
	      Arguments{"10.99.0.2", "link", "eth1", "10.0.1.2", "key", "7"}}) {
		const ChangeRequest request =
			parse_peer_arguments(Kind::peer_add, arguments).requests.at(0);

		EXPECT_EQ(request.settings.at(Setting::peer_key), 7U);
		ASSERT_EQ(request.links.size(), 1U);
		EXPECT_EQ(request.links[0], (LinkRequest{.nic = "eth1", .remote = at("10.0.1.2")}));
	}

	const ChangeRequest set = parse_peer_arguments(Kind::peer_set, {"10.99.0.2", "link", "key",
									"key", "16777215"})
					  .requests.at(0);

	EXPECT_EQ(set.settings.at(Setting::peer_key), 16777215U);
	EXPECT_EQ(set.links.at(0), (LinkRequest{.nic = "key"}));
	EXPECT_EQ(parse_peer_arguments(Kind::peer_set, {"10.99.0.2", "key", "0"})
			  .requests.at(0)
			  .settings.at(Setting::peer_key),
		  0U);
	for (const char *key : {"16777216", "-1", "", "1x"})
		EXPECT_EQ(add_fault({"10.99.0.2", "key", key}),
			  "key \"" + std::string(key) + "\" is not a number from 0 to 16777215");
	EXPECT_EQ(parse_peer_arguments(Kind::peer_set, {"10.99.0.2", "equalize", "inherit"})
			  .requests.at(0)
			  .settings.at(Setting::peer_equalize),
		  MPLINK_EQUALIZE_INHERIT);
	EXPECT_EQ(add_fault({"10.99.0.2", "duplicate", "some"}),
		  "duplicate \"some\" is none of off, sparse, all, inherit");
	EXPECT_EQ(add_fault({"10.99.0.2", "equalize", "yes"}),
		  "equalize \"yes\" is none of off, auto, on, inherit");
	EXPECT_EQ(add_fault({"10.99.0.2", "key", "1", "key", "1"}), "key is given twice");
	EXPECT_EQ(add_fault({"10.99.0.2", "key"}), "a number is missing after \"key\"");
}

TEST(Arguments, SetLiveness)
{
	const ChangeRequests order = parse_set_arguments({"mpl1",
							  "liveness",
							  "bfd",
							  "wtr-ms",
							  "0",
							  "holdoff-ms",
							  "3600000",
							  "bfd-tx-us",
							  "3300",
							  "bfd-rx-us",
							  "60000000",
							  "bfd-multiplier",
							  "255",
							  "bfd-multihop",
							  "on",
							  "bfd-auth",
							  "meticulous-sha1",
							  "bfd-key-id",
							  "7",
							  "bfd-key",
							  "0x00ffA1"});
	const ChangeRequest &request = order.requests.at(0);

	EXPECT_EQ(order.device, "mpl1");
	EXPECT_EQ(request.settings,
		  (SettingValues{{Setting::liveness, MPLINK_LIVENESS_BFD},
				 {Setting::wtr_ms, 0},
				 {Setting::holdoff_ms, 3600000},
				 {Setting::bfd_tx_us, 3300},
				 {Setting::bfd_rx_us, 60000000},
				 {Setting::bfd_multiplier, 255},
				 {Setting::bfd_multihop, 1},
				 {Setting::bfd_auth, MPLINK_BFD_AUTH_METICULOUS_SHA1},
				 {Setting::bfd_key_id, 7}}));
	EXPECT_EQ(request.bfd_key, (BfdKey{0, 0xff, 0xa1}));
	EXPECT_EQ(parse_set_arguments({"bfd-interval-us", "10000"}).requests.at(0).settings,
		  (SettingValues{{Setting::bfd_tx_us, 10000}, {Setting::bfd_rx_us, 10000}}));
	EXPECT_EQ(parse_set_arguments({"bfd-key", "0"}).requests.at(0).bfd_key, (BfdKey{'0'}));
}

TEST(Arguments, BadLiveness)
{
	const auto set_fault = [](const Arguments &arguments) {
		return fault([&] { parse_set_arguments(arguments); });
	};

	EXPECT_EQ(set_fault({"liveness", "inherit"}), "liveness \"inherit\" is none of off, bfd");
	for (const char *ms : {"-1", "3600001", "1s", "", "4294967296"})
		EXPECT_EQ(set_fault({"wtr-ms", ms}),
			  "wtr-ms \"" + std::string(ms) + "\" is not a number from 0 to 3600000");
	EXPECT_EQ(set_fault({"bfd-interval-us", "3299"}),
		  "bfd-interval-us \"3299\" is not a number from 3300 to 60000000");
	EXPECT_EQ(set_fault({"bfd-multiplier", "0"}),
		  "bfd-multiplier \"0\" is not a number from 1 to 255");
	EXPECT_EQ(set_fault({"bfd-multiplier", "256"}),
		  "bfd-multiplier \"256\" is not a number from 1 to 255");
	EXPECT_EQ(set_fault({"bfd-multihop", "1"}), "bfd-multihop \"1\" is neither off nor on");
	EXPECT_EQ(set_fault({"bfd-auth", "md5"}),
		  "bfd-auth \"md5\" is none of none, sha1, meticulous-sha1");
	EXPECT_EQ(set_fault({"wtr-ms", "1", "wtr-ms", "1"}), "wtr-ms is given twice");
	EXPECT_EQ(set_fault({"bfd-interval-us", "5000", "bfd-rx-us", "5000"}),
		  "bfd-rx-us is given twice");
	EXPECT_EQ(set_fault({"wtr", "1"})
			  .find("\"wtr\" cannot be set; there are: policy, encap, liveness"),
		  0U);
}

// No error message repeats the key.
TEST(Arguments, BadKeys)
{
	const auto key_fault = [](const std::string &key) {
		return fault([&] { parse_set_arguments({"bfd-key", key}); });
	};

	EXPECT_EQ(key_fault(""), "bfd-key is empty");
	EXPECT_EQ(key_fault("0x"), "bfd-key is empty");
	EXPECT_EQ(key_fault("secret-secret-secret-"), "bfd-key is too long: 20 bytes at most");
	EXPECT_EQ(key_fault("0x0000"), "bfd-key has only zeros, which anyone can guess");
	for (const char *key : {"0x1", "0x1g", "0x+1", "0x123", "0x12 4"})
		EXPECT_EQ(key_fault(key), "bfd-key has 0x in front, but not only pairs of "
					  "hexadecimal digits behind it");
}

TEST(Arguments, PeerLiveness)
{
	const ChangeRequests order = parse_peer_arguments(
		Kind::peer_add,
		{"10.99.0.2", "liveness", "bfd", "link", "eth1", "10.0.1.2", "liveness", "off",
		 "link", "eth2", "10.0.2.2", "weight", "2", "liveness", "inherit"});

	EXPECT_EQ(order.requests.at(0).settings.at(Setting::peer_liveness), MPLINK_LIVENESS_BFD);
	EXPECT_EQ(order.requests.at(0).links.at(0).settings.at(Setting::link_liveness),
		  MPLINK_LIVENESS_OFF);
	EXPECT_EQ(order.requests.at(0).links.at(1).settings.at(Setting::link_liveness),
		  MPLINK_LIVENESS_INHERIT);
	EXPECT_EQ(parse_peer_arguments(Kind::peer_set, {"10.99.0.2", "liveness", "inherit"})
			  .requests.at(0)
			  .settings.at(Setting::peer_liveness),
		  MPLINK_LIVENESS_INHERIT);
	EXPECT_TRUE(parse_peer_arguments(Kind::peer_set,
					 {"10.99.0.2", "link", "eth1", "liveness", "off"})
			    .requests.at(0)
			    .settings.empty());
	EXPECT_EQ(add_fault({"10.99.0.2", "liveness", "on"}),
		  "liveness \"on\" is none of inherit, off, bfd");
	EXPECT_EQ(add_fault({"10.99.0.2", "liveness"}),
		  "inherit, off, bfd is missing after \"liveness\"");
}

} // namespace
} // namespace mplink::cli
