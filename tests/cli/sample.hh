// SPDX-License-Identifier: GPL-2.0
// A device with NICs, peers and links in various states.
#pragma once
#include "model/status.hh"

namespace mplink::cli
{

inline Address at(const char *text)
{
	return Address::parse(text).value();
}

inline DeviceStatus sample()
{
	return {
		.name = "mpl0",
		.ifindex = 7,
		.rescheduled = 4,
		.copies = 0,
		.drops = {{MPLINK_DROP_NO_PEER, 0}, {MPLINK_DROP_NO_LINK, 1234}},
		.carrier = true,
		.nics = {{.name = "eth1",
			  .ifindex = 2,
			  .reason = MPLINK_REASON_NONE,
			  .carrier = true,
			  .address = at("10.0.1.1"),
			  .transitions = 1,
			  .since_ms = 11523000,
			  .counters = {1000000, 1234567890, 999, 999}},
			 {.name = "eth2",
			  .ifindex = 0,
			  .reason = MPLINK_REASON_UNREGISTERED,
			  .since_ms = 2500}},
		.peers = {{.address = at("10.99.0.2"),
			   .links = {{.nic = "eth1",
				      .remote = at("10.0.1.2"),
				      .settings = {{Setting::link_weight, 3}},
				      .reason = MPLINK_REASON_NONE,
				      .counters = {1000000, 1234567890, 999, 999}},
				     {.nic = "eth2",
				      .remote = at("fd00:2::2"),
				      .settings = {{Setting::link_weight, 1}},
				      .reason = MPLINK_REASON_UNREGISTERED}}},
			  {.address = at("fd99::3"), .links = {}}},
	};
}

// The same with BFD, up on eth1.
inline DeviceStatus live_sample()
{
	DeviceStatus device = sample();
	PeerStatus &peer = device.peers[0];

	device.settings[Setting::liveness] = MPLINK_LIVENESS_BFD;
	device.settings[Setting::wtr_ms] = 300;
	device.settings[Setting::bfd_tx_us] = 10000;
	device.settings[Setting::bfd_multihop] = 1;
	device.settings[Setting::bfd_auth] = MPLINK_BFD_AUTH_SHA1;
	device.settings[Setting::bfd_key_id] = 7;
	device.bfd_received = 5000;
	device.bfd_drops = {{MPLINK_BFD_DROP_TTL, 0}, {MPLINK_BFD_DROP_AUTH_DIGEST, 12}};
	device.nics[0].stages = {1000, 1002, 3000, 1010};
	peer.settings[Setting::peer_liveness] = MPLINK_LIVENESS_BFD;
	peer.links[0].session = {.state = MPLINK_BFD_UP,
				 .remote_state = MPLINK_BFD_UP,
				 .discr = 17,
				 .remote_discr = 99,
				 .tx_us = 10000,
				 .rx_us = 50000,
				 .detection_us = 150000};
	peer.links[0].stages = {3001, 3045, 3060, 3360};
	peer.links[1].settings[Setting::link_liveness] = MPLINK_LIVENESS_OFF;
	return device;
}

// The same with two links of a peer over one NIC; one of them has a local address.
inline DeviceStatus shared_sample()
{
	DeviceStatus device = sample();
	PeerStatus &peer = device.peers[0];

	peer.links.insert(peer.links.begin() + 1, {.nic = "eth1",
						   .remote = at("10.8.2.1"),
						   .local = at("10.0.1.50"),
						   .source = at("10.0.1.50"),
						   .settings = {{Setting::link_weight, 2}},
						   .reason = MPLINK_REASON_NO_ROUTE});
	peer.links[0].source = at("10.0.1.1");
	return device;
}

// The same with a tunnel.
inline DeviceStatus tunnel_sample()
{
	DeviceStatus device = sample();

	device.settings[Setting::encap] = MPLINK_ENCAP_GRE_UDP;
	device.settings[Setting::flow_buckets] = 64;
	device.settings[Setting::outoforder_max_us] = 50000;
	device.gre_received = 2000000;
	device.gre_drops = {{MPLINK_GRE_DROP_SENDER, 12}, {MPLINK_GRE_DROP_NO_MEMORY, 0}};
	device.peers[0].settings[Setting::peer_key] = 16777215;
	device.peers[0].resequencer = ResequencerCounters{.in_order = 1000000,
							  .reordered = 2000,
							  .duplicates = 3,
							  .late = 4,
							  .lost_rule = 10,
							  .lost_timer = 2,
							  .lost_overflow = 0,
							  .restarts = 1,
							  .held = 5,
							  .held_max = 6,
							  .wait_us = 1624000,
							  .wait_max_us = 12400,
							  .timer_us = 24800};
	device.peers[1].resequencer = ResequencerCounters{.timer_us = 50000};
	return device;
}

} // namespace mplink::cli
