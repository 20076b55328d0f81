// SPDX-License-Identifier: GPL-2.0
// Packets that are doubted.
//
// A number far from the bucket's numbers may come from a flipped bit, an old duplicate, an
// attacker, or a peer that has restarted.  The packet is doubted until a second one continues
// it while no believed packet comes by its link (RFC 3550 A.1).  Then a new run begins with
// the doubted packets.
#include "tunnel/bucket_operation.hh"

namespace mplink
{

// Whether the number is near the highest believed one.
bool Resequencer::BucketOperation::nearby(const mplink_held &packet) const
{
	const mplink_u32 top = ahead_of(b_.top, b_.next) > 0 ? b_.top : b_.next;

	return ahead_of(packet.seq, top) <= static_cast<int>(near);
}

// Whether the packet continues the last doubted one.
bool Resequencer::BucketOperation::continues(const mplink_held &packet)
{
	const LinkState &l = *link(packet.link);

	if (link_reorders())
		return in_a_row() &&
		       ((b_.row + 1 >= long_row && apart(packet.seq, b_.row_seq) <= most_apart) ||
			(b_.run + 1 >= long_run && packet.seq == b_.row_seq + 1));

	const bool same = b_.doubting >> packet.link & 1 &&
			  l.doubt_at == static_cast<mplink_u32>(l.last) &&
			  packet.seq - l.doubt - 1 < near;

	// The packets of a slow link may only be late.  But the link that brought the packet
	// ahead of them would have brought them earlier.
	if (unproven()) {
		const bool begun = b_.leap_from == b_.leap_to;

		if (begun ? b_.next - packet.seq <= most_apart
			  : b_.leap_to - b_.leap_from <= near + 1)
			return same && packet.link == b_.leap_link;
	}
	return same || (in_a_row() && packet.seq == b_.row_seq + 1);
}

void Resequencer::BucketOperation::suspect(const mplink_held &packet)
{
	LinkState &l = *link(packet.link);
	const bool row = in_a_row() && apart(packet.seq, b_.row_seq) <= most_apart;

	if (row && packet.seq == b_.row_seq + 1)
		b_.run = (b_.run + (b_.run < long_run)) & 7U;
	else
		b_.run = 1;
	b_.row = row ? (b_.row + (b_.row < long_row)) & 31U : 1U;
	b_.row_seq = packet.seq;
	b_.row_link = packet.link;
	b_.row_next = b_.next;
	b_.doubting |= mplink_u64{1} << packet.link;
	l.doubt = packet.seq;
	l.doubt_at = static_cast<mplink_u32>(l.last);
}

// Believes the packet: the run goes on, on that link.
void Resequencer::BucketOperation::trust(const mplink_held &packet)
{
	// If it follows a doubted packet of another link, that one is believed, too.
	if (in_a_row() && packet.seq == b_.row_seq + 1) {
		LinkState &l = *link(b_.row_link);

		if (shown(l) && ahead_of(b_.row_seq, l.highest) > 0)
			l.highest = b_.row_seq;
	}
	b_.row = 0;
	if (unproven()) {
		proven();
		refuse_all_doubted();
	} else if (b_.doubting >> packet.link & 1) {
		refuse_all_doubted();
	}
	if (ahead_of(packet.seq, b_.top) > 0 || ahead_of(b_.top, b_.next) <= 0)
		b_.top = packet.seq;
}

// Whether the packet belongs into the gap that was given up because of a single packet, or
// comes before the bucket's first one.
bool Resequencer::BucketOperation::leapt_over(const mplink_held &packet) const
{
	return unproven() && (b_.leap_from == b_.leap_to ||
			      packet.seq - b_.leap_from < b_.leap_to - b_.leap_from);
}

// Holds the packet aside.
void Resequencer::BucketOperation::doubt(mplink_held &packet)
{
	const bool believed = continues(packet);

	suspect(packet);
	packet.held_us = now();
	if (b_.nr_doubted < most_doubted && b_.doubted.insert(packet, rank(packet))) {
		b_.nr_doubted++;
		b_.held++;
	} else {
		refuse(packet, MPLINK_GRE_DROP_LATE);
	}
	if (believed)
		adopt(packet.seq);
}

// Makes the doubted packets near seq the bucket's run.
void Resequencer::BucketOperation::adopt(mplink_u32 seq)
{
	mplink_held *kept = nullptr; // the highest first
	mplink_u32 lowest = seq;

	while (!b_.doubted.empty()) {
		if (apart(b_.doubted.first().seq, seq) > most_apart) {
			refuse_doubted();
			continue;
		}

		mplink_held &packet = b_.doubted.take_first();

		b_.nr_doubted--;
		if (!kept || ahead_of(packet.seq, lowest) < 0)
			lowest = packet.seq;
		packet.next = kept;
		kept = &packet;
	}
	if (unproven() && b_.leap_from != b_.leap_to &&
	    lowest - b_.leap_from < b_.leap_to - b_.leap_from)
		go_back();
	else
		restart(lowest < first_numbers ? 0 : lowest);
	b_.doubting = 0;
	b_.row = 0;
	for (mplink_held *packet = kept, *next; packet; packet = next) {
		next = packet->next;
		packet->doubted = false;
		b_.held--;
		if (!hold(*packet))
			continue;
		// Unlike other packets, it may be older than those below it.
		b_.waiting.age_below(*packet);
		note(*packet);
	}
}

// Undoes the giving up of a gap: the single packet beyond it was a stray.
void Resequencer::BucketOperation::go_back()
{
	b_.next = b_.leap_from;
	b_.asked = b_.next;
	b_.record.begin(b_.next);
	b_.leapt = false;
	b_.leap_wide = false;
	b_.timed_out = false;
	b_.top = b_.next;
	b_.late_us = 0;
	link(b_.leap_link)->highest = b_.next - 1;
}

// Whether the packet's number is near the end of the last run, which may still have packets under
// way.
bool Resequencer::BucketOperation::of_last_run(const mplink_held &packet)
{
	return b_.restart_ms && apart(packet.seq, b_.last_run_end) < apart(packet.seq, b_.next) &&
	       for_ms(b_.restart_ms) < lifetime_ms;
}

// Whether the packet is a straggler of the last run.  Stragglers come by links that have brought
// nothing of the present run yet.
bool Resequencer::BucketOperation::straggler(const mplink_held &packet)
{
	return !shown(*link(packet.link)) && of_last_run(packet);
}

void Resequencer::BucketOperation::count_refused()
{
	if (b_.refused_next != b_.next) {
		b_.refused_next = b_.next;
		b_.refused = 0;
	}
	if (b_.refused < enough_stragglers && ++b_.refused == enough_refused)
		b_.refused_ms = now_ms();
}

// Whether the peer has restarted and nothing else tells it: it now sends over links that had
// brought no number, or lower ones, so that everything is refused.
bool Resequencer::BucketOperation::peer_restarted()
{
	return !b_.held && b_.refused > enough_refused && for_ms(b_.refused_ms) >= lifetime_ms;
}

// Ends the present run, and begins another one that expects the number next.
void Resequencer::BucketOperation::restart(mplink_u32 next)
{
	refuse_all_doubted();
	while (!b_.waiting.empty())
		give_up(all_.rare_.lost_rule);
	proven();
	b_.last_run_end = b_.next;
	b_.restart_ms = (now_ms() - 1) | 1;
	b_.born = b_.arrivals;
	b_.next = next;
	b_.asked = next;
	b_.top = next;
	b_.record.begin(next);
	b_.timed_out = false;
	b_.late_us = 0;
	b_.refused = 0;
	b_.row = 0;
	b_.replayed_ms = 0;
	all_.rare_.restarts.add(1);
}

} // namespace mplink
