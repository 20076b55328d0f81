// SPDX-License-Identifier: GPL-2.0
// Puts the packets of a peer back in order.  Each flow bucket has an order of its own
// (RFC 2890 2.2).  Each link keeps the order of its packets, but links differ in delay
// (RFC 1990 4.1).
//
// A packet with the number that its bucket expects is delivered.  A packet with a lower
// number is refused.  A packet with a higher number is held until the gap before it is
// filled or given up.  A gap is given up when every link that could fill it has delivered a
// later number, when outoforder_timer runs out, or when the buffer is full.  With n packets
// held, no operation takes more than O(log n) steps.
//
// A single packet proves nothing (RFC 3550 A.1): a bit may have flipped, a router may have
// sent it twice, an attacker may have made it up.  A number far from the bucket's numbers is
// doubted: the packet is held aside until another packet continues it, or until it has waited
// for the longest time allowed.  If a gap is given up because of one packet, this can be
// undone until a second packet follows that one.
#pragma once
#include "base/object_counts.hh"
#include "link/link_table.hh"
#include "tunnel/equalizer.hh"
#include "tunnel/held_tree.hh"
#include "tunnel/reorder_timer.hh"
#include "tunnel/repair_time.hh"
#include "tunnel/sequence_record.hh"

namespace mplink
{

// The links that may fill a gap: a bit per link id.  It is computed only if there is a gap.
class LinksAlive
{
public:
	// table: null means that there are no links.
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
	// Those of them by which it is best to answer.
	mplink_u64 sendable_ids() const
	{
		const mplink_u64 ids = table_ ? table_->sendable_ids() : 0;

		return ids ? ids : this->ids();
	}

private:
	const LinkTable *table_ = nullptr;
	mplink_u64 ids_ = 0;
};

// What the flow buckets of a peer share.  mplink/tunnel.h says who may call what, and when.
class Resequencer : Counted<Kind::resequencers>
{
public:
	class Bucket;

	// Arrivals after which the bucket no longer waits for a link that brings nothing.  It
	// holds for a link that stopped, and for a link that never began in a new bucket.
	static constexpr mplink_u32 patience = 1024;
	// For a link that brings packets seldom, patience is twice its last pause, up to this.
	static constexpr mplink_u32 most_patience = 1U << 17;
	// A number at most this far below its link's highest is merely late.  A number at most
	// this far above the bucket's highest is believed at once.
	static constexpr mplink_u32 near = 64;
	// A number further ahead than this does not belong to the present run.
	static constexpr mplink_u32 most_ahead = 65536;
	// The first numbers of a new run lie at most this far apart.
	static constexpr mplink_u32 most_apart = 1024;
	// Every link has passed a gap of several numbers, but only one packet lies beyond it.
	// That packet waits this long: another one may follow it, or show that it is a stray.
	static constexpr mplink_u64 grace_us = 20000;
	// A bucket holds at most this many doubted packets.
	static constexpr mplink_u32 most_doubted = 64;
	// On links that reorder, a row of old duplicates is common.  There, this many doubted
	// packets must continue each other before they are believed.
	static constexpr mplink_u8 long_row = 16;
	// Or this many, if no number is missing between them.
	static constexpr mplink_u8 long_run = 6;
	// If a bucket's first number is below this, the bucket begins with 0.
	static constexpr mplink_u32 first_numbers = 64;
	// A packet may arrive this long after it was sent.
	static constexpr int lifetime_ms = 2000;
	// After a link has reordered packets, the order on links proves nothing for this long.
	// Links reorder if several CPUs send or receive for one link, or if its delay varies.
	static constexpr mplink_u64 distrust_us = 60000000;
	// A bucket with fewer packets a second carries no bulk flow.
	static constexpr mplink_u64 bulk_packets = 160;
	// A mark's promise of replays holds until a later one promises less, or for so long.
	static constexpr mplink_u64 promise_us = 1000000;
	// In a second, one number may be asked for of so many packets that came in the last one,
	// and so many in any case.
	static constexpr mplink_u32 repair_share = 32;
	static constexpr mplink_u32 repair_burst = 64;
	// Timers and interrupts at both ends, beyond what the promise says.
	static constexpr mplink_u32 replay_margin_us = 5000;

	// Follows the settings, which may change at any time.
	explicit Resequencer(const TunnelSettings &settings) : settings_(settings)
	{
	}

	// enum mplink_equalize, which may change at any time: the peer's own.
	void set_equalize(mplink_u32 equalize)
	{
		equalize_.write(equalize);
	}
	mplink_u32 own_equalize() const
	{
		return equalize_.read();
	}
	// The one that holds: the device's, if the peer inherits it.
	mplink_u32 equalize() const
	{
		const mplink_u32 own = own_equalize();

		return own == MPLINK_EQUALIZE_INHERIT ? settings_.equalize.read() : own;
	}

	// A mark has come.  One CPU at a time.  Returns when buckets that hold packets have to be
	// looked at, because there is less to wait for; 0: there is not.
	mplink_u64 mark(mplink_u32 link, const mplink_mark &mark, mplink_u64 now_us)
	{
		promise(mark, now_us);
		return equalizer_.take(link, mark, now_us) ? equalizer_.newly_resent_us() : 0;
	}

	// Another link will have this id.  As mark().
	void forget(mplink_u32 link)
	{
		equalizer_.forget(link);
	}

	// Sets the counters that buckets share.  Each bucket adds its own with add_to().
	void counters(mplink_resequencer_counters &sum) const;

private:
	// Written seldom, so that CPUs may share the cache lines.  Counters that packets in order
	// touch are a bucket's own, and stay 0 here.
	struct Rare {
#define MPLINK_RESEQUENCER_COUNTER(id, name, ...) Shared<mplink_u64> name;
#define MPLINK_REPLAY_COUNTER(...) // counted where packets are sent
#include "uapi/mplink_attributes.def"
		Shared<mplink_u64> replayed;
		Shared<mplink_u64> repaired;
		Shared<mplink_u64> repair_asked;
		Shared<mplink_u64> overtaken_us; // when a link last reordered packets; 0: never
		Shared<mplink_u64> told_slow;    // links already reported as slow, by id
	};

	class BucketOperation;

	void promise(const mplink_mark &mark, mplink_u64 now_us);
	// If a link has died, its packets are sent once more within this time.  0: they are not,
	// or the sender has told nothing lately.
	mplink_u32 promised_us(mplink_u64 now_us) const;

	// After so long, a packet that was asked for will not come.
	mplink_u32 repair_us(mplink_u64 now_us) const
	{
		return repair_time_.most_us(promised_us(now_us));
	}
	// After so long, it is asked for again.
	mplink_u32 ask_again_us(mplink_u64 now_us) const
	{
		return repair_time_.ask_again_us(promised_us(now_us));
	}

	const TunnelSettings &settings_;
	Shared<mplink_u32> equalize_{MPLINK_EQUALIZE_INHERIT};
	ReorderTimer timer_;
	RepairTime repair_time_;
	Equalizer equalizer_;
	// Packets in the lines of all buckets; every CPU writes it, and rare_.held, which counts
	// those behind gaps.
	Shared<mplink_u64> in_lines_;
	Rare rare_;
	// What marks promise of replays: the most that one has said lately, and when.
	Shared<mplink_u32> promised_us_;
	Shared<mplink_u64> promised_at_us_;
	Shared<bool> repairs_; // the last mark says that the sender takes NACK
};

// A flow bucket.  A peer has 256 of them, and most peers use few.  So the kernel makes a
// bucket when its first packet comes.  Callers hold the bucket's lock, except for add_to().
class Resequencer::Bucket
{
public:
	// Links with ids below this need no memory of their own.
	static constexpr mplink_u32 first_room = 7;

	explicit Bucket(Resequencer &of) : all(of)
	{
	}
	Bucket(const Bucket &) = delete;
	Bucket &operator=(const Bucket &) = delete;
	~Bucket();

	// True: the packet is the expected one and nothing waits for it.  The caller delivers it,
	// and nothing else is to be done.
	[[gnu::always_inline]] bool in_order(const mplink_held &packet)
	{
		if (packet.seq != next || held || packet.link >= short_way) [[unlikely]]
			return false;

		LinkState &link = links[packet.link];

		next++;
		link.highest = packet.seq;
		link.last = ++arrivals;
		nr_in_order.add_alone(1);
		return true;
	}
	// The packet has come, and in_order() was false.
	void arrive(LinksAlive alive, mplink_held &packet, mplink_release &release);
	// A packet that was sent once more has come.
	void replay(LinksAlive alive, mplink_held &packet, mplink_release &release);
	// The sender does not send these numbers once more.
	void refusal(LinksAlive alive, const mplink_nack &nack, mplink_release &release);
	void expire(LinksAlive alive, mplink_release &release);
	void flush(mplink_release &release);
	// Once a second.
	void review(mplink_u64 now_us);

	// Adds what this bucket has counted.  Any context, without the lock.
	void add_to(mplink_resequencer_counters &sum) const;

private:
	friend class Resequencer::BucketOperation;

	// What a link has brought to the bucket.
	struct LinkState {
		mplink_u64
			last; // when it last brought a packet, in the bucket's arrivals; 0: never
		mplink_u32 highest;  // the highest number; RFC 1990's M
		mplink_u32 pause;    // about this many arrivals lie between two of its own
		mplink_u32 doubt;    // the number of its last doubted packet,
		mplink_u32 doubt_at; // and `last` at that time
	};

	void choose_way();
	// False: memory is short.
	[[nodiscard]] bool make_room(mplink_u32 link);

	// A packet in order touches these and one LinkState.
	mplink_u32 next = 0;     // the expected number
	mplink_u32 held = 0;     // packets held, doubted ones included
	mplink_u64 arrivals = 0; // LinkState.last counts in these
	Shared<mplink_u64> nr_in_order;
	LinkState *links = first_links; // by id
	mplink_u32 room = first_room;   // ids below this are in links
	// Packets with link ids below this need no more than in_order(): room, or 0 while the
	// delay equaliser has to see all packets.
	mplink_u32 short_way = 0;

	mplink_u32 top = 0;      // the highest believed number, if ahead of next
	mplink_u64 born = 0;     // arrivals when the present run of numbers began
	mplink_u64 doubting = 0; // links with a valid `doubt`, by id
	Resequencer &all;
	HeldTree waiting = {};
	HeldTree doubted = {};
	SequenceRecord record;
	mplink_u32 believed = 0; // packets believed so far that came below the first waiting one

	// The last gap was given up because of a single packet, and leap_to is the number
	// after that packet.  While next is leap_to, nothing has followed.
	bool leapt : 1 = false;
	bool leap_wide : 1 = false; // the gap is wide, and not counted yet
	bool timed_out : 1 = false; // the timer gave up the last gap
	bool bulk : 1 = false;      // the last review found a bulk flow
	// Doubted packets with no believed packet between them: how many, up to long_row, and
	// the last one's link and number.
	mplink_u8 row : 5 = 0;
	mplink_u8 run : 3 = 0; // how many of them have consecutive numbers, up to long_run
	mplink_u8 row_link = 0;
	mplink_u8 leap_link = 0;
	mplink_u8 nr_doubted = 0;
	// Packets refused since the last new number, up to enough_stragglers.
	mplink_u8 refused = 0;
	mplink_u16 credit = repair_burst; // so many numbers may be asked for before the next review
	mplink_u32 leap_from = 0;
	mplink_u32 leap_to = 0;
	mplink_u32 row_seq = 0;
	mplink_u32 row_next = 0; // next when the row's last packet came
	mplink_u32 refused_next = 0;
	// Where the run before the present one ended; its stragglers may still be on their way.
	mplink_u32 last_run_end = 0;
	mplink_u32 restart_ms = 0; // when the present run began; odd; 0: it is the first
	mplink_u32 refused_ms = 0;
	mplink_u32 asked = 0; // what was lost below this number has been asked for
	// A gap that was given up.  A packet that comes late for it tells how long to wait.
	mplink_u64 late_us = 0; // since when the gap was open; 0: there is none
	mplink_u32 late_from = 0;
	mplink_u32 late_to = 0;

	// The delay equaliser.  Packets that are in order pass through the line, which they leave
	// when they have taken as long as by a link that is slower than the fastest by level_us.
	HeldList line;
	mplink_u32 in_line = 0;
	mplink_u32 level_us = 0;
	mplink_u32 reviewed = 0;     // the low bits of arrivals at the last review
	mplink_u16 first_small = 0;  // packets of a flow that begins, before one tells what it is
	mplink_u8 lower_seconds = 0; // reviews in a row by which level_us should fall
	bool beginning = true;       // the bucket was empty for a while: another flow begins

	// Replays have come lately, and this is the lowest of their numbers.
	mplink_u32 replayed_from = 0;
	mplink_u32 replayed_ms = 0; // when the last one came; odd; 0: none has

	Shared<mplink_u64> reordered;
	Shared<mplink_u64> duplicates;
	Shared<mplink_u64> wait_us;

	LinkState first_links[first_room] = {};
};

} // namespace mplink
