// SPDX-License-Identifier: GPL-2.0
#include "tunnel/equalizer.hh"

#include "base/deadline.hh"
#include "base/memory.hh"
#include "base/order.hh"

namespace mplink
{

namespace
{

// Timers and interrupts.
constexpr mplink_u32 margin_us = 5000;
constexpr mplink_u32 unknown = ~mplink_u32{0};

} // namespace

Equalizer::~Equalizer()
{
	forget();
}

void Equalizer::forget()
{
	for (mplink_u32 i = 0; i < MPLINK_MAX_LINKS; i++) {
		destroy(links_[i]);
		links_[i] = nullptr;
		above_us_[i].write(unknown);
		lag_us_[i].write(0);
	}
	slowest_us_.write(0);
	spread_us_.write(0);
}

bool Equalizer::fits(LinkDelay &link, mplink_s64 delay)
{
	if (apart(link.last, delay) < clock_step_us) {
		link.wrong = 0;
		return true;
	}
	return ++link.wrong >= wrong_limit;
}

bool Equalizer::take(mplink_u32 id, mplink_u64 sent_us, mplink_u64 now_us)
{
	const mplink_s64 delay = one_way(sent_us, now_us);

	if (links_[id] && !fits(*links_[id], delay))
		return true;
	// The sender's clock is another one, for all links.
	if (links_[id] && links_[id]->wrong)
		forget();
	if (!links_[id]) {
		void *memory = mplink_alloc_now(sizeof(LinkDelay));

		if (!memory)
			return false;
		links_[id] = new (memory) LinkDelay{};
		links_[id]->last = delay;
	}

	LinkDelay &link = *links_[id];
	const auto change =
		static_cast<mplink_u32>(smaller(apart(link.last, delay), mplink_u64{most_us}));

	link.jitter_us = link.jitter_us - link.jitter_us / 16 + change;
	link.last = delay;
	link.heard_us = now_us;
	link.least.take(now_us, delay);
	compare(now_us);
	return true;
}

void Equalizer::compare(mplink_u64 now_us)
{
	mplink_s64 least = __INT64_MAX__;
	mplink_u32 slowest = 0;
	mplink_u64 spread = 0;

	for (const LinkDelay *link : links_)
		if (link && elapsed(now_us, link->heard_us) < silent_us)
			least = smaller(least, link->least.value());
	for (mplink_u32 i = 0; i < MPLINK_MAX_LINKS; i++) {
		const LinkDelay *link = links_[i];

		if (!link || elapsed(now_us, link->heard_us) >= silent_us) {
			above_us_[i].write(unknown);
			lag_us_[i].write(0);
			continue;
		}

		const mplink_u64 above = apart(link->least.value(), least);

		above_us_[i].write(static_cast<mplink_u32>(smaller(above, mplink_u64{unknown})));

		const mplink_u64 now_above = smaller(apart(link->last, least), clock_step_us);

		spread = larger(spread, 2 * now_above);
		lag_us_[i].write(static_cast<mplink_u32>(now_above) + link->jitter_us / 4 +
				 margin_us);
		if (above <= most_us)
			slowest = larger(slowest, static_cast<mplink_u32>(above));
	}
	slowest_us_.write(slowest);
	spread_us_.write(static_cast<mplink_u32>(spread));
}

} // namespace mplink
