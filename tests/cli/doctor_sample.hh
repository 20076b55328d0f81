// SPDX-License-Identifier: GPL-2.0
// A set-up with gre-udp over two NICs, in which nothing is wrong.
#pragma once
#include <gtest/gtest.h>

#include "doctor/facts.hh"
#include "doctor/finding.hh"
#include "sample.hh"
#include "uapi/mplink_netlink.h"

namespace mplink::cli
{

inline LinkStatus well_link(const char *nic, const char *remote, const char *source)
{
	LinkStatus link{.nic = nic,
			.remote = at(remote),
			.source = at(source),
			.reason = MPLINK_REASON_NONE,
			.counters = {.tx_packets = 100, .rx_packets = 100}};

	link.estimate = Estimate{.capacity = 1000000, .rtt_min_us = 10000, .reports = 10};
	link.stages = {1000, {}, {}, 1500};
	return link;
}

inline DeviceStatus well_device()
{
	DeviceStatus device{.name = "mpl0", .ifindex = 7, .carrier = true};
	PeerStatus peer{.address = at("10.99.0.2")};

	device.settings[Setting::encap] = MPLINK_ENCAP_GRE_UDP;
	device.nics = {
		{.name = "eth1", .ifindex = 2, .reason = MPLINK_REASON_NONE, .carrier = true},
		{.name = "eth2", .ifindex = 3, .reason = MPLINK_REASON_NONE, .carrier = true}};
	peer.settings[Setting::peer_key] = 7;
	peer.resequencer = ResequencerCounters();
	peer.links = {well_link("eth1", "10.0.1.2", "10.0.1.1"),
		      well_link("eth2", "10.0.2.2", "10.0.2.1")};
	device.peers = {peer};
	return device;
}

inline Facts well()
{
	Facts facts{.command_version = "1.2.3",
		    .loaded = true,
		    .installed = true,
		    .module_version = "1.2.3",
		    .family_version = MPLINK_FAMILY_VERSION,
		    .now_ms = 100000,
		    .devices = {well_device()},
		    .before = {well_device()},
		    .apart = std::chrono::seconds(2)};

	facts.netdevs = {{.ifindex = 2, .name = "eth1", .mtu = 1500, .up = true, .carrier = true},
			 {.ifindex = 3, .name = "eth2", .mtu = 1500, .up = true, .carrier = true},
			 {.ifindex = 7,
			  .name = "mpl0",
			  .kind = "mplink",
			  .mtu = 1460,
			  .up = true,
			  .carrier = true}};
	facts.addresses = {
		{2, at("10.0.1.1"), 24}, {3, at("10.0.2.1"), 24}, {7, at("10.99.0.1"), 24}};
	facts.routes[{at("10.99.0.2"), {}, 0}] = {.nics = {7}};
	for (const unsigned nic : {2U, 3U}) {
		const LinkStatus &link = facts.devices[0].peers[0].links[nic - 2];

		facts.routes[{*link.remote, link.source, 0}] = {.nics = {nic}};
		facts.routes[{*link.remote, link.source, nic}] = {.nics = {nic}};
	}
	facts.parameters = {{"net.ipv4.conf.all.rp_filter", "0"},
			    {"net.ipv4.conf.eth1.rp_filter", "2"},
			    {"net.ipv4.conf.eth2.rp_filter", "2"},
			    {"net.ipv4.conf.all.arp_ignore", "0"},
			    {"net.ipv4.tcp_wmem", "4096\t16384\t4194304"},
			    {"net.core.netdev_max_backlog", "1000"}};
	facts.firewall = Firewall::parse(R"({"nftables": []})");
	return facts;
}

using Lines = std::vector<std::string>;

// The only finding.
inline Finding only(const Findings &found)
{
	EXPECT_EQ(found.size(), 1U);
	return found.empty() ? Finding() : found[0];
}

inline LinkStatus &link_of(Facts &facts, std::size_t i)
{
	return facts.devices[0].peers[0].links[i];
}

} // namespace mplink::cli
