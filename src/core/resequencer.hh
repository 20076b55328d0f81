// SPDX-License-Identifier: GPL-2.0
// Puts the packets of a peer back in order: by flow buckets (RFC 2890 2.2), over links
// that each keep the order but differ in delay (RFC 1990 4.1).
//
// A packet with the number that its bucket expects is delivered; one behind it is refused;
// one ahead is held until the gap before it is filled or given up: at once when every
// link that could fill it has passed it, else after outoforder_timer, or when the buffer
// is full.  Packets are held in a queue a link, where each is the last one nearly always,
// and delivering merges the queues.  No operation takes longer for a longer gap.
#pragma once
#include "census.hh"
#include "held_queue.hh"
#include "link_table.hh"
#include "reorder_timer.hh"
#include "sequence_record.hh"

namespace mplink
{

// The links that may fill a gap, by their ids as bits: looked up only while there
// is a gap.
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

// See mplink/tunnel.h for who may call what, and when.
class Resequencer : Counted<Kind::resequencers>
{
public:
	// Packets that may pass before a link which brings none is no longer waited for;
	// and as many in a new bucket before one that has brought none yet.
	static constexpr mplink_u32 patience = 1024;
	// Of a link that seldom brings one, twice as many as last time, up to that.
	static constexpr mplink_u32 most_patience = 1U << 17;
	// How far a link's numbers go back before it takes no second one to tell that the
	// far end has begun anew; and how far a bucket's jump ahead.
	static constexpr mplink_u32 most_back = 64;
	static constexpr mplink_u32 most_ahead = 65536;
	// A bucket that begins with a number below this begins with 0.
	static constexpr mplink_u32 first_numbers = 64;
	// How long after a packet was sent it may yet come.
	static constexpr mplink_u64 lifetime_us = 2000000;
	// How long links are not trusted that have let packets overtake each other: where
	// several CPUs send or receive for one link, they do.
	static constexpr mplink_u64 unruly_us = 10000000;
	// Past how many others a packet goes that was overtaken on its own link.
	static constexpr mplink_u32 most_steps = 64;

	// Follows config, whose numbers may change at any time.
	explicit Resequencer(const mplink_tunnel_config &config) : config_(config)
	{
	}
	~Resequencer();

	// False: memory is short.
	[[nodiscard]] bool cover(Rtnl, mplink_u64 links);

	// Whether the packet is the one expected, with none held that waits for it; then
	// that was all.
	[[gnu::always_inline]] bool in_order(mplink_u32 bucket, const mplink_held &packet)
	{
		Bucket &b = buckets_[bucket];

		if (packet.seq != b.next || b.held) [[unlikely]]
			return false;

		LinkState &link = columns_[packet.link][bucket];

		b.next++;
		link.highest = packet.seq;
		link.last = static_cast<mplink_u32>(++b.arrivals);
		add_once(b.in_order, 1);
		return true;
	}
	// Of a packet for which in_order() was false.
	void arrive(mplink_u32 bucket, LinksAlive alive, mplink_held &packet,
		    mplink_release &release);
	void expire(mplink_u32 bucket, LinksAlive alive, mplink_release &release);
	void flush(mplink_u32 bucket, mplink_release &release);

	void counters(mplink_resequencer_counters &sum) const;

private:
	static constexpr mplink_u32 buckets = MPLINK_FLOW_BUCKETS;

	// What a link has brought of a bucket.
	struct LinkState {
		HeldQueue held;
		mplink_u32 highest; // number; RFC 1990's M
		mplink_u32 last;    // when, in the bucket's arrivals; 0: never
		mplink_u32 pause;   // about so many arrivals are between its own
	};

	// Two cache lines, of which packets in order touch one.
	struct alignas(64) Bucket {
		mplink_u32 next = 0; // the number expected
		mplink_u32 held = 0;
		mplink_u64 arrivals = 0; // and what link.last counts
		mplink_u64 in_order = 0;
		mplink_u64 holding = 0; // links with packets held
		mplink_u64 born = 0;    // arrivals before the present run of numbers
		SequenceRecord record;
		bool timed_out = false; // the last gap given up was so by the timer

		// Of refused packets since the last new number, which was just before this.
		bool went_back = false; // there was one delivered before by its own link
		mplink_u8 refused = 0;  // how many, up to enough_refused
		mplink_u32 refused_next = 0;
		mplink_u32 back_seq = 0;
		// The run before the present one, of which stragglers may be under way.
		mplink_u32 former_next = 0;
		mplink_u64 restart_us = 0; // 0: there was none
		mplink_u64 refused_us = 0;

		HeldQueue overtaken = {}; // by others, on their own links
		mplink_u64 reordered = 0;
		mplink_u64 duplicates = 0;
		mplink_u64 wait_us = 0;
	};

	// Of all buckets; these happen seldom, or are bounds that are seldom exceeded.
	struct Rare {
		mplink_u64 late = 0;
		mplink_u64 lost_rule = 0;
		mplink_u64 lost_timer = 0;
		mplink_u64 lost_overflow = 0;
		mplink_u64 restarts = 0;
		mplink_u64 held_max = 0;
		mplink_u64 wait_max_us = 0;
		mplink_u64 overtaken_us = 0; // when packets last did so on a link; 0: never
	};

	static_assert(sizeof(LinkState) == 24);
	static_assert(sizeof(Bucket) == 128);

	class Turn;

	const mplink_tunnel_config &config_;
	LinkState *columns_[MPLINK_MAX_LINKS] = {}; // by link id; of each, one a bucket
	ReorderTimer timer_;
	alignas(64) mplink_u64 held_ = 0; // of all buckets; every CPU writes it
	Rare rare_;
	Bucket buckets_[buckets];
};

} // namespace mplink
