// SPDX-License-Identifier: GPL-2.0
// The allocator under test: it can be told to fail, and knows what it has given.
#pragma once
#include <cstddef>

namespace fake
{

// Only failing on purpose reaches the error paths, and only counting shows that
// they give everything back.
class Memory
{
public:
	static void *alloc(std::size_t size);
	static void free(void *p);

	// Fails the n'th request from now on, counted from 1; 0: none.
	static void fail_nth(unsigned n);
	static void fail_all(bool on);
	// An allocation by the kernel itself, for instance when it attaches a port or
	// looks up a route.  True: it fails.
	static bool refuses();

	// Whether a failure that was asked for has happened.
	static bool has_failed();
	static std::size_t live();
};

// All of a scope's allocations fail.
class NoMemory
{
public:
	NoMemory()
	{
		Memory::fail_all(true);
	}
	~NoMemory()
	{
		Memory::fail_all(false);
	}
	NoMemory(const NoMemory &) = delete;
	NoMemory &operator=(const NoMemory &) = delete;
};

} // namespace fake
