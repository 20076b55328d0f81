// SPDX-License-Identifier: GPL-2.0
// Network devices as rtnetlink tells of them: what the family "mplink" does not.
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
	std::string kind; // of rtnetlink, as "veth"; empty: a device of none
	std::uint32_t mtu = 0;
	bool up = false;
	bool carrier = false;

	friend bool operator==(const Netdev &, const Netdev &) = default;
};

// Of an RTM_NEWLINK or RTM_DELLINK; nothing if it tells of a bridge's port, which the
// device survives.
std::optional<Netdev> parse_netdev(const Received &message);
Message list_netdevs();
Message create_device(const std::string &name, std::string origin);

} // namespace mplink::cli
