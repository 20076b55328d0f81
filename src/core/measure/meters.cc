// SPDX-License-Identifier: GPL-2.0
#include "measure/meters.hh"

namespace mplink
{

Meters::~Meters()
{
	for (Meter *meter : meters_)
		destroy(meter);
}

bool Meters::mark(mplink_u32 link, mplink_u64 now_us, const mplink_counters &sent,
		  mplink_mark &mark)
{
	Meter *&meter = meters_[link];

	if (!meter) {
		void *memory = mplink_alloc_now(sizeof(Meter));

		if (!memory)
			return false;
		meter = new (memory) Meter;
	}
	mark.link = static_cast<mplink_u8>(link);
	return meter->mark(now_us, sent, mark);
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

mplink_u64 Meters::above_fastest_us(const Meter &meter) const
{
	mplink_s64 least = meter.delay_us();

	for (mplink_u32 i = 0; i < MPLINK_MAX_LINKS; i++)
		if (const Meter *other = at(i))
			if (other->delay_us() < least)
				least = other->delay_us();
	// It may not fit a signed number.
	return static_cast<mplink_u64>(meter.delay_us()) - static_cast<mplink_u64>(least);
}

mplink_u32 Meters::delay_ns(const Meter &meter) const
{
	mplink_u64 least = meter.delay_now_us();

	for (mplink_u32 i = 0; i < MPLINK_MAX_LINKS; i++)
		if (const Meter *other = at(i))
			if (static_cast<mplink_s64>(other->delay_now_us() - least) < 0)
				least = other->delay_now_us();

	const mplink_u64 ns = (meter.delay_now_us() - least) * 1000;

	return ns < ~mplink_u32{0} ? static_cast<mplink_u32>(ns) : ~mplink_u32{0};
}

bool Meters::tell(mplink_u32 link, mplink_estimate &estimate) const
{
	const Meter *meter = at(link);

	estimate = {};
	if (!meter)
		return false;
	meter->tell(estimate);

	const mplink_u64 delay_us = above_fastest_us(*meter);

	estimate.delay_us =
		delay_us < ~mplink_u32{0} ? static_cast<mplink_u32>(delay_us) : ~mplink_u32{0};
	return true;
}

} // namespace mplink
