// SPDX-License-Identifier: GPL-2.0
// What has become of a peer's packets, where there is a tunnel: what each counter is called
// in a message and in JSON.
#pragma once
#include <cstdint>

#include "uapi/mplink_netlink.h"

namespace mplink::cli
{

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
	const char *key;
	std::uint16_t attribute;
	std::uint64_t ResequencerCounters::*value;
};

constexpr ResequencerField resequencer_counters[] = {
	{"in_order", MPLINK_A_RESEQUENCER_IN_ORDER, &ResequencerCounters::in_order},
	{"reordered", MPLINK_A_RESEQUENCER_REORDERED, &ResequencerCounters::reordered},
	{"duplicates", MPLINK_A_RESEQUENCER_DUPLICATES, &ResequencerCounters::duplicates},
	{"late", MPLINK_A_RESEQUENCER_LATE, &ResequencerCounters::late},
	{"lost_rule", MPLINK_A_RESEQUENCER_LOST_RULE, &ResequencerCounters::lost_rule},
	{"lost_timer", MPLINK_A_RESEQUENCER_LOST_TIMER, &ResequencerCounters::lost_timer},
	{"lost_overflow", MPLINK_A_RESEQUENCER_LOST_OVERFLOW, &ResequencerCounters::lost_overflow},
	{"restarts", MPLINK_A_RESEQUENCER_RESTARTS, &ResequencerCounters::restarts},
	{"held", MPLINK_A_RESEQUENCER_HELD, &ResequencerCounters::held},
	{"held_max", MPLINK_A_RESEQUENCER_HELD_MAX, &ResequencerCounters::held_max},
	{"wait_us", MPLINK_A_RESEQUENCER_WAIT_US, &ResequencerCounters::wait_us},
	{"wait_max_us", MPLINK_A_RESEQUENCER_WAIT_MAX_US, &ResequencerCounters::wait_max_us},
	{"timer_us", MPLINK_A_RESEQUENCER_TIMER_US, &ResequencerCounters::timer_us},
};

} // namespace mplink::cli
