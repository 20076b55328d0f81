// SPDX-License-Identifier: GPL-2.0
// A resequencer as the kernel would drive it: packets by number and link, virtual time,
// and the timer that it asks for.  What may never be is watched over on each step.
#pragma once
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fake_rcu.hh"
#include "mplink/platform.h"
#include "platform.hh"
#include "tunnel/resequencer.hh"

namespace fake
{

class Resequencing
{
public:
	struct Sent {
		mplink_held held = {};
		mplink_u32 bucket = 0;
		mplink_u64 arrived_us = 0;
		mplink_u64 tag = 0; // the test's own
	};
	struct Out {
		mplink_u32 seq;
		mplink_u32 drop; // 0: delivered
		mplink_u64 waited_us;
		mplink_u64 tag;
	};

	explicit Resequencing(mplink_u64 links = 7, mplink_u64 start_us = 1000000)
	    : alive(links), all_(mplink::make<mplink::Resequencer>(config))
	{
		set(start_us);
	}
	~Resequencing()
	{
		while (!deadlines_.empty())
			flush(deadlines_.begin()->first);
		require(sent_.empty(), "packets are left behind");
	}
	Resequencing(const Resequencing &) = delete;
	Resequencing &operator=(const Resequencing &) = delete;

	// What comes of it: all that is delivered or refused.
	std::vector<Out> arrive(mplink_u32 seq, mplink_u32 link, mplink_u32 bucket = 0,
				mplink_u64 tag = 0)
	{
		Sent &packet = come(seq, link, bucket, tag);

		if (at(bucket).in_order(packet.held)) {
			std::vector<Out> out;

			leave(packet.held, 0, false, out);
			check(bucket, counters());
			return out;
		}

		mplink_release release = {};

		at(bucket).arrive(mplink::LinksAlive(alive), packet.held, release);
		return carry_out(bucket, release);
	}
	// The packet was sent once more.
	std::vector<Out> replay(mplink_u32 seq, mplink_u32 link, mplink_u32 bucket = 0,
				mplink_u64 tag = 0)
	{
		mplink_release release = {};

		at(bucket).replay(mplink::LinksAlive(alive), come(seq, link, bucket, tag).held,
				  release);
		return carry_out(bucket, release);
	}
	std::vector<Out> expire(mplink_u32 bucket = 0)
	{
		mplink_release release = {};

		at(bucket).expire(mplink::LinksAlive(alive), release);
		return carry_out(bucket, release);
	}
	std::vector<Out> flush(mplink_u32 bucket = 0)
	{
		mplink_release release = {};

		at(bucket).flush(release);
		return carry_out(bucket, release);
	}

	// The sender refuses to send these once more.
	std::vector<Out> refuse(mplink_u32 first, mplink_u64 missing, mplink_u32 bucket = 0)
	{
		mplink_release release = {};

		at(bucket).refusal(mplink::LinksAlive(alive),
				   {.missing = missing, .first = first, .bucket = 0, .refused = 1},
				   release);
		return carry_out(bucket, release);
	}
	// A mark comes, sent so many microseconds ago.  It promises replays, unless 0.
	void mark(mplink_u32 link, mplink_u64 delay_us, mplink_u32 replay_ms = 0)
	{
		marked_++;
		mark_again(link, delay_us, replay_ms);
	}
	// The same, and the link has been given nothing since its last mark.
	void mark_again(mplink_u32 link, mplink_u64 delay_us, mplink_u32 replay_ms)
	{
		look_at = all_->mark(link,
				     {.link = static_cast<mplink_u8>(senders_id(link)),
				      .repairs = repairs,
				      .replay_ms = static_cast<mplink_u16>(replay_ms),
				      .seq = 0,
				      .sent_us = now() - delay_us,
				      .packets = marked_,
				      .bytes = 0,
				      .resent = resent},
				     now());
	}
	// The sender has ids of its own.
	static mplink_u32 senders_id(mplink_u32 link)
	{
		return MPLINK_MAX_LINKS - 1 - link;
	}
	// The next marks tell that nothing is left to be sent once more of this link.
	void tell_resent(mplink_u32 link)
	{
		resent = mplink_u64{1} << senders_id(link);
	}
	void forget(mplink_u32 link)
	{
		all_->forget(link);
	}
	// The peer's own setting.
	void equalize(mplink_u32 setting)
	{
		all_->set_equalize(setting);
	}
	void review(mplink_u32 bucket = 0)
	{
		at(bucket).review(now());
	}

	// Lets time pass, with the timer running.
	std::vector<Out> pass(mplink_u64 us)
	{
		const mplink_u64 end = now() + us;
		std::vector<Out> out;

		for (;;) {
			const auto due = std::min_element(
				deadlines_.begin(), deadlines_.end(),
				[](auto &a, auto &b) { return a.second < b.second; });

			if (due == deadlines_.end() || due->second > end)
				break;
			set(std::max(due->second, now()));
			for (const Out &o : expire(due->first))
				out.push_back(o);
		}
		set(end);
		return out;
	}
	mplink_u64 now() const
	{
		return now_us_;
	}
	// Of a bucket's timer, or never.
	mplink_u64 deadline(mplink_u32 bucket = 0) const
	{
		const auto at = deadlines_.find(bucket);

		return at == deadlines_.end() ? MPLINK_NEVER : at->second;
	}
	mplink_resequencer_counters counters() const
	{
		mplink_resequencer_counters sum;

		all_->counters(sum);
		for (const auto &[i, bucket] : buckets_)
			bucket->add_to(sum);
		return sum;
	}
	mplink_u64 lost() const
	{
		const mplink_resequencer_counters sum = counters();

		return sum.lost_rule + sum.lost_timer + sum.lost_overflow;
	}
	std::size_t held() const
	{
		return sent_.size();
	}

	mplink::TunnelSettings config{mplink_tunnel_config{.flow_buckets = 256,
							   .outoforder_min_us = 1000,
							   .outoforder_max_us = 200000,
							   .max_perflow_buffer = 1024,
							   .max_peer_buffer = 8192}};
	mplink_u64 alive;                     // links, by their ids
	mplink_u8 kind = MPLINK_PACKET_SMALL; // of the packets that arrive
	mplink_u8 repairs = 0;                // what marks say
	mplink_u64 resent = 0;                // what they say, too
	mplink_u64 look_at = 0;               // what the last mark returned
	std::vector<mplink_nack> nacks;       // all that have been sent
	mplink_u64 arrived = 0;
	mplink_u64 delivered = 0;
	mplink_u64 refused = 0;
	mplink_u64 refused_replays = 0;  // of these, packets of which the other copy came first
	std::vector<mplink_u64> slow_us; // what was told of slow links
	bool quick = false;              // do not look at each packet that is held, after each
	bool strays = false;             // some numbers tell nothing about the order
	std::string wrong;               // the first thing that may never be

private:
	using Bucket = mplink::Resequencer::Bucket;

	mplink_u64 marked_ = 0; // packets, by marks

	// Made when its first packet comes, as the kernel does.
	Bucket &at(mplink_u32 bucket)
	{
		mplink::Box<Bucket> &made = buckets_[bucket];

		if (!made)
			made = mplink::make<Bucket>(*all_);
		return *made;
	}
	Sent &come(mplink_u32 seq, mplink_u32 link, mplink_u32 bucket, mplink_u64 tag)
	{
		auto made = std::make_unique<Sent>();
		Sent &packet = *made;

		packet.held.seq = seq;
		packet.held.link = static_cast<mplink_u8>(link);
		packet.held.kind = kind;
		packet.bucket = bucket;
		packet.arrived_us = now();
		packet.tag = tag;
		sent_.emplace(&packet.held, std::move(made));
		arrived++;
		return packet;
	}
	void set(mplink_u64 us)
	{
		now_us_ = us;
		set_time_us(us);
	}
	void require(bool holds, const char *what)
	{
		if (!holds && wrong.empty())
			wrong = what;
	}

	void leave(mplink_held &held, mplink_u32 drop, bool restarted, std::vector<Out> &out)
	{
		const auto at = sent_.find(&held);

		if (at == sent_.end()) {
			require(false, "a packet twice, or one that was never sent");
			return;
		}

		const Sent &packet = *at->second;
		const mplink_u64 waited = now() - packet.arrived_us;

		require(waited <= config.outoforder_max_us.read(), "held for too long");
		if (!drop)
			follow(packet.bucket, held.seq, restarted);
		out.push_back({held.seq, drop, waited, packet.tag});
		(drop ? refused : delivered)++;
		refused_replays += drop == MPLINK_GRE_DROP_REPLAY;
		// So that a second look at it is seen.
		sent_.erase(at);
	}

	// In order, and none twice, except where the far end has begun anew.
	void follow(mplink_u32 bucket, mplink_u32 seq, bool restarted)
	{
		const auto last = last_.find(bucket);

		if (last != last_.end() && !restarted && !strays)
			require(mplink::ahead_of(seq, last->second) > 0, "out of order");
		last_[bucket] = seq;
	}

	// Only what has not come is asked for, and each number once.
	void ask(mplink_u32 bucket, const mplink_release &release)
	{
		std::set<mplink_u32> asked;

		require(release.nr_nacks <= MPLINK_NACKS, "too many NACKs");
		for (mplink_u32 i = 0; i < release.nr_nacks; i++) {
			mplink_nack nack = release.nacks[i];

			require(nack.missing & 1, "a NACK that does not begin with a missing one");
			require(alive >> release.nack_link & 1 || !alive, "by a link that is dead");
			for (mplink_u32 n = 0; n < MPLINK_NACK_NUMBERS; n++)
				if (nack.missing >> n & 1)
					require(asked.insert(nack.first + n).second,
						"asked for twice at once");
			nack.bucket = static_cast<mplink_u8>(bucket);
			nacks.push_back(nack);
		}
		for (const auto &[p, packet] : sent_)
			require(packet->bucket != bucket || !asked.count(p->seq),
				"asked for what has come");
	}

	std::vector<Out> carry_out(mplink_u32 bucket, const mplink_release &release)
	{
		if (release.slow_us)
			slow_us.push_back(release.slow_us);

		const mplink_resequencer_counters sum = counters();

		lost_ += release.lost;
		require(lost_ == sum.lost_rule + sum.lost_timer + sum.lost_overflow,
			"what is told of as given up is what is counted");

		const bool restarted = std::exchange(restarts_, sum.restarts) != sum.restarts;
		std::vector<Out> out;

		for (mplink_held *p = release.deliver, *next; p; p = next) {
			next = p->next;
			leave(*p, 0, restarted, out);
		}
		for (mplink_held *p = release.refused, *next; p; p = next) {
			next = p->next;
			require(p->drop == MPLINK_GRE_DROP_DUPLICATE ||
					p->drop == MPLINK_GRE_DROP_LATE ||
					p->drop == MPLINK_GRE_DROP_REPLAY,
				"refused for no reason");
			leave(*p, p->drop, false, out);
		}
		ask(bucket, release);
		deadlines_.erase(bucket);
		if (release.deadline_us != MPLINK_NEVER)
			deadlines_[bucket] = release.deadline_us;
		if (restarted)
			last_.erase(bucket);
		check(bucket, sum);
		return out;
	}

	// The timer may have become shorter since other buckets were told of theirs.
	void check(mplink_u32 bucket, const mplink_resequencer_counters &sum)
	{
		std::map<mplink_u32, mplink_u64> held;

		require(sum.held == sent_.size(), "the count of what is held");
		// What the equaliser holds back has been counted already.
		const mplink_u64 counted = sum.in_order + sum.reordered;

		require(counted >= delivered && counted <= delivered + sum.held,
			"the count of what is delivered");
		require(sum.duplicates + sum.late + refused_replays == refused,
			"the count of what is refused");
		require(sum.replayed + sum.repaired <= counted, "more replays than packets");
		require(arrived == delivered + refused + sum.held, "packets that went nowhere");
		require(sum.held <= config.max_peer_buffer.read(),
			"more held than the peer's buffer");
		if (quick)
			return;
		for (const auto &[p, packet] : sent_) {
			require(++held[packet->bucket] <= config.max_perflow_buffer.read(),
				"more held than the bucket's buffer");
			require(packet->bucket != bucket ||
					deadline(bucket) <= packet->arrived_us +
								    config.outoforder_max_us.read(),
				"a deadline that is too late");
		}
		for (const auto &[of, at] : deadlines_)
			require(held.count(of), "a deadline for nothing");
	}

	mplink::Box<mplink::Resequencer> all_;
	std::map<mplink_u32, mplink::Box<Bucket>> buckets_;
	mplink_u64 now_us_ = 0;
	std::unordered_map<mplink_held *, std::unique_ptr<Sent>> sent_;
	std::map<mplink_u32, mplink_u64> deadlines_;
	std::map<mplink_u32, mplink_u32> last_; // delivered, by bucket
	mplink_u64 restarts_ = 0;
	mplink_u64 lost_ = 0;
};

} // namespace fake
