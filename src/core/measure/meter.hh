// SPDX-License-Identifier: GPL-2.0
// What is measured of one link, in the direction in which we send.
#pragma once
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

	// A stretch is long enough to tell a rate, and has marks enough to tell a queue.
	static constexpr mplink_u64 stretch_us = 50000;
	static constexpr mplink_u64 stretch_most_us = 400000;
	static constexpr mplink_u32 stretch_reports = 4;

	// Fills in the next mark, if one is due.
	bool mark(mplink_u64 now_us, const mplink_counters &sent, mplink_mark &mark);
	// Returns enum mplink_report_refusal.
	mplink_u32 take(mplink_u64 now_us, const mplink_report &report);

	// Where as many marks as this, and for as long, have had no answer, something is wrong.
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
	mplink_u64 capacity() const
	{
		return capacity_.value();
	}
	// All but the delay above the fastest link's.
	void tell(mplink_estimate &estimate) const;

private:
	// Three in a row that are wrong, but not for each other, are right: the other end
	// counts anew.
	static constexpr mplink_u8 wrong_limit = 3;

	void notice_silence(mplink_u64 now_us);
	bool believable(mplink_u64 now_us, const mplink_report &report) const;
	bool continues(const mplink_report &report) const;
	void begin(const mplink_report &report);
	void take_times(mplink_u64 now_us, const mplink_report &report);
	void take_stretch(mplink_u64 now_us, const mplink_report &report);

	// Marks.
	mplink_u32 seq_ = 0;
	mplink_u64 marked_us_ = 0;
	mplink_u64 marked_packets_ = 0;
	mplink_u64 marked_bytes_ = 0;

	// Reports.
	mplink_u64 heard_us_ = 0; // when the last one came, or its absence was noticed
	mplink_u64 reports_ = 0;
	mplink_report last_ = {};
	mplink_report base_ = {}; // where the stretch begins
	mplink_u32 in_stretch_ = 0;
	mplink_u64 standing_us_ = 0;
	mplink_u8 wrong_ = 0;

	// Estimates.
	Capacity capacity_;
	RecentMinimum least_;
	mplink_u64 load_ = 0;
	mplink_u64 delivered_ = 0;
	mplink_u64 rtt_us_ = 0;
	mplink_u64 rtt_min_us_ = 0;
	mplink_u64 queue_us_ = 0;
	mplink_u64 jitter_us_ = 0; // times 16
	mplink_u64 lost_ppm_ = 0;
};

} // namespace mplink
