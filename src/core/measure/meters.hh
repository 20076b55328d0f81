// SPDX-License-Identifier: GPL-2.0
// Measures the links of a peer.
#pragma once
#include "base/memory.hh"
#include "measure/meter.hh"
#include "measure/tiers.hh"

namespace mplink
{

class Meters
{
public:
	Meters() = default;
	Meters(const Meters &) = delete;
	Meters &operator=(const Meters &) = delete;
	~Meters();

	// Looks for links that have become suspect.  Call it every few milliseconds, before mark().
	// alive: a bit for the id of each link of which nobody has told that it is dead.
	// replays: what a dead link was given is sent once more by the others.  tick: grows by one
	// with each call, and wraps.
	void judge(mplink_u64 now_us, mplink_u64 alive, bool replays, mplink_u16 tick);
	bool suspect(mplink_u32 link) const
	{
		return replays_ && meters_[link] && meters_[link]->suspect();
	}
	// A bit for the id of each link that is suspect.
	mplink_u64 suspects() const;
	// How many bytes the links carry until the next call, besides what they are given: all but
	// those of which there is a bit.  replayed: so many bytes of what they were given since
	// the last call were sent once more.
	mplink_u64 room_without(mplink_u64 links, mplink_u64 replayed) const;
	// If a link that works dies, its packets have been sent once more by then; 0: they are not
	// sent.  Those of a link that has died are on their way.
	mplink_u16 replay_ms() const;
	// How often links were suspect, and how often that was wrong.
	mplink_u64 suspicions() const
	{
		return sum(&Meter::suspicions);
	}
	mplink_u64 wrong_suspicions() const
	{
		return sum(&Meter::wrong_suspicions);
	}

	// Creates the link's meter with its first mark.  False if none is due, or if memory is
	// short.
	bool mark(mplink_u32 link, mplink_u64 now_us, const mplink_counters &sent,
		  mplink_mark &mark);
	// Nothing is left to be sent once more of what these links were given: a bit for each id.
	// The next marks tell so.
	void resent(mplink_u64 links);
	// Returns enum mplink_report_verdict.
	mplink_u32 take(mplink_u64 now_us, const mplink_report &report);
	void forget(mplink_u32 link);
	// False if nothing is known yet.
	bool tell(mplink_u32 link, mplink_estimate &estimate) const;
	// Null if nothing is known yet.
	const Meter *at(mplink_u32 link) const
	{
		return meters_[link] && meters_[link]->known() ? meters_[link] : nullptr;
	}
	// One-way delay above that of the fastest known link.
	mplink_u64 above_fastest_us(const Meter &meter) const;

	// How much longer packets now take than by the fastest link, with the queues of full links;
	// in nanoseconds, up to four seconds.
	mplink_u32 delay_ns(const Meter &meter) const;

	Tiers tiers;

private:
	// After a link has become suspect, its first packets are sent within this time,
	static constexpr mplink_u64 resend_us = 15000;
	// and its last ones no later than so long after that.
	static constexpr mplink_u64 most_resend_us = 1000000;

	bool works(mplink_u32 link) const
	{
		return alive_ >> link & 1 && !suspect(link);
	}
	static mplink_u64 resent_after_us(const Meter &meter, mplink_u64 capacity);
	mplink_u64 sum(mplink_u64 (Meter::*count)() const) const;
	// How much longer that delay is than the shortest one of all known links that work; 0 if it
	// is shorter.
	mplink_u64 above_least(const Meter &meter, mplink_s64 (Meter::*delay)() const) const;

	Meter *meters_[MPLINK_MAX_LINKS] = {};
	// What is new leaves at least such a part of the links to what is sent once more.
	static constexpr mplink_s64 replay_share = 8;
	// Twice as long as judge() is called every few milliseconds.
	static constexpr mplink_u64 stall_us = 12000;

	mplink_u64 judged_us_ = 0;
	bool replays_ = false;
	mplink_u64 alive_ = ~mplink_u64{0};
	mplink_u16 tick_ = 0;
	mplink_u64 resent_ = 0;
};

} // namespace mplink
