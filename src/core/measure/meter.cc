// SPDX-License-Identifier: GPL-2.0
#include "measure/meter.hh"

#include "base/order.hh"
#include "base/serial.hh"
#include "link/link_pace.hh"

namespace mplink
{

namespace
{

constexpr mplink_u64 million = 1000000;
constexpr mplink_u64 bytes_limit = mplink_u64{1} << 43; // times a million fits

constexpr mplink_u64 per_second(mplink_u64 bytes, mplink_u64 us)
{
	return smaller(smaller(bytes, bytes_limit) * million / us, Capacity::most);
}

constexpr mplink_u64 per_million(mplink_u64 part, mplink_u64 whole)
{
	return whole ? smaller(part, bytes_limit) * million / whole : 0;
}

constexpr mplink_s64 one_way(const mplink_report &report)
{
	return mplink::one_way(report.mark.sent_us, report.arrived_us);
}

} // namespace

mplink_u64 Meter::pace_us(mplink_u64 rtt_us, bool bulk, bool replays) const
{
	const mplink_u64 least = larger(smaller(rtt_us / marks_per_rtt, idle_us), mark_us);
	// At most 2 % of what the link carries.
	const mplink_u64 rate = settled() ? capacity() : LinkPace::unmeasured;

	if (bulk)
		return least;
	return replays ? smaller(larger(least, mark_bytes * million / rate), sparse_us) : sparse_us;
}

// When an answer is due, the next mark comes soon: it tells whether only the last one is lost.
// A suspect link carries nothing else, so it is asked less and less often.
mplink_u64 Meter::pace_in_doubt_us(mplink_u64 now_us) const
{
	if (suspect())
		return larger((now_us - suspect_us_) / 8, mark_us);

	const Sent *first = unanswered(1);

	if (!first || now_us - first->us + margin_us <= answer_us(*first))
		return idle_us;
	return larger(pace_us(rtt_us_, false, true) / 2, margin_us);
}

void Meter::look(mplink_u64 now_us, const mplink_counters &sent)
{
	passed_us_ = smaller(now_us - looked_us_, most_passed_us);
	given_ = looked_us_ ? sent.tx_bytes - looked_bytes_ : 0;
	looked_us_ = now_us;
	looked_bytes_ = sent.tx_bytes;
}

bool Meter::mark(mplink_u64 now_us, const mplink_counters &sent, bool replays, mplink_u16 tick,
		 mplink_u64 resent, mplink_mark &mark)
{
	look(now_us, sent);

	const mplink_u64 packets = sent.tx_packets - marked_packets_;
	const mplink_u64 bytes = sent.tx_bytes - marked_bytes_;
	const bool bulk = packets >= mark_packets && bytes >= mark_bytes;
	// A mark that has no answer yet shows how long the round trip is by now.
	const mplink_u64 rtt_us = larger(rtt_us_, waited_us(now_us));
	mplink_u64 pace = packets ? pace_us(rtt_us, bulk, replays) : idle_us;

	if (replays && !packets && !marked_idle_)
		pace = larger(pace_us(rtt_us, false, true), quiet_us);
	if (replays)
		pace = smaller(pace, pace_in_doubt_us(now_us));
	// The far end may be waiting for this word.
	const bool news = resent != told_resent_ && !suspect();

	if (now_us - marked_us_ < pace && !news)
		return false;
	// A suspect link is avoided, and may be as good as before when it is back.
	if (packets && !replays)
		notice_silence(now_us);
	marked_us_ = now_us;
	marked_idle_ = !packets;
	marked_packets_ = sent.tx_packets;
	marked_bytes_ = sent.tx_bytes;
	mark.seq = ++seq_;
	mark.sent_us = now_us;
	mark.packets = marked_packets_;
	mark.bytes = marked_bytes_;
	mark.resent = resent;
	told_resent_ = resent;
	sent_[seq_ % marks_kept] = {now_us, tick, mark.packets, mark.bytes};
	return true;
}

const Meter::Sent *Meter::unanswered(mplink_u32 nth) const
{
	const mplink_u32 open = seq_ - last_.mark.seq;

	if (!reports_ || open < nth || open >= marks_kept)
		return nullptr;
	return &sent_[(last_.mark.seq + nth) % marks_kept];
}

mplink_u64 Meter::waited_us(mplink_u64 now_us) const
{
	const Sent *mark = unanswered(1);

	return mark ? now_us - mark->us : 0;
}

mplink_u64 Meter::answer_us() const
{
	const mplink_u64 deviation = larger(4 * rtt_deviation_us_, least_deviation_us);
	// While a queue grows, the last round trip tells more than the mean, and the next is
	// longer.
	const mplink_u64 rtt = larger(rtt_us_, last_rtt_us_) / 4 * 5;

	return (rtt + deviation + margin_us) * caution_ / caution_least;
}

mplink_u64 Meter::answer_us(const Sent &mark) const
{
	return larger(answer_us(), rtt_us_ + passes_us(mark.bytes));
}

mplink_u64 Meter::suspected_after_us() const
{
	return larger(larger(3 * pace_us(rtt_us_, false, true) / 2 + 2 * answer_us(),
			     rtt_us_ + silence_us()),
		      3 * pace_us(rtt_us_, false, true) / 2 + rtt_us_ + passes_us(marked_bytes_)) +
	       margin_us;
}

mplink_u64 Meter::silence_us() const
{
	return larger(2 * pace_us(rtt_us_, false, true), least_silence_us) + rtt_us_ / 4;
}

mplink_u64 Meter::passes_us(mplink_u64 until_bytes) const
{
	const mplink_u64 bytes = smaller(until_bytes - last_.mark.bytes, bytes_limit);

	// The estimate may be a little too high.
	return settled() ? smaller(bytes * million / capacity() / 4 * 5, most_passes_us) : 0;
}

bool Meter::heard_lately(mplink_u64 now_us) const
{
	return now_us - heard_us_ < silence_us();
}

void Meter::judge(mplink_u64 now_us, bool alive, bool in_time)
{
	interrupted_ |= !alive;
	if (caution_ > caution_least && now_us - wrong_us_ >= caution_us) {
		caution_--;
		wrong_us_ = now_us;
	}

	const Sent *second = unanswered(2);

	if (suspect() || !in_time || heard_lately(now_us) || !second ||
	    now_us - second->us <= answer_us(*second))
		return;
	suspect_us_ = now_us;
	interrupted_ = true;
	moved_on_ = 0;
	suspicions_++;
}

// A report has come from a suspect link.
void Meter::clear(mplink_u64 now_us, const mplink_report &report)
{
	if (!suspect())
		return;
	// The mark was under way: the answer took longer than expected.
	if (!moved_on_ && report.mark.sent_us < suspect_us_) {
		wrong_suspicions_++;
		caution_ = static_cast<mplink_u8>(smaller<int>(caution_ + 1, caution_most));
		wrong_us_ = now_us;
	}
	if (++moved_on_ == reports_to_clear)
		suspect_us_ = 0;
}

void Meter::acknowledge(const mplink_report &report)
{
	const mplink_u16 tick = sent_[report.mark.seq % marks_kept].tick;

	acknowledged_ = reports_ ? reported_ : static_cast<mplink_u16>(tick - 1);
	reported_ = tick;
}

void Meter::notice_silence(mplink_u64 now_us)
{
	const mplink_u64 patience_us = rtt_us_ + larger(rtt_us_ / 2, silent_us);

	if (seq_ - last_.mark.seq < silent_marks || waited_us(now_us) < patience_us ||
	    now_us - noticed_us_ < patience_us)
		return;
	noticed_us_ = now_us;
	// Keeps a floor, because perhaps only the way back is broken.
	capacity_.halve(heard_capacity_ / 4);
}

// Someone who sees none of our marks cannot guess their contents.
bool Meter::is_ours(const mplink_mark &mark) const
{
	const Sent &sent = sent_[mark.seq % marks_kept];

	return seq_ - mark.seq < marks_kept && sent.us && sent.us == mark.sent_us &&
	       sent.packets == mark.packets && sent.bytes == mark.bytes;
}

bool Meter::continues(const mplink_report &first, const mplink_report &second)
{
	return ahead_of(second.mark.seq, first.mark.seq) > 0 &&
	       second.arrived_us >= first.arrived_us && second.packets >= first.packets &&
	       second.bytes >= first.bytes &&
	       apart(one_way(first), one_way(second)) < clock_step_us;
}

bool Meter::counts_anew(const mplink_report &report)
{
	wrong_ = wrong_ && continues(wrong_report_, report) ? wrong_ + 1 : 1;
	wrong_report_ = report;
	return wrong_ == wrong_limit;
}

mplink_s64 Meter::missing(const mplink_report &report)
{
	return static_cast<mplink_s64>(report.mark.packets - report.packets);
}

void Meter::begin(const mplink_report &report)
{
	begin_stretch(report);
	missing_before_ = missing_;
	packets_before_ = 0;
}

void Meter::begin_stretch(const mplink_report &report)
{
	base_ = report;
	in_stretch_ = 0;
	standing_us_ = ~mplink_u64{0};
	missing_ = missing(report);
}

// How many packets of the stretch before were lost.
mplink_u64 Meter::lost_before()
{
	const mplink_u64 lost = missing_ > missing_before_ ? apart(missing_, missing_before_) : 0;

	missing_before_ = missing_;
	return smaller(lost, packets_before_);
}

mplink_u32 Meter::take(mplink_u64 now_us, const mplink_report &report)
{
	if (!is_ours(report.mark))
		return MPLINK_REPORT_UNKNOWN;
	if (reports_ && ahead_of(report.mark.seq, last_.mark.seq) <= 0)
		return MPLINK_REPORT_OLD;
	if (now_us < report.mark.sent_us || now_us - report.mark.sent_us < report.held_us)
		return MPLINK_REPORT_WRONG;
	if (reports_ && !continues(last_, report)) {
		if (!counts_anew(report))
			return MPLINK_REPORT_WRONG;
		least_ = {};
		last_ = report;
		begin(report);
	}
	if (!reports_)
		begin(report);
	wrong_ = 0;
	heard_us_ = now_us;
	acknowledge(report);
	clear(now_us, report);
	take_times(now_us, report);
	last_ = report;
	reports_++;
	if (!interrupted_) {
		take_stretch(now_us, report);
	} else if (!suspect()) {
		begin(report);
		interrupted_ = false;
	}
	heard_capacity_ = capacity_.value();
	return MPLINK_REPORT_TAKEN;
}

void Meter::take_times(mplink_u64 now_us, const mplink_report &report)
{
	const mplink_u64 rtt = now_us - report.mark.sent_us - report.held_us;
	const mplink_s64 delay = one_way(report);

	if (reports_) {
		rtt_deviation_us_ = rtt_deviation_us_ - rtt_deviation_us_ / 4 +
				    (larger(rtt_us_, rtt) - smaller(rtt_us_, rtt)) / 4;
		rtt_us_ = rtt_us_ - rtt_us_ / 8 + rtt / 8;
		jitter_us_ = jitter_us_ - jitter_us_ / 16 + apart(delay, one_way(last_));
	} else {
		rtt_us_ = rtt;
		rtt_deviation_us_ = rtt / 2;
	}
	last_rtt_us_ = rtt;
	rtt_least_.take(now_us, static_cast<mplink_s64>(rtt));
	least_.take(now_us, delay);
	queue_us_ = apart(delay, least_.value());
	standing_us_ = smaller(standing_us_, queue_us_);
	missing_ = smaller(missing_, missing(report));
}

void Meter::take_stretch(mplink_u64 now_us, const mplink_report &report)
{
	const mplink_u64 sent_us = report.mark.sent_us - base_.mark.sent_us;
	const mplink_u64 arrived_us = report.arrived_us - base_.arrived_us;
	// Jitter adds to one end or the other, and matters less in a longer stretch.
	const mplink_u64 want_us =
		smaller(larger(rtt_us_, stretch_us + jitter_us_ / 2), stretch_most_us);

	in_stretch_++;
	// If most marks are lost, few have to be enough.
	if (larger(sent_us, arrived_us) < (in_stretch_ > stretch_reports ? want_us : 3 * want_us) ||
	    !sent_us || !arrived_us)
		return;

	const mplink_u64 packets = report.mark.packets - base_.mark.packets;
	const mplink_u64 bytes = report.mark.bytes - base_.mark.bytes;
	const mplink_u64 lost = lost_before();
	const mplink_u64 lost_ppm = per_million(lost, packets_before_);

	load_ = per_second(bytes, sent_us);
	// No more can have arrived than was sent.
	delivered_ = per_second(smaller(report.bytes - base_.bytes, bytes), arrived_us);
	if (packets_before_)
		lost_ppm_ = lost_ppm_ - lost_ppm_ / 8 + lost_ppm / 8;
	stood_us_ = standing_us_;
	if (capacity_.take({.now_us = now_us,
			    .sent = load_,
			    .delivered = delivered_,
			    .standing_us = standing_us_,
			    .jitter_us = jitter_us_ / 16,
			    .rtt_us = rtt_us_,
			    .lost = lost,
			    .lost_ppm = packets_before_ < few_packets ? lost_ppm_ : lost_ppm}))
		forget_delay(now_us, report);
	packets_before_ = packets;
	keep_delay(now_us);
	begin_stretch(report);
}

// The shortest delay of the stretch is now the shortest there is.
void Meter::forget_delay(mplink_u64 now_us, const mplink_report &report)
{
	const mplink_u64 queue = smaller(standing_us_, queue_us_);

	least_ = {};
	least_.take(now_us, static_cast<mplink_s64>(static_cast<mplink_u64>(one_way(report)) -
						    (queue_us_ - queue)));
	queue_us_ -= queue;
}

// As long as the queue stands, the delay without it cannot be measured.
void Meter::keep_delay(mplink_u64 now_us)
{
	if (!capacity_.full())
		full_since_us_ = 0;
	else if (!full_since_us_)
		full_since_us_ = now_us;
	if (full_since_us_ && now_us - full_since_us_ < full_us)
		least_.hold(now_us);
}

void Meter::tell(mplink_estimate &estimate) const
{
	estimate = {.capacity = capacity_.settled() ? capacity_.value() : 0,
		    .load = load_,
		    .delivered = delivered_,
		    .rtt_us = rtt_us_,
		    .rtt_min_us = known() ? static_cast<mplink_u64>(rtt_least_.value()) : 0,
		    .delay_us = 0,
		    .queue_us = queue_us_,
		    .jitter_us = jitter_us_ / 16,
		    .lost_ppm = lost_ppm_,
		    .reports = reports_,
		    .suspect = 0};
}

} // namespace mplink
