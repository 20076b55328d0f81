// SPDX-License-Identifier: GPL-2.0
#include "measure/capacity.hh"

#include "base/order.hh"

namespace mplink
{

namespace
{

constexpr mplink_u64 second_us = 1000000;
constexpr mplink_u64 packet_bytes = 1500;
constexpr mplink_u64 grow_us = 100000;

// The rate that the link has shown.  Packets that were held up and then come together arrive
// faster than the link can carry them (draft-cheng-iccrg-delivery-rate-estimation 2.1).
constexpr mplink_u64 carried(const Stretch &stretch)
{
	return smaller(stretch.sent, stretch.delivered);
}

// The rate sent, less what was lost.  Unlike the rate delivered, jitter does not change it.
constexpr mplink_u64 passed(const Stretch &stretch)
{
	return stretch.sent / 1000 * (1000 - stretch.lost_ppm / 1000);
}

} // namespace

// The longest wait that is no sign of a full link.  A slow link has a queue of some packets
// whenever it is used at all, so a wait shorter than for three packets says nothing.  If delays
// vary, the shortest of ten seconds is shorter than the shortest of a stretch.
mplink_u64 Capacity::queue_limit(const Stretch &stretch) const
{
	const mplink_u64 rate = larger(least, smaller(value_, stretch.delivered));

	return larger(queue_us, 3 * packet_bytes * second_us / rate) + 2 * stretch.jitter_us;
}

void Capacity::set(mplink_u64 value)
{
	value_ = value < least ? least : value > most ? most : value;
}

void Capacity::halve(mplink_u64 floor)
{
	set(larger(value_ / 2, smaller(value_, floor)));
	settled_ = true;
}

// Whether a queue is of our making.  If we use less of the link than we think it can carry,
// there has to be another sign: more is sent than arrives, or the queue gets longer.  A step of
// the delay shows these, too, but only for one stretch.  A sender that waits for its queued
// packets shows neither, so a queue that stays is believed in the end.
bool Capacity::is_full(const Stretch &stretch, bool queued)
{
	if (!queued) {
		queued_ = 0;
		return false;
	}
	if (!queued_++) {
		queued_since_us_ = stretch.now_us;
		shortest_us_ = stretch.standing_us;
	}
	shortest_us_ = smaller(shortest_us_, stretch.standing_us);
	if (stretch.sent > value_ / 4 * 3 || stretch.now_us - queued_since_us_ > stays_us)
		return true;
	return queued_ > 1 &&
	       (stretch.sent / 16 * 15 > stretch.delivered ||
		stretch.standing_us > shortest_us_ + queue_us + 2 * stretch.jitter_us);
}

// A queue delivers at the link's rate, whatever is sent.  If less arrives because less was
// sent, and the delay stays, then there is no queue of ours.
bool Capacity::drains(const Stretch &stretch)
{
	if (stretch.sent / 16 * 15 > stretch.delivered || stretch.delivered > limited_)
		limited_ = stretch.delivered;

	const bool follows =
		stretch.delivered < limited_ / 4 * 3 && stretch.delivered / 16 * 15 < stretch.sent;

	undrained_ = follows ? undrained_ + 1 : 0;
	return undrained_ < 2;
}

// One stretch may be a little wrong, because packets come in bursts.  A large difference is a
// change of the link.
void Capacity::follow(mplink_u64 seen)
{
	const bool near = seen > value_ / 4 * 3 && seen < value_ / 4 * 5;

	set(settled_ && near ? value_ / 2 + seen / 2 : seen);
}

void Capacity::take_queue(const Stretch &stretch, mplink_u64 limit)
{
	// A bit less than the link can do lets a long queue drain.
	follow(stretch.standing_us > 3 * limit ? stretch.delivered / 32 * 31 : stretch.delivered);
	settled_ = true;
	grown_us_ = stretch.now_us;
}

// Never grows far beyond the rate that has arrived: if the estimate is too high, the link gets a
// queue, or its policer drops packets.
void Capacity::grow(const Stretch &stretch)
{
	const mplink_u64 seen = carried(stretch);

	if (!settled_) {
		set(larger(value_, smaller(value_ / 2 * 3, seen / 2 * 3)));
		return;
	}
	// One step a round trip: the answer to the last one has to come first.
	if (stretch.now_us - grown_us_ < larger(grow_us, stretch.rtt_us))
		return;
	grown_us_ = stretch.now_us;
	set(larger(value_, seen / 16 * 17));
}

bool Capacity::take(const Stretch &stretch)
{
	const mplink_u64 limit = queue_limit(stretch);
	const bool busy = stretch.sent > value_ / 4 * 3;

	full_ = is_full(stretch, stretch.standing_us > limit);
	if (full_) {
		if (drains(stretch)) {
			take_queue(stretch, limit);
			return false;
		}
		full_ = false;
		set(limited_);
	}

	const bool moved = undrained_ > 1;

	limited_ = 0;
	undrained_ = 0;
	if (busy && stretch.lost_ppm > policer_ppm) {
		// A policer: the rate that it lets through is the capacity.
		set(larger(passed(stretch), value_ / 2));
		settled_ = true;
		grown_us_ = stretch.now_us;
		return moved;
	}
	if (!settled_ && stretch.lost >= loss_packets && stretch.lost_ppm > loss_ppm &&
	    stretch.sent > loss_rate) {
		set(smaller(value_, carried(stretch) / 8 * 9));
		settled_ = true;
	}
	if (carried(stretch) > value_)
		follow(carried(stretch));
	if (busy)
		grow(stretch);
	return moved;
}

} // namespace mplink
