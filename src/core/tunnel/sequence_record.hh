// SPDX-License-Identifier: GPL-2.0
// Remembers which recent numbers were delivered and which were given up.  In-order delivery
// does not touch it: it changes only when a gap is given up.
#pragma once
#include "base/serial.hh"

namespace mplink
{

enum class Fate {
	delivered,
	given_up,
	unknown, // too long ago to know
};

// next: the number that the bucket expects.  All zero means that the bucket begins with 0.
class SequenceRecord
{
public:
	// Starts over: no number before next has been delivered.
	void begin(mplink_u32 next)
	{
		*this = {};
		whole_from_ = next;
	}

	// The numbers from next up to to, which is excluded, will not come.
	void give_up(mplink_u32 next, mplink_u32 to)
	{
		const mplink_u32 run = next - whole_from_;
		const mplink_u32 lost = to - next;

		before_ = shift(before_, run) | (run < bits ? (mplink_u64{1} << run) - 1 : all);
		before_ = shift(before_, lost);
		lost_ = run ? lost : lost_ + lost;
		whole_from_ = to;
	}

	// What has become of seq, which is below next.
	Fate fate(mplink_u32 next, mplink_u32 seq) const
	{
		const mplink_u32 run = next - whole_from_;
		mplink_u32 back = next - seq;

		// After 2^32 numbers without a gap, run wraps.  It is then too small, never too
		// large.
		if (back <= run)
			return Fate::delivered;
		back -= run;
		if (back <= lost_)
			return Fate::given_up;
		if (back <= bits)
			return before_ >> (back - 1) & 1 ? Fate::delivered : Fate::given_up;
		return Fate::unknown;
	}

private:
	static constexpr mplink_u32 bits = 64;
	static constexpr mplink_u64 all = ~mplink_u64{0};

	static mplink_u64 shift(mplink_u64 map, mplink_u32 by)
	{
		return by < bits ? map << by : 0;
	}

	mplink_u64 before_ = 0;     // delivered or not: bit 0 is the number before whole_from_
	mplink_u32 whole_from_ = 0; // from here to next all have been delivered
	mplink_u32 lost_ = 0;       // so many before it have been given up
};

} // namespace mplink
