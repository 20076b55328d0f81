// SPDX-License-Identifier: GPL-2.0
#include "parse.hh"

#include "uapi/mplink_netlink.h"

namespace mplink::cli
{

namespace
{

Drop parse_drop(Bytes attributes)
{
	Drop drop;

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

Link parse_link(Bytes attributes, std::optional<std::uint32_t> &was)
{
	Link link;

	for_each_attribute(attributes, [&](const Attribute &a) {
		switch (a.type) {
		case MPLINK_A_LINK_NIC:
			link.nic = a.string();
			break;
		case MPLINK_A_LINK_REMOTE:
			link.remote = a.address();
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
		}
	});
	return link;
}

} // namespace

Device parse_device(Bytes attributes)
{
	Device device;

	for_each_attribute(attributes, [&](const Attribute &a) {
		switch (a.type) {
		case MPLINK_A_DEVICE_IFINDEX:
			device.ifindex = a.u32();
			break;
		case MPLINK_A_DEVICE_NAME:
			device.name = a.string();
			break;
		case MPLINK_A_DEVICE_POLICY:
			device.policy = a.u32();
			break;
		case MPLINK_A_DEVICE_ENCAP:
			device.encap = a.u32();
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
		case MPLINK_A_PEER_EVENT:
			message.event = a.u32();
			break;
		}
	});
	return message;
}

} // namespace mplink::cli
