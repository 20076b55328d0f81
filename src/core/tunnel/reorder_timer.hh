// SPDX-License-Identifier: GPL-2.0
// outoforder_timer (RFC 2890 2.2): how long to wait for what another link may bring.  It
// follows from how long links took before.  One per peer, shared by all CPUs.
#pragma once
#include "base/atomic.hh"
#include "base/order.hh"
#include "link/settings.hh"

namespace mplink
{

class ReorderTimer
{
public:
	// The timer before a spread has been measured.  It is long enough for most links, and
	// short enough if the very first packet is lost.
	static constexpr mplink_u32 initial_us = 200000;

	// Microseconds: twice the spread of the links' delays, within the bounds of settings.
	mplink_u32 timeout_us(const TunnelSettings &settings) const;

	// The spread itself.
	mplink_u32 spread_us() const
	{
		return larger(spread_.read(), spread_before_.read());
	}

	// A packet has filled a gap that was open for open_us.
	void filled(mplink_u64 now_us, mplink_u64 open_us);
	// A packet came after the timer had given up its gap: doubles the timer.  Packets that
	// come within the old timer change nothing, because they were given up as early.
	void too_short(mplink_u64 now_us, const TunnelSettings &settings);
	// The same, if it is known that the gap had been opened open_us ago.
	void late(mplink_u64 now_us, mplink_u64 open_us);

private:
	// The spread is the maximum of this window and of earlier ones, each of which counts half
	// as much as the one after it.  So rare delays are forgotten slowly.  A window ends only
	// when a new value comes, so a flow that rests forgets nothing.
	static constexpr mplink_u64 window_us = 1000000;

	static constexpr mplink_u32 most_us = ~0U;

	void turn(mplink_u64 now_us);
	void raise(mplink_u64 us);

	Shared<mplink_u32> spread_; // in this window
	Shared<mplink_u32> spread_before_ = initial_us / 2;
	Shared<bool> measured_;       // spread_before_ was measured: it is no guess
	Shared<mplink_u64> since_us_; // when this window began; 0: it has not yet
	Shared<mplink_u64> raised_us_;
};

} // namespace mplink
