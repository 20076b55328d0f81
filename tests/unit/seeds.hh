// SPDX-License-Identifier: GPL-2.0
// Random tests, seed by seed: a failure names its seed, and MPLINK_SEED repeats it alone.
#pragma once
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "mplink/types.h"

// Calls run(seed) for so many seeds, from 1 on, up to the first failure.
template <class Run>
void each_seed(mplink_u32 count, Run run)
{
	const char *given = std::getenv("MPLINK_SEED");
	const mplink_u32 first =
		given ? static_cast<mplink_u32>(std::strtoul(given, nullptr, 0)) : 1;

	for (mplink_u32 seed = first; seed < first + (given ? 1 : count); seed++) {
		SCOPED_TRACE("MPLINK_SEED=" + std::to_string(seed));
		run(seed);
		if (testing::Test::HasFailure())
			return;
	}
}
