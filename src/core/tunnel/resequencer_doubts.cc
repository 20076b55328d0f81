// SPDX-License-Identifier: GPL-2.0
// What the resequencer believes.
//
// A number far from those of its bucket may be a flipped bit, an old duplicate, a
// stranger's, or the first one of a far end that has begun anew.  Such a packet is
// doubted until a second one continues it, and nothing that is believed has come on its
// link between (RFC 3550 A.1).  Then the run begins anew with those held aside.
#include "tunnel/resequencer_turn.hh"

namespace mplink
{

// It is near the highest number that is believed.
bool Resequencer::Turn::nearby(const mplink_held &packet) const
{
	const mplink_u32 top = ahead_of(b_.top, b_.next) > 0 ? b_.top : b_.next;

	return ahead_of(packet.seq, top) <= static_cast<int>(near);
}

// Whether it continues what was doubted last.
bool Resequencer::Turn::continues(const mplink_held &packet)
{
	const LinkState &l = *link(packet.link);

	if (unruly())
		return in_a_row() &&
		       ((b_.row + 1 >= long_row && apart(packet.seq, b_.row_seq) <= most_apart) ||
			(b_.run + 1 >= long_run && packet.seq == b_.row_seq + 1));

	const bool same = b_.doubting >> packet.link & 1 &&
			  l.doubt_at == static_cast<mplink_u32>(l.last) &&
			  packet.seq - l.doubt - 1 < near;

	// These may be a slow link's that are only late.  But the link that brought the packet
	// ahead of them would have brought them before.
	if (unproven()) {
		const bool begun = b_.leap_from == b_.leap_to;

		if (begun ? b_.next - packet.seq <= most_apart
			  : b_.leap_to - b_.leap_from <= near + 1)
			return same && packet.link == b_.leap_link;
	}
	return same || (in_a_row() && packet.seq == b_.row_seq + 1);
}

void Resequencer::Turn::suspect(const mplink_held &packet)
{
	LinkState &l = *link(packet.link);
	const bool row = in_a_row() && apart(packet.seq, b_.row_seq) <= most_apart;

	if (row && packet.seq == b_.row_seq + 1)
		b_.run = static_cast<mplink_u8>(b_.run + (b_.run < long_run));
	else
		b_.run = 1;
	b_.row = row ? static_cast<mplink_u8>(b_.row + (b_.row < long_row)) : 1;
	b_.row_seq = packet.seq;
	b_.row_link = packet.link;
	b_.row_next = b_.next;
	b_.doubting |= mplink_u64{1} << packet.link;
	l.doubt = packet.seq;
	l.doubt_at = static_cast<mplink_u32>(l.last);
}

// The run goes on, on that link.
void Resequencer::Turn::trust(const mplink_held &packet)
{
	// If by another link's doubted packet, that one is believed, too.
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

// The packet belongs into the gap that was given up for one alone, or before a bucket's
// first one.
bool Resequencer::Turn::leapt_over(const mplink_held &packet) const
{
	return unproven() && (b_.leap_from == b_.leap_to ||
			      packet.seq - b_.leap_from < b_.leap_to - b_.leap_from);
}

// Holds it aside.
void Resequencer::Turn::doubt(mplink_held &packet)
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

// Those held aside that are near it are the bucket's run.
void Resequencer::Turn::adopt(mplink_u32 seq)
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
		if (hold(*packet))
			note(*packet);
	}
}

// The gap was none: the packet behind it was alone because it was a stray.
void Resequencer::Turn::go_back()
{
	b_.next = b_.leap_from;
	b_.record.begin(b_.next);
	b_.leapt = false;
	b_.leap_wide = false;
	b_.timed_out = false;
	b_.top = b_.next;
	b_.late_us = 0;
	link(b_.leap_link)->highest = b_.next - 1;
}

// Packets of the former run that are still under way on other links come before those
// links' packets of this one, and have numbers near where that one ended.
bool Resequencer::Turn::former(const mplink_held &packet)
{
	return b_.restart_ms && !shown(*link(packet.link)) &&
	       apart(packet.seq, b_.former_next) < apart(packet.seq, b_.next) &&
	       for_ms(b_.restart_ms) < lifetime_ms;
}

void Resequencer::Turn::count_refused()
{
	if (b_.refused_next != b_.next) {
		b_.refused_next = b_.next;
		b_.refused = 0;
	}
	if (b_.refused < enough_former && ++b_.refused == enough_refused)
		b_.refused_ms = now_ms();
}

// Whether the far end has begun anew and nothing else tells so: it sends over links now
// that had brought no number, or lower ones.
bool Resequencer::Turn::deaf()
{
	return !b_.held && b_.refused > enough_refused && for_ms(b_.refused_ms) >= lifetime_ms;
}

// Nothing more will come of the present run.
void Resequencer::Turn::restart(mplink_u32 next)
{
	refuse_all_doubted();
	while (!b_.waiting.empty())
		give_up(all_.rare_.lost_rule);
	proven();
	b_.former_next = b_.next;
	b_.restart_ms = (now_ms() - 1) | 1;
	b_.born = b_.arrivals;
	b_.next = next;
	b_.top = next;
	b_.record.begin(next);
	b_.timed_out = false;
	b_.late_us = 0;
	b_.refused = 0;
	b_.row = 0;
	all_.rare_.restarts.add(1);
}

} // namespace mplink
