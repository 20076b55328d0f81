// SPDX-License-Identifier: GPL-2.0
#include "measure/capacity.hh"

namespace mplink
{

namespace
{

constexpr mplink_u64 second_us = 1000000;
constexpr mplink_u64 packet_bytes = 1500;

constexpr mplink_u64 larger(mplink_u64 a, mplink_u64 b)
{
	return a > b ? a : b;
}

} // namespace

// A slow link has a queue of some packets whenever it is used at all.
mplink_u64 Capacity::queue_limit() const
{
	return larger(queue_us, 3 * packet_bytes * second_us / value_);
}

void Capacity::set(mplink_u64 value)
{
	value_ = value < least ? least : value > most ? most : value;
}

void Capacity::halve(mplink_u64 delivered)
{
	set(larger(value_ / 2, delivered / 4));
	settled_ = true;
}

// Not far beyond what has been seen to arrive.
void Capacity::grow(mplink_u64 value, mplink_u64 bound)
{
	set(larger(value_, value < bound ? value : bound));
}

void Capacity::take(const Stretch &stretch)
{
	const mplink_u64 limit = queue_limit();
	const bool busy = stretch.sent > value_ / 4 * 3;

	if (stretch.standing_us > limit) {
		// A bit less than the link can do lets a long queue drain.
		set(stretch.standing_us > 3 * limit ? stretch.delivered / 16 * 15
						    : stretch.delivered);
		settled_ = true;
		grown_us_ = stretch.now_us;
		return;
	}
	if (busy && stretch.sent / 8 * 7 > stretch.delivered) {
		// A policer: what it lets through is what there is.
		set(larger(stretch.delivered, value_ / 2));
		settled_ = true;
		grown_us_ = stretch.now_us;
		return;
	}
	if (stretch.delivered > value_)
		set(stretch.delivered);
	if (!busy)
		return;
	// One step a round trip: the answer to the last one has to come first.
	if (settled_ && stretch.now_us - grown_us_ < larger(100000, stretch.rtt_us))
		return;
	grown_us_ = stretch.now_us;
	grow(settled_ ? value_ + value_ / 20 : 2 * value_,
	     settled_ ? stretch.delivered / 4 * 5 : 2 * stretch.delivered);
}

} // namespace mplink
