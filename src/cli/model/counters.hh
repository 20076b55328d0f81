// SPDX-License-Identifier: GPL-2.0
// The counters of NICs, links and peers, as the lists in uapi/mplink_attributes.def describe
// them.  Messages, JSON and Prometheus take them from the tables here.
#pragma once
#include <cstdint>
#include <optional>

#include "uapi/mplink_netlink.h"

namespace mplink::cli
{

// What a NIC or a link has carried.
struct TrafficCounters {
#define MPLINK_TRAFFIC_COUNTER(id, name, ...) std::uint64_t name = 0;
#include "uapi/mplink_attributes.def"

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
#define MPLINK_TRAFFIC_COUNTER(id, name, metric, help)                                             \
	{#name, MPLINK_A_COUNTERS_##id, &TrafficCounters::name, metric, help},
#include "uapi/mplink_attributes.def"
};

// The units of the lists.
#define IS_MICROSECONDS_NUMBER false
#define IS_MICROSECONDS_MICROSECONDS true

// What the resequencer of a peer has done.  Only peers with a tunnel have one.
struct ResequencerCounters {
#define MPLINK_RESEQUENCER_COUNTER(id, name, ...) std::uint64_t name = 0;
#include "uapi/mplink_attributes.def"

	std::uint64_t lost() const
	{
		return lost_rule + lost_timer + lost_overflow;
	}
};

struct ResequencerField {
	const char *key; // in JSON
	std::uint64_t ResequencerCounters::*value;
	// Behind mplink_peer_.  A metric that ends in _total is a counter, any other a gauge.
	const char *metric;
	const char *by; // the label, of several fields of one metric; else empty
	const char *help;
	std::uint16_t attribute;
	bool microseconds; // Prometheus shows seconds
};

constexpr ResequencerField resequencer_fields[] = {
#define MPLINK_RESEQUENCER_COUNTER(id, name, sum, unit, metric, by, help)                          \
	{#name,                                                                                    \
	 &ResequencerCounters::name,                                                               \
	 metric,                                                                                   \
	 by,                                                                                       \
	 help,                                                                                     \
	 MPLINK_A_RESEQUENCER_##id,                                                                \
	 IS_MICROSECONDS_##unit},
#include "uapi/mplink_attributes.def"
};

// What is measured of a link, in the direction in which this host sends.
struct Estimate {
#define MPLINK_ESTIMATE_COUNTER(id, name, ...) std::uint64_t name = 0;
#include "uapi/mplink_attributes.def"
};

struct EstimateField {
	const char *key; // in JSON
	std::uint64_t Estimate::*value;
	const char *metric; // behind mplink_link_
	const char *help;
	std::uint16_t attribute;
	bool microseconds; // Prometheus shows seconds
};

constexpr EstimateField estimate_fields[] = {
#define MPLINK_ESTIMATE_COUNTER(id, name, unit, metric, help)                                      \
	{#name, &Estimate::name, metric, help, MPLINK_A_ESTIMATE_##id, IS_MICROSECONDS_##unit},
#include "uapi/mplink_attributes.def"
};

#undef IS_MICROSECONDS_NUMBER
#undef IS_MICROSECONDS_MICROSECONDS

// How many packets were dropped for one reason.
struct DropCount {
	std::uint32_t reason = 0;
	std::uint64_t packets = 0;
};

} // namespace mplink::cli
