// SPDX-License-Identifier: GPL-2.0
// Owning pointers for memory of the platform's allocator.  If memory is short, they are null.
// Allocate in process context only, except with make_now().
#pragma once
#include <new>
#include <utility>

#include "mplink/platform.h"

namespace mplink
{

template <class T>
void destroy(T *p)
{
	if (!p)
		return;
	p->~T();
	mplink_free(p);
}

// For packets and timers, which cannot sleep.  Null: memory is short.  Free it with destroy().
template <class T>
[[nodiscard]] T *make_now()
{
	void *memory = mplink_alloc_now(sizeof(T));

	return memory ? new (memory) T{} : nullptr;
}

template <class T>
class Box
{
public:
	constexpr Box() = default;
	explicit Box(T *p) : p_(p)
	{
	}
	Box(Box &&other) noexcept : p_(other.release())
	{
	}
	Box &operator=(Box &&other) noexcept
	{
		if (this != &other) {
			destroy(p_);
			p_ = other.release();
		}
		return *this;
	}
	Box(const Box &) = delete;
	Box &operator=(const Box &) = delete;
	~Box()
	{
		destroy(p_);
	}

	explicit operator bool() const
	{
		return p_;
	}
	T *get() const
	{
		return p_;
	}
	T *operator->() const
	{
		return p_;
	}
	T &operator*() const
	{
		return *p_;
	}
	[[nodiscard]] T *release()
	{
		return std::exchange(p_, nullptr);
	}

private:
	T *p_ = nullptr;
};

// Makes a T with extra zeroed bytes behind it, for its trailing arrays.
template <class T, class... Args>
[[nodiscard]] Box<T> make_with(mplink_size extra, Args &&...args)
{
	void *p = mplink_alloc(sizeof(T) + extra);

	return Box<T>(p ? new (p) T(std::forward<Args>(args)...) : nullptr);
}

template <class T, class... Args>
[[nodiscard]] Box<T> make(Args &&...args)
{
	return make_with<T>(0, std::forward<Args>(args)...);
}

// A fixed number of zeroed Ts.  T must need no construction.
template <class T>
class Array
{
	static_assert(std::is_trivially_destructible_v<T>);

public:
	constexpr Array() = default;
	explicit Array(mplink_u32 n)
	    : p_(static_cast<T *>(mplink_alloc(sizeof(T) * n))), n_(p_ ? n : 0)
	{
	}
	Array(Array &&other) noexcept
	    : p_(std::exchange(other.p_, nullptr)), n_(std::exchange(other.n_, 0))
	{
	}
	Array &operator=(Array &&other) noexcept
	{
		std::swap(p_, other.p_);
		std::swap(n_, other.n_);
		return *this;
	}
	Array(const Array &) = delete;
	Array &operator=(const Array &) = delete;
	~Array()
	{
		mplink_free(p_);
	}

	explicit operator bool() const
	{
		return p_;
	}
	T *begin() const
	{
		return p_;
	}
	T *end() const
	{
		return p_ + n_;
	}
	T &operator[](mplink_size i) const
	{
		return p_[i];
	}

private:
	T *p_ = nullptr;
	mplink_u32 n_ = 0;
};

} // namespace mplink
