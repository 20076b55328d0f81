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
	// A sender that replays soon tells that none is sent any more: else the far end would wait
	// for what the link may owe.
	static constexpr mplink_u64 quiet_us = 50000;
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

	// Fills in the next mark, if one is due.  tick: see acknowledged().  replays: what a dead
	// link was given is to be sent once more, so marks come as often as they may.
	// resent: as in the mark; a change of it is told at once.
	bool mark(mplink_u64 now_us, const mplink_counters &sent, bool replays, mplink_u16 tick,
		  mplink_u64 resent, mplink_mark &mark);
	// Returns enum mplink_report_verdict.
	mplink_u32 take(mplink_u64 now_us, const mplink_report &report);

	// The bytes that the link carries in the time between the last two calls of mark().
	mplink_s64 carries() const
	{
		return static_cast<mplink_s64>(capacity() * passed_us_ / 1000000);
	}
	// The same without what it was given in that time.  If it has never been full, nobody
	// knows what more it carries.
	mplink_s64 room() const
	{
		return settled() ? carries() - static_cast<mplink_s64>(given_) : carries();
	}

	// A mark has no answer for longer than the round trip takes: it, or its report, is lost, or
	// the link is dead.  With a second such mark, the link is suspect.
	static constexpr mplink_u64 least_deviation_us = 2000;
	static constexpr mplink_u64 margin_us = 5000;
	// A mark behind a burst takes as long as the burst.  And no link is suspect if any report
	// has come lately: while a queue grows, each takes longer than the one before, and some are
	// lost, but they come.
	static constexpr mplink_u64 least_silence_us = 25000;
	static constexpr mplink_u64 most_passes_us = 2000000;
	// Each wrong suspicion makes the next one wait longer by a quarter, up to four times; the
	// last such quarter is forgotten after so long.
	static constexpr mplink_u8 caution_least = 4;
	static constexpr mplink_u8 caution_most = 16;
	static constexpr mplink_u64 caution_us = 10000000;
	// So many reports that follow each other clear a suspect link.
	static constexpr mplink_u8 reports_to_clear = 2;

	// Looks whether the link has become suspect.  Call it every few milliseconds.  alive:
	// nobody has told that the link is dead.
	// in_time: the reports that have come have been taken.
	void judge(mplink_u64 now_us, bool alive, bool in_time);
	bool suspect() const
	{
		return suspect_us_;
	}
	// How often it was suspect, and how often that was wrong.
	mplink_u64 suspicions() const
	{
		return suspicions_;
	}
	mplink_u64 wrong_suspicions() const
	{
		return wrong_suspicions_;
	}
	// How long after a packet the link becomes suspect, if the link dies with the packet.
	mplink_u64 suspected_after_us() const;
	// The tick of the last mark but one of those that the far end has reported: what was sent
	// before has arrived, or is lost.  Packets that another CPU had in hand when the last mark
	// left may be behind that one.
	mplink_u16 acknowledged() const
	{
		return acknowledged_;
	}

	// After a pause, a link carries no more at once than in so long.
	static constexpr mplink_u64 most_passed_us = 10000;

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
	// The same, or 0.
	mplink_u64 capacity_if_known() const
	{
		return known() ? capacity() : 0;
	}
	// Whether the link has ever been full.
	bool settled() const
	{
		return capacity_.settled();
	}
	// Sets everything except the delay above the fastest link's, and whether it is suspect.
	void tell(mplink_estimate &estimate) const;

private:
	// Three reports in a row that contradict the earlier ones, but not each other, are
	// believed: the other end counts anew.
	static constexpr mplink_u8 wrong_limit = 3;

	struct Sent {
		mplink_u64 us; // 0: none was sent
		mplink_u16 tick;
		mplink_u64 packets;
		mplink_u64 bytes;
	};

	void look(mplink_u64 now_us, const mplink_counters &sent);
	mplink_u64 pace_us(mplink_u64 rtt_us, bool bulk, bool replays) const;
	mplink_u64 pace_in_doubt_us(mplink_u64 now_us) const;
	// How long an answer may take before its mark is overdue.
	mplink_u64 answer_us() const;
	mplink_u64 answer_us(const Sent &mark) const;
	mplink_u64 silence_us() const;
	// How long it takes what was given since the last mark that was reported to pass the link.
	mplink_u64 passes_us(mplink_u64 until_bytes) const;
	bool heard_lately(mplink_u64 now_us) const;
	// The first mark without an answer, or the one after it.  Null: there is none.
	const Sent *unanswered(mplink_u32 nth) const;
	// How long the first mark without an answer has waited.
	mplink_u64 waited_us(mplink_u64 now_us) const;
	void acknowledge(const mplink_report &report);
	void clear(mplink_u64 now_us, const mplink_report &report);
	void notice_silence(mplink_u64 now_us);
	bool is_ours(const mplink_mark &mark) const;
	// Whether the second report can follow the first.
	static bool continues(const mplink_report &first, const mplink_report &second);
	bool counts_anew(const mplink_report &report);
	void begin(const mplink_report &report);
	void begin_stretch(const mplink_report &report);
	// Packets that have been sent before the mark and had not come before it.
	static mplink_s64 missing(const mplink_report &report);
	mplink_u64 lost_before();
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
	bool marked_idle_ = true; // nothing was sent before the last mark
	mplink_u64 told_resent_ = 0;
	// Between the last two calls of mark().
	mplink_u64 looked_us_ = 0;
	mplink_u64 looked_bytes_ = 0;
	mplink_u64 passed_us_ = 0;
	mplink_u64 given_ = 0;

	// Suspicion.
	mplink_u64 suspect_us_ = 0; // since when; 0: it is not suspect
	mplink_u64 wrong_us_ = 0;   // when it was wrong last, or when caution_ fell
	mplink_u8 caution_ = caution_least;
	mplink_u8 moved_on_ = 0; // reports since suspect_us_
	// The link was dead or suspect: what was lost then tells nothing of what it can carry.
	bool interrupted_ = false;
	mplink_u64 suspicions_ = 0;
	mplink_u64 wrong_suspicions_ = 0;
	mplink_u16 acknowledged_ = 0;
	mplink_u16 reported_ = 0; // the tick of the last mark that was reported

	// Reports.
	mplink_u64 heard_us_ = 0;       // when the last one came
	mplink_u64 noticed_us_ = 0;     // when silence was noticed
	mplink_u64 heard_capacity_ = 0; // the capacity, by the last report
	mplink_u64 reports_ = 0;
	mplink_report last_ = {};
	mplink_report base_ = {}; // where the stretch begins
	mplink_u32 in_stretch_ = 0;
	// On links that reorder, marks overtake packets: what is missing then may still come.  So
	// what is lost is known a stretch later, by the fewest that were missing since.
	mplink_s64 missing_ = 0;
	mplink_s64 missing_before_ = 0;
	mplink_u64 packets_before_ = 0; // in the stretch before
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
	mplink_u64 last_rtt_us_ = 0;
	mplink_u64 rtt_deviation_us_ = 0; // RFC 6298: RTTVAR
	mplink_u64 queue_us_ = 0;
	mplink_u64 jitter_us_ = 0; // times 16
	mplink_u64 lost_ppm_ = 0;
};

} // namespace mplink
