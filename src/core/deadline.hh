// SPDX-License-Identifier: GPL-2.0
// Points in time of what decides without a clock: the caller passes the time in, and
// is told when to come back.
#pragma once
#include "mplink/types.h"

namespace mplink
{

// No deadline.
inline constexpr mplink_u64 never = ~mplink_u64{0};

constexpr mplink_u64 earlier(mplink_u64 a, mplink_u64 b)
{
	return a < b ? a : b;
}

} // namespace mplink
