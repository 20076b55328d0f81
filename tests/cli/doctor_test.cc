// SPDX-License-Identifier: GPL-2.0
// Each check of the doctor finds its fault where it is, and nothing where it is not.
#include <gtest/gtest.h>

#include "doctor/checks.hh"
#include "doctor_sample.hh"

namespace mplink::cli
{
namespace
{

void expect_has(const std::string &text, const std::string &part)
{
	EXPECT_NE(text.find(part), std::string::npos) << text << "\nlacks: " << part;
}

TEST(Doctor, FindsNothingWhereNothingIsWrong)
{
	for (const Finding &finding : diagnose(well()).findings)
		ADD_FAILURE() << finding.subject << ": " << finding.what;
}

TEST(Doctor, ErrorsComeFirst)
{
	Facts facts = well();

	facts.module_version = "1.2.2";
	facts.netdevs[2].up = false;

	const Findings found = diagnose(facts).findings;

	ASSERT_EQ(found.size(), 2U);
	EXPECT_EQ(found[0].severity, Severity::error);
	EXPECT_EQ(found[1].severity, Severity::warning);
}

TEST(DoctorModule, NotLoaded)
{
	Facts facts;

	facts.installed = true;
	EXPECT_EQ(only(diagnose(facts).findings).remedy, Lines{"modprobe mplink"});
	facts.installed = false;
	expect_has(only(check_module(facts)).what, "neither loaded nor installed");
}

TEST(DoctorModule, OtherVersion)
{
	Facts facts = well();

	EXPECT_TRUE(check_module(facts).empty());
	facts.module_version = "1.2.2";
	EXPECT_EQ(only(check_module(facts)).severity, Severity::warning);
	expect_has(only(check_module(facts)).what, "the module is 1.2.2");
	facts.family_version++;
	EXPECT_EQ(only(check_module(facts)).severity, Severity::error);
}

TEST(DoctorDevice, None)
{
	Facts facts = well();

	facts.devices.clear();
	EXPECT_EQ(only(check_devices(facts)).remedy, Lines{"ip link add mpl0 type mplink"});
}

TEST(DoctorDevice, DownOrEmpty)
{
	Facts facts = well();

	EXPECT_TRUE(check_devices(facts).empty());
	facts.netdevs[2].up = false;
	EXPECT_EQ(only(check_devices(facts)).remedy, Lines{"ip link set mpl0 up"});
	facts = well();
	facts.devices[0].nics.clear();
	expect_has(only(check_devices(facts)).what, "no NICs");
	facts = well();
	facts.devices[0].peers[0].links.clear();
	expect_has(only(check_devices(facts)).what, "no links");
	facts.devices[0].peers.clear();
	expect_has(only(check_devices(facts)).what, "no peers");
}

TEST(DoctorNic, WhatItLacks)
{
	Facts facts = well();
	NicStatus &nic = facts.devices[0].nics[1];

	EXPECT_TRUE(check_nics(facts).empty());
	nic.reason = MPLINK_REASON_ADMIN_DOWN;
	nic.since_ms = 61000;
	expect_has(only(check_nics(facts)).what, "for 1m 1s");
	EXPECT_EQ(only(check_nics(facts)).remedy, Lines{"ip link set eth2 up"});
	nic.reason = MPLINK_REASON_NO_CARRIER;
	EXPECT_EQ(only(check_nics(facts)).remedy, Lines{"ethtool eth2"});
	nic.reason = MPLINK_REASON_NO_ADDRESS;
	EXPECT_EQ(only(check_nics(facts)).remedy, Lines{"ip addr add ADDRESS/BITS dev eth2"});
}

TEST(DoctorNic, Gone)
{
	Facts facts = well();

	facts.devices[0].nics[1].reason = MPLINK_REASON_UNREGISTERED;
	std::erase_if(facts.netdevs, [](const Netdev &one) { return one.name == "eth2"; });
	EXPECT_EQ(only(check_nics(facts)).remedy, Lines{"mplink nic del dev mpl0 eth2"});
}

TEST(DoctorNic, InUseElsewhere)
{
	Facts facts = well();

	facts.devices[0].nics[1].reason = MPLINK_REASON_UNREGISTERED;
	facts.netdevs.push_back({.ifindex = 9, .name = "br0", .kind = "bridge"});
	expect_has(only(check_nics(facts)).what, "something else");
	facts.netdevs[1].master = 9;
	EXPECT_EQ(only(check_nics(facts)).what, "it is a port of the bridge br0");
	EXPECT_EQ(only(check_nics(facts)).remedy,
		  (Lines{"ip link set eth2 nomaster", "ip link set eth2 down",
			 "ip link set eth2 up"}));
	facts.netdevs[1].master = 0;
	facts.netdevs.push_back({.ifindex = 10, .name = "guest", .kind = "macvtap", .lower = 3});
	EXPECT_EQ(only(check_nics(facts)).what, "the macvtap guest is on it");
	EXPECT_EQ(only(check_nics(facts)).remedy[0], "ip link del guest");
}

TEST(DoctorLink, NoRoute)
{
	Facts facts = well();
	LinkStatus &link = link_of(facts, 1);

	EXPECT_TRUE(check_links(facts).empty());
	link.reason = MPLINK_REASON_NO_ROUTE;
	link.source.reset();
	EXPECT_EQ(only(check_links(facts)).remedy,
		  Lines{"ip route add 10.0.2.2 dev eth2 src 10.0.2.1"});

	link.remote = at("10.9.2.2");
	EXPECT_EQ(only(check_links(facts)).remedy,
		  Lines{"ip route add 10.9.2.2 via GATEWAY dev eth2"});
	facts.gateways[3] = at("10.0.2.254");
	EXPECT_EQ(only(check_links(facts)).remedy,
		  Lines{"ip route add 10.9.2.2 via 10.0.2.254 dev eth2"});

	facts.routes[{at("10.9.2.2"), {}, 0}] = {.nics = {2}, .gateway = at("10.0.1.254")};
	EXPECT_EQ(only(check_links(facts)).remedy,
		  (Lines{"ip route add default via 10.0.2.254 dev eth2 table 4003",
			 "ip rule add from 10.0.2.1 table 4003"}));

	link.remote = at("fd00::2");
	EXPECT_EQ(only(check_links(facts)).remedy, Lines{"ip addr add ADDRESS/BITS dev eth2"});

	// It has been said of the NIC.
	facts.devices[0].nics[1].reason = MPLINK_REASON_NO_CARRIER;
	EXPECT_TRUE(check_links(facts).empty());
}

TEST(DoctorLink, Unconfirmed)
{
	Facts facts = well();

	link_of(facts, 1).reason = MPLINK_REASON_UNCONFIRMED;
	EXPECT_TRUE(only(check_links(facts)).far_end);
	EXPECT_EQ(only(check_links(facts)).remedy, Lines{"mplink doctor"});
	facts.addresses.push_back({3, at("10.0.2.50"), 24});
	EXPECT_FALSE(only(check_links(facts)).far_end);
	EXPECT_EQ(only(check_links(facts)).remedy,
		  Lines{"mplink peer set dev mpl0 10.99.0.2 link eth2 10.0.2.2 local 10.0.2.50"});
}

TEST(DoctorLink, Suspect)
{
	Facts facts = well();

	link_of(facts, 1).estimate->suspect = 1;
	EXPECT_TRUE(check_links(facts).empty());
	facts.before[0].peers[0].links[1].estimate->suspect = 1;
	expect_has(only(check_links(facts)).what, "for 2.000 s or longer");
	EXPECT_TRUE(only(check_links(facts)).far_end);
	link_of(facts, 1).estimate->suspect = 0;
	EXPECT_TRUE(check_links(facts).empty());
}

TEST(DoctorPeer, Silent)
{
	Facts facts = well();

	for (const std::size_t i : {0U, 1U}) {
		EXPECT_TRUE(check_silent_peers(facts).empty());
		link_of(facts, i).counters.rx_packets = 0;
		link_of(facts, i).estimate.reset();
	}
	expect_has(only(check_silent_peers(facts)).what, "in 1m 38s; 200 packets were sent");
	EXPECT_TRUE(only(check_silent_peers(facts)).far_end);
	facts.now_ms = 1600;
	EXPECT_TRUE(check_silent_peers(facts).empty());
}

TEST(DoctorBfd, NotUp)
{
	Facts facts = well();
	LinkStatus &link = link_of(facts, 1);

	link.session = {.state = MPLINK_BFD_UP};
	EXPECT_TRUE(check_sessions(facts).empty());
	link.session = {.state = MPLINK_BFD_DOWN};
	EXPECT_TRUE(check_sessions(facts).empty());
	facts.before[0].peers[0].links[1].session = {.state = MPLINK_BFD_DOWN};
	EXPECT_EQ(only(check_sessions(facts)).what, "the far end has never answered BFD");
	EXPECT_EQ(only(check_sessions(facts)).remedy, Lines{"mplink set liveness bfd"});
	link.session = {
		.state = MPLINK_BFD_DOWN, .remote_state = MPLINK_BFD_ADMIN_DOWN, .remote_discr = 9};
	EXPECT_EQ(only(check_sessions(facts)).what, "the far end has turned BFD off");
	link.session = {.state = MPLINK_BFD_DOWN, .diag = MPLINK_BFD_DIAG_TIMEOUT};
	EXPECT_EQ(only(check_sessions(facts)).what, "the far end no longer answers BFD");
	link.session = {
		.state = MPLINK_BFD_INIT, .remote_state = MPLINK_BFD_DOWN, .remote_discr = 9};
	expect_has(only(check_sessions(facts)).what, "does not hear ours");
	link.stages[MPLINK_LINK_ROUTE].reset();
	EXPECT_TRUE(check_sessions(facts).empty());
}

TEST(DoctorPaths, PeerIsRoutedElsewhere)
{
	Facts facts = well();
	Route &route = facts.routes[{at("10.99.0.2"), {}, 0}];

	EXPECT_TRUE(check_peer_routes(facts).empty());
	route.nics = {2};
	expect_has(only(check_peer_routes(facts)).what, "leave by eth1, and not by mpl0");
	EXPECT_EQ(only(check_peer_routes(facts)).remedy,
		  Lines{"ip route add 10.99.0.2/32 dev mpl0"});
	route = {.error = ENETUNREACH};
	EXPECT_EQ(only(check_peer_routes(facts)).what, "there is no route to it");
	facts.netdevs[2].up = false;
	EXPECT_TRUE(check_peer_routes(facts).empty());
}

TEST(DoctorPaths, Mtu)
{
	Facts facts = well();
	Route &route = facts.routes[{at("10.0.2.2"), at("10.0.2.1"), 3}];

	route.mtu = 1500;
	EXPECT_TRUE(check_mtu(facts).empty());
	route.mtu = 1499;
	expect_has(only(check_mtu(facts)).what, "it carries packets of 1499 bytes");
	EXPECT_EQ(only(check_mtu(facts)).remedy, Lines{"ip link set mpl0 mtu 1459"});
	route.mtu = 1300;
	expect_has(only(check_mtu(facts)).why, "IPv6 needs an MTU of 1280");
	route.mtu = 0;
	facts.netdevs[1].mtu = 1400;
	EXPECT_EQ(only(check_mtu(facts)).remedy, Lines{"ip link set mpl0 mtu 1360"});
	facts.devices[0].settings[Setting::encap] = MPLINK_ENCAP_NONE;
	EXPECT_EQ(only(check_mtu(facts)).remedy, Lines{"ip link set mpl0 mtu 1400"});
}

TEST(DoctorPaths, MtuOfInet6)
{
	Facts facts = well();
	LinkStatus &link = link_of(facts, 1);

	link.remote = at("fd00::2");
	facts.netdevs[2].mtu = 1440;
	EXPECT_TRUE(check_mtu(facts).empty());
	facts.netdevs[2].mtu = 1441;
	EXPECT_EQ(only(check_mtu(facts)).remedy, Lines{"ip link set mpl0 mtu 1440"});
}

TEST(DoctorPaths, ReversePath)
{
	Facts facts = well();
	Route &route = facts.routes[{at("10.0.2.2"), at("10.0.2.1"), 0}];

	route.nics = {2};
	EXPECT_TRUE(check_reverse_path(facts).empty());
	facts.parameters["net.ipv4.conf.eth2.rp_filter"] = "1";
	expect_has(only(check_reverse_path(facts)).what, "routing would answer by eth1");
	EXPECT_EQ(only(check_reverse_path(facts)).remedy,
		  Lines{"sysctl -w net.ipv4.conf.eth2.rp_filter=2"});
	facts.devices[0].settings[Setting::encap] = MPLINK_ENCAP_NONE;
	EXPECT_TRUE(check_reverse_path(facts).empty());
	link_of(facts, 1).session = {.state = MPLINK_BFD_DOWN};
	EXPECT_EQ(check_reverse_path(facts).size(), 1U);
	// One of the next hops is enough.
	route.nics = {2, 3};
	EXPECT_TRUE(check_reverse_path(facts).empty());
	route = {.error = ENETUNREACH};
	expect_has(only(check_reverse_path(facts)).what, "routing would answer by nowhere");
	// The greater of the two counts.
	facts.parameters["net.ipv4.conf.all.rp_filter"] = "2";
	EXPECT_TRUE(check_reverse_path(facts).empty());
}

TEST(DoctorPaths, OneSubnet)
{
	Facts facts = well();

	EXPECT_TRUE(check_one_subnet(facts).empty());
	facts.addresses[1].address = at("10.0.1.9");
	expect_has(only(check_one_subnet(facts)).subject, "NICs eth1 and eth2");
	EXPECT_EQ(
		only(check_one_subnet(facts)).remedy,
		Lines{"sysctl -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2"});
	facts.parameters["net.ipv4.conf.all.arp_ignore"] = "1";
	EXPECT_TRUE(check_one_subnet(facts).empty());
	// The same NIC twice is no fault.
	facts = well();
	facts.addresses.push_back({3, at("10.0.2.50"), 24});
	EXPECT_TRUE(check_one_subnet(facts).empty());
}

TEST(DoctorRates, TooSlow)
{
	Facts facts = well();

	facts.devices[0].peers[0].resequencer->too_slow = 5;
	facts.before[0].peers[0].resequencer->too_slow = 5;
	EXPECT_TRUE(check_slow_links(facts).empty());
	facts.before[0].peers[0].resequencer->too_slow = 3;
	expect_has(only(check_slow_links(facts)).what, "2 of its packets");
	EXPECT_EQ(only(check_slow_links(facts)).remedy,
		  Lines{"mplink set dev mpl0 outoforder-max-us 4000000"});
}

TEST(DoctorRates, SlowSession)
{
	Facts facts = well();
	LinkStatus &link = link_of(facts, 0);

	link.session = {.state = MPLINK_BFD_UP, .remote_discr = 1, .detection_us = 300000};
	EXPECT_TRUE(check_slow_links(facts).empty());
	link.session->detection_us = 300001;
	EXPECT_EQ(only(check_slow_links(facts)).remedy,
		  Lines{"mplink set bfd-tx-us 50000 bfd-multiplier 3"});
	EXPECT_TRUE(only(check_slow_links(facts)).far_end);
}

TEST(DoctorRates, SendBuffer)
{
	Facts facts = well();

	// Two links of 1 MB/s and 10 ms: 20 kB, and as much again for the kernel.
	facts.parameters["net.ipv4.tcp_wmem"] = "4096\t16384\t40000";
	EXPECT_TRUE(check_send_buffer(facts).empty());
	facts.parameters["net.ipv4.tcp_wmem"] = "4096\t16384\t39999";
	EXPECT_EQ(only(check_send_buffer(facts)).remedy,
		  Lines{"sysctl -w net.ipv4.tcp_wmem='4096 16384 40000'"});
	facts.parameters.erase("net.ipv4.tcp_wmem");
	EXPECT_TRUE(check_send_buffer(facts).empty());
}

} // namespace
} // namespace mplink::cli
