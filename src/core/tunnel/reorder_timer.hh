// SPDX-License-Identifier: GPL-2.0
// outoforder_timer (RFC 2890 2.2): how long to wait for what another link may bring, by
// how long it took links to bring it before.  One a peer, which all its CPUs share.
#pragma once
#include "base/atomic.hh"
#include "link/settings.hh"

namespace mplink
{

class ReorderTimer
{
public:
	// Before a spread has been measured.  Long enough for most links, and short enough
	// where the first packet of all is lost.
	static constexpr mplink_u32 initial_us = 200000;

	// Twice the spread of the links' delays, within the user's bounds.
	mplink_u32 timeout_us(const TunnelSettings &settings) const;

	// A gap had been open for that long when a packet came that belongs into it.
	void filled(mplink_u64 now_us, mplink_u64 open_us);
	// A packet came after its gap had been given up by the timer: it shall be twice
	// that.  Those that come meanwhile had been given up as early.
	void too_short(mplink_u64 now_us, const TunnelSettings &settings);
	// Likewise, and the gap had been opened that long ago.
	void late(mplink_u64 now_us, mplink_u64 open_us);

private:
	// The spread is the most of this window, and of those before at half the weight
	// each: what is rare is forgotten slowly.  A window is not over before there is
	// something for the next one, for a flow that rests forgets nothing.
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
