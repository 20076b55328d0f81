// SPDX-License-Identifier: GPL-2.0
#include "fake_memory.hh"

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <unordered_set>

#include "complain.hh"

namespace fake
{

namespace
{

constexpr std::size_t cache_line = 64;

std::mutex lock;
unsigned countdown;
bool all;
bool failed;

std::unordered_set<void *> &given()
{
	static std::unordered_set<void *> set;

	return set;
}

} // namespace

void Memory::fail_nth(unsigned n)
{
	const std::scoped_lock guard(lock);

	countdown = n;
	failed = false;
}

void Memory::fail_all(bool on)
{
	const std::scoped_lock guard(lock);

	all = on;
	failed = false;
}

bool Memory::refuses()
{
	const std::scoped_lock guard(lock);
	const bool refuse = all || (countdown && !--countdown);

	failed = failed || refuse;
	return refuse;
}

bool Memory::has_failed()
{
	const std::scoped_lock guard(lock);

	return failed;
}

void *Memory::alloc(std::size_t size)
{
	void *p = nullptr;

	if (refuses())
		return nullptr;
	// The exact size, so that ASan sees the first byte beyond it.
	if (posix_memalign(&p, cache_line, size))
		std::abort();
	std::memset(p, 0, size);

	const std::scoped_lock guard(lock);

	given().insert(p);
	return p;
}

void Memory::free(void *p)
{
	if (!p)
		return;
	{
		const std::scoped_lock guard(lock);

		if (!given().erase(p)) {
			complain("freed what was not allocated");
			return;
		}
	}
	std::free(p);
}

std::size_t Memory::live()
{
	const std::scoped_lock guard(lock);

	return given().size();
}

} // namespace fake
