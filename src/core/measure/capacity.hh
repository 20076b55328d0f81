// SPDX-License-Identifier: GPL-2.0
// How much a link can carry, judged by the difference between what was sent and what arrived.
#pragma once
#include "link/link_pace.hh"
#include "mplink/types.h"

namespace mplink
{

// One stretch of traffic over a link, between two marks whose reports have come.
struct Stretch {
	mplink_u64 now_us;
	mplink_u64 sent;        // bytes per second, by the sender's clock
	mplink_u64 delivered;   // bytes per second, by the receiver's clock
	mplink_u64 standing_us; // the least that a mark of the stretch waited in queues
	mplink_u64 jitter_us;
	mplink_u64 rtt_us;
	mplink_u64 lost; // packets, in the stretch before: what is lost is known so late
	mplink_u64 lost_ppm;
};

// Depends only on the stretches it was given.
//
// If every mark of the stretch found a queue, the link was busy all the time: then the rate
// delivered is the capacity.  Jitter does not look like that, because some of
// the marks come through at once (RFC 8289 uses the same minimum).  Loss lowers the capacity
// only if it is more than a working link loses: many radio links lose packets at any rate, and
// a policer shows in the rate delivered.  A busy link without a queue may be able to do more
// than we think, so the estimate grows while the link is used.
class Capacity
{
public:
	// A NIC's speed says nothing about the path behind it, so a link starts small and
	// doubles with each busy stretch, like a sender's slow start.
	static constexpr mplink_u64 initial = LinkPace::unmeasured;
	static constexpr mplink_u64 least = 8000;
	static constexpr mplink_u64 most = 50000000000;

	// A shorter wait is no queue: timers and interrupts can cause it.
	static constexpr mplink_u64 queue_us = 10000;
	static constexpr mplink_u64 stays_us = 500000;
	// Losses above this end the start (draft-ietf-ccwg-bbr, BBR.LossThresh), if they are more
	// than chance (BBR.StartupFullLossCnt).
	static constexpr mplink_u64 loss_ppm = 20000;
	static constexpr mplink_u64 loss_packets = 6;
	// But not while next to nothing is sent: 0.5 Mbit/s.
	static constexpr mplink_u64 loss_rate = 62500;
	// No working link loses more than this by itself.
	static constexpr mplink_u64 policer_ppm = 125000;

	// Bytes per second.
	mplink_u64 value() const
	{
		return value_;
	}
	// Whether the link has ever been full, so that the value is measured.
	bool settled() const
	{
		return settled_;
	}
	// Whether the queue stood all through the last stretch, because of what we send.
	bool full() const
	{
		return full_;
	}
	// True if what looked like a queue does not drain.  Then the path has become longer, or
	// other senders fill its queue, and that delay is the link's own from now on.
	[[nodiscard]] bool take(const Stretch &stretch);
	// Marks are lost: the link is far too full, or it does not work.
	void halve(mplink_u64 floor);

private:
	void set(mplink_u64 value);
	void follow(mplink_u64 seen);
	void take_queue(const Stretch &stretch, mplink_u64 limit);
	void grow(const Stretch &stretch);
	mplink_u64 queue_limit(const Stretch &stretch) const;
	bool is_full(const Stretch &stretch, bool queued);
	bool drains(const Stretch &stretch);

	mplink_u64 value_ = initial;
	mplink_u64 limited_ = 0;  // what was delivered while more was sent
	mplink_u64 grown_us_ = 0; // when it last grew
	mplink_u64 queued_since_us_ = 0;
	mplink_u32 queued_ = 0;      // stretches in a row with a queue
	mplink_u64 shortest_us_ = 0; // the shortest queue in these
	mplink_u32 undrained_ = 0;   // stretches in a row without the effect of a queue
	bool settled_ = false;
	bool full_ = false;
};

} // namespace mplink
