// SPDX-License-Identifier: GPL-2.0
#include "netlink/netdev.hh"

// Must come before <linux/if.h>, which then leaves out what both define.
#include <net/if.h>

#include <linux/if.h>
#include <linux/rtnetlink.h>

#include <cstring>

namespace mplink::cli
{

std::optional<Netdev> parse_netdev(const Received &message)
{
	const Bytes attributes = message.attributes(sizeof(ifinfomsg));
	ifinfomsg info;
	Netdev netdev;

	std::memcpy(&info, message.payload.data(), sizeof(info));
	if (info.ifi_family != AF_UNSPEC)
		return {};
	netdev.ifindex = static_cast<std::uint32_t>(info.ifi_index);
	netdev.up = info.ifi_flags & IFF_UP;
	netdev.carrier = info.ifi_flags & IFF_LOWER_UP;
	for_each_attribute(attributes, [&](const Attribute &a) {
		if (a.type == IFLA_IFNAME)
			netdev.name = a.string();
		else if (a.type == IFLA_MTU)
			netdev.mtu = a.u32();
		else if (a.type == IFLA_MASTER)
			netdev.master = a.u32();
		else if (a.type == IFLA_LINK)
			netdev.lower = a.u32();
		else if (a.type == IFLA_LINKINFO)
			for_each_attribute(a.payload, [&](const Attribute &nested) {
				if (nested.type == IFLA_INFO_KIND)
					netdev.kind = nested.string();
			});
	});
	return netdev;
}

Message list_netdevs()
{
	Message message(RTM_GETLINK, 0, "list of network devices");
	const ifinfomsg info{};

	message.header(std::as_bytes(std::span(&info, 1)));
	return message;
}

Message create_device(const std::string &name, std::string origin)
{
	Message message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, "create device " + name);
	const ifinfomsg info{};

	message.header(std::as_bytes(std::span(&info, 1)));
	message.string(IFLA_IFNAME, name, std::move(origin));

	const std::size_t nest = message.nest(IFLA_LINKINFO, "");

	message.string(IFLA_INFO_KIND, "mplink", "kind mplink");
	message.nest_end(nest);
	return message;
}

} // namespace mplink::cli
