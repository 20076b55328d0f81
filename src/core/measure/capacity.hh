// SPDX-License-Identifier: GPL-2.0
// How much a link can carry, judged by how what arrives differs from what was sent.
#pragma once
#include "mplink/types.h"

namespace mplink
{

// One stretch of traffic over a link, between two marks whose reports have come.
struct Stretch {
	mplink_u64 now_us;
	mplink_u64 sent;        // bytes per second, by the sender's clock
	mplink_u64 delivered;   // bytes per second, by the receiver's clock
	mplink_u64 standing_us; // the least that a mark of the stretch waited in queues
	mplink_u64 rtt_us;
};

// A pure function of what it has been told.
//
// A queue that no mark of the stretch found empty says that the link was busy all the time:
// then what was delivered is the capacity.  Jitter does not look like that, because some of
// the marks come through at once (RFC 8289 uses the same minimum).  Loss does not lower the
// capacity, unless it is most of what is sent: many radio links lose packets at any rate, and a
// policer shows by what it delivers.  Without a queue, a link that is busy may do more than we
// think, so the estimate grows while the link is used.
class Capacity
{
public:
	// 2 Mbit/s.  A NIC's speed says nothing of the path behind it, so a link starts small and
	// doubles with each busy stretch, like a sender's slow start.
	static constexpr mplink_u64 initial = 250000;
	static constexpr mplink_u64 least = 8000;
	static constexpr mplink_u64 most = 50000000000;

	// A queue of less than this is no queue: timers and interrupts wait as long.
	static constexpr mplink_u64 queue_us = 10000;

	// Bytes per second.
	mplink_u64 value() const
	{
		return value_;
	}
	// Whether it has ever been measured by a full link.
	bool settled() const
	{
		return settled_;
	}
	void take(const Stretch &stretch);
	// Marks are lost: the link is far too full, or it does not work.  delivered: what it
	// was last seen to deliver.
	void halve(mplink_u64 delivered);

private:
	void set(mplink_u64 value);
	void grow(mplink_u64 value, mplink_u64 bound);
	mplink_u64 queue_limit() const;

	mplink_u64 value_ = initial;
	mplink_u64 grown_us_ = 0; // when it has grown last
	bool settled_ = false;
};

} // namespace mplink
