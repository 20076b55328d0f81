// SPDX-License-Identifier: GPL-2.0
// Single, untorn accesses to memory that other CPUs read or write meanwhile:
// the kernel's READ_ONCE() and WRITE_ONCE(), to which they compile alike.
#pragma once
#include <type_traits>

namespace mplink
{

template <class T>
[[gnu::always_inline]] inline T read_once(const T &v)
{
	static_assert(std::is_scalar_v<T> && sizeof(T) <= sizeof(long));
#ifdef __SANITIZE_THREAD__
	// TSan knows neither volatile nor address dependencies.
	return __atomic_load_n(&v, __ATOMIC_ACQUIRE);
#else
	// What a volatile access compiles to, but it takes any address that an instruction can.
	return __atomic_load_n(&v, __ATOMIC_RELAXED);
#endif
}

template <class T>
[[gnu::always_inline]] inline void write_once(T &v, std::type_identity_t<T> n)
{
	static_assert(std::is_scalar_v<T> && sizeof(T) <= sizeof(long));
#ifdef __SANITIZE_THREAD__
	__atomic_store_n(&v, n, __ATOMIC_RELAXED);
#else
	*const_cast<volatile T *>(&v) = n;
#endif
}

// Adds to a counter of a lane, which any CPU may read.  The compiler would make two
// accesses and an addition of what one instruction does.
template <class T>
[[gnu::always_inline]] inline void add_once(T &v, std::type_identity_t<T> n)
{
#if defined(__KERNEL__) && defined(__x86_64__)
	static_assert(sizeof(T) == sizeof(long));
	asm("addq %1, %0" : "+m"(v) : "er"(n));
#else
	write_once(v, read_once(v) + n);
#endif
}

} // namespace mplink
