// SPDX-License-Identifier: GPL-2.0
// Reads and writes numbers in network order.  They need not be aligned.
#pragma once
#include "mplink/types.h"

namespace mplink
{

constexpr mplink_u32 get16(const mplink_u8 *p)
{
	return mplink_u32{p[0]} << 8 | p[1];
}

constexpr mplink_u32 get32(const mplink_u8 *p)
{
	return get16(p) << 16 | get16(p + 2);
}

constexpr void put16(mplink_u8 *p, mplink_u32 v)
{
	p[0] = static_cast<mplink_u8>(v >> 8);
	p[1] = static_cast<mplink_u8>(v);
}

constexpr void put32(mplink_u8 *p, mplink_u32 v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

} // namespace mplink
