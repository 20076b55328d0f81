// SPDX-License-Identifier: GPL-2.0
// Network devices as rtnetlink reports them.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "netlink/attributes.hh"
#include "netlink/message.hh"

namespace mplink::cli
{

struct Netdev {
	std::uint32_t ifindex = 0;
	std::string name;
	std::string kind; // as in `ip link add type KIND`; empty: none
	std::uint32_t mtu = 0;
	std::uint32_t master = 0; // ifindex of the bond, bridge or VRF that it belongs to; 0: none
	std::uint32_t lower = 0;  // ifindex of the device it is on, as a VLAN's; 0: none
	bool up = false;
	bool carrier = false;

	friend bool operator==(const Netdev &, const Netdev &) = default;
};

// Takes an RTM_NEWLINK or RTM_DELLINK message.  Returns nothing if the message is about a
// bridge port, because the device itself stays.
std::optional<Netdev> parse_netdev(const Received &message);
Message list_netdevs();
Message create_device(const std::string &name, std::string origin);

} // namespace mplink::cli
