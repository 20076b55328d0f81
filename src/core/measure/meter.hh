// SPDX-License-Identifier: GPL-2.0
// Measures one link, in the direction in which we send.
#pragma once
#include "base/order.hh"
#include "measure/capacity.hh"
#include "measure/one_way.hh"
#include "mplink/measure.h"

namespace mplink
{

class Meter
{
public:
	// Pace of marks.  A mark and its report are less than 250 bytes with all headers, so
	// they are at most 2 % of what is sent.
	static constexpr mplink_u64 mark_packets = 16;
	static constexpr mplink_u64 mark_bytes = 12000;
	static constexpr mplink_u64 mark_us = 10000;
	static constexpr mplink_u64 sparse_us = 100000; // when few packets are sent
	static constexpr mplink_u64 idle_us = 1000000;  // when none is sent
	// So many marks per round trip are enough.  All marks under way are remembered.
	static constexpr mplink_u32 marks_per_rtt = 32;
	static constexpr mplink_u32 marks_kept = 128;

	// A stretch is long enough to measure a rate, and has enough marks to find a queue.
	static constexpr mplink_u64 stretch_us = 50000;
	static constexpr mplink_u64 stretch_most_us = 400000;
	static constexpr mplink_u32 stretch_reports = 4;

	// The loss among so few packets says little, so earlier losses count, too.
	static constexpr mplink_u64 few_packets = 32;

	// After a queue has stood for so long, the delay without it is forgotten.  What looks like
	// a queue may be a longer path, so this is less than the ten minutes of RFC 6817 4.2.
	static constexpr mplink_u64 full_us = 20000000;

	// Fills in the next mark, if one is due.
	bool mark(mplink_u64 now_us, const mplink_counters &sent, mplink_mark &mark);
	// Returns enum mplink_report_verdict.
	mplink_u32 take(mplink_u64 now_us, const mplink_report &report);

	// Something is wrong if so many marks have no answer, and the first of them has waited
	// for so long beyond the round trip.
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
	// The same with the queue of a full link, in which every packet has to wait.  If the link
	// is not known to be full, its capacity may be overrated: only packets that are sent there
	// can tell.
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
	// Sets everything except the delay above the fastest link's.
	void tell(mplink_estimate &estimate) const;

private:
	// Three reports in a row that contradict the earlier ones, but not each other, are
	// believed: the other end counts anew.
	static constexpr mplink_u8 wrong_limit = 3;

	struct Sent {
		mplink_u64 us; // 0: none was sent
		mplink_u64 packets;
		mplink_u64 bytes;
	};

	mplink_u64 waited_us(mplink_u64 now_us) const;
	void notice_silence(mplink_u64 now_us);
	bool is_ours(const mplink_mark &mark) const;
	// Whether the second report can follow the first.
	static bool continues(const mplink_report &first, const mplink_report &second);
	bool counts_anew(const mplink_report &report);
	void begin(const mplink_report &report);
	void take_times(mplink_u64 now_us, const mplink_report &report);
	void forget_delay(mplink_u64 now_us, const mplink_report &report);
	void keep_delay(mplink_u64 now_us);
	void take_stretch(mplink_u64 now_us, const mplink_report &report);

	// Marks.  The number wraps soon after the start, so that a fault at the wrap shows early.
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
	mplink_u8 wrong_ = 0;             // how many of these in a row

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
