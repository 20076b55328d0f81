// SPDX-License-Identifier: GPL-2.0
// The delay equaliser, receiving.  A sender measures its path by the first packets, which come
// by the fastest link.  When slower links join, TCP takes the longer round trip for a queue
// (HyStart, RFC 9406), and BBR keeps its window too small.  So packets of faster links are
// held back, until all have taken as long as those of the slowest link.
//
// This is what all flow buckets of a peer share: the one-way delay of each link, above that of
// the fastest one.  It is learned from marks.
#pragma once
#include "base/atomic.hh"
#include "base/deadline.hh"
#include "link/link_pace.hh"
#include "measure/one_way.hh"
#include "mplink/measure.h"
#include "mplink/types.h"

namespace mplink
{

class Equalizer
{
public:
	// The longest time that a packet is held back.  A link that is slower by more does not
	// count.
	static constexpr mplink_u32 most_us = LinkPace::useless_us;
	// A link without marks for so long carries nothing, or has gone.  A sender that rests marks
	// its links less and less often, so three times the last pause between marks is allowed,
	// too.
	static constexpr mplink_u64 silent_us = 3000000;
	static constexpr mplink_u64 most_silent_us = 45000000;
	// When marks begin, those of the slowest link come last.
	static constexpr mplink_u64 settles_us = mplink_u64{2} * most_us;
	// So many marks in a row that do not fit are right, because the sender's clock is another
	// one.
	static constexpr mplink_u8 wrong_limit = 3;

	Equalizer() = default;
	Equalizer(const Equalizer &) = delete;
	Equalizer &operator=(const Equalizer &) = delete;
	~Equalizer();

	// A mark has come.  One CPU at a time.  False: memory is short.
	bool take(mplink_u32 link, const mplink_mark &mark, mplink_u64 now_us);
	// Another link will have this id.  As take().
	void forget(mplink_u32 link);

	// Marks have begun to come only just now, so a slow link may not be known yet.
	bool settling(mplink_u64 now_us) const
	{
		const Delays *delays = known(now_us);

		return delays && elapsed(now_us, delays->since_us.read()) < settles_us;
	}

	// All that follows is 0 when all links are silent: the far end measures no more.

	// How much longer packets take by this link than by the fastest one.  More than most_us,
	// if marks come by other links only.
	mplink_u32 above_fastest_us(mplink_u32 link, mplink_u64 now_us) const
	{
		const Delays *delays = known(now_us);

		return delays ? delays->above_us[link].read() : 0;
	}
	// The same of the slowest link that is used beside others.
	mplink_u32 slowest_us(mplink_u64 now_us) const
	{
		const Delays *delays = known(now_us);

		return delays ? delays->slowest_us.read() : 0;
	}
	// How long after others a packet may come that was sent by this link.
	mplink_u32 lag_us(mplink_u32 link, mplink_u64 now_us) const
	{
		const Delays *delays = known(now_us);

		return delays ? delays->lag_us[link].read() : 0;
	}
	// When the link's last mark came, as mplink_now_us(); 0: none has.
	mplink_u64 marked_us(mplink_u32 link, mplink_u64 now_us) const
	{
		const Delays *delays = known(now_us);

		return delays ? delays->marked_us[link].read() : 0;
	}
	// Whether the sender gave the link nothing between its last two marks.
	bool idle(mplink_u32 link, mplink_u64 now_us) const
	{
		const Delays *delays = known(now_us);

		return delays && delays->idle[link].read();
	}
	// Whether the sender has sent all once more that this link was given and did not bring:
	// each other link has brought a mark behind that, and what such a mark may overtake has
	// had time to come.
	bool resent(mplink_u32 link, mplink_u64 now_us) const
	{
		const Delays *delays = known(now_us);

		return delays && delays->resent.read() >> link & 1 &&
		       now_us >= delays->resent_at_us.read();
	}
	// When that holds of the links of which the last mark was the first to tell so; 0: of none.
	mplink_u64 newly_resent_us() const
	{
		const Delays *delays = delays_.read();

		return delays && delays->newly_resent ? delays->resent_at_us.read() : 0;
	}
	// The link of these by which packets take least now, with the queues that the last marks
	// have seen.
	mplink_u32 fastest(mplink_u64 links, mplink_u64 now_us) const;
	// How late a packet may come after one that was sent behind it, by the queues that the
	// last marks have seen.  Twice that, because queues grow.
	mplink_u32 spread_us(mplink_u64 now_us) const
	{
		const Delays *delays = known(now_us);

		return delays ? delays->spread_us.read() : 0;
	}

private:
	struct LinkDelay {
		RecentMinimum least;
		mplink_s64 last;
		mplink_u64 silent_at_us; // without another mark
		mplink_u64 packets;      // that the sender has given the link, by the last mark
		mplink_u64 resent;       // what the last mark told of
		mplink_u8 sender_id;     // the sender's id of the link
		mplink_u32 jitter_us;    // times 16
		mplink_u8 wrong;
	};

	// Most peers never send a mark, so the first one makes it.
	struct Delays {
		LinkDelay *links[MPLINK_MAX_LINKS];
		Shared<mplink_u32> above_us[MPLINK_MAX_LINKS];
		Shared<mplink_u32> lag_us[MPLINK_MAX_LINKS];
		Shared<mplink_u64> marked_us[MPLINK_MAX_LINKS];
		Shared<bool> idle[MPLINK_MAX_LINKS];
		Shared<mplink_u64> resent; // a bit for each link
		Shared<mplink_u64> resent_at_us;
		bool newly_resent; // the last mark has told so of another link
		Shared<mplink_u32> slowest_us;
		Shared<mplink_u32> spread_us;
		Shared<mplink_u64> since_us;     // when marks began to come
		Shared<mplink_u64> silent_at_us; // when the last link is silent
	};

	const Delays *known(mplink_u64 now_us) const
	{
		const Delays *delays = delays_.read();

		return delays && now_us < delays->silent_at_us.read() ? delays : nullptr;
	}

	static bool fits(LinkDelay &link, mplink_s64 delay);
	static void forget(Delays &delays, mplink_u32 link);
	static void forget_all(Delays &delays);
	static void compare_resent(Delays &delays, mplink_u64 newest, mplink_u64 now_us);
	static void compare(Delays &delays, mplink_u64 now_us);

	// Published once; freed only with the equaliser.
	Shared<Delays *> delays_;
};

} // namespace mplink
