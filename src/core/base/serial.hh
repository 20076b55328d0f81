// SPDX-License-Identifier: GPL-2.0
// Sequence numbers: they wrap, and of two the one is ahead that is less than half of
// all numbers away (RFC 2890 2.2, as in RFC 1982).
#pragma once
#include "mplink/types.h"

namespace mplink
{

// How far a is ahead of b; negative: behind it.
constexpr __INT32_TYPE__ ahead_of(mplink_u32 a, mplink_u32 b)
{
	return static_cast<__INT32_TYPE__>(a - b);
}

constexpr mplink_u32 apart(mplink_u32 a, mplink_u32 b)
{
	return ahead_of(a, b) < 0 ? b - a : a - b;
}

} // namespace mplink
