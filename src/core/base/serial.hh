// SPDX-License-Identifier: GPL-2.0
// Compares sequence numbers, which wrap.  A number is ahead of another if it is less than half of
// the number space away from it (RFC 2890 2.2, RFC 1982).
#pragma once
#include "mplink/types.h"

namespace mplink
{

// How far a is ahead of b.  Negative: a is behind b.
constexpr __INT32_TYPE__ ahead_of(mplink_u32 a, mplink_u32 b)
{
	return static_cast<__INT32_TYPE__>(a - b);
}

constexpr mplink_u32 apart(mplink_u32 a, mplink_u32 b)
{
	return ahead_of(a, b) < 0 ? b - a : a - b;
}

} // namespace mplink
