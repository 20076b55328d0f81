// SPDX-License-Identifier: GPL-2.0
// Packets that arrive, and deadlines.
#include "tunnel/bucket_operation.hh"

namespace mplink
{

Resequencer::Bucket::~Bucket()
{
	if (links != first_links)
		mplink_free(links);
}

bool Resequencer::Bucket::make_room(mplink_u32 link)
{
	mplink_u32 more = room;

	while (more <= link)
		more *= 2;

	auto *made = static_cast<LinkState *>(mplink_alloc_now(sizeof(LinkState) * more));

	if (!made)
		return false;
	for (mplink_u32 id = 0; id < room; id++)
		made[id] = links[id];
	if (links != first_links)
		mplink_free(links);
	links = made;
	if (short_way)
		short_way = more;
	room = more;
	return true;
}

void Resequencer::Bucket::add_to(mplink_resequencer_counters &sum) const
{
	sum.in_order += nr_in_order.read();
	sum.reordered += reordered.read();
	sum.duplicates += duplicates.read();
	sum.wait_us += wait_us.read();
}

void Resequencer::counters(mplink_resequencer_counters &sum) const
{
#define MPLINK_RESEQUENCER_COUNTER(id, name, ...) sum.name = rare_.name.read();
#define MPLINK_REPLAY_COUNTER(id, name, ...) sum.name = 0;
#include "uapi/mplink_attributes.def"
	sum.replayed = rare_.replayed.read();
	sum.repaired = rare_.repaired.read();
	sum.repair_asked = rare_.repair_asked.read();
	sum.repair_us = repair_time_.mean_us();
	sum.held += in_lines_.read();
	sum.timer_us = timer_.timeout_us(settings_);
}

// Takes a packet of the present run whose number is not below the expected one.
void Resequencer::BucketOperation::take(mplink_held &packet)
{
	const LinkState &l = *link(packet.link);
	const mplink_held *above = b_.waiting.from(packet.seq);
	const bool new_number = !above || above->seq != packet.seq;
	const bool first = b_.waiting.empty() || (new_number && above == &b_.waiting.first());

	packet.held_us = now();
	packet.due_us = static_cast<mplink_u32>(now()) + hold_back_us(packet);
	packet.doubted = !nearby(packet) && !continues(packet);
	if (packet.doubted) {
		suspect(packet);
	} else {
		if (recent(l) && ahead_of(packet.seq, l.highest) < 0)
			overtaken();
		// The packet closes a gap, or a part of it.  How late it comes after a replay says
		// nothing of the links' delays.
		if (above && new_number && above->replayed != unasked && !(first && stray(*above)))
			all_.timer_.filled(now(), elapsed(now(), above->held_us));
		trust(packet);
		note(packet);
		b_.believed += first;
	}
	if (packet.seq == b_.next) {
		b_.next++;
		b_.nr_in_order.add_alone(1);
		delivered_.append(packet);
	} else {
		hold(packet);
	}
}

// Takes a packet whose number is below the expected one.
void Resequencer::BucketOperation::old(mplink_held &packet)
{
	const LinkState &l = *link(packet.link);
	const Fate fate = b_.record.fate(b_.next, packet.seq);
	const auto ahead = recent(l) ? ahead_of(packet.seq, l.highest) : 1;
	const mplink_u32 back = ahead < 0 ? l.highest - packet.seq : 0;

	// The sender believed that the link was dead, and the replay came first.
	if (fate == Fate::delivered && replayed_lately(packet)) {
		refuse(packet, MPLINK_GRE_DROP_REPLAY);
		// The link has gone on with the run.
		if (b_.doubting >> packet.link & 1)
			refuse_all_doubted();
		note(packet);
		return;
	}
	count_refused();
	if (back > near || (fate != Fate::delivered && leapt_over(packet))) {
		if (fate == Fate::given_up)
			measure_late(packet, back);
		doubt(packet);
		return;
	}
	// The link has brought this number before.  Once, that is a duplicate made on the wire.
	const bool again = back && fate == Fate::delivered;

	if ((again && in_a_row() && continues(packet)) || peer_restarted()) {
		restart(packet.seq);
		take(packet);
		return;
	}
	if (fate == Fate::delivered) {
		refuse(packet, MPLINK_GRE_DROP_DUPLICATE);
	} else {
		refuse(packet, MPLINK_GRE_DROP_LATE);
		measure_late(packet, back);
		if (back && fate == Fate::given_up)
			overtaken();
	}
	note(packet);
	if (again)
		suspect(packet);
}

void Resequencer::BucketOperation::arrive(mplink_held &packet)
{
	packet.replayed = 0;
	packet.asked = 0;
	if (!b_.arrivals && !b_.held && !b_.next && packet.seq >= first_numbers) {
		b_.next = b_.top = packet.seq;
		b_.record.begin(packet.seq);
		take(packet);
		b_.leapt = true;
		b_.leap_from = b_.leap_to = b_.next;
		b_.leap_link = packet.link;
		return;
	}
	if (b_.leapt && !unproven())
		proven();
	if (b_.waiting.empty())
		b_.top = b_.next;

	const auto ahead = ahead_of(packet.seq, b_.next);

	if (straggler(packet)) {
		count_refused();
		if (b_.refused >= enough_stragglers || peer_restarted()) {
			restart(packet.seq);
			take(packet);
		} else {
			refuse(packet, MPLINK_GRE_DROP_LATE);
		}
	} else if (ahead > static_cast<int>(most_ahead)) {
		doubt(packet);
	} else if (ahead < 0) {
		old(packet);
	} else {
		take(packet);
	}
	settle();
	all_.rare_.held_max.raise(b_.held);
}

void Resequencer::Bucket::arrive(LinksAlive alive, mplink_held &packet, mplink_release &release)
{
	BucketOperation operation(*this, alive);

	if (packet.link < room || make_room(packet.link))
		operation.arrive(packet);
	else
		operation.refuse(packet, MPLINK_GRE_DROP_NO_MEMORY);
	operation.finish(release);
}

void Resequencer::Bucket::expire(LinksAlive alive, mplink_release &release)
{
	BucketOperation operation(*this, alive);

	operation.settle();
	operation.finish(release);
}

void Resequencer::Bucket::flush(mplink_release &release)
{
	BucketOperation operation(*this, LinksAlive(mplink_u64{0}));

	operation.flush();
	operation.finish(release);
}

} // namespace mplink
