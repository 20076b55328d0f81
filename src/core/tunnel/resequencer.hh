// SPDX-License-Identifier: GPL-2.0
// Puts the packets of a peer back in order: by flow buckets (RFC 2890 2.2), over links
// that each keep the order but differ in delay (RFC 1990 4.1).
//
// A packet with the number that its bucket expects is delivered; one behind it is refused;
// one ahead is held until the gap before it is filled or given up: at once when every
// link that could fill it has passed it, else after outoforder_timer, or when the buffer
// is full.  No operation takes more than O(log n) steps, n packets being held.
//
// No packet is believed on its own word (RFC 3550 A.1), for a bit may have been flipped,
// a router may have sent it twice, or a stranger may have made it up.  A number far from
// those of the bucket is doubted: the packet is held aside until another one continues
// it, or for as long as it may wait.  A gap that has been given up for one packet alone
// is kept in mind until another one has followed that one.
#pragma once
#include "base/object_counts.hh"
#include "link/link_table.hh"
#include "tunnel/held_tree.hh"
#include "tunnel/reorder_timer.hh"
#include "tunnel/sequence_record.hh"

namespace mplink
{

// The links that may fill a gap, by their ids as bits: looked up only while there is a
// gap.
class LinksAlive
{
public:
	// Of no table: none.
	explicit LinksAlive(const LinkTable *table) : table_(table)
	{
	}
	explicit LinksAlive(mplink_u64 ids) : ids_(ids)
	{
	}
	mplink_u64 ids() const
	{
		return table_ ? table_->alive_ids() : ids_;
	}

private:
	const LinkTable *table_ = nullptr;
	mplink_u64 ids_ = 0;
};

// What the flow buckets of a peer share.  See mplink/tunnel.h for who may call what, and
// when.
class Resequencer : Counted<Kind::resequencers>
{
public:
	class Bucket;

	// Packets that may pass before a link which brings none is no longer waited for;
	// and as many in a new bucket before one that has brought none yet.
	static constexpr mplink_u32 patience = 1024;
	// Of a link that seldom brings one, twice as many as last time, up to that.
	static constexpr mplink_u32 most_patience = 1U << 17;
	// How far behind its link's latest number one may be and be no more than late, and how
	// far ahead of its bucket's and be believed at once.
	static constexpr mplink_u32 near = 64;
	// How far ahead a number may be and be one of the present run at all.
	static constexpr mplink_u32 most_ahead = 65536;
	// Of a new run, how far apart its first numbers may be.
	static constexpr mplink_u32 most_apart = 1024;
	// How long a packet alone waits behind a gap of several numbers that every link has
	// passed: for one that follows it, or shows it to be a stray.
	static constexpr mplink_u64 grace_us = 20000;
	// Packets that are held aside, of a bucket.
	static constexpr mplink_u32 most_doubted = 64;
	// So many have to continue each other, where links let packets overtake each other
	// and a row of old duplicates is no wonder.
	static constexpr mplink_u8 long_row = 16;
	// Or so many, if none is missing between them.
	static constexpr mplink_u8 long_run = 6;
	// A bucket that begins with a number below this begins with 0.
	static constexpr mplink_u32 first_numbers = 64;
	// How long after a packet was sent it may yet come.
	static constexpr int lifetime_ms = 2000;
	// How long links are not trusted that have let packets overtake each other: where
	// several CPUs send or receive for one link, or its delay jitters, they do.
	static constexpr mplink_u64 unruly_us = 60000000;

	// Follows the settings, which may change at any time.
	explicit Resequencer(const TunnelSettings &settings) : settings_(settings)
	{
	}

	// The sums of what buckets share; each bucket adds its own.
	void counters(mplink_resequencer_counters &sum) const;

private:
	// These happen seldom, or are bounds that are seldom exceeded.
	struct Rare {
		Shared<mplink_u64> late;
		Shared<mplink_u64> lost_rule;
		Shared<mplink_u64> lost_timer;
		Shared<mplink_u64> lost_overflow;
		Shared<mplink_u64> restarts;
		Shared<mplink_u64> held_max;
		Shared<mplink_u64> wait_max_us;
		Shared<mplink_u64> overtaken_us; // when packets last did so on a link; 0: never
		Shared<mplink_u64> too_slow;     // packets later than the settings allow for
		Shared<mplink_u64> told_slow;    // links of which it has been told
	};

	class Turn;

	const TunnelSettings &settings_;
	ReorderTimer timer_;
	Shared<mplink_u64> held_; // of all buckets; every CPU writes it
	Rare rare_;
};

// A flow bucket.  A peer has 256 of them, and most peers use few: so the kernel makes one
// when its first packet comes.
class Resequencer::Bucket
{
public:
	// Links with ids below this need no memory of their own.
	static constexpr mplink_u32 first_room = 8;

	explicit Bucket(Resequencer &of) : all(of)
	{
	}
	Bucket(const Bucket &) = delete;
	Bucket &operator=(const Bucket &) = delete;
	~Bucket();

	// Whether the packet is the one expected, with none held that waits for it; then
	// that was all.
	[[gnu::always_inline]] bool in_order(const mplink_held &packet)
	{
		if (packet.seq != next || held || packet.link >= room) [[unlikely]]
			return false;

		LinkState &link = links[packet.link];

		next++;
		link.highest = packet.seq;
		link.last = ++arrivals;
		nr_in_order.add_alone(1);
		return true;
	}
	// Of a packet for which in_order() was false.
	void arrive(LinksAlive alive, mplink_held &packet, mplink_release &release);
	void expire(LinksAlive alive, mplink_release &release);
	void flush(mplink_release &release);

	// Adds what this bucket has counted.
	void add_to(mplink_resequencer_counters &sum) const;

private:
	friend class Resequencer::Turn;

	// What a link has brought of the bucket.
	struct LinkState {
		mplink_u64 last;     // when, in the bucket's arrivals; 0: never
		mplink_u32 highest;  // number; RFC 1990's M
		mplink_u32 pause;    // about so many arrivals are between its own
		mplink_u32 doubt;    // the number of the last packet that was doubted,
		mplink_u32 doubt_at; // and `last` at that time
	};

	// False: memory is short.
	[[nodiscard]] bool make_room(mplink_u32 link);

	// Packets in order touch these, and one LinkState.
	mplink_u32 next = 0;     // the number expected
	mplink_u32 held = 0;     // and doubted
	mplink_u64 arrivals = 0; // and what LinkState.last counts
	Shared<mplink_u64> nr_in_order;
	LinkState *links = first_links; // by id
	mplink_u32 room = first_room;   // ids below this are in links

	mplink_u32 top = 0;      // the highest number believed, if ahead of next
	mplink_u64 born = 0;     // arrivals before the present run of numbers
	mplink_u64 doubting = 0; // links whose doubt is one
	Resequencer &all;
	HeldTree waiting = {};
	HeldTree doubted = {};
	SequenceRecord record;
	mplink_u32 believed = 0; // packets, below the first that waits

	// The last gap given up was so for one packet alone, whose successor was
	// leap_to, and nothing has gone on from there while that is next.
	bool leapt : 1 = false;
	mplink_u8 leap_link = 0;
	bool leap_wide : 1 = false; // and is not counted yet
	bool timed_out : 1 = false; // the last gap given up was so by the timer
	// Of packets doubted, with nothing believed between: so many, up to long_row,
	// and the last one's link and number.
	mplink_u8 row = 0;
	mplink_u8 run = 0; // so many of them without one missing, up to long_run
	mplink_u8 row_link = 0;
	mplink_u8 nr_doubted = 0;
	// Of those refused since the last new number: how many, up to enough_former.
	mplink_u8 refused = 0;
	mplink_u32 leap_from = 0;
	mplink_u32 leap_to = 0;
	mplink_u32 row_seq = 0;
	mplink_u32 row_next = 0; // next at that time
	mplink_u32 refused_next = 0;
	// The run before the present one, of which stragglers may be under way.
	mplink_u32 former_next = 0;
	mplink_u32 restart_ms = 0; // odd; 0: there was none
	mplink_u32 refused_ms = 0;
	// A gap that was given up, by which it is measured how late a packet is.
	mplink_u64 late_us = 0; // since when it was one; 0: none
	mplink_u32 late_from = 0;
	mplink_u32 late_to = 0;

	Shared<mplink_u64> reordered;
	Shared<mplink_u64> duplicates;
	Shared<mplink_u64> wait_us;

	LinkState first_links[first_room] = {};
};

} // namespace mplink
