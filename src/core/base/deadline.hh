// SPDX-License-Identifier: GPL-2.0
// Points in time of what decides without a clock: the caller passes the time in, and
// is told when to come back.
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

// How long ago that was.  CPUs read the clock at slightly different times, so it may be
// ahead of now: then it is no time ago, and not all of time.
constexpr mplink_u64 elapsed(mplink_u64 now, mplink_u64 since)
{
	return now > since ? now - since : 0;
}

// Since when something has held: at is that time, or never while it does not.
constexpr void stamp_stage(mplink_u64 &at, bool holds, mplink_u64 now)
{
	if (!holds)
		at = never;
	else if (at == never)
		at = now;
}

} // namespace mplink
