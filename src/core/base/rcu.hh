// SPDX-License-Identifier: GPL-2.0
// RCU-protected pointers that cannot be dereferenced without proof of a
// read-side section, nor changed without proof of RTNL.
#pragma once
#include <utility>

#include "base/access_once.hh"
#include "mplink/platform.h"

namespace mplink
{

// Proof that the caller is in an RCU read section.  Made where C calls in; the
// section itself is C's, so that it also covers what C does with the answer.
// Like Rtnl it is empty, and passing it on costs nothing.
class ReadSection
{
public:
	[[gnu::always_inline]] ReadSection()
	{
#if !defined(__KERNEL__) || defined(CONFIG_PROVE_RCU)
		mplink_assert_rcu();
#endif
	}
};

// Proof that the caller holds RTNL, which guards all state but the packet path's.
class Rtnl
{
public:
	Rtnl()
	{
		mplink_assert_rtnl();
	}
};

template <class T>
class Rcu
{
public:
	constexpr Rcu() = default;
	Rcu(const Rcu &) = delete;
	Rcu &operator=(const Rcu &) = delete;

	// A plain load: the address dependency orders what is read through it.
	[[gnu::always_inline]] T *read(ReadSection) const
	{
		return read_once(p_);
	}

	T *get(Rtnl) const
	{
		return p_;
	}

	// Publishes n and returns what readers may still hold until a grace period ends.
	[[nodiscard]] T *exchange(Rtnl, T *n)
	{
		T *old = p_;

		__atomic_store_n(&p_, n, __ATOMIC_RELEASE);
		return old;
	}

	// Of what no reader can see any more, with all it holds.
	[[nodiscard]] T *take()
	{
		return std::exchange(p_, nullptr);
	}

private:
	T *p_ = nullptr;
};

} // namespace mplink
