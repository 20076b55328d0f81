// SPDX-License-Identifier: GPL-2.0
// One operation on a flow bucket (arrive, expire or flush): its working state and result.
//
// resequencer_equalizer.cc holds packets back that are in order, resequencer_replay_wait.cc tells
// how long gaps wait for replays, resequencer_repair.cc asks for what is lost, resequencer_gaps.cc
// deals with gaps in the numbers, resequencer_doubts.cc with packets that are doubted,
// resequencer.cc with packets that arrive, and resequencer_replay.cc with those that were sent once
// more.  Each calls only those before it.
#pragma once
#include "base/atomic.hh"
#include "base/deadline.hh"
#include "base/order.hh"
#include "tunnel/resequencer.hh"

namespace mplink
{

class Resequencer::BucketOperation
{
public:
	BucketOperation(Bucket &bucket, LinksAlive alive)
	    : all_(bucket.all), b_(bucket), alive_(alive)
	{
	}
	BucketOperation(const BucketOperation &) = delete;
	BucketOperation &operator=(const BucketOperation &) = delete;

	using Refusal = mplink_gre_drop;

	void arrive(mplink_held &packet);
	void replay(mplink_held &packet);
	void refusal(const mplink_nack &nack);
	void refuse(mplink_held &packet, Refusal why);
	// Delivers what is in order, and gives up what will not come.
	void settle();
	void flush();
	void finish(mplink_release &release);

private:
	using LinkState = Bucket::LinkState;

	// Null: the link has brought no packet.
	LinkState *link(mplink_u32 id) const
	{
		return id < b_.room ? &b_.links[id] : nullptr;
	}
	// Arrivals since the link's last packet.
	mplink_u64 since_last(const LinkState &link) const
	{
		return b_.arrivals - link.last;
	}
	mplink_u64 age() const
	{
		return b_.arrivals - b_.born;
	}
	// Whether the link has brought a number of the present run.
	bool shown(const LinkState &link) const
	{
		return link.last > b_.born;
	}
	// Whether the link's highest number can be compared: since then, numbers have not gone
	// half around.
	bool recent(const LinkState &link) const
	{
		return shown(link) && since_last(link) < most_patience;
	}
	// Whether the link has brought nothing for so long that it is not waited for.
	bool stopped(const LinkState &link) const
	{
		return since_last(link) >= patience && since_last(link) / 2 >= link.pause;
	}
	mplink_u64 now()
	{
		if (!now_us_)
			now_us_ = mplink_now_us();
		return now_us_;
	}

	mplink_u32 now_ms()
	{
		return static_cast<mplink_u32>(now() / 1000);
	}
	// Milliseconds since then.  Negative if the clocks of two CPUs differ.
	int for_ms(mplink_u32 since_ms)
	{
		return static_cast<int>(now_ms() - since_ms);
	}

	// --- gaps ---

	mplink_u32 timeout_us()
	{
		// Marks tell of a queue before a packet that waited in it can.
		return larger(all_.timer_.timeout_us(all_.settings_),
			      smaller(all_.equalizer_.spread_us(now()), longest_us()));
	}
	mplink_u32 longest_us() const
	{
		return all_.settings_.outoforder_max_us.read();
	}
	mplink_u64 due(bool passed);
	// Whether a packet near the first waiting one waits behind it.
	bool followed() const
	{
		const mplink_held *second = b_.waiting.second();

		return second && second->seq - b_.waiting.first().seq <= near;
	}
	// Whether the first waiting packet is far ahead and alone.
	bool stray(const mplink_held &first) const
	{
		return first.seq - b_.next > near && !followed();
	}
	bool full() const;
	bool overtaken_by_all();
	bool passed();
	// Whether a link has reordered packets lately.  Then a link that has passed a gap proves
	// nothing, and only the timer tells what is lost.
	bool link_reorders()
	{
		const mplink_u64 overtaken_us = all_.rare_.overtaken_us.read();

		return overtaken_us && elapsed(now(), overtaken_us) < distrust_us;
	}
	void overtaken()
	{
		all_.rare_.overtaken_us.write(now());
	}
	void end_gap(Shared<mplink_u64> &counter);
	void lose(Shared<mplink_u64> &counter, mplink_u32 count)
	{
		counter.add(count);
		lost_ += count;
	}
	void give_up(Shared<mplink_u64> &counter);
	void drain();
	void measure_late(const mplink_held &packet, bool own_link);

	// --- doubts ---

	bool unproven() const
	{
		return b_.leapt && b_.next == b_.leap_to;
	}
	bool leapt_over(const mplink_held &packet) const;
	void proven();
	// Whether packets have been doubted, and none has come in order since.
	bool in_a_row() const
	{
		return b_.row && b_.row_next == b_.next;
	}
	bool nearby(const mplink_held &packet) const;
	bool continues(const mplink_held &packet);
	void suspect(const mplink_held &packet);
	void trust(const mplink_held &packet);
	void doubt(mplink_held &packet);
	void adopt(mplink_u32 seq);
	void go_back();
	void refuse_doubted();
	void refuse_all_doubted();
	bool peer_restarted();
	void count_refused();
	bool of_last_run(const mplink_held &packet);
	bool straggler(const mplink_held &packet);
	void old(mplink_held &packet);
	void restart(mplink_u32 next);

	// --- replays ---

	mplink_u32 replay_wait_us();
	bool may_owe(mplink_u32 id, const LinkState &link, const mplink_held &packet);
	bool replayed_lately(const mplink_held &packet);
	void note_replay(mplink_u32 seq);
	void count_replay(const mplink_held &packet);
	bool patient() const;

	// --- repair ---

	bool repairs(const mplink_held &packet);
	bool owes(mplink_u32 id, const mplink_held &packet);
	bool may_bring(mplink_u32 id, const mplink_held &packet);
	bool lost_before(const mplink_held &packet);
	bool afford(mplink_u32 count);
	bool ask(mplink_u32 first, mplink_held &packet);
	void look_again(const mplink_held &packet);
	void ask_for_lost();
	void ask_for_late();
	bool ask_once_more();
	mplink_u64 repaired_at();
	mplink_u32 asked_for_us(const mplink_held &packet);
	bool was_asked_for(const mplink_held &packet);

	// --- the delay equaliser ---

	mplink_u32 hold_back_us(const mplink_held &packet);
	void begin_flow(const mplink_held &packet);
	bool line_full() const;
	mplink_u64 equalize();

	// --- packets ---

	void take(mplink_held &packet);
	bool hold(mplink_held &packet);
	void note(const mplink_held &packet);
	mplink_held &release();
	mplink_u16 rank(const mplink_held &packet) const;

	// This many packets are refused in a row before the clock is read.
	static constexpr mplink_u8 enough_refused = 4;
	// This many packets in a row look like stragglers of the last run: then they are not.
	static constexpr mplink_u8 enough_stragglers = 64;
	// How long after the longest wait a late packet still measures its gap.
	static constexpr mplink_u64 too_old_us = 4000000;
	// This many packets are too late before the user is told of a slow link.
	static constexpr mplink_u32 enough_slow = 4;
	// A mark follows the first packet after a rest within this time.
	static constexpr mplink_u64 mark_after_us = 15000;
	// So often a gap is asked for: a NACK may be lost, or what it asks for.
	static constexpr mplink_u8 most_asked = 2;
	// mplink_held.replayed.
	static constexpr mplink_u8 unasked = 1;
	static constexpr mplink_u8 asked_for = 2;
	// mplink_held.asked of a gap that the sender does not repair.
	static constexpr mplink_u8 hopeless = 255;

	Resequencer &all_;
	Bucket &b_;
	LinksAlive alive_;
	mplink_u64 now_us_ = 0;
	mplink_u64 held_before_ = b_.held;
	mplink_u64 slow_us_ = 0;
	mplink_u64 look_at_us_ = never; // when to look for more that is lost
	mplink_u32 in_line_before_ = b_.in_line;
	bool flushing_ = false;
	// passed(): a link has been silent for so long that it is not waited for, except for as
	// long as it is slower than others.
	mplink_u32 lag_us_ = 0;
	mplink_u32 lost_ = 0;
	mplink_u32 nr_nacks_ = 0;
	mplink_nack nacks_[MPLINK_NACKS];
	HeldList delivered_;
	HeldList refused_;
};

} // namespace mplink
