// SPDX-License-Identifier: GPL-2.0
// Times for code that has no clock: the caller passes the time, and is told when to call again.
#pragma once
#include "mplink/types.h"

namespace mplink
{

// No deadline.
inline constexpr mplink_u64 never = MPLINK_NEVER;

constexpr mplink_u64 earlier(mplink_u64 a, mplink_u64 b)
{
	return a < b ? a : b;
}

// The time since then.  CPUs read the clock at slightly different times, so since may be later
// than now: then the answer is 0.
constexpr mplink_u64 elapsed(mplink_u64 now, mplink_u64 since)
{
	return now > since ? now - since : 0;
}

// Keeps in at since when something holds, or never if it does not hold.
constexpr void stamp_stage(mplink_u64 &at, bool holds, mplink_u64 now)
{
	if (!holds)
		at = never;
	else if (at == never)
		at = now;
}

} // namespace mplink
