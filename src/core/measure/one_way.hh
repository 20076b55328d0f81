// SPDX-License-Identifier: GPL-2.0
// One-way delays: the receiver's clock less the sender's.  So a delay is known only up to a
// constant, which is the same for all links of a peer, and may be below zero.
#pragma once
#include "mplink/types.h"

namespace mplink
{

using mplink_s64 = __INT64_TYPE__;

constexpr mplink_s64 one_way(mplink_u64 sent_us, mplink_u64 arrived_us)
{
	return static_cast<mplink_s64>(arrived_us - sent_us);
}

// The difference of two signed numbers may not fit a signed one.
constexpr mplink_u64 apart(mplink_s64 a, mplink_s64 b)
{
	return a > b ? static_cast<mplink_u64>(a) - static_cast<mplink_u64>(b)
		     : static_cast<mplink_u64>(b) - static_cast<mplink_u64>(a);
}

// No queue is this long.  If the delay changes by more, the far end's clock has changed.
inline constexpr mplink_u64 clock_step_us = 10000000;

// The least of the last five to ten seconds.  Older values go, because the clocks at the two
// ends drift, and paths change.
class RecentMinimum
{
public:
	static constexpr mplink_u64 slot_us = 5000000;

	void take(mplink_u64 now_us, mplink_s64 value)
	{
		if (now_us - since_us_ >= slot_us) {
			before_ = now_us - since_us_ < 2 * slot_us ? now_ : value;
			now_ = value;
			since_us_ = now_us;
		} else if (value < now_) {
			now_ = value;
		}
	}
	// Values do not age until now_us.
	void hold(mplink_u64 now_us)
	{
		since_us_ = now_us;
	}
	mplink_s64 value() const
	{
		return now_ < before_ ? now_ : before_;
	}

private:
	mplink_u64 since_us_ = 0;
	mplink_s64 now_ = __INT64_MAX__;
	mplink_s64 before_ = __INT64_MAX__;
};

} // namespace mplink
