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

} // namespace mplink
