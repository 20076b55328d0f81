// SPDX-License-Identifier: GPL-2.0
// What has become of a peer's packets, where there is a tunnel: what each counter is called
// in a message and in JSON.
#pragma once
#include <cstdint>

#include "uapi/mplink_netlink.h"

namespace mplink::cli
{

struct Resequencer {
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

struct ResequencerCounter {
	const char *key;
	std::uint16_t attribute;
	std::uint64_t Resequencer::*value;
};

constexpr ResequencerCounter resequencer_counters[] = {
	{"in_order", MPLINK_A_RESEQUENCER_IN_ORDER, &Resequencer::in_order},
	{"reordered", MPLINK_A_RESEQUENCER_REORDERED, &Resequencer::reordered},
	{"duplicates", MPLINK_A_RESEQUENCER_DUPLICATES, &Resequencer::duplicates},
	{"late", MPLINK_A_RESEQUENCER_LATE, &Resequencer::late},
	{"lost_rule", MPLINK_A_RESEQUENCER_LOST_RULE, &Resequencer::lost_rule},
	{"lost_timer", MPLINK_A_RESEQUENCER_LOST_TIMER, &Resequencer::lost_timer},
	{"lost_overflow", MPLINK_A_RESEQUENCER_LOST_OVERFLOW, &Resequencer::lost_overflow},
	{"restarts", MPLINK_A_RESEQUENCER_RESTARTS, &Resequencer::restarts},
	{"held", MPLINK_A_RESEQUENCER_HELD, &Resequencer::held},
	{"held_max", MPLINK_A_RESEQUENCER_HELD_MAX, &Resequencer::held_max},
	{"wait_us", MPLINK_A_RESEQUENCER_WAIT_US, &Resequencer::wait_us},
	{"wait_max_us", MPLINK_A_RESEQUENCER_WAIT_MAX_US, &Resequencer::wait_max_us},
	{"timer_us", MPLINK_A_RESEQUENCER_TIMER_US, &Resequencer::timer_us},
};

} // namespace mplink::cli
