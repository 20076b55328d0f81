// SPDX-License-Identifier: GPL-2.0
// What is measured of one link, in the direction in which we send.
#pragma once
#include "base/order.hh"
#include "measure/capacity.hh"
#include "mplink/measure.h"

namespace mplink
{

using mplink_s64 = __INT64_TYPE__;

// The least of the last five to ten seconds.  Older values go, because the clocks at the two
// ends drift, and paths change.
class RecentMinimum
{
public:
	static constexpr mplink_u64 slot_us = 5000000;

	void take(mplink_u64 now_us, mplink_s64 value);
	// Nothing grows older meanwhile.
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

class Meter
{
public:
	// Pace of marks.  A mark and its report are less than 250 bytes with all headers, so
	// they are at most 2 % of what is sent.
	static constexpr mplink_u64 mark_packets = 16;
	static constexpr mplink_u64 mark_bytes = 12000;
	static constexpr mplink_u64 mark_us = 10000;
	static constexpr mplink_u64 sparse_us = 100000; // where few packets are sent
	static constexpr mplink_u64 idle_us = 1000000;  // where none is
	// So many a round trip are enough, and all that are on their way are remembered.
	static constexpr mplink_u32 marks_per_rtt = 32;
	static constexpr mplink_u32 marks_kept = 128;

	// A stretch is long enough to tell a rate, and has marks enough to tell a queue.
	static constexpr mplink_u64 stretch_us = 50000;
	static constexpr mplink_u64 stretch_most_us = 400000;
	static constexpr mplink_u32 stretch_reports = 4;

	// A share of so few says little, so what was lost before counts, too.
	static constexpr mplink_u64 few_packets = 32;

	// No queue is as long.  Delays that change by more tell of another clock.
	static constexpr mplink_u64 step_us = 10000000;
	// A queue may stand for so long before the delay without it is forgotten.  What looks like
	// a queue may be a longer path, so this is less than the ten minutes of RFC 6817 4.2.
	static constexpr mplink_u64 full_us = 20000000;

	// Fills in the next mark, if one is due.
	bool mark(mplink_u64 now_us, const mplink_counters &sent, mplink_mark &mark);
	// Returns enum mplink_report_verdict.
	mplink_u32 take(mplink_u64 now_us, const mplink_report &report);

	// Where as many marks as this, and the first of them for as long beyond the round trip,
	// have had no answer, something is wrong.
	static constexpr mplink_u32 silent_marks = 8;
	static constexpr mplink_u64 silent_us = 200000;

	bool known() const
	{
		return reports_;
	}
	// One-way delay, up to a constant that is the same for all links of the peer.
	mplink_s64 delay_us() const
	{
		return least_.value();
	}
	// The same with the queue that stands before a full link: what every packet has to wait.
	// Where the link is not known to be full, its capacity may be overrated, and only packets
	// that are sent there can tell.
	mplink_s64 delay_now_us() const
	{
		const mplink_u64 queue = capacity_.full() ? smaller(stood_us_, queue_us_) : 0;

		return static_cast<mplink_s64>(static_cast<mplink_u64>(delay_us()) + queue);
	}
	mplink_u64 capacity() const
	{
		return capacity_.value();
	}
	// Whether the link has ever been full.
	bool settled() const
	{
		return capacity_.settled();
	}
	// All but the delay above the fastest link's.
	void tell(mplink_estimate &estimate) const;

private:
	// Three in a row that are wrong, but not for each other, are right: the other end
	// counts anew.
	static constexpr mplink_u8 wrong_limit = 3;

	struct Sent {
		mplink_u64 us; // 0: there has been none
		mplink_u64 packets;
		mplink_u64 bytes;
	};

	mplink_u64 waited_us(mplink_u64 now_us) const;
	void notice_silence(mplink_u64 now_us);
	bool is_ours(const mplink_mark &mark) const;
	// Whether the second can be what is heard after the first.
	static bool continues(const mplink_report &first, const mplink_report &second);
	bool counts_anew(const mplink_report &report);
	void begin(const mplink_report &report);
	void take_times(mplink_u64 now_us, const mplink_report &report);
	void forget_delay(mplink_u64 now_us, const mplink_report &report);
	void keep_delay(mplink_u64 now_us);
	void take_stretch(mplink_u64 now_us, const mplink_report &report);

	// Marks.  The first wrap comes soon, so that no one is surprised by it after years.
	mplink_u32 seq_ = ~mplink_u32{0} - 1000;
	Sent sent_[marks_kept] = {}; // by their numbers
	mplink_u64 marked_us_ = 0;
	mplink_u64 marked_packets_ = 0;
	mplink_u64 marked_bytes_ = 0;

	// Reports.
	mplink_u64 noticed_us_ = 0;     // when silence was noticed
	mplink_u64 heard_capacity_ = 0; // the capacity, by the last report
	mplink_u64 reports_ = 0;
	mplink_report last_ = {};
	mplink_report base_ = {}; // where the stretch begins
	mplink_u32 in_stretch_ = 0;
	mplink_u64 standing_us_ = 0;
	mplink_u64 stood_us_ = 0;         // standing_us_ of the last stretch
	mplink_report wrong_report_ = {}; // the last one that did not continue
	mplink_u8 wrong_ = 0;             // how many of them there were in a row

	// Estimates.
	Capacity capacity_;
	RecentMinimum least_;
	RecentMinimum rtt_least_;
	mplink_u64 full_since_us_ = 0; // 0: it is not full
	mplink_u64 load_ = 0;
	mplink_u64 delivered_ = 0;
	mplink_u64 rtt_us_ = 0;
	mplink_u64 queue_us_ = 0;
	mplink_u64 jitter_us_ = 0; // times 16
	mplink_u64 lost_ppm_ = 0;
};

} // namespace mplink
