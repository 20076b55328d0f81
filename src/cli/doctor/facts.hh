// SPDX-License-Identifier: GPL-2.0
// All that the checks know: what the kernel said, and nothing else.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "doctor/finding.hh"
#include "doctor/firewall.hh"
#include "model/status.hh"
#include "netlink/netdev.hh"
#include "netlink/route.hh"

namespace mplink::cli
{

struct Facts {
	std::string command_version;
	bool loaded = false;
	bool installed = false; // for the running kernel
	std::string module_version;
	std::uint32_t family_version = 0;
	std::uint64_t now_ms = 0; // of the host's monotonic clock

	std::vector<DeviceStatus> devices;
	std::vector<DeviceStatus> before; // the same, as they were so long before:
	std::chrono::milliseconds apart{0};

	std::vector<Netdev> netdevs;
	std::vector<NetAddress> addresses;
	std::map<RouteQuery, Route> routes;
	std::map<std::uint32_t, Address> gateways;     // one of each NIC's, by ifindex
	std::map<std::string, std::string> parameters; // as in sysctl(8)
	std::optional<Firewall> firewall;
	std::vector<std::string> log; // lines of the module in the kernel's
	std::vector<Unread> unread;

	// nullptr: there is none, or it was not asked for.
	const Netdev *netdev(const std::string &name) const;
	const Netdev *netdev(std::uint32_t ifindex) const;
	const Route *route(const RouteQuery &query) const;
	// Its last number; 0 if it was not read.
	std::uint64_t parameter(const std::string &name) const;
	// The first address of that NIC in a family.
	std::optional<NetAddress> address_on(std::uint32_t nic, const Address &family_of) const;
};

// The name of a NIC's parameter of IPv4.  sysctl(8) writes a dot in the NIC's name as a slash.
std::string nic_parameter(std::string nic, const std::string &what);

} // namespace mplink::cli
