// SPDX-License-Identifier: GPL-2.0
#include "netlink/replies.hh"

#include "uapi/mplink_netlink.h"

namespace mplink::cli
{

namespace
{

DropCount parse_drop(Bytes attributes)
{
	// BFD's and GRE's have the same numbers.
	static_assert(int{MPLINK_A_DROP_REASON} == int{MPLINK_A_BFD_DROP_REASON});
	static_assert(int{MPLINK_A_DROP_PACKETS} == int{MPLINK_A_BFD_DROP_PACKETS});
	static_assert(int{MPLINK_A_DROP_REASON} == int{MPLINK_A_GRE_DROP_REASON});
	static_assert(int{MPLINK_A_DROP_PACKETS} == int{MPLINK_A_GRE_DROP_PACKETS});
	DropCount drop;

	for_each_attribute(attributes, [&](const Attribute &a) {
		if (a.type == MPLINK_A_DROP_REASON)
			drop.reason = a.u32();
		else if (a.type == MPLINK_A_DROP_PACKETS)
			drop.packets = a.u64();
	});
	return drop;
}

Counters parse_counters(Bytes attributes)
{
	Counters counters;

	for_each_attribute(attributes, [&](const Attribute &a) {
		switch (a.type) {
		case MPLINK_A_COUNTERS_TX_PACKETS:
			counters.tx_packets = a.u64();
			break;
		case MPLINK_A_COUNTERS_TX_BYTES:
			counters.tx_bytes = a.u64();
			break;
		case MPLINK_A_COUNTERS_RX_PACKETS:
			counters.rx_packets = a.u64();
			break;
		case MPLINK_A_COUNTERS_RX_BYTES:
			counters.rx_bytes = a.u64();
			break;
		}
	});
	return counters;
}

template <std::size_t n>
StageTimes<n> parse_stages(Bytes attributes)
{
	StageTimes<n> times;

	for_each_attribute(attributes, [&](const Attribute &a) {
		// A stage's attribute is its number behind those that each nest has.
		const unsigned stage = a.type - (MPLINK_A_NIC_STAGES_PAD + 1U);

		if (stage < n)
			times[stage] = a.u64();
	});
	return times;
}

SessionStatus parse_session(Bytes attributes)
{
	SessionStatus session;

	for_each_attribute(attributes, [&](const Attribute &a) {
		switch (a.type) {
		case MPLINK_A_SESSION_STATE:
			session.state = a.u32();
			break;
		case MPLINK_A_SESSION_DIAG:
			session.diag = a.u32();
			break;
		case MPLINK_A_SESSION_REMOTE_STATE:
			session.remote_state = a.u32();
			break;
		case MPLINK_A_SESSION_REMOTE_DIAG:
			session.remote_diag = a.u32();
			break;
		case MPLINK_A_SESSION_DISCR:
			session.discr = a.u32();
			break;
		case MPLINK_A_SESSION_REMOTE_DISCR:
			session.remote_discr = a.u32();
			break;
		case MPLINK_A_SESSION_TX_US:
			session.tx_us = a.u32();
			break;
		case MPLINK_A_SESSION_RX_US:
			session.rx_us = a.u32();
			break;
		case MPLINK_A_SESSION_DETECTION_US:
			session.detection_us = a.u64();
			break;
		}
	});
	return session;
}

void parse_setting(DeviceSettings &settings, Nest nest, const Attribute &a)
{
	for (const SettingInfo &setting : all_settings())
		if (setting.nest == nest && setting.attribute == a.type)
			settings[setting.id] = setting.byte ? a.u8() : a.u32();
}

void parse_settings(DeviceSettings &settings, Nest nest, Bytes attributes)
{
	for_each_attribute(attributes,
			   [&](const Attribute &a) { parse_setting(settings, nest, a); });
}

ResequencerCounters parse_resequencer(Bytes attributes)
{
	ResequencerCounters resequencer;

	for_each_attribute(attributes, [&](const Attribute &a) {
		for (const ResequencerField &counter : resequencer_counters)
			if (counter.attribute == a.type)
				resequencer.*counter.value = a.u64();
	});
	return resequencer;
}

LinkStatus parse_link(Bytes attributes, std::optional<std::uint32_t> &was)
{
	LinkStatus link;

	for_each_attribute(attributes, [&](const Attribute &a) {
		switch (a.type) {
		case MPLINK_A_LINK_NIC:
			link.nic = a.string();
			break;
		case MPLINK_A_LINK_REMOTE:
			link.remote = a.address();
			break;
		case MPLINK_A_LINK_LOCAL:
			link.local = a.address();
			break;
		case MPLINK_A_LINK_SOURCE:
			link.source = a.address();
			break;
		case MPLINK_A_LINK_WEIGHT:
			link.weight = a.u16();
			break;
		case MPLINK_A_LINK_REASON:
			link.reason = a.u32();
			break;
		case MPLINK_A_LINK_WAS:
			was = a.u32();
			break;
		case MPLINK_A_LINK_COUNTERS:
			link.counters = parse_counters(a.payload);
			break;
		case MPLINK_A_LINK_LIVENESS:
			link.liveness = a.u32();
			break;
		case MPLINK_A_LINK_SESSION:
			link.session = parse_session(a.payload);
			break;
		case MPLINK_A_LINK_STAGES:
			link.stages = parse_stages<MPLINK_LINK_STAGES>(a.payload);
			break;
		}
	});
	return link;
}

} // namespace

DeviceStatus parse_device(Bytes attributes)
{
	DeviceStatus device;

	for_each_attribute(attributes, [&](const Attribute &a) {
		switch (a.type) {
		case MPLINK_A_DEVICE_IFINDEX:
			device.ifindex = a.u32();
			break;
		case MPLINK_A_DEVICE_NAME:
			device.name = a.string();
			break;
		case MPLINK_A_DEVICE_RESCHEDULED:
			device.rescheduled = a.u64();
			break;
		case MPLINK_A_DEVICE_COPIES:
			device.copies = a.u64();
			break;
		case MPLINK_A_DEVICE_DROP:
			device.drops.push_back(parse_drop(a.payload));
			break;
		case MPLINK_A_DEVICE_BFD:
			parse_settings(device.settings, Nest::bfd, a.payload);
			break;
		case MPLINK_A_DEVICE_BFD_RECEIVED:
			device.bfd_received = a.u64();
			break;
		case MPLINK_A_DEVICE_BFD_DROP:
			device.bfd_drops.push_back(parse_drop(a.payload));
			break;
		case MPLINK_A_DEVICE_TUNNEL:
			parse_settings(device.settings, Nest::tunnel, a.payload);
			break;
		case MPLINK_A_DEVICE_GRE_RECEIVED:
			device.gre_received = a.u64();
			break;
		case MPLINK_A_DEVICE_GRE_DROP:
			device.gre_drops.push_back(parse_drop(a.payload));
			break;
		default:
			parse_setting(device.settings, Nest::none, a);
		}
	});
	return device;
}

NicMessage parse_nic(Bytes attributes)
{
	NicMessage message;

	for_each_attribute(attributes, [&](const Attribute &a) {
		switch (a.type) {
		case MPLINK_A_NIC_DEVICE:
			message.device = a.u32();
			break;
		case MPLINK_A_NIC_NAME:
			message.nic.name = a.string();
			break;
		case MPLINK_A_NIC_IFINDEX:
			message.nic.ifindex = a.u32();
			break;
		case MPLINK_A_NIC_REASON:
			message.nic.reason = a.u32();
			break;
		case MPLINK_A_NIC_CARRIER:
			message.nic.carrier = a.u8();
			break;
		case MPLINK_A_NIC_ADDRESS:
			message.nic.address = a.address();
			break;
		case MPLINK_A_NIC_TRANSITIONS:
			message.nic.transitions = a.u32();
			break;
		case MPLINK_A_NIC_SINCE_MS:
			message.nic.since_ms = a.u64();
			break;
		case MPLINK_A_NIC_COUNTERS:
			message.nic.counters = parse_counters(a.payload);
			break;
		case MPLINK_A_NIC_STAGES:
			message.nic.stages = parse_stages<MPLINK_NIC_STAGES>(a.payload);
			break;
		case MPLINK_A_NIC_EVENT:
			message.event = a.u32();
			break;
		case MPLINK_A_NIC_WAS:
			message.was = a.u32();
			break;
		}
	});
	return message;
}

PeerMessage parse_peer(Bytes attributes)
{
	PeerMessage message;

	message.peer.key_hidden = true;
	for_each_attribute(attributes, [&](const Attribute &a) {
		switch (a.type) {
		case MPLINK_A_PEER_DEVICE:
			message.device = a.u32();
			break;
		case MPLINK_A_PEER_ADDRESS:
			message.peer.address = a.address();
			break;
		case MPLINK_A_PEER_LINK:
			message.peer.links.push_back(parse_link(a.payload, message.was));
			break;
		case MPLINK_A_PEER_LIVENESS:
			message.peer.liveness = a.u32();
			break;
		case MPLINK_A_PEER_KEY:
			message.peer.key = a.u32();
			message.peer.key_hidden = false;
			break;
		case MPLINK_A_PEER_RESEQUENCER:
			message.peer.resequencer = parse_resequencer(a.payload);
			break;
		case MPLINK_A_PEER_EVENT:
			message.event = a.u32();
			break;
		}
	});
	return message;
}

} // namespace mplink::cli
