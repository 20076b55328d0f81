// SPDX-License-Identifier: GPL-2.0
// Random numbers from a fixed seed, of the width that the core speaks.
#pragma once
#include <random>

#include "mplink/types.h"

namespace fake
{

class Random
{
public:
	explicit Random(mplink_u32 seed) : engine_(seed)
	{
	}
	mplink_u32 operator()()
	{
		return static_cast<mplink_u32>(engine_());
	}
	mplink_u32 below(mplink_u32 n)
	{
		return (*this)() % n;
	}
	mplink_u8 byte()
	{
		return static_cast<mplink_u8>((*this)());
	}

private:
	std::mt19937 engine_;
};

} // namespace fake
