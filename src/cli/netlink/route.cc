// SPDX-License-Identifier: GPL-2.0
#include "netlink/route.hh"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace mplink::cli
{

namespace
{

template <class Header>
Message request(std::uint16_t type, const Header &header, const std::string &what)
{
	Message message(type, 0, what);

	message.header(std::as_bytes(std::span(&header, 1)));
	return message;
}

std::uint8_t family(const Address &address)
{
	return address.wire().size() == 4 ? AF_INET : AF_INET6;
}

std::uint8_t bits(const Address &address)
{
	return static_cast<std::uint8_t>(8 * address.wire().size());
}

std::vector<std::uint32_t> next_hops(Bytes bytes)
{
	std::vector<std::uint32_t> nics;
	rtnexthop hop;

	while (bytes.size() >= sizeof(hop)) {
		std::memcpy(&hop, bytes.data(), sizeof(hop));
		if (hop.rtnh_len < sizeof(hop))
			throw Malformed("a next hop that is cut short");
		nics.push_back(static_cast<std::uint32_t>(hop.rtnh_ifindex));
		bytes = bytes.subspan(
			std::min<std::size_t>(RTNH_ALIGN(hop.rtnh_len), bytes.size()));
	}
	return nics;
}

} // namespace

Message list_addresses()
{
	return request(RTM_GETADDR, ifaddrmsg{}, "list of addresses");
}

std::optional<NetAddress> parse_net_address(const Received &message)
{
	const Bytes attributes = message.attributes(sizeof(ifaddrmsg));
	ifaddrmsg info;
	std::optional<Address> address;
	std::optional<Address> local;

	std::memcpy(&info, message.payload.data(), sizeof(info));
	for_each_attribute(attributes, [&](const Attribute &a) {
		// Where both are given, the first is the far end's, of a point-to-point NIC.
		if (a.type == IFA_ADDRESS)
			address = a.address();
		else if (a.type == IFA_LOCAL)
			local = a.address();
	});
	if (!local)
		local = address;
	if (!local)
		return {};
	return NetAddress{.nic = info.ifa_index, .address = *local, .prefix = info.ifa_prefixlen};
}

Message list_routes()
{
	return request(RTM_GETROUTE, rtmsg{}, "list of routes");
}

Message get_route(const RouteQuery &query)
{
	rtmsg header{};

	header.rtm_family = family(query.to);
	header.rtm_dst_len = bits(query.to);
	header.rtm_flags = query.nic ? 0 : RTM_F_FIB_MATCH;
	header.rtm_src_len = query.from ? bits(*query.from) : std::uint8_t{0};

	Message message = request(RTM_GETROUTE, header, "route to " + query.to.text());

	message.address(RTA_DST, query.to, "");
	if (query.from)
		message.address(RTA_SRC, *query.from, "");
	if (query.nic)
		message.u32(RTA_OIF, query.nic, "");
	return message;
}

bool Route::over(std::uint32_t nic) const
{
	return std::count(nics.begin(), nics.end(), nic) > 0;
}

Route parse_route(const Received &message)
{
	Route route;

	for_each_attribute(message.attributes(sizeof(rtmsg)), [&](const Attribute &a) {
		if (a.type == RTA_OIF)
			route.nics.push_back(a.u32());
		else if (a.type == RTA_MULTIPATH)
			route.nics = next_hops(a.payload);
		else if (a.type == RTA_GATEWAY)
			route.gateway = a.address();
		else if (a.type == RTA_METRICS)
			for_each_attribute(a.payload, [&](const Attribute &metric) {
				if (metric.type == RTAX_MTU)
					route.mtu = metric.u32();
			});
	});
	return route;
}

} // namespace mplink::cli
