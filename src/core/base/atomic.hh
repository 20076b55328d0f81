// SPDX-License-Identifier: GPL-2.0
// What several CPUs write at a time.  Nothing is ordered by it: each value is one by
// itself.
#pragma once
#include "base/access_once.hh"

namespace mplink
{

template <class T>
inline void atomic_add(T &v, std::type_identity_t<T> n)
{
	__atomic_fetch_add(&v, n, __ATOMIC_RELAXED);
}

// Puts n in the place of was.  False: somebody else has been faster.
template <class T>
[[nodiscard]] inline bool atomic_replace(T &v, T was, std::type_identity_t<T> n)
{
	return __atomic_compare_exchange_n(&v, &was, n, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

// Writes only what is more than there is.
template <class T>
inline void atomic_raise(T &v, std::type_identity_t<T> n)
{
	T was = read_once(v);

	while (was < n &&
	       !__atomic_compare_exchange_n(&v, &was, n, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

// A word that several CPUs read and write.  There is no way to touch it but by one untorn
// access; nothing is ordered by it.
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
	void add(T n)
	{
		atomic_add(v_, n);
	}
	// Writes n if the word is still was.  False: another CPU has changed it.
	[[nodiscard]] bool replace(T was, T n)
	{
		return atomic_replace(v_, was, n);
	}
	// Writes n if it is more than the word.
	void raise(T n)
	{
		atomic_raise(v_, n);
	}

private:
	T v_;
};

} // namespace mplink
