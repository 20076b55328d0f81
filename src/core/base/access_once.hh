// SPDX-License-Identifier: GPL-2.0
// Single, untorn accesses to words that other CPUs read or write at the same time.  They
// compile like the kernel's READ_ONCE() and WRITE_ONCE().  For words of the core's own, use
// Shared<T>; these are for words that belong to the platform.
#pragma once
#include <type_traits>

namespace mplink
{

template <class T>
[[gnu::always_inline]] inline T read_once(const T &v)
{
	static_assert(std::is_scalar_v<T> && sizeof(T) <= sizeof(long));
#ifdef __SANITIZE_THREAD__
	// TSan does not understand volatile accesses or address dependencies.
	return __atomic_load_n(&v, __ATOMIC_ACQUIRE);
#else
	// Compiles like a volatile access, but also fits into another instruction's operand.
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

// Adds to a counter that only one CPU writes and any CPU may read.  In C++ the compiler would
// make a load, an addition and a store; this is one instruction.
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
