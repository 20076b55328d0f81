// SPDX-License-Identifier: GPL-2.0
// Addresses and routes as rtnetlink reports them.
#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/address.hh"
#include "netlink/attributes.hh"
#include "netlink/message.hh"

namespace mplink::cli
{

struct NetAddress {
	std::uint32_t nic = 0; // ifindex
	Address address;
	unsigned prefix = 0;
};

struct RouteQuery {
	Address to;
	std::optional<Address> from;
	std::uint32_t nic = 0; // ifindex; 0: whichever routing takes

	// NOLINTNEXTLINE(modernize-use-nullptr): it sees the operator's own 0
	friend auto operator<=>(const RouteQuery &, const RouteQuery &) = default;
};

struct Route {
	int error = 0;                   // an errno; 0: there is one
	std::vector<std::uint32_t> nics; // ifindexes, of each next hop
	std::optional<Address> gateway;
	std::uint32_t mtu = 0; // of the route, or as a router on the way said; 0: the NIC's

	bool over(std::uint32_t nic) const;
};

Message list_addresses();
// Takes an RTM_NEWADDR message.  Returns nothing for families other than IP.
std::optional<NetAddress> parse_net_address(const Received &message);

Message list_routes();
// Asks for the route with all its next hops; if the query names a NIC, for the way that packets
// take there now.
Message get_route(const RouteQuery &query);
// Takes an RTM_NEWROUTE message.
Route parse_route(const Received &message);

} // namespace mplink::cli
