// SPDX-License-Identifier: GPL-2.0
// RCU-protected pointers.  Readers must prove that they are in a read-side section, writers that
// they hold RTNL.  A replaced object is destroyed only after a grace period.
#pragma once
#include <utility>

#include "base/access_once.hh"
#include "base/memory.hh"
#include "mplink/platform.h"

namespace mplink
{

// Makes the two tokens below.  api/boundary.hh defines it for the functions that C calls.
class Boundary;

// Proof that the caller is in an RCU read-side section.  C enters the section, so that it
// also covers what C does with the answer.  Empty, as Rtnl is: passing it on costs nothing.
class ReadSection
{
	friend class Boundary;

	[[gnu::always_inline]] ReadSection()
	{
#if !defined(__KERNEL__) || defined(CONFIG_PROVE_RCU)
		mplink_assert_rcu();
#endif
	}
};

// Proof that the caller holds RTNL, which guards all state except that of the packet path.
class Rtnl
{
	friend class Boundary;

	Rtnl()
	{
		mplink_assert_rtnl();
	}
};

// Owns an object that readers may still hold.  Its end destroys the object after a grace
// period; there is no way to destroy it earlier.  T derives from mplink_rcu.
template <class T>
class [[nodiscard]] Retired
{
public:
	explicit Retired(Box<T> p) : p_(p.release())
	{
	}
	Retired(Retired &&other) noexcept : p_(std::exchange(other.p_, nullptr))
	{
	}
	Retired(const Retired &) = delete;
	Retired &operator=(const Retired &) = delete;
	~Retired()
	{
		if (p_)
			mplink_call_rcu(p_,
					[](mplink_rcu *rcu) { destroy(static_cast<T *>(rcu)); });
	}

	explicit operator bool() const
	{
		return p_;
	}
	T &operator*() const
	{
		return *p_;
	}

private:
	T *p_;
};

// Owns its object.  Destroy it only when no reader is left.
template <class T>
class Rcu
{
public:
	constexpr Rcu() = default;
	Rcu(const Rcu &) = delete;
	Rcu &operator=(const Rcu &) = delete;
	~Rcu()
	{
		destroy(p_);
	}

	// A plain load: the address dependency orders what is read through it.
	[[gnu::always_inline]] T *read(ReadSection) const
	{
		return read_once(p_);
	}

	T *get(Rtnl) const
	{
		return p_;
	}

	// Publishes n.
	[[nodiscard]] Retired<T> exchange(Rtnl, Box<T> n)
	{
		Box<T> old(p_);

		__atomic_store_n(&p_, n.release(), __ATOMIC_RELEASE);
		return Retired<T>(std::move(old));
	}

	// Takes the object out.  Call it only when no reader is left.
	[[nodiscard]] Box<T> take()
	{
		return Box<T>(std::exchange(p_, nullptr));
	}

private:
	T *p_ = nullptr;
};

} // namespace mplink
