// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include "failure.hh"
#include "sample.hh"
#include "words.hh"

namespace mplink::cli
{
namespace
{

using Kind = Step::Kind;

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

std::string add_fault(const Words &words)
{
	return fault([&] { parse_peer_words(Kind::peer_add, words); });
}

TEST(Words, Device)
{
	EXPECT_EQ(parse_device_words({}), std::nullopt);
	EXPECT_EQ(parse_device_words({"mpl1"}), "mpl1");
	EXPECT_EQ(parse_device_words({"dev", "dev"}), "dev");
	EXPECT_EQ(fault([] { parse_device_words({"dev"}); }),
		  "the device's name is missing after \"dev\"");
	EXPECT_EQ(fault([] {
			  parse_device_words({"a", "b"});
		  }),
		  "\"b\" was not expected after the device's name");
}

TEST(Words, Nics)
{
	const Order order = parse_nic_words(Kind::nic_del, {"dev", "mpl1", "eth1", "dev"});

	EXPECT_EQ(order.device, "mpl1");
	ASSERT_EQ(order.steps.size(), 2U);
	EXPECT_EQ(order.steps[0].kind, Kind::nic_del);
	EXPECT_EQ(order.steps[1].nic, "dev");
	EXPECT_NE(fault([] { parse_nic_words(Kind::nic_add, {}); }), "");
	EXPECT_NE(fault([] { parse_nic_words(Kind::nic_add, {"dev", "mpl1"}); }), "");
	EXPECT_EQ(fault([] {
			  parse_nic_words(Kind::nic_add, {"dev", "m", "m"});
		  }),
		  "m is the virtual NIC itself");
	EXPECT_EQ(fault([] { parse_nic_words(Kind::nic_add, {"a/b"}); }),
		  "name \"a/b\" is not a valid NIC name");
}

TEST(Words, Peers)
{
	const Order order = parse_peer_words(Kind::peer_add, {"dev", "mpl1", "10.99.0.2", "link",
							      "link", "10.0.1.2", "link", "eth2",
							      "remote", "fd00::2", "weight", "7"});

	EXPECT_EQ(order.device, "mpl1");
	ASSERT_EQ(order.steps.size(), 1U);
	EXPECT_EQ(order.steps[0].peer, at("10.99.0.2"));
	ASSERT_EQ(order.steps[0].links.size(), 2U);
	EXPECT_EQ(order.steps[0].links[0], (LinkChange{.nic = "link", .remote = at("10.0.1.2")}));
	EXPECT_EQ(order.steps[0].links[1],
		  (LinkChange{.nic = "eth2", .remote = at("fd00::2"), .weight = 7}));
}

TEST(Words, PeerSet)
{
	const Order order = parse_peer_words(
		Kind::peer_set, {"10.99.0.2", "link", "eth1", "weight", "2", "unlink", "eth2"});

	EXPECT_EQ(order.device, std::nullopt);
	EXPECT_EQ(order.steps.at(0).links.at(0), (LinkChange{.nic = "eth1", .weight = 2}));
	EXPECT_EQ(order.steps.at(0).links.at(1), (LinkChange{.nic = "eth2", .remove = true}));
	EXPECT_NE(fault([] { parse_peer_words(Kind::peer_set, {"10.99.0.2"}); }), "");
}

TEST(Words, BadPeers)
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
	EXPECT_EQ(add_fault({"10.9.0.2", "link", "a", "10.0.1.2", "link", "a", "10.0.1.3"}),
		  "link a is given twice");
	for (const char *weight : {"0", "65536", "-1", "1x", ""})
		EXPECT_EQ(add_fault({"10.9.0.2", "link", "a", "10.0.1.2", "weight", weight}),
			  "weight \"" + std::string(weight) + "\" is not a number from 1 to 65535");
}

TEST(Words, Set)
{
	EXPECT_EQ(parse_set_words({"policy", "broadcast"}).steps.at(0).policy,
		  MPLINK_POLICY_BROADCAST);
	EXPECT_EQ(parse_set_words({"mpl1", "policy", "broadcast"}).device, "mpl1");
	EXPECT_EQ(parse_set_words({"dev", "mpl1", "policy", "broadcast"}).device, "mpl1");
	EXPECT_EQ(fault([] {
			  parse_set_words({"policy", "rr"});
		  }),
		  "policy \"rr\" is none of balance-rr, balance-xor, active-backup, broadcast");
	EXPECT_NE(fault([] { parse_set_words({}); }), "");
	EXPECT_NE(fault([] { parse_set_words({"encap", "none"}); }), "");
	EXPECT_NE(fault([] { parse_set_words({"policy"}); }), "");
}

} // namespace
} // namespace mplink::cli
