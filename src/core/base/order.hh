// SPDX-License-Identifier: GPL-2.0
// The larger and the smaller of two numbers.  <algorithm> has them, too, and much that a kernel
// has not.
#pragma once

namespace mplink
{

template <class T>
constexpr T larger(T a, T b)
{
	return a > b ? a : b;
}

template <class T>
constexpr T smaller(T a, T b)
{
	return a < b ? a : b;
}

} // namespace mplink
