// SPDX-License-Identifier: GPL-2.0
// Gaps that are lost for certain: the sender is asked to send their packets once more.
//
// While the sender promises that, a gap is asked for as soon as no link can still bring it.  All
// gaps are asked for at once, in the order of their numbers: a repair takes a round trip, and links
// lose several packets in that time.  Until the packets can have come, the gap is not given up,
// unless the sender refuses them.  Then it is asked for once more.
#include "base/order.hh"
#include "tunnel/bucket_operation.hh"

namespace mplink
{

// Whether the sender can be asked, and the packet that waits is worth it.  For sparse buckets a
// delay is worse than a loss.  So it is for short packets: most are acknowledgments, and the next
// one tells as much.
bool Resequencer::BucketOperation::repairs(const mplink_held &packet)
{
	return all_.repairs_.read() && all_.promised_us(now()) &&
	       (packet.kind == MPLINK_PACKET_TCP_DATA ||
		(packet.kind == MPLINK_PACKET_DATA && patient()));
}

// Whether the link may still bring what is missing before the packet.
bool Resequencer::BucketOperation::may_bring(mplink_u32 id, const mplink_held &packet)
{
	const LinkState *l = link(id);
	const mplink_u64 marked = all_.equalizer_.marked_us(id, now());
	// Until then, what was sent before the packet may come.
	const mplink_u64 until = packet.held_us + all_.equalizer_.lag_us(id, now());

	// A mark comes behind the data that was sent before it.  If the link was idle, one would
	// have followed its first packet soon.
	if (all_.equalizer_.resent(id, now()))
		return false;
	if (marked &&
	    (marked > until || (all_.equalizer_.idle(id, now()) && now() >= until + mark_after_us)))
		return false;
	if (!l || !shown(*l))
		return alive_.ids() >> id & 1 && age() < patience;
	// A dead link brings nothing for long, and then its packets come by others.
	return recent(*l) && ahead_of(l->highest, packet.seq) < 0 &&
	       (!stopped(*l) || owes(id, packet));
}

// Whether the link has died, perhaps, with what is missing before the packet.
bool Resequencer::BucketOperation::owes(mplink_u32 id, const mplink_held &packet)
{
	const LinkState *l = link(id);

	return l && all_.equalizer_.marked_us(id, now()) && may_owe(id, *l, packet);
}

// Whether what is missing before the packet is lost.
bool Resequencer::BucketOperation::lost_before(const mplink_held &packet)
{
	const bool reorders = link_reorders();

	// The spread is measured to an eighth.
	if (reorders &&
	    elapsed(now(), packet.held_us) < mplink_u64{all_.timer_.spread_us()} * 5 / 4)
		return false;

	mplink_u64 links = alive_.ids();

	for (mplink_u32 id = 0; id < b_.room && id < MPLINK_MAX_LINKS; id++)
		links |= mplink_u64{shown(b_.links[id])} << id;
	for (; links; links &= links - 1) {
		const auto id = static_cast<mplink_u32>(__builtin_ctzll(links));

		if (reorders ? owes(id, packet) : may_bring(id, packet))
			return false;
	}
	return true;
}

// Whether so many numbers may be asked for.  If a link is too full, its queue drops more than links
// lose by themselves, and TCP has to know of it.
bool Resequencer::BucketOperation::afford(mplink_u32 count)
{
	if (b_.credit < count)
		return false;
	b_.credit = static_cast<mplink_u16>(b_.credit - count);
	return true;
}

// Asks for the numbers before the packet, from first on.  False: they do not fit.
bool Resequencer::BucketOperation::ask(mplink_u32 first, mplink_held &packet)
{
	const mplink_u32 count = packet.seq - first;
	const mplink_u64 numbers = ~mplink_u64{0} >> (MPLINK_NACK_NUMBERS - count);
	mplink_nack *last = nr_nacks_ ? &nacks_[nr_nacks_ - 1] : nullptr;

	if (!last || first - last->first > MPLINK_NACK_NUMBERS - count) {
		if (nr_nacks_ == MPLINK_NACKS)
			return false;
		last = nullptr;
	}
	if (!afford(count)) {
		packet.asked = hopeless;
		return true;
	}
	if (!last) {
		last = &nacks_[nr_nacks_++];
		*last = {.missing = 0, .first = first, .bucket = 0, .refused = 0};
	}
	last->missing |= numbers << (first - last->first);
	all_.rare_.repair_asked.add(count);
	packet.asked++;
	packet.asked_us = static_cast<mplink_u32>(now());
	return true;
}

// The gap before the packet is not known to be lost yet.  A mark or time may show that it is.  But
// perhaps no packet comes any more: the missing ones may be a flow's last.  So a timer looks.
void Resequencer::BucketOperation::look_again(const mplink_held &packet)
{
	const mplink_u64 looks = elapsed(now(), packet.held_us) / mark_after_us;

	look_at_us_ = packet.held_us + (looks + 1) * mark_after_us;
}

// Asks for all that has been lost since the last time.
void Resequencer::BucketOperation::ask_for_lost()
{
	if (b_.waiting.empty() || !repairs(b_.waiting.first()))
		return;

	mplink_u32 at = b_.asked - b_.next <= most_ahead ? b_.asked : b_.next;

	for (;;) {
		mplink_held *packet = b_.waiting.from(at);

		if (!packet)
			break;
		if (packet->seq != at && !lost_before(*packet)) {
			look_again(*packet);
			break;
		}
		// What is wider is no loss, but a failure, or a stray.
		if (packet->seq != at && packet->seq - at <= MPLINK_NACK_NUMBERS &&
		    !packet->asked && !ask(at, *packet))
			break;
		at = packet->seq + 1;
	}
	b_.asked = at;
}

// Asks for the gaps behind the first one again that were asked for as long ago.
void Resequencer::BucketOperation::ask_for_late()
{
	mplink_u32 at = b_.waiting.first().seq + 1;

	for (mplink_u32 i = 0; i < MPLINK_NACK_NUMBERS; i++) {
		mplink_held *packet = b_.waiting.from(at);

		if (!packet || ahead_of(packet->seq, b_.asked) >= 0)
			break;
		if (packet->seq != at && packet->asked && packet->asked < most_asked &&
		    asked_for_us(*packet) >= all_.ask_again_us(now()) && !ask(at, *packet))
			break;
		at = packet->seq + 1;
	}
}

// The time to give the first gap up has come.  Returns whether it was asked for instead.
bool Resequencer::BucketOperation::ask_once_more()
{
	mplink_held &first = b_.waiting.first();

	if (first.asked >= most_asked || first.seq - b_.next > MPLINK_NACK_NUMBERS ||
	    !repairs(first) || elapsed(now(), first.held_us) >= longest_us() ||
	    !ask(b_.next, first) || first.asked == hopeless)
		return false;
	ask_for_late();
	return true;
}

// When the first gap, which was asked for, is asked for again, or given up; as mplink_now_us().
mplink_u64 Resequencer::BucketOperation::repaired_at()
{
	const mplink_held &first = b_.waiting.first();

	if (first.asked == hopeless)
		return first.held_us;

	const mplink_u32 takes =
		first.asked < most_asked ? all_.ask_again_us(now()) : all_.repair_us(now());

	return earlier(now() - asked_for_us(first) + takes, first.held_us + longest_us());
}

// How long ago what is missing before the packet was asked for last.
mplink_u32 Resequencer::BucketOperation::asked_for_us(const mplink_held &packet)
{
	return static_cast<mplink_u32>(now()) - packet.asked_us;
}

// A packet has come that was sent once more.  Tells whether it was asked for, and learns how long
// that takes.
bool Resequencer::BucketOperation::was_asked_for(const mplink_held &packet)
{
	const mplink_held *above = b_.waiting.from(packet.seq);

	if (!above || above->seq == packet.seq || !above->asked || above->asked == hopeless)
		return false;

	mplink_u32 took = asked_for_us(*above);

	// Too soon after the last time: it is the answer to the time before.
	if (above->asked > 1 && took < all_.repair_time_.mean_us() / 2)
		took += all_.ask_again_us(now());
	all_.repair_time_.came(took);
	return true;
}

} // namespace mplink
