// SPDX-License-Identifier: GPL-2.0
#include "netlink/replies.hh"

#include "uapi/mplink_netlink.h"

namespace mplink::cli
{

namespace
{

DropCount parse_drop(Bytes attributes)
{
	// The nests of all kinds of drops have the same numbers.
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

// Counters, by the table that describes them.
template <class Counters, class Fields>
Counters parse_counts(Bytes attributes, const Fields &fields)
{
	Counters counters;

	for_each_attribute(attributes, [&](const Attribute &a) {
		for (const auto &field : fields)
			if (field.attribute == a.type)
				counters.*field.value = a.u64();
	});
	return counters;
}

template <std::size_t n>
StageTimes<n> parse_stages(Bytes attributes)
{
	StageTimes<n> times;

	for_each_attribute(attributes, [&](const Attribute &a) {
		// The stages follow UNSPEC and PAD.
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

void parse_setting(FullSettings &settings, Place place, const Attribute &a)
{
	for (const SettingInfo &setting : all_settings())
		if (setting.place == place && setting.attribute == a.type)
			settings[setting.id] = setting.width == 1   ? a.u8()
					       : setting.width == 2 ? a.u16()
								    : a.u32();
}

void parse_settings(FullSettings &settings, Place place, Bytes attributes)
{
	for_each_attribute(attributes,
			   [&](const Attribute &a) { parse_setting(settings, place, a); });
}

void parse_counter(DeviceStatus &device, const Attribute &a)
{
	for (const DeviceField &field : device_fields)
		if (field.attribute == a.type)
			device.*field.value = a.u64();
	for (const DropField &field : drop_fields)
		if (field.attribute == a.type)
			(device.*field.value).push_back(parse_drop(a.payload));
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
		case MPLINK_A_LINK_REASON:
			link.reason = a.u32();
			break;
		case MPLINK_A_LINK_WAS:
			was = a.u32();
			break;
		case MPLINK_A_LINK_COUNTERS:
			link.counters = parse_counts<TrafficCounters>(a.payload, traffic_fields);
			break;
		case MPLINK_A_LINK_ESTIMATE:
			link.estimate = parse_counts<Estimate>(a.payload, estimate_fields);
			break;
		case MPLINK_A_LINK_SESSION:
			link.session = parse_session(a.payload);
			break;
		case MPLINK_A_LINK_STAGES:
			link.stages = parse_stages<MPLINK_LINK_STAGES>(a.payload);
			break;
		default:
			parse_setting(link.settings, Place::link, a);
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
		case MPLINK_A_DEVICE_BFD:
			parse_settings(device.settings, Place::bfd, a.payload);
			break;
		case MPLINK_A_DEVICE_TUNNEL:
			parse_settings(device.settings, Place::tunnel, a.payload);
			break;
		default:
			parse_setting(device.settings, Place::device, a);
			parse_counter(device, a);
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
			message.nic.counters =
				parse_counts<TrafficCounters>(a.payload, traffic_fields);
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
		case MPLINK_A_PEER_KEY:
			message.peer.key_hidden = false;
			parse_setting(message.peer.settings, Place::peer, a);
			break;
		case MPLINK_A_PEER_RESEQUENCER:
			message.peer.resequencer =
				parse_counts<ResequencerCounters>(a.payload, resequencer_fields);
			break;
		case MPLINK_A_PEER_EVENT:
			message.event = a.u32();
			break;
		default:
			parse_setting(message.peer.settings, Place::peer, a);
		}
	});
	return message;
}

} // namespace mplink::cli
