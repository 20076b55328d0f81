// SPDX-License-Identifier: GPL-2.0
// Addresses and routes as rtnetlink has them, read from bytes.
#include <gtest/gtest.h>

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <cstring>

#include "netlink/netdev.hh"
#include "netlink/requests.hh"
#include "netlink/route.hh"
#include "sample.hh"

namespace mplink::cli
{
namespace
{

Received read(const Message &message)
{
	Received found{};

	for_each_message(message.bytes(), [&](const Received &one) { found = one; });
	return found;
}

template <class Header>
Message message(std::uint16_t type, const Header &header)
{
	Message message(type, 0, "");

	message.header(std::as_bytes(std::span(&header, 1)));
	return message;
}

TEST(Route, Query)
{
	const Message request = get_route({.to = at("10.0.2.2"), .from = at("10.0.2.1"), .nic = 3});
	const Received sent = read(request);
	rtmsg header;
	std::vector<unsigned> types;

	std::memcpy(&header, sent.payload.data(), sizeof(header));
	EXPECT_EQ(sent.header.nlmsg_type, RTM_GETROUTE);
	EXPECT_EQ(header.rtm_family, AF_INET);
	EXPECT_EQ(header.rtm_dst_len, 32);
	EXPECT_EQ(header.rtm_src_len, 32);
	EXPECT_EQ(header.rtm_flags, 0U);
	for_each_attribute(sent.attributes(sizeof(header)),
			   [&](const Attribute &a) { types.push_back(a.type); });
	EXPECT_EQ(types, (std::vector<unsigned>{RTA_DST, RTA_SRC, RTA_OIF}));
}

TEST(Route, QueryOfAllNextHops)
{
	const Message request = get_route({.to = at("fd00::2"), .from = {}, .nic = 0});
	rtmsg header;

	std::memcpy(&header, read(request).payload.data(), sizeof(header));
	EXPECT_EQ(header.rtm_family, AF_INET6);
	EXPECT_EQ(header.rtm_dst_len, 128);
	EXPECT_EQ(header.rtm_src_len, 0);
	EXPECT_EQ(header.rtm_flags, unsigned{RTM_F_FIB_MATCH});
}

TEST(Route, Answer)
{
	Message answer = message(RTM_NEWROUTE, rtmsg{.rtm_family = AF_INET});

	answer.u32(RTA_OIF, 3, "");
	answer.address(RTA_GATEWAY, at("10.0.2.254"), "");

	const std::size_t metrics = answer.nest(RTA_METRICS, "");

	answer.u32(RTAX_MTU, 1400, "");
	answer.nest_end(metrics);

	const Route route = parse_route(read(answer));

	EXPECT_TRUE(route.over(3));
	EXPECT_FALSE(route.over(2));
	EXPECT_EQ(route.gateway, at("10.0.2.254"));
	EXPECT_EQ(route.mtu, 1400U);
}

TEST(Route, SeveralNextHops)
{
	std::vector<std::uint8_t> hops;

	for (const int nic : {2, 3}) {
		rtnexthop hop{.rtnh_len = sizeof(hop), .rtnh_ifindex = nic};
		const auto *bytes = reinterpret_cast<const std::uint8_t *>(&hop);

		hops.insert(hops.end(), bytes, bytes + sizeof(hop));
	}

	Message answer = message(RTM_NEWROUTE, rtmsg{.rtm_family = AF_INET});

	answer.binary(RTA_MULTIPATH, hops, "");
	EXPECT_EQ(parse_route(read(answer)).nics, (std::vector<std::uint32_t>{2, 3}));

	// One that says it has no length would be read for ever.
	hops[0] = hops[1] = 0;
	answer = message(RTM_NEWROUTE, rtmsg{.rtm_family = AF_INET});
	answer.binary(RTA_MULTIPATH, hops, "");
	EXPECT_THROW(parse_route(read(answer)), Malformed);
}

TEST(NetAddress, LocalAndFar)
{
	Message one =
		message(RTM_NEWADDR,
			ifaddrmsg{.ifa_family = AF_INET6, .ifa_prefixlen = 64, .ifa_index = 5});

	EXPECT_FALSE(parse_net_address(read(one)));
	one.address(IFA_ADDRESS, at("fd00::2"), "");
	EXPECT_EQ(parse_net_address(read(one))->address, at("fd00::2"));
	EXPECT_EQ(parse_net_address(read(one))->prefix, 64U);
	EXPECT_EQ(parse_net_address(read(one))->nic, 5U);
	one.address(IFA_LOCAL, at("fd00::1"), "");
	EXPECT_EQ(parse_net_address(read(one))->address, at("fd00::1"));
}

TEST(Netdev, MasterAndLower)
{
	Message one = message(RTM_NEWLINK, ifinfomsg{.ifi_family = AF_UNSPEC, .ifi_index = 3});

	one.u32(IFLA_MASTER, 9, "");
	one.u32(IFLA_LINK, 2, "");
	EXPECT_EQ(parse_netdev(read(one))->master, 9U);
	EXPECT_EQ(parse_netdev(read(one))->lower, 2U);
}

TEST(Address, SameNetwork)
{
	EXPECT_TRUE(at("10.0.1.1").same_network(at("10.0.1.254"), 24));
	EXPECT_FALSE(at("10.0.1.1").same_network(at("10.0.1.254"), 25));
	EXPECT_TRUE(at("10.0.1.1").same_network(at("192.168.0.1"), 0));
	EXPECT_FALSE(at("10.0.1.1").same_network(at("10.0.1.1"), 33));
	EXPECT_FALSE(at("::1").same_network(at("10.0.1.1"), 0));
	EXPECT_TRUE(at("fd00::1").same_network(at("fd00::2"), 126));
	EXPECT_FALSE(at("fd00::1").same_network(at("fd00::2"), 127));
}

} // namespace
} // namespace mplink::cli
