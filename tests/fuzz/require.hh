// SPDX-License-Identifier: GPL-2.0
// What a fuzzer's find looks like: a line, and an abort that keeps the input.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <string>

inline void require(bool holds, const std::string &what)
{
	if (holds)
		return;
	std::fprintf(stderr, "fuzz: %s\n", what.c_str());
	std::abort();
}
