// SPDX-License-Identifier: GPL-2.0
#include "tunnel/equalizer.hh"

#include "base/memory.hh"
#include "base/order.hh"

namespace mplink
{

namespace
{

// Timers and interrupts.
constexpr mplink_u32 margin_us = 5000;
constexpr mplink_u32 unknown = ~mplink_u32{0};

// How long after a mark the next one may come, if the last pause was that long.
constexpr mplink_u64 patience_us(mplink_u64 pause_us)
{
	return smaller(larger(3 * pause_us, Equalizer::silent_us), Equalizer::most_silent_us);
}

} // namespace

Equalizer::~Equalizer()
{
	Delays *delays = delays_.read();

	if (delays)
		forget_all(*delays);
	destroy(delays);
}

void Equalizer::forget(Delays &delays, mplink_u32 link)
{
	destroy(delays.links[link]);
	delays.links[link] = nullptr;
	delays.above_us[link].write(unknown);
	delays.lag_us[link].write(0);
	delays.marked_us[link].write(0);
	delays.idle[link].write(false);
}

void Equalizer::forget_all(Delays &delays)
{
	for (mplink_u32 i = 0; i < MPLINK_MAX_LINKS; i++)
		forget(delays, i);
	delays.resent.write(0);
	delays.slowest_us.write(0);
	delays.spread_us.write(0);
}

// The next mark by any link compares those that are left.
void Equalizer::forget(mplink_u32 link)
{
	if (Delays *delays = delays_.read())
		forget(*delays, link);
}

bool Equalizer::fits(LinkDelay &link, mplink_s64 delay)
{
	if (apart(link.last, delay) < clock_step_us) {
		link.wrong = 0;
		return true;
	}
	return ++link.wrong >= wrong_limit;
}

bool Equalizer::take(mplink_u32 id, const mplink_mark &mark, mplink_u64 now_us)
{
	const mplink_s64 delay = one_way(mark.sent_us, now_us);
	Delays *delays = delays_.read();

	if (!delays) {
		delays = make_now<Delays>();
		if (!delays)
			return false;
		delays_.publish(delays);
	}

	delays->newly_resent = false;

	LinkDelay *&place = delays->links[id];

	if (place && !fits(*place, delay))
		return true;
	// The sender's clock is another one, for all links.
	if (place && place->wrong)
		forget_all(*delays);
	if (!place) {
		place = make_now<LinkDelay>();
		if (!place)
			return false;
		place->last = delay;
		delays->marked_us[id].write(now_us);
	}
	if (!known(now_us))
		delays->since_us.write(now_us);

	LinkDelay &link = *place;
	const auto change =
		static_cast<mplink_u32>(smaller(apart(link.last, delay), mplink_u64{most_us}));

	link.jitter_us = link.jitter_us - link.jitter_us / 16 + change;
	link.last = delay;
	link.silent_at_us = now_us + patience_us(elapsed(now_us, delays->marked_us[id].read()));
	delays->marked_us[id].write(now_us);
	delays->idle[id].write(mark.packets == link.packets);
	link.packets = mark.packets;
	link.resent = mark.resent;
	link.sender_id = mark.link % MPLINK_MAX_LINKS;
	link.least.take(now_us, delay);
	compare(*delays, now_us);
	compare_resent(*delays, mark.resent, now_us);
	return true;
}

mplink_u32 Equalizer::fastest(mplink_u64 links, mplink_u64 now_us) const
{
	mplink_u32 best = links ? static_cast<mplink_u32>(__builtin_ctzll(links)) : 0;
	mplink_u32 least_us = unknown;

	for (; links; links &= links - 1) {
		const auto id = static_cast<mplink_u32>(__builtin_ctzll(links));
		const mplink_u32 lag = lag_us(id, now_us);

		// 0: no marks have come by it.
		if (lag && lag < least_us) {
			best = id;
			least_us = lag;
		}
	}
	return best;
}

// newest: what the mark that has just come tells of.  A link that is dead itself brings nothing of
// what others were given.
void Equalizer::compare_resent(Delays &delays, mplink_u64 newest, mplink_u64 now_us)
{
	mplink_u64 told_by_all = newest;
	mplink_u64 links = 0;
	mplink_u32 jitter_us = 0;

	if (newest)
		for (const LinkDelay *link : delays.links)
			if (link && now_us < link->silent_at_us &&
			    !(newest >> link->sender_id & 1)) {
				told_by_all &= link->resent;
				jitter_us = larger(jitter_us, link->jitter_us);
			}
	for (mplink_u32 i = 0; told_by_all && i < MPLINK_MAX_LINKS; i++)
		if (const LinkDelay *link = delays.links[i])
			links |= (told_by_all >> link->sender_id & 1) << i;

	const mplink_u64 before = delays.resent.read();

	// One after the other: whoever tells of others with each mark has all buckets looked at no
	// more often than that.
	if (now_us < delays.resent_at_us.read())
		links &= before;
	delays.newly_resent = links & ~before;
	// Routers that balance by ports may lead a mark by another way than a flow's packets.
	if (delays.newly_resent)
		delays.resent_at_us.write(now_us + margin_us + jitter_us / 4);
	delays.resent.write(links);
}

void Equalizer::compare(Delays &delays, mplink_u64 now_us)
{
	mplink_s64 least = __INT64_MAX__;
	mplink_u32 slowest = 0;
	mplink_u64 spread = 0;
	mplink_u64 silent_at = 0;

	for (const LinkDelay *link : delays.links)
		if (link && now_us < link->silent_at_us)
			least = smaller(least, link->least.value());
	for (mplink_u32 i = 0; i < MPLINK_MAX_LINKS; i++) {
		const LinkDelay *link = delays.links[i];

		if (!link || now_us >= link->silent_at_us) {
			delays.above_us[i].write(unknown);
			delays.lag_us[i].write(0);
			continue;
		}

		silent_at = larger(silent_at, link->silent_at_us);

		const mplink_u64 above = apart(link->least.value(), least);

		delays.above_us[i].write(
			static_cast<mplink_u32>(smaller(above, mplink_u64{unknown})));

		const mplink_u64 now_above = smaller(apart(link->last, least), clock_step_us);

		spread = larger(spread, 2 * now_above);
		delays.lag_us[i].write(static_cast<mplink_u32>(now_above) + link->jitter_us / 4 +
				       margin_us);
		if (above <= most_us)
			slowest = larger(slowest, static_cast<mplink_u32>(above));
	}
	delays.slowest_us.write(slowest);
	delays.spread_us.write(static_cast<mplink_u32>(spread));
	delays.silent_at_us.write(silent_at);
}

} // namespace mplink
