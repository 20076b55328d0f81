// SPDX-License-Identifier: GPL-2.0
#include "measure/meter.hh"

#include "base/serial.hh"

namespace mplink
{

namespace
{

constexpr mplink_u64 million = 1000000;
constexpr mplink_u64 bytes_limit = mplink_u64{1} << 43; // times a million fits

constexpr mplink_u32 narrow(mplink_u64 v)
{
	return v < ~mplink_u32{0} ? static_cast<mplink_u32>(v) : ~mplink_u32{0};
}

constexpr mplink_u64 smaller(mplink_u64 a, mplink_u64 b)
{
	return a < b ? a : b;
}

constexpr mplink_u64 per_second(mplink_u64 bytes, mplink_u64 us)
{
	return smaller(bytes, bytes_limit) * million / us;
}

mplink_s64 one_way(const mplink_report &report)
{
	return static_cast<mplink_s64>(report.arrived_us - report.mark.sent_us);
}

} // namespace

void RecentMinimum::take(mplink_u64 now_us, mplink_s64 value)
{
	if (now_us - since_us_ >= slot_us) {
		before_ = now_us - since_us_ < 2 * slot_us ? now_ : value;
		now_ = value;
		since_us_ = now_us;
	} else if (value < now_) {
		now_ = value;
	}
}

bool Meter::mark(mplink_u64 now_us, const mplink_counters &sent, mplink_mark &mark)
{
	const mplink_u64 packets = sent.tx_packets - marked_packets_;
	const mplink_u64 bytes = sent.tx_bytes - marked_bytes_;
	const mplink_u64 since = now_us - marked_us_;
	const bool bulk = packets >= mark_packets && bytes >= mark_bytes;

	if (since < (bulk ? mark_us : packets ? sparse_us : idle_us))
		return false;
	if (packets)
		notice_silence(now_us);
	marked_us_ = now_us;
	marked_packets_ = sent.tx_packets;
	marked_bytes_ = sent.tx_bytes;
	mark.seq = ++seq_;
	mark.sent_us = now_us;
	mark.packets = marked_packets_;
	mark.bytes = marked_bytes_;
	return true;
}

void Meter::notice_silence(mplink_u64 now_us)
{
	const mplink_u64 patience_us = 3 * rtt_us_ < silent_us ? silent_us : 3 * rtt_us_;

	if (!reports_ || seq_ - last_.mark.seq < silent_marks || now_us - heard_us_ < patience_us)
		return;
	heard_us_ = now_us;
	capacity_.halve(delivered_);
}

// Whether we can have sent such a mark, and the report can be about it.
bool Meter::believable(mplink_u64 now_us, const mplink_report &report) const
{
	return report.mark.sent_us <= marked_us_ && report.mark.packets <= marked_packets_ &&
	       report.mark.bytes <= marked_bytes_ && now_us - report.mark.sent_us >= report.held_us;
}

bool Meter::continues(const mplink_report &report) const
{
	return report.mark.sent_us > last_.mark.sent_us &&
	       report.mark.packets >= last_.mark.packets && report.mark.bytes >= last_.mark.bytes &&
	       report.arrived_us >= last_.arrived_us && report.packets >= last_.packets &&
	       report.bytes >= last_.bytes;
}

void Meter::begin(const mplink_report &report)
{
	base_ = report;
	in_stretch_ = 0;
	standing_us_ = ~mplink_u64{0};
}

mplink_u32 Meter::take(mplink_u64 now_us, const mplink_report &report)
{
	if (ahead_of(report.mark.seq, seq_) > 0 || !report.mark.seq)
		return MPLINK_REPORT_UNKNOWN;
	if (reports_ && ahead_of(report.mark.seq, last_.mark.seq) <= 0)
		return MPLINK_REPORT_OLD;
	if (!believable(now_us, report))
		return MPLINK_REPORT_WRONG;
	if (reports_ && !continues(report)) {
		if (++wrong_ < wrong_limit)
			return MPLINK_REPORT_WRONG;
		least_ = {};
		begin(report);
	}
	if (!reports_)
		begin(report);
	wrong_ = 0;
	take_times(now_us, report);
	last_ = report;
	heard_us_ = now_us;
	reports_++;
	take_stretch(now_us, report);
	return MPLINK_REPORT_TAKEN;
}

void Meter::take_times(mplink_u64 now_us, const mplink_report &report)
{
	const mplink_u64 rtt = now_us - report.mark.sent_us - report.held_us;
	const mplink_s64 delay = one_way(report);

	if (reports_) {
		const mplink_s64 step = delay - one_way(last_);
		const auto apart = static_cast<mplink_u64>(step < 0 ? -step : step);

		rtt_us_ = rtt_us_ - rtt_us_ / 8 + rtt / 8;
		rtt_min_us_ = smaller(rtt_min_us_, rtt);
		jitter_us_ = jitter_us_ - jitter_us_ / 16 + apart;
	} else {
		rtt_us_ = rtt;
		rtt_min_us_ = rtt;
	}
	least_.take(now_us, delay);
	queue_us_ = static_cast<mplink_u64>(delay - least_.value());
	standing_us_ = smaller(standing_us_, queue_us_);
}

void Meter::take_stretch(mplink_u64 now_us, const mplink_report &report)
{
	const mplink_u64 sent_us = report.mark.sent_us - base_.mark.sent_us;
	const mplink_u64 arrived_us = report.arrived_us - base_.arrived_us;
	const mplink_u64 want_us =
		rtt_us_ < stretch_us ? stretch_us : smaller(rtt_us_, stretch_most_us);

	in_stretch_++;
	// Where most marks are lost, few must do.
	if (sent_us < (in_stretch_ > stretch_reports ? want_us : 3 * want_us) || !arrived_us)
		return;

	const mplink_u64 packets = report.mark.packets - base_.mark.packets;
	const mplink_u64 came = smaller(report.packets - base_.packets, packets);

	load_ = per_second(report.mark.bytes - base_.mark.bytes, sent_us);
	delivered_ = per_second(report.bytes - base_.bytes, arrived_us);
	if (packets)
		lost_ppm_ = lost_ppm_ - lost_ppm_ / 8 + (packets - came) * million / packets / 8;
	capacity_.take({.now_us = now_us,
			.sent = load_,
			.delivered = delivered_,
			.standing_us = standing_us_,
			.rtt_us = rtt_us_});
	begin(report);
}

void Meter::tell(mplink_estimate &estimate) const
{
	estimate = {.capacity = capacity_.settled() ? capacity_.value() : 0,
		    .load = load_,
		    .delivered = delivered_,
		    .rtt_us = narrow(rtt_us_),
		    .rtt_min_us = narrow(rtt_min_us_),
		    .delay_us = 0,
		    .queue_us = narrow(queue_us_),
		    .jitter_us = narrow(jitter_us_ / 16),
		    .lost_ppm = narrow(lost_ppm_),
		    .reports = reports_};
}

} // namespace mplink
