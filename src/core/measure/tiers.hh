// SPDX-License-Identifier: GPL-2.0
// Preference: links of a later tier carry packets only once all links before them are full.
//
// Packets know nothing of tiers.  They take the link by which they arrive first, so the tier
// that comes next counts a longer delay than it has: 15 ms more than the slowest link of the open
// tiers.  So a packet takes it when it would have to wait for as long at each of those.  When
// packets have done so for a while, the tier is opened, and counts its own delays.  It is closed
// when nobody has needed it for some seconds.
#pragma once
#include "link/link_pace.hh"
#include "link/pace_settings.hh"

namespace mplink
{

class Tiers
{
public:
	static constexpr mplink_u32 tiers = MPLINK_MAX_PREFERENCE + 1;
	static constexpr mplink_u32 turn_ns = PaceSettings::first_turn_ns;
	// Delays in an open tier count no more than this while another tier is closed.  With
	// turn_ns, that one is still within Adaptive::horizon_ns.
	static constexpr mplink_u32 most_ns = 30000000;
	static constexpr mplink_u32 never_ns = 1000000000;
	// A tier is opened after packets have taken it for so long without a break.
	static constexpr mplink_u64 opens_us = 15000;
	static constexpr mplink_u64 closes_us = 5000000;
	// The least time over which traffic is measured.
	static constexpr mplink_u64 window_us = 100000;

	// A link as it is now.
	struct Member {
		mplink_u32 tier;
		bool valid;
		bool known;          // it has been full, so its capacity can be believed
		mplink_u64 capacity; // bytes per second
		mplink_u32 delay_ns; // up to a constant that is the same for all links
		mplink_u64 sent;     // bytes so far
	};

	// Call take() for each link, then judge().
	void take(const Member &link);
	void judge(mplink_u64 now_us);
	// Whether links of that tier carry packets as if there were no tiers.
	bool is_open(mplink_u32 tier) const
	{
		return tier <= open_;
	}
	// What the delay of a link of that tier shall count.
	mplink_u32 counted_ns(mplink_u32 tier, mplink_u32 delay_ns) const;

private:
	// The links of a tier together.
	struct Tier {
		bool valid = false;
		bool known = true;
		mplink_u64 capacity = 0;
		mplink_u64 sent = 0;
		mplink_u32 fastest_ns = ~mplink_u32{0};
		mplink_u32 slowest_ns = 0;
	};

	mplink_u32 valid_after(mplink_u32 tier) const;
	void measure(mplink_u64 now_us);
	void watch(mplink_u64 now_us);
	void summarize();
	mplink_u32 above_fastest_ns(mplink_u32 delay_ns) const;

	Tier taken_[tiers]; // since the last judge()

	// By the last judge().
	Tier now_[tiers];
	mplink_u64 used_ = 0;       // bytes by the next tier since the judge() before
	mplink_u32 open_ = 0;       // the last tier that is open
	mplink_u32 next_ = tiers;   // the valid one after that, or tiers
	bool known_ = false;        // the open tiers can tell when they are full
	mplink_u32 fastest_ns_ = 0; // of the open tiers
	mplink_u32 slowest_ns_ = 0;

	mplink_u32 wanted_ = 0; // this tier stays open until until_us_
	mplink_u64 until_us_ = 0;
	mplink_u64 used_since_us_ = 0; // the next tier has been used since then; 0: it is not
	mplink_u64 window_at_us_ = 0;
	mplink_u64 window_sent_ = 0;
};

} // namespace mplink
