// SPDX-License-Identifier: GPL-2.0
#include "measure/tiers.hh"

#include "base/order.hh"

namespace mplink
{

void Tiers::take(const Member &link)
{
	Tier &tier = taken_[link.tier];

	tier.sent += link.sent;
	if (!link.valid)
		return;
	tier.valid = true;
	tier.known &= link.known;
	tier.capacity += link.capacity;
	tier.fastest_ns = smaller(tier.fastest_ns, link.delay_ns);
	tier.slowest_ns = larger(tier.slowest_ns, link.delay_ns);
}

// The first valid tier after that one, or tiers.
mplink_u32 Tiers::valid_after(mplink_u32 tier) const
{
	while (++tier < tiers && !now_[tier].valid)
		;
	return tier;
}

// Whether more is sent than the tiers before the open one can carry.  Then it is still needed.
void Tiers::measure(mplink_u64 now_us)
{
	mplink_u64 sent = 0;
	mplink_u64 before = 0;

	for (mplink_u32 i = 0; i < tiers; i++) {
		sent += now_[i].sent;
		if (now_[i].valid && i < open_)
			before += now_[i].capacity;
	}
	// A link that has gone has taken its count with it.
	if (sent < window_sent_)
		window_sent_ = sent;
	if (now_us - window_at_us_ < window_us)
		return;
	if ((sent - window_sent_) * 1000000 / (now_us - window_at_us_) > before && before)
		until_us_ = now_us + closes_us;
	window_at_us_ = now_us;
	window_sent_ = sent;
}

// Opens the next tier when packets have kept on taking it.
void Tiers::watch(mplink_u64 now_us)
{
	if (!used_) {
		used_since_us_ = 0;
		return;
	}
	if (!used_since_us_)
		used_since_us_ = now_us;
	if (now_us - used_since_us_ < opens_us)
		return;
	open_ = wanted_ = next_;
	until_us_ = now_us + closes_us;
	used_since_us_ = 0;
	next_ = valid_after(open_);
}

void Tiers::summarize()
{
	known_ = true;
	fastest_ns_ = ~mplink_u32{0};
	slowest_ns_ = 0;
	for (mplink_u32 i = 0; i <= open_; i++) {
		if (!now_[i].valid)
			continue;
		known_ &= now_[i].known;
		fastest_ns_ = smaller(fastest_ns_, now_[i].fastest_ns);
		slowest_ns_ = larger(slowest_ns_, now_[i].slowest_ns);
	}
}

void Tiers::judge(mplink_u64 now_us)
{
	used_ = 0;
	if (next_ < tiers && taken_[next_].valid && taken_[next_].sent > now_[next_].sent)
		used_ = taken_[next_].sent - now_[next_].sent;
	for (mplink_u32 i = 0; i < tiers; i++) {
		now_[i] = taken_[i];
		taken_[i] = {};
	}

	const mplink_u32 first = now_[0].valid ? 0 : valid_after(0);

	if (first == tiers)
		return;
	measure(now_us);
	if (now_us >= until_us_)
		wanted_ = first;
	open_ = larger(first, wanted_);
	next_ = valid_after(open_);
	watch(now_us);
	summarize();
}

mplink_u32 Tiers::above_fastest_ns(mplink_u32 delay_ns) const
{
	return delay_ns > fastest_ns_ ? delay_ns - fastest_ns_ : 0;
}

mplink_u32 Tiers::counted_ns(mplink_u32 tier, mplink_u32 delay_ns) const
{
	const mplink_u32 delay = above_fastest_ns(delay_ns);

	if (tier <= open_)
		return delay > LinkPace::useless_ns || next_ == tiers ? delay
								      : smaller(delay, most_ns);
	// Nobody knows when a link is full that has never been.  If the links before it are dead,
	// the nearest tier counts the least.
	if (tier != next_ || !known_)
		return never_ns + tier * turn_ns;
	if (delay > LinkPace::useless_ns)
		return delay;
	return smaller(larger(delay, above_fastest_ns(slowest_ns_)), most_ns) + turn_ns;
}

} // namespace mplink
