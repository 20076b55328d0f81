// SPDX-License-Identifier: GPL-2.0
// Gaps that wait for packets that are sent once more.
//
// While the sender promises replays, a gap is not given up before they can have come, if a link
// may still owe its packets.  Sparse buckets do not wait: for them, a delay is worse than a loss.
#include "base/order.hh"
#include "tunnel/bucket_operation.hh"

namespace mplink
{

// A mark has told how soon replays come.  One CPU at a time.
void Resequencer::promise(const mplink_mark &mark, mplink_u64 now_us)
{
	const mplink_u32 us = mplink_u32{mark.replay_ms} * 1000;

	if (repairs_.read() != !!mark.repairs)
		repairs_.write(mark.repairs);
	if (us && us < promised_us_.read() && elapsed(now_us, promised_at_us_.read()) < promise_us)
		return;
	promised_us_.write(us);
	promised_at_us_.write(now_us);
}

mplink_u32 Resequencer::promised_us(mplink_u64 now_us) const
{
	const mplink_u32 us = promised_us_.read();

	return us && elapsed(now_us, promised_at_us_.read()) < Equalizer::silent_us ? us : 0;
}

// Whether the link may owe what is missing before the packet, so that the sender would replay it if
// the link has died.  It does not matter whether the link is valid here: its cable may be out.
bool Resequencer::BucketOperation::may_owe(mplink_u32 id, const LinkState &link,
					   const mplink_held &packet)
{
	if (!recent(link) || all_.equalizer_.resent(id, now()))
		return false;
	// Links that reorder are waited for by the timer.
	if (ahead_of(link.highest, packet.seq) >= 0)
		return false;

	const mplink_u64 marked = all_.equalizer_.marked_us(id, now());

	// A mark comes behind the data that was sent before it, and soon.  So a link that has had
	// none for long is not used: if it were dead, the sender would know it by now.  Twice the
	// promise, because the packets of this gap may have been under way for long.
	return !marked || (!all_.equalizer_.idle(id, now()) &&
			   marked <= packet.held_us + all_.equalizer_.lag_us(id, now()) &&
			   marked + mplink_u64{2} * all_.promised_us(now()) > packet.held_us);
}

// Whether the bucket's packets may wait for one that is sent once more.
bool Resequencer::BucketOperation::patient() const
{
	const mplink_u32 came = static_cast<mplink_u32>(b_.arrivals) - b_.reviewed;

	return b_.bulk || came >= bulk_packets || b_.waiting.first().kind == MPLINK_PACKET_TCP_DATA;
}

// How long the first gap must wait at least, because a replay may fill it.
mplink_u32 Resequencer::BucketOperation::replay_wait_us()
{
	const mplink_u32 promised = all_.promised_us(now());

	if (!promised || !patient())
		return 0;
	for (mplink_u32 id = 0; id < b_.room; id++)
		if (may_owe(id, b_.links[id], b_.waiting.first()))
			return smaller(promised + all_.equalizer_.slowest_us(now()) +
					       replay_margin_us,
				       longest_us());
	return 0;
}

// Whether a second copy of the packet may be due to a replay.
bool Resequencer::BucketOperation::replayed_lately(const mplink_held &packet)
{
	return b_.replayed_ms && ahead_of(packet.seq, b_.replayed_from) >= 0 &&
	       for_ms(b_.replayed_ms) < lifetime_ms;
}

// The packet is delivered.
void Resequencer::BucketOperation::count_replay(const mplink_held &packet)
{
	(packet.replayed == asked_for ? all_.rare_.repaired : all_.rare_.replayed).add(1);
}

void Resequencer::BucketOperation::note_replay(mplink_u32 seq)
{
	if (!b_.replayed_ms || for_ms(b_.replayed_ms) >= lifetime_ms ||
	    ahead_of(seq, b_.replayed_from) < 0)
		b_.replayed_from = seq;
	else if (seq - b_.replayed_from > most_ahead)
		b_.replayed_from = seq - most_ahead;
	b_.replayed_ms = now_ms() | 1;
}

} // namespace mplink
