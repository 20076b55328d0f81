// SPDX-License-Identifier: GPL-2.0
// Words that several CPUs touch.
#pragma once
#include "base/access_once.hh"

namespace mplink
{

// A word that several CPUs read and write.  There is no way to touch it but by one untorn
// access.  Only publish(), take() and what is read through a pointer are ordered; all else
// says nothing about other words.
template <class T>
class Shared
{
public:
	constexpr Shared(T v = {}) : v_(v)
	{
	}
	Shared(const Shared &) = delete;
	Shared &operator=(const Shared &) = delete;

	[[gnu::always_inline]] T read() const
	{
		return read_once(v_);
	}
	[[gnu::always_inline]] void write(T v)
	{
		write_once(v_, v);
	}
	// Adds where only one CPU writes at a time: a lane's packets, or the holder of a lock.
	// It is no atomic operation, and costs one instruction.
	[[gnu::always_inline]] void add_alone(T n)
	{
		add_once(v_, n);
	}
	// Adds where several CPUs write at a time.
	void add(T n)
	{
		__atomic_fetch_add(&v_, n, __ATOMIC_RELAXED);
	}
	// Writes n if the word is still was.  False: another CPU has changed it.
	[[nodiscard]] bool replace(T was, T n)
	{
		return __atomic_compare_exchange_n(&v_, &was, n, false, __ATOMIC_RELAXED,
						   __ATOMIC_RELAXED);
	}
	// Writes n if it is more than the word.
	void raise(T n)
	{
		T was = read();

		while (was < n && !__atomic_compare_exchange_n(&v_, &was, n, true, __ATOMIC_RELAXED,
							       __ATOMIC_RELAXED))
			;
	}
	// Writes a pointer.  A CPU that reads it also sees what was written before.
	void publish(T p)
	{
		__atomic_store_n(&v_, p, __ATOMIC_RELEASE);
	}
	// Writes n, and returns what there was.  A CPU that takes n also sees what was written
	// before it.
	[[nodiscard]] T take(T n)
	{
		return __atomic_exchange_n(&v_, n, __ATOMIC_ACQ_REL);
	}

private:
	T v_;
};

} // namespace mplink
