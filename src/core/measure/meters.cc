// SPDX-License-Identifier: GPL-2.0
#include "measure/meters.hh"

#include "base/order.hh"

namespace mplink
{

Meters::~Meters()
{
	for (Meter *meter : meters_)
		destroy(meter);
}

void Meters::judge(mplink_u64 now_us, mplink_u64 alive, bool replays, mplink_u16 tick)
{
	replays_ = replays;
	alive_ = alive;
	tick_ = tick;
	// If this host has stood still, or has rested, reports may wait to be taken.
	const bool in_time = now_us - judged_us_ < stall_us;

	judged_us_ = now_us;
	for (mplink_u32 i = 0; replays && i < MPLINK_MAX_LINKS; i++)
		if (meters_[i])
			meters_[i]->judge(now_us, alive >> i & 1, in_time);
}

mplink_u64 Meters::suspects() const
{
	mplink_u64 links = 0;

	for (mplink_u32 i = 0; i < MPLINK_MAX_LINKS; i++)
		links |= mplink_u64{suspect(i)} << i;
	return links;
}

mplink_u64 Meters::room_without(mplink_u64 links, mplink_u64 replayed) const
{
	mplink_s64 carries = 0;
	auto room = static_cast<mplink_s64>(replayed);

	for (mplink_u32 i = 0; i < MPLINK_MAX_LINKS; i++)
		if (const Meter *meter = links >> i & 1 ? nullptr : at(i)) {
			carries += meter->carries();
			room += meter->room();
		}
	return static_cast<mplink_u64>(larger(room, carries / replay_share));
}

mplink_u64 Meters::sum(mplink_u64 (Meter::*count)() const) const
{
	mplink_u64 all = 0;

	for (const Meter *meter : meters_)
		all += meter ? (meter->*count)() : 0;
	return all;
}

// How long after a packet it has been sent once more, if its link dies with it.  What the link was
// given until it is suspect passes by the others.
// capacity: of all links.
mplink_u64 Meters::resent_after_us(const Meter &meter, mplink_u64 capacity)
{
	const mplink_u64 suspected_us = meter.suspected_after_us();
	const mplink_u64 others = capacity - meter.capacity();

	return suspected_us + resend_us +
	       (others ? smaller(suspected_us * meter.capacity() / others, most_resend_us) : 0);
}

mplink_u16 Meters::replay_ms() const
{
	constexpr mplink_u64 most = 65535;
	if (!replays_)
		return 0;

	const bool any_works = alive_ & ~suspects();
	const mplink_u64 capacity = sum(&Meter::capacity_if_known);
	mplink_u64 us = 0;

	for (mplink_u32 i = 0; i < MPLINK_MAX_LINKS; i++)
		if (const Meter *meter = works(i) || !any_works ? at(i) : nullptr)
			us = larger(us, resent_after_us(*meter, capacity));
	return static_cast<mplink_u16>(smaller(us / 1000, most));
}

bool Meters::mark(mplink_u32 link, mplink_u64 now_us, const mplink_counters &sent,
		  mplink_mark &mark)
{
	Meter *&meter = meters_[link];

	if (!meter)
		meter = make_now<Meter>();
	if (!meter)
		return false;
	if (!meter->mark(now_us, sent, replays_, tick_, resent_, mark))
		return false;
	mark.link = static_cast<mplink_u8>(link);
	mark.repairs = replays_;
	mark.replay_ms = replay_ms();
	return true;
}

void Meters::resent(mplink_u64 links)
{
	resent_ = 0;
	for (mplink_u32 i = 0; i < MPLINK_MAX_LINKS; i++)
		if (meters_[i])
			resent_ |= links & mplink_u64{1} << i;
}

mplink_u32 Meters::take(mplink_u64 now_us, const mplink_report &report)
{
	const mplink_u32 link = report.mark.link;

	if (link >= MPLINK_MAX_LINKS || !meters_[link])
		return MPLINK_REPORT_UNKNOWN;
	return meters_[link]->take(now_us, report);
}

void Meters::forget(mplink_u32 link)
{
	destroy(meters_[link]);
	meters_[link] = nullptr;
}

mplink_u64 Meters::above_least(const Meter &meter, mplink_s64 (Meter::*delay)() const) const
{
	mplink_s64 least = (meter.*delay)();

	// Nobody takes the way that is shorter and dead.
	for (mplink_u32 i = 0; i < MPLINK_MAX_LINKS; i++)
		if (const Meter *other = works(i) ? at(i) : nullptr)
			least = smaller(least, (other->*delay)());
	// The difference may not fit a signed number.
	return static_cast<mplink_u64>((meter.*delay)()) - static_cast<mplink_u64>(least);
}

mplink_u64 Meters::above_fastest_us(const Meter &meter) const
{
	return above_least(meter, &Meter::delay_us);
}

mplink_u32 Meters::delay_ns(const Meter &meter) const
{
	const mplink_u64 ns = above_least(meter, &Meter::delay_now_us) * 1000;

	return static_cast<mplink_u32>(smaller(ns, mplink_u64{~mplink_u32{0}}));
}

bool Meters::tell(mplink_u32 link, mplink_estimate &estimate) const
{
	const Meter *meter = at(link);

	estimate = {};
	if (!meter)
		return false;
	meter->tell(estimate);
	estimate.delay_us = above_fastest_us(*meter);
	estimate.suspect = suspect(link);
	return true;
}

} // namespace mplink
