// SPDX-License-Identifier: GPL-2.0
#include "resequencer.hh"

#include "atomic.hh"
#include "deadline.hh"

namespace mplink
{

Resequencer::~Resequencer()
{
	for (LinkState *column : columns_)
		mplink_free(column);
}

bool Resequencer::cover(Rtnl, mplink_u64 links)
{
	for (; links; links &= links - 1) {
		LinkState *&column = columns_[__builtin_ctzll(links)];

		if (column)
			continue;

		void *made = mplink_alloc(sizeof(LinkState) * buckets);

		if (!made)
			return false;
		// Packets of other links are looking at what there is.
		__atomic_store_n(&column, static_cast<LinkState *>(made), __ATOMIC_RELEASE);
	}
	return true;
}

void Resequencer::counters(mplink_resequencer_counters &sum) const
{
	sum = {.in_order = 0,
	       .reordered = 0,
	       .duplicates = 0,
	       .late = read_once(rare_.late),
	       .lost_rule = read_once(rare_.lost_rule),
	       .lost_timer = read_once(rare_.lost_timer),
	       .lost_overflow = read_once(rare_.lost_overflow),
	       .restarts = read_once(rare_.restarts),
	       .held = read_once(held_),
	       .held_max = read_once(rare_.held_max),
	       .wait_us = 0,
	       .wait_max_us = read_once(rare_.wait_max_us),
	       .timer_us = timer_.timeout_us(config_)};
	for (const Bucket &b : buckets_) {
		sum.in_order += read_once(b.in_order);
		sum.reordered += read_once(b.reordered);
		sum.duplicates += read_once(b.duplicates);
		sum.wait_us += read_once(b.wait_us);
	}
}

// One call for one bucket: what it knows, and what comes of it.
class Resequencer::Turn
{
public:
	Turn(Resequencer &all, mplink_u32 bucket, LinksAlive alive)
	    : all_(all), index_(bucket), b_(all.buckets_[bucket]), alive_(alive)
	{
	}
	Turn(const Turn &) = delete;
	Turn &operator=(const Turn &) = delete;

	void arrive(mplink_held &packet);
	// Delivers what can be, and gives up what will not come.
	void settle();
	void flush()
	{
		while (b_.held)
			give_up(all_.rare_.lost_timer);
	}
	void finish(mplink_release &release);

private:
	using Refusal = mplink_gre_drop;

	LinkState *link(mplink_u32 id) const
	{
		LinkState *column = read_once(all_.columns_[id]);

		return column ? &column[index_] : nullptr;
	}
	// How many packets have come since the link's last one.
	mplink_u32 since_last(const LinkState &link) const
	{
		return static_cast<mplink_u32>(b_.arrivals) - link.last;
	}
	mplink_u64 age() const
	{
		return b_.arrivals - b_.born;
	}
	// Whether it has brought any number of the present run.
	bool shown(const LinkState &link) const
	{
		return link.last && since_last(link) < age();
	}
	mplink_u64 now()
	{
		if (!now_us_)
			now_us_ = mplink_now_us();
		return now_us_;
	}

	// The queue that the lowest number is held in.  Something is held.
	HeldQueue &lowest(mplink_u32 &link) const;
	mplink_u64 oldest_us() const;
	mplink_u32 timeout_us() const
	{
		return all_.timer_.timeout_us(all_.config_);
	}
	bool full() const;
	// Whether all that could fill the gap have passed it.
	bool passed();
	// A link has let packets overtake each other, of late: then to have passed a gap
	// proves nothing, and only the timer tells what is lost.
	bool unruly();
	void overtaken()
	{
		write_once(all_.rare_.overtaken_us, now());
	}
	void give_up(mplink_u64 &counter);
	void drain();

	bool behind(mplink_held &packet);
	bool went_back_twice(const mplink_held &packet, mplink_u32 back, Fate fate);
	void count_refused();
	bool deaf();
	bool former(const mplink_held &packet);
	void restart(mplink_u32 next);

	void take(mplink_held &packet);
	bool hold(mplink_held &packet);
	void note(const mplink_held &packet);
	void refuse(mplink_held &packet, Refusal why);
	mplink_held &release(HeldQueue &queue, mplink_u32 link);

	// No link's queue, but that of overtaken packets.
	static constexpr mplink_u32 no_link = MPLINK_MAX_LINKS;
	// In a row, before the clock is looked at.
	static constexpr mplink_u8 enough_refused = 4;

	Resequencer &all_;
	mplink_u32 index_;
	Bucket &b_;
	LinksAlive alive_;
	mplink_u64 now_us_ = 0;
	mplink_u64 held_before_ = b_.held;
	HeldList delivered_;
	HeldList refused_;
};

HeldQueue &Resequencer::Turn::lowest(mplink_u32 &link) const
{
	HeldQueue *best = &b_.overtaken;

	link = no_link;
	for (mplink_u64 left = b_.holding; left; left &= left - 1) {
		const auto id = static_cast<mplink_u32>(__builtin_ctzll(left));
		HeldQueue &queue = all_.columns_[id][index_].held;

		if (best->empty() || ahead_of(best->first().seq, queue.first().seq) > 0) {
			best = &queue;
			link = id;
		}
	}
	return *best;
}

// Within a queue the first one is.
mplink_u64 Resequencer::Turn::oldest_us() const
{
	mplink_u64 oldest = b_.overtaken.empty() ? never : b_.overtaken.first().held_us;

	for (mplink_u64 left = b_.holding; left; left &= left - 1)
		oldest = earlier(oldest,
				 all_.columns_[__builtin_ctzll(left)][index_].held.first().held_us);
	return oldest;
}

bool Resequencer::Turn::full() const
{
	const mplink_u64 held = read_once(all_.held_) + b_.held - held_before_;

	return b_.held > read_once(all_.config_.max_perflow_buffer) ||
	       held > read_once(all_.config_.max_peer_buffer);
}

bool Resequencer::Turn::unruly()
{
	const mplink_u64 overtaken_us = read_once(all_.rare_.overtaken_us);

	return overtaken_us && now() - overtaken_us < unruly_us;
}

bool Resequencer::Turn::passed()
{
	const bool proves_nothing = unruly();

	for (mplink_u64 left = alive_.ids(); left; left &= left - 1) {
		const LinkState *l = link(static_cast<mplink_u32>(__builtin_ctzll(left)));

		if (!l || !shown(*l)) {
			if (age() < patience)
				return false;
		} else if (proves_nothing || ahead_of(l->highest, b_.next) < 0) {
			const mplink_u32 since = since_last(*l);

			if (since < patience || since / 2 < l->pause)
				return false;
		}
	}
	return true;
}

// Packets that are held are delivered or, of a number that another one had, refused.
mplink_held &Resequencer::Turn::release(HeldQueue &queue, mplink_u32 link)
{
	mplink_held &packet = queue.take_first();
	const mplink_u64 waited = now() - packet.held_us;

	if (queue.empty() && link != no_link)
		b_.holding &= ~(mplink_u64{1} << link);
	b_.held--;
	add_once(b_.wait_us, waited);
	atomic_raise(all_.rare_.wait_max_us, waited);
	return packet;
}

void Resequencer::Turn::drain()
{
	while (b_.held) {
		mplink_u32 link;
		HeldQueue &queue = lowest(link);
		const auto ahead = ahead_of(queue.first().seq, b_.next);

		if (ahead > 0)
			break;

		mplink_held &packet = release(queue, link);

		if (ahead < 0) {
			refuse(packet, MPLINK_GRE_DROP_DUPLICATE);
			continue;
		}
		b_.next++;
		add_once(b_.reordered, 1);
		delivered_.append(packet);
	}
}

// The first gap, up to the lowest number held.
void Resequencer::Turn::give_up(mplink_u64 &counter)
{
	mplink_u32 link;
	const mplink_u32 to = lowest(link).first().seq;

	atomic_add(counter, to - b_.next);
	b_.record.give_up(b_.next, to);
	b_.timed_out = &counter == &all_.rare_.lost_timer;
	b_.next = to;
	drain();
}

void Resequencer::Turn::settle()
{
	drain();
	while (b_.held) {
		if (passed())
			give_up(all_.rare_.lost_rule);
		else if (now() >= oldest_us() + timeout_us())
			give_up(all_.rare_.lost_timer);
		else if (full())
			give_up(all_.rare_.lost_overflow);
		else
			break;
	}
}

void Resequencer::Turn::finish(mplink_release &release)
{
	if (b_.held != held_before_)
		atomic_add(all_.held_, b_.held - held_before_);
	release.deliver = delivered_.first();
	release.refused = refused_.first();
	release.deadline_us = b_.held ? oldest_us() + timeout_us() : never;
}

void Resequencer::Turn::refuse(mplink_held &packet, Refusal why)
{
	packet.drop = static_cast<mplink_u8>(why);
	refused_.append(packet);
	if (why == MPLINK_GRE_DROP_DUPLICATE)
		add_once(b_.duplicates, 1);
	else
		atomic_add(all_.rare_.late, 1);
}

// The link has brought it.
void Resequencer::Turn::note(const mplink_held &packet)
{
	LinkState &l = *link(packet.link);
	const bool known = shown(l);

	if (!known || ahead_of(packet.seq, l.highest) > 0)
		l.highest = packet.seq;

	const mplink_u32 pause = known ? since_last(l) : 0;

	l.pause = pause > l.pause / 2 ? pause : l.pause / 2;
	if (l.pause > most_patience / 2)
		l.pause = most_patience / 2;
	l.last = static_cast<mplink_u32>(++b_.arrivals);
}

// Packets of the former run that are still under way on other links come before those
// links' packets of this one, and have numbers near where that one ended.
bool Resequencer::Turn::former(const mplink_held &packet)
{
	return b_.restart_us && !shown(*link(packet.link)) &&
	       apart(packet.seq, b_.former_next) < apart(packet.seq, b_.next) &&
	       now() - b_.restart_us < lifetime_us;
}

// Numbers that the link has already had, and that were delivered: one alone is a
// duplicate that the wire has made.
bool Resequencer::Turn::went_back_twice(const mplink_held &packet, mplink_u32 back, Fate fate)
{
	if (!back || fate != Fate::delivered)
		return false;

	const bool twice = b_.went_back && ahead_of(packet.seq, b_.back_seq) > 0;

	b_.went_back = true;
	b_.back_seq = packet.seq;
	return twice;
}

void Resequencer::Turn::count_refused()
{
	if (b_.refused_next != b_.next) {
		b_.refused_next = b_.next;
		b_.refused = 0;
		b_.went_back = false;
	}
	if (b_.refused < enough_refused)
		b_.refused++;
}

// Whether the far end has begun anew and nothing else tells so: it sends over links now
// that had brought no number, or lower ones.
bool Resequencer::Turn::deaf()
{
	if (b_.held || b_.refused < enough_refused)
		return false;
	if (b_.refused == enough_refused) {
		b_.refused++;
		b_.refused_us = now();
	}
	return now() - b_.refused_us >= lifetime_us;
}

// A number behind the one expected.  True: it is so no more, for the bucket begins anew.
bool Resequencer::Turn::behind(mplink_held &packet)
{
	const LinkState &l = *link(packet.link);
	const Fate fate = b_.record.fate(b_.next, packet.seq);
	const bool known = shown(l);
	const auto ahead = known ? ahead_of(packet.seq, l.highest) : 1;
	const mplink_u32 back = ahead < 0 ? l.highest - packet.seq : 0;

	count_refused();
	// On its link a new run begins low; what was given up is only late.
	if (back > most_back && fate != Fate::given_up) {
		restart(packet.seq < first_numbers ? 0 : packet.seq);
		return true;
	}
	if (went_back_twice(packet, back, fate) || (ahead > 0 && deaf())) {
		restart(packet.seq);
		return true;
	}
	if (fate == Fate::delivered) {
		refuse(packet, MPLINK_GRE_DROP_DUPLICATE);
	} else {
		refuse(packet, MPLINK_GRE_DROP_LATE);
		if (ahead > 0 && b_.timed_out)
			all_.timer_.too_short(now(), all_.config_);
		if (back && fate == Fate::given_up)
			overtaken();
	}
	note(packet);
	return false;
}

// Nothing more will come of the present run.
void Resequencer::Turn::restart(mplink_u32 next)
{
	while (b_.held)
		give_up(all_.rare_.lost_rule);
	b_.former_next = b_.next;
	b_.restart_us = now();
	b_.born = b_.arrivals;
	b_.next = next;
	b_.record.begin(next);
	b_.timed_out = false;
	b_.refused = 0;
	b_.went_back = false;
	atomic_add(all_.rare_.restarts, 1);
}

// False: it is refused.
bool Resequencer::Turn::hold(mplink_held &packet)
{
	HeldQueue &own = link(packet.link)->held;
	const mplink_u64 bit = mplink_u64{1} << packet.link;

	packet.held_us = now();
	if (own.empty() || ahead_of(packet.seq, own.last().seq) > 0) {
		own.append(packet);
		b_.holding |= bit;
	} else {
		auto inserted = HeldQueue::Inserted::duplicate;

		if (packet.seq != own.last().seq)
			inserted = b_.overtaken.insert(packet, most_steps);
		if (inserted != HeldQueue::Inserted::yes) {
			refuse(packet, inserted == HeldQueue::Inserted::duplicate
					       ? MPLINK_GRE_DROP_DUPLICATE
					       : MPLINK_GRE_DROP_LATE);
			return false;
		}
	}
	b_.held++;
	b_.refused = 0;
	b_.went_back = false;
	return true;
}

void Resequencer::Turn::take(mplink_held &packet)
{
	const LinkState &l = *link(packet.link);
	mplink_u32 id;

	if (shown(l) && ahead_of(packet.seq, l.highest) < 0)
		overtaken();
	// It closes the first gap, or a part of it.
	if (b_.held && ahead_of(packet.seq, lowest(id).first().seq) < 0)
		all_.timer_.filled(now(), now() - oldest_us());
	if (packet.seq == b_.next) {
		b_.next++;
		add_once(b_.in_order, 1);
		delivered_.append(packet);
	} else {
		hold(packet);
	}
	note(packet);
	settle();
	atomic_raise(all_.rare_.held_max, b_.held);
}

void Resequencer::Turn::arrive(mplink_held &packet)
{
	if (!b_.arrivals && packet.seq >= first_numbers) {
		b_.next = packet.seq;
		b_.record.begin(packet.seq);
	}

	const auto ahead = ahead_of(packet.seq, b_.next);

	if (former(packet)) {
		count_refused();
		if (!deaf()) {
			refuse(packet, MPLINK_GRE_DROP_LATE);
			return;
		}
		restart(packet.seq);
	} else if (ahead > static_cast<int>(most_ahead)) {
		restart(packet.seq);
	} else if (ahead < 0 && !behind(packet)) {
		return;
	}
	take(packet);
}

void Resequencer::arrive(mplink_u32 bucket, LinksAlive alive, mplink_held &packet,
			 mplink_release &release)
{
	Turn turn(*this, bucket, alive);

	turn.arrive(packet);
	turn.finish(release);
}

void Resequencer::expire(mplink_u32 bucket, LinksAlive alive, mplink_release &release)
{
	Turn turn(*this, bucket, alive);

	turn.settle();
	turn.finish(release);
}

void Resequencer::flush(mplink_u32 bucket, mplink_release &release)
{
	Turn turn(*this, bucket, LinksAlive(mplink_u64{0}));

	turn.flush();
	turn.finish(release);
}

} // namespace mplink
