// SPDX-License-Identifier: GPL-2.0
// Where routes lead, how long packets may be, and what IPv4's own checks refuse.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "args/command_line.hh"
#include "doctor/checks.hh"
#include "doctor/words.hh"

namespace mplink::cli
{

Findings check_peer_routes(const Facts &facts)
{
	Findings found;

	for (const DeviceStatus &device : facts.devices) {
		const Netdev *netdev = facts.netdev(device.ifindex);

		// Without the device being up there are no routes over it.
		if (!netdev || !netdev->up)
			continue;
		for (const PeerStatus &peer : device.peers) {
			const Route *route = facts.route(
				{.to = peer.address, .from = {}, .nic = netdev->master});
			const std::string dev = shell_argument(device.name);
			const bool inet = peer.address.wire().size() == 4;

			if (!route || route->over(device.ifindex))
				continue;

			const Netdev *other = route->error || route->nics.empty()
						      ? nullptr
						      : facts.netdev(route->nics[0]);
			Finding finding{
				.subject = fmt::format("{}: peer {}", device.name,
						       peer.address.text()),
				.what = other ? fmt::format(
							"packets for it leave by {}, and not by {}",
							other->name, device.name)
					      : "there is no route to it",
				.why = fmt::format(
					"Nothing for it takes its links. Usually an address "
					"on {} with the peer's network makes the route.",
					device.name),
				.remedy = {fmt::format("ip {}route add {}/{} dev {}",
						       inet ? "" : "-6 ", peer.address.text(),
						       inet ? 32 : 128, dev)}};

			if (netdev->master)
				finding.remedy[0] += fmt::format(
					" vrf {}",
					shell_argument(facts.netdev(netdev->master)
							       ? facts.netdev(netdev->master)->name
							       : "VRF"));
			found.push_back(std::move(finding));
		}
	}
	return found;
}

namespace
{

// IP, UDP, and GRE with key and sequence number.
constexpr std::uint32_t outer_bytes = 8 + 12;

std::uint32_t overhead(const DeviceStatus &device, const Address &remote)
{
	if (!is_tunnel(device))
		return 0;
	return outer_bytes + (remote.wire().size() == 4 ? 20 : 40);
}

} // namespace

Findings check_mtu(const Facts &facts)
{
	// The shortest MTU that IPv6 allows.
	constexpr std::uint32_t least = 1280;
	Findings found;

	for_each_link(facts, [&](const DeviceStatus &device, const PeerStatus &peer,
				 const LinkStatus &link) {
		const Netdev *netdev = facts.netdev(device.ifindex);
		const Netdev *nic = facts.netdev(link.nic);

		if (!netdev || !nic || !link.remote || !valid(link.reason))
			return;

		const Route *route =
			facts.route({.to = *link.remote, .from = link.source, .nic = nic->ifindex});
		const std::uint32_t path =
			route && route->mtu ? std::min(route->mtu, nic->mtu) : nic->mtu;
		const std::uint32_t headers = overhead(device, *link.remote);

		if (netdev->mtu + headers <= path)
			return;
		found.push_back(
			{.severity = Severity::warning,
			 .subject = subject(device, peer, link),
			 .what = fmt::format(
				 "it carries packets of {} bytes, and {}'s MTU of {} makes "
				 "them {}",
				 path, device.name, netdev->mtu, netdev->mtu + headers),
			 .why = fmt::format(
				 "Longer packets are cut, or refused until senders have learnt. "
				 "Where a "
				 "firewall drops the messages about that, connections hang.{}",
				 path < least + headers ? " IPv6 needs an MTU of 1280: better "
							  "raise that of the path."
							: ""),
			 .remedy = {fmt::format("ip link set {} mtu {}",
						shell_argument(device.name), path - headers)}});
	});
	return found;
}

Findings check_reverse_path(const Facts &facts)
{
	constexpr std::uint64_t strict = 1;
	Findings found;

	for_each_link(facts, [&](const DeviceStatus &device, const PeerStatus &peer,
				 const LinkStatus &link) {
		const Netdev *nic = facts.netdev(link.nic);

		if (!nic || !link.remote || link.remote->wire().size() != 4 || !link.source ||
		    nic->master)
			return;
		// Without a tunnel packets are taken out before the filter; BFD is not.
		if (!is_tunnel(device) && !link.session)
			return;
		// The kernel takes the greater of the two.
		if (std::max(facts.parameter(nic_parameter("all", "rp_filter")),
			     facts.parameter(nic_parameter(link.nic, "rp_filter"))) != strict)
			return;

		const Route *route =
			facts.route({.to = *link.remote, .from = link.source, .nic = 0});

		if (!route || (!route->error && route->over(nic->ifindex)))
			return;

		const std::string other =
			!route->error && !route->nics.empty() && facts.netdev(route->nics[0])
				? facts.netdev(route->nics[0])->name
				: "nowhere";

		found.push_back(
			{.subject = subject(device, peer, link),
			 .what = fmt::format(
				 "{} drops what {} sends, for routing would answer by {} "
				 "(rp_filter is strict)",
				 link.nic, link.remote->text(), other),
			 .why = fmt::format(
				 "Packets, BFD and ARP from a remote must come by the NIC by "
				 "which routing reaches it. The remedy lets in whatever is "
				 "reached by any NIC; a route to {} over {} also does.",
				 link.remote->text(), link.nic),
			 .remedy = {fmt::format("sysctl -w {}=2",
						nic_parameter(link.nic, "rp_filter"))}});
	});
	return found;
}

Findings check_one_subnet(const Facts &facts)
{
	Findings found;

	for (const DeviceStatus &device : facts.devices) {
		std::vector<std::pair<const Netdev *, NetAddress>> seen;

		if (facts.parameter(nic_parameter("all", "arp_ignore")))
			continue;
		for (const NicStatus &status : device.nics) {
			const Netdev *nic = facts.netdev(status.name);

			if (!nic || facts.parameter(nic_parameter(status.name, "arp_ignore")))
				continue;
			for (const NetAddress &one : facts.addresses) {
				if (one.nic != nic->ifindex || one.address.wire().size() != 4)
					continue;
				for (const auto &[other, address] : seen)
					if (other != nic && one.prefix < 32 &&
					    address.address.same_network(
						    one.address,
						    std::min(address.prefix, one.prefix)))
						found.push_back(
							{.severity = Severity::warning,
							 .subject = fmt::format(
								 "{}: NICs {} and {}", device.name,
								 other->name, nic->name),
							 .what = fmt::format(
								 "both are in the network of {}/{}",
								 one.address.text(), one.prefix),
							 .why = "The kernel answers ARP for either "
								"address on both, so one cable may "
								"get the packets of both, and BFD "
								"refuses what comes by the other.",
							 .remedy = {
								 "sysctl -w "
								 "net.ipv4.conf.all.arp_ignore=1 "
								 "net.ipv4.conf.all.arp_announce="
								 "2"}});
				seen.emplace_back(nic, one);
			}
		}
	}
	return found;
}

} // namespace mplink::cli
