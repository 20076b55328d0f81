// SPDX-License-Identifier: GPL-2.0
// The counters of NICs, links and peers.  Messages, JSON and Prometheus take them from the
// tables here.  To add a counter, add its attribute to include/uapi/mplink_netlink.h, and a
// field and a line of the table here.
#pragma once
#include <cstdint>
#include <optional>

#include "uapi/mplink_netlink.h"

namespace mplink::cli
{

// What a NIC or a link has carried.
struct TrafficCounters {
	std::uint64_t tx_packets = 0;
	std::uint64_t tx_bytes = 0;
	std::uint64_t rx_packets = 0;
	std::uint64_t rx_bytes = 0;

	friend bool operator==(const TrafficCounters &, const TrafficCounters &) = default;
};

struct TrafficField {
	const char *key; // in JSON
	std::uint16_t attribute;
	std::uint64_t TrafficCounters::*value;
	const char *metric; // behind mplink_nic_ or mplink_link_
	const char *help;
};

constexpr TrafficField traffic_fields[] = {
	{"tx_packets", MPLINK_A_COUNTERS_TX_PACKETS, &TrafficCounters::tx_packets,
	 "transmit_packets_total", "Packets sent."},
	{"tx_bytes", MPLINK_A_COUNTERS_TX_BYTES, &TrafficCounters::tx_bytes, "transmit_bytes_total",
	 "Bytes sent, with the MAC header."},
	{"rx_packets", MPLINK_A_COUNTERS_RX_PACKETS, &TrafficCounters::rx_packets,
	 "receive_packets_total", "Packets received."},
	{"rx_bytes", MPLINK_A_COUNTERS_RX_BYTES, &TrafficCounters::rx_bytes, "receive_bytes_total",
	 "Bytes received, with the MAC header."},
};

// What the resequencer of a peer has done.  Only peers with a tunnel have one.
struct ResequencerCounters {
	std::uint64_t in_order = 0;
	std::uint64_t reordered = 0;
	std::uint64_t duplicates = 0;
	std::uint64_t late = 0;
	std::uint64_t lost_rule = 0;
	std::uint64_t lost_timer = 0;
	std::uint64_t lost_overflow = 0;
	std::uint64_t restarts = 0;
	std::uint64_t held = 0;
	std::uint64_t held_max = 0;
	std::uint64_t wait_us = 0;
	std::uint64_t wait_max_us = 0;
	std::uint64_t timer_us = 0;

	std::uint64_t lost() const
	{
		return lost_rule + lost_timer + lost_overflow;
	}
};

struct ResequencerField {
	const char *key; // in JSON
	std::uint64_t ResequencerCounters::*value;
	// Behind mplink_peer_.  Fields of one metric follow each other and differ in "by".  A
	// metric that ends in _total is a counter, any other a gauge.
	const char *metric;
	const char *by;
	const char *help;
	std::uint16_t attribute;
	bool microseconds = false; // Prometheus shows seconds
};

constexpr ResequencerField resequencer_fields[] = {
	{"in_order", &ResequencerCounters::in_order, "in_order_packets_total", nullptr,
	 "Packets of the tunnel delivered as they came.", MPLINK_A_RESEQUENCER_IN_ORDER},
	{"reordered", &ResequencerCounters::reordered, "reordered_packets_total", nullptr,
	 "Packets of the tunnel delivered after they had been held.",
	 MPLINK_A_RESEQUENCER_REORDERED},
	{"duplicates", &ResequencerCounters::duplicates, "duplicate_packets_total", nullptr,
	 "Packets of the tunnel refused because they had been delivered before.",
	 MPLINK_A_RESEQUENCER_DUPLICATES},
	{"late", &ResequencerCounters::late, "late_packets_total", nullptr,
	 "Packets of the tunnel refused because they had been given up.",
	 MPLINK_A_RESEQUENCER_LATE},
	{"lost_rule", &ResequencerCounters::lost_rule, "lost_packets_total", "rule",
	 "Packets of the tunnel given up, by cause.", MPLINK_A_RESEQUENCER_LOST_RULE},
	{"lost_timer", &ResequencerCounters::lost_timer, "lost_packets_total", "timer", nullptr,
	 MPLINK_A_RESEQUENCER_LOST_TIMER},
	{"lost_overflow", &ResequencerCounters::lost_overflow, "lost_packets_total", "overflow",
	 nullptr, MPLINK_A_RESEQUENCER_LOST_OVERFLOW},
	{"restarts", &ResequencerCounters::restarts, "restarts_total", nullptr,
	 "How often the far end's sequence numbers started anew.", MPLINK_A_RESEQUENCER_RESTARTS},
	{"held", &ResequencerCounters::held, "held_packets", nullptr,
	 "Packets of the tunnel that are held now.", MPLINK_A_RESEQUENCER_HELD},
	{"held_max", &ResequencerCounters::held_max, "held_packets_max", nullptr,
	 "Most packets of the tunnel held at once in a flow bucket.",
	 MPLINK_A_RESEQUENCER_HELD_MAX},
	{"wait_us", &ResequencerCounters::wait_us, "wait_seconds_total", nullptr,
	 "Sum of the times that packets of the tunnel were held.", MPLINK_A_RESEQUENCER_WAIT_US,
	 true},
	{"wait_max_us", &ResequencerCounters::wait_max_us, "wait_seconds_max", nullptr,
	 "Longest time that a packet of the tunnel was held.", MPLINK_A_RESEQUENCER_WAIT_MAX_US,
	 true},
	{"timer_us", &ResequencerCounters::timer_us, "outoforder_timer_seconds", nullptr,
	 "How long the tunnel waits for a missing packet.", MPLINK_A_RESEQUENCER_TIMER_US, true},
};

// How many packets were dropped for one reason.
struct DropCount {
	std::uint32_t reason = 0;
	std::uint64_t packets = 0;
};

} // namespace mplink::cli
