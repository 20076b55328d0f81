// SPDX-License-Identifier: GPL-2.0
// Gaps in the numbers: which packets wait behind them, and when they are given up.
#include "tunnel/bucket_operation.hh"

namespace mplink
{

bool Resequencer::BucketOperation::full() const
{
	const mplink_u64 held = all_.rare_.held.read() + b_.held - held_before_;

	return b_.held > all_.settings_.max_perflow_buffer.read() ||
	       held > all_.settings_.max_peer_buffer.read();
}

void Resequencer::BucketOperation::refuse(mplink_held &packet, Refusal why)
{
	packet.drop = static_cast<mplink_u8>(why);
	refused_.append(packet);
	if (why == MPLINK_GRE_DROP_DUPLICATE)
		b_.duplicates.add_alone(1);
	else if (why == MPLINK_GRE_DROP_LATE)
		all_.rare_.late.add(1);
}

// Notes that the link has brought the packet.
void Resequencer::BucketOperation::note(const mplink_held &packet)
{
	LinkState &l = *link(packet.link);

	if (!recent(l) || ahead_of(packet.seq, l.highest) > 0)
		l.highest = packet.seq;

	const mplink_u64 since = shown(l) ? since_last(l) : 0;
	const mplink_u32 pause =
		since < most_patience / 2 ? static_cast<mplink_u32>(since) : most_patience / 2;

	l.pause = pause > l.pause / 2 ? pause : l.pause / 2;
	l.last = ++b_.arrivals;
}

// The packet's rank in the tree.  It also depends on the packet's address in memory, so a
// sender cannot choose it.
mplink_u16 Resequencer::BucketOperation::rank(const mplink_held &packet) const
{
	const auto place = static_cast<mplink_u64>(reinterpret_cast<__UINTPTR_TYPE__>(&packet));
	const mplink_u64 mixed = (place >> 4 ^ packet.seq) * 0x9e3779b97f4a7c15;

	return static_cast<mplink_u16>((mixed ^ mixed >> 29) * 0xbf58476d1ce4e5b9 >> 48);
}

// Holds the packet until its gap is filled or given up.  False: it is refused.
bool Resequencer::BucketOperation::hold(mplink_held &packet)
{
	packet.since = b_.believed;
	if (!b_.waiting.insert(packet, rank(packet))) {
		refuse(packet, replayed_lately(packet) ? MPLINK_GRE_DROP_REPLAY
						       : MPLINK_GRE_DROP_DUPLICATE);
		return false;
	}
	b_.held++;
	b_.refused = 0;
	return true;
}

// A packet has come whose gap was given up.  If it is the gap that late_us tells of, the
// packet's delay becomes the timer's.  Else the timer doubles.
void Resequencer::BucketOperation::measure_late(const mplink_held &packet, bool own_link)
{
	if (b_.late_us && packet.seq - b_.late_from < b_.late_to - b_.late_from) {
		const mplink_u64 open = elapsed(now(), b_.late_us);

		b_.late_us = 0;
		all_.timer_.late(now(), open);
		if (open > longest_us()) {
			const mplink_u64 bit = mplink_u64{1} << packet.link;

			all_.rare_.too_slow.add(1);
			if (all_.rare_.too_slow.read() >= enough_slow &&
			    !(all_.rare_.told_slow.read() & bit)) {
				all_.rare_.told_slow.write(all_.rare_.told_slow.read() | bit);
				slow_us_ = open;
			}
		}
	} else if (b_.timed_out && (!own_link || link_reorders())) {
		all_.timer_.too_short(now(), all_.settings_);
	}
}

// A second packet has followed the one because of which a gap was given up.
void Resequencer::BucketOperation::proven()
{
	if (b_.leap_wide)
		lose(all_.rare_.lost_timer, b_.leap_to - 1 - b_.leap_from);
	b_.leap_wide = false;
	b_.leapt = false;
}

void Resequencer::BucketOperation::refuse_doubted()
{
	mplink_held &packet = b_.doubted.take_first();
	const LinkState &l = *link(packet.link);
	const bool was = ahead_of(packet.seq, b_.next) < 0;
	const Fate fate = b_.record.fate(b_.next, packet.seq);

	b_.nr_doubted--;
	b_.held--;
	refuse(packet,
	       was && fate == Fate::delivered ? MPLINK_GRE_DROP_DUPLICATE : MPLINK_GRE_DROP_LATE);
	if (was && fate == Fate::given_up && recent(l) && ahead_of(packet.seq, l.highest) < 0)
		overtaken();
}

void Resequencer::BucketOperation::refuse_all_doubted()
{
	b_.doubting = 0;
	while (!b_.doubted.empty())
		refuse_doubted();
}

// Whether all links that could fill the gap have brought later numbers.  A single packet beyond a
// wide gap says so of its own link only.
bool Resequencer::BucketOperation::overtaken_by_all()
{
	const mplink_held &first = b_.waiting.first();
	const bool proves_nothing = link_reorders();
	const bool alone = stray(first);

	lag_us_ = 0;
	for (mplink_u64 left = alive_.ids(); left; left &= left - 1) {
		const auto id = static_cast<mplink_u32>(__builtin_ctzll(left));
		const LinkState *l = link(id);

		if (alone && !proves_nothing && !first.replayed && id == first.link)
			continue;
		if (!l || !shown(*l)) {
			if (age() < patience)
				return false;
			lag_us_ = larger(lag_us_, all_.equalizer_.lag_us(id, now()));
		} else if (proves_nothing || ahead_of(l->highest, b_.next) < 0) {
			if (!stopped(*l))
				return false;
			lag_us_ = larger(lag_us_, all_.equalizer_.lag_us(id, now()));
		}
	}
	return true;
}

// Whether all links have passed the gap, by later numbers or by marks.
bool Resequencer::BucketOperation::passed()
{
	if (overtaken_by_all())
		return true;
	if (link_reorders() || stray(b_.waiting.first()) || !lost_before(b_.waiting.first()))
		return false;
	lag_us_ = 0;
	return true;
}

// When the first gap is to be given up, as mplink_now_us().
mplink_u64 Resequencer::BucketOperation::due(bool passed)
{
	const mplink_held &first = b_.waiting.first();

	if (first.asked)
		return repaired_at();

	mplink_u64 wait = stray(first) ? longest_us() : timeout_us();

	if (passed)
		wait = first.seq - b_.next == 1 || followed() || !alive_.ids()
			       ? smaller(lag_us_, longest_us())
			       : earlier(timeout_us(), grace_us);
	return first.held_us + larger(wait, mplink_u64{replay_wait_us()});
}

// Takes the first waiting packet out, to be delivered or refused.
mplink_held &Resequencer::BucketOperation::release()
{
	mplink_held &packet = b_.waiting.take_first();
	const mplink_u64 waited = elapsed(now(), packet.held_us);

	b_.held--;
	b_.wait_us.add_alone(waited);
	all_.rare_.wait_max_us.raise(waited);
	return packet;
}

void Resequencer::BucketOperation::drain()
{
	while (!b_.waiting.empty() && b_.waiting.first().seq == b_.next) {
		mplink_held &packet = release();

		b_.next++;
		b_.reordered.add_alone(1);
		if (packet.replayed)
			count_replay(packet);
		delivered_.append(packet);
		// The numbers have reached it, so it was right.
		if (packet.doubted)
			note(packet);
	}
}

// Gives up the first gap, up to the lowest waiting number, and counts it in counter.
void Resequencer::BucketOperation::give_up(Shared<mplink_u64> &counter)
{
	const mplink_held &first = b_.waiting.first();
	const mplink_u32 to = first.seq;
	const mplink_u32 gap = to - b_.next;
	const mplink_u8 by = first.link;
	// A replay is near the bucket's numbers, or it would have been refused at once.
	const bool alone = !followed() && !first.replayed;

	if (!unproven()) {
		proven();
		b_.leap_from = b_.next;
	}
	// A single packet may have a wrong number, and then the gap was no loss.
	if (alone && gap > near)
		b_.leap_wide = true;
	else
		lose(counter, gap);
	b_.record.give_up(b_.next, to);
	b_.timed_out = &counter == &all_.rare_.lost_timer;
	if (&counter != &all_.rare_.lost_rule &&
	    (!b_.late_us || elapsed(now(), b_.late_us) > longest_us() + too_old_us)) {
		b_.late_us = first.held_us;
		b_.late_from = b_.next;
		b_.late_to = to;
	}
	b_.next = to;
	drain();
	if (alone && (gap > near || &counter != &all_.rare_.lost_overflow)) {
		b_.leapt = true;
		b_.leap_to = b_.next;
		b_.leap_link = by;
	} else {
		proven();
		refuse_all_doubted();
	}
}

// Ends the first gap.  If the packet beyond it is far ahead and alone, and the run went on
// below it, the packet does not belong to the run and is refused.
void Resequencer::BucketOperation::end_gap(Shared<mplink_u64> &counter)
{
	const mplink_held &first = b_.waiting.first();

	if (stray(first) && first.since != b_.believed)
		refuse(release(), MPLINK_GRE_DROP_LATE);
	else
		give_up(counter);
}

void Resequencer::BucketOperation::settle()
{
	drain();
	while (!b_.waiting.empty()) {
		const bool all_passed = passed();

		if (now() >= due(all_passed) && !ask_once_more())
			end_gap(all_passed ? all_.rare_.lost_rule : all_.rare_.lost_timer);
		else if (!full())
			break;
		else if (!b_.doubted.empty())
			refuse_doubted();
		else
			end_gap(all_.rare_.lost_overflow);
	}
	ask_for_lost();
	while (!b_.doubted.empty() &&
	       (full() || now() >= b_.doubted.first().held_us + longest_us()))
		refuse_doubted();
}

void Resequencer::BucketOperation::flush()
{
	refuse_all_doubted();
	while (!b_.waiting.empty())
		give_up(all_.rare_.lost_timer);
	proven();
	b_.level_us = 0;
	flushing_ = true;
}

void Resequencer::BucketOperation::finish(mplink_release &release)
{
	release.deadline_us = b_.waiting.empty() ? never : earlier(due(passed()), look_at_us_);
	if (b_.level_us || b_.in_line)
		release.deadline_us = earlier(release.deadline_us, equalize());
	if (b_.held != held_before_)
		all_.rare_.held.add(b_.held - held_before_);
	if (b_.in_line != in_line_before_)
		all_.in_lines_.add(mplink_u64{b_.in_line} - in_line_before_);
	release.deliver = delivered_.first();
	release.refused = refused_.first();
	if (!b_.doubted.empty())
		release.deadline_us =
			earlier(release.deadline_us, b_.doubted.first().held_us + longest_us());
	release.slow_us = slow_us_;
	release.lost = lost_;
	release.nr_nacks = nr_nacks_;
	for (mplink_u32 i = 0; i < nr_nacks_; i++)
		release.nacks[i] = nacks_[i];
	if (nr_nacks_)
		release.nack_link = all_.equalizer_.fastest(alive_.sendable_ids(), now());
}

} // namespace mplink
