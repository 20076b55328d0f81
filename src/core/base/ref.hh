// SPDX-License-Identifier: GPL-2.0
// Owns one reference to an object of the kernel's.
#pragma once
#include <utility>

namespace mplink
{

// Move-only.  It is either empty or the owner, and calls release(p) exactly once.
template <class T, void (*release)(T *)>
class Ref
{
public:
	constexpr Ref() = default;
	explicit Ref(T *p) : p_(p)
	{
	}
	Ref(Ref &&other) noexcept : p_(std::exchange(other.p_, nullptr))
	{
	}
	Ref &operator=(Ref &&other) noexcept
	{
		const Ref old(std::exchange(p_, std::exchange(other.p_, nullptr)));

		return *this;
	}
	Ref(const Ref &) = delete;
	Ref &operator=(const Ref &) = delete;
	~Ref()
	{
		if (p_)
			release(p_);
	}

	explicit operator bool() const
	{
		return p_;
	}
	T *get() const
	{
		return p_;
	}

private:
	T *p_ = nullptr;
};

} // namespace mplink
