// SPDX-License-Identifier: GPL-2.0
#include "doctor/facts.hh"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace mplink::cli
{

const Netdev *Facts::netdev(const std::string &name) const
{
	for (const Netdev &netdev : netdevs)
		if (netdev.name == name)
			return &netdev;
	return nullptr;
}

const Netdev *Facts::netdev(std::uint32_t ifindex) const
{
	for (const Netdev &netdev : netdevs)
		if (netdev.ifindex == ifindex)
			return &netdev;
	return nullptr;
}

const Route *Facts::route(const RouteQuery &query) const
{
	const auto found = routes.find(query);

	return found == routes.end() ? nullptr : &found->second;
}

std::uint64_t Facts::parameter(const std::string &name) const
{
	const auto found = parameters.find(name);

	if (found == parameters.end())
		return 0;

	const std::size_t blank = found->second.find_last_of(" \t");

	return std::strtoull(found->second.c_str() + (blank == std::string::npos ? 0 : blank + 1),
			     nullptr, 10);
}

std::optional<NetAddress> Facts::address_on(std::uint32_t nic, const Address &family_of) const
{
	for (const NetAddress &one : addresses)
		if (one.nic == nic && one.address.same_network(family_of, 0))
			return one;
	return {};
}

std::string nic_parameter(std::string nic, const std::string &what)
{
	std::replace(nic.begin(), nic.end(), '.', '/');
	return fmt::format("net.ipv4.conf.{}.{}", nic, what);
}

} // namespace mplink::cli
