// SPDX-License-Identifier: GPL-2.0
// What has become of the numbers that a bucket has left behind.  In order costs it
// nothing: it changes only where a gap is given up.
#pragma once
#include "base/serial.hh"

namespace mplink
{

enum class Fate {
	delivered,
	given_up,
	unknown, // too long ago
};

// next: the number that the bucket expects.  All zero: it begins with 0.
class SequenceRecord
{
public:
	// No number before next has been delivered.
	void begin(mplink_u32 next)
	{
		*this = {};
		whole_from_ = next;
	}

	// Goes from next to another, further ahead, whose predecessors will not come.
	void give_up(mplink_u32 next, mplink_u32 to)
	{
		const mplink_u32 run = next - whole_from_;
		const mplink_u32 lost = to - next;

		before_ = shift(before_, run) | (run < bits ? (mplink_u64{1} << run) - 1 : all);
		before_ = shift(before_, lost);
		lost_ = run ? lost : lost_ + lost;
		whole_from_ = to;
	}

	// Of a number behind next.
	Fate fate(mplink_u32 next, mplink_u32 seq) const
	{
		const mplink_u32 run = next - whole_from_;
		mplink_u32 back = next - seq;

		// After 2^32 numbers without a gap, run has wrapped; so it is never more
		// than it should be.
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
