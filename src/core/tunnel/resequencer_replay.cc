// SPDX-License-Identifier: GPL-2.0
// Packets that are sent once more, by another link, because theirs has died or may have.
//
// A replay has its old number, and comes in no order with what its link carries.  So it is looked
// at apart from the order of links: it never shows that a link has passed a gap, that the far end
// began anew, or that a doubted packet is right.  It fills a gap, or it is refused.  If the sender
// refuses to send it, its gap waits no longer.
#include "tunnel/bucket_operation.hh"

namespace mplink
{

void Resequencer::BucketOperation::replay(mplink_held &packet)
{
	if (b_.leapt && !unproven())
		proven();
	if (b_.waiting.empty())
		b_.top = b_.next;
	packet.held_us = now();
	packet.due_us = static_cast<mplink_u32>(now());
	packet.doubted = false;
	packet.replayed = was_asked_for(packet) ? asked_for : unasked;

	if (ahead_of(packet.seq, b_.next) < 0) {
		refuse(packet, b_.record.fate(b_.next, packet.seq) == Fate::delivered
				       ? MPLINK_GRE_DROP_REPLAY
				       : MPLINK_GRE_DROP_LATE);
	} else if (of_last_run(packet) || !nearby(packet)) {
		refuse(packet, MPLINK_GRE_DROP_LATE);
	} else if (packet.seq == b_.next) {
		// What was doubted below is now behind for good.
		if (unproven()) {
			proven();
			refuse_all_doubted();
		}
		note_replay(packet.seq);
		b_.next++;
		b_.nr_in_order.add_alone(1);
		count_replay(packet);
		delivered_.append(packet);
	} else {
		note_replay(packet.seq);
		if (hold(packet) && ahead_of(packet.seq, b_.top) > 0)
			b_.top = packet.seq;
	}
	settle();
	all_.rare_.held_max.raise(b_.held);
}

void Resequencer::Bucket::replay(LinksAlive alive, mplink_held &packet, mplink_release &release)
{
	BucketOperation operation(*this, alive);

	operation.replay(packet);
	operation.finish(release);
}

void Resequencer::BucketOperation::refusal(const mplink_nack &nack)
{
	for (mplink_u64 left = nack.missing; left; left &= left - 1) {
		const mplink_u32 seq = nack.first + static_cast<mplink_u32>(__builtin_ctzll(left));

		if (ahead_of(seq, b_.next) < 0)
			continue;

		mplink_held *above = b_.waiting.from(seq);

		if (above && above->seq != seq && above->asked)
			above->asked = hopeless;
	}
	settle();
}

void Resequencer::Bucket::refusal(LinksAlive alive, const mplink_nack &nack,
				  mplink_release &release)
{
	BucketOperation operation(*this, alive);

	operation.refusal(nack);
	operation.finish(release);
}

} // namespace mplink
