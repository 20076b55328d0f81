// SPDX-License-Identifier: GPL-2.0
// The receiving host of a bundle: a whole peer with its flow buckets, driven as src/kernel drives
// them.  It watches what it holds: how much, for how long, and in which order it lets go.
#pragma once
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "flow_buckets.hh"
#include "mplink/measure.h"
#include "tunnel/equalizer.hh"
#include "world.hh"

namespace fake
{

class FarEnd
{
public:
	// As src/kernel/measure/answer.c has them.
	static constexpr mplink_u64 report_us = 2000;
	static constexpr mplink_u64 review_us = 1000000;

	struct Packet {
		mplink_held held; // first, as in an skb's cb
		mplink_u32 bucket;
		mplink_u64 number; // of the bucket's packets, from 1 on
		mplink_u64 came_us;
	};
	// Settings that differ from the defaults; a buffer of 0 does not.
	struct Settings {
		mplink_u32 equalize = MPLINK_EQUALIZE_AUTO;
		mplink_u32 max_perflow_buffer = 0;
		mplink_u32 max_peer_buffer = 0;
	};

	// one_for: each packet is so many real ones, so the default buffers hold fewer.
	FarEnd(mplink_u32 links, const Settings &settings, mplink_u32 one_for)
	{
		const char *why = nullptr;

		world_.owner.keep = false;
		world_.start(links);

		const RtnlLock rtnl;

		mplink_core_get_tunnel(world_.device(), &config_);
		config_.equalize = settings.equalize;
		config_.max_perflow_buffer =
			settings.max_perflow_buffer
				? settings.max_perflow_buffer
				: std::max(config_.max_perflow_buffer / one_for, 1U);
		config_.max_peer_buffer = settings.max_peer_buffer
						  ? settings.max_peer_buffer
						  : std::max(config_.max_peer_buffer / one_for, 1U);
		if (mplink_core_set_tunnel(world_.device(), &config_, &why))
			wrong = why;
		resequencer_ = mplink_core_resequencer_create(world_.device());
		buckets_ = std::make_unique<FlowBuckets>(resequencer_);
	}
	FarEnd(const FarEnd &) = delete;
	FarEnd &operator=(const FarEnd &) = delete;
	~FarEnd()
	{
		const ReadLock lock;

		for (auto &[index, state] : states_) {
			mplink_release release = {};

			mplink_core_bucket_flush(buckets_->at(index), &release);
			forget(release.deliver);
			forget(release.refused);
		}
	}

	// Calls deliver(packet) for each that need not wait.
	template <class Deliver>
	void arrive(mplink_u32 link, mplink_u32 bytes, const Packet &came, Deliver deliver)
	{
		const ReadLock lock;
		auto packet = std::make_unique<Packet>(came);
		mplink_held &held = packet->held;
		mplink_flow_bucket *bucket = buckets_->at(packet->bucket);
		mplink_release release = {};

		mplink_core_receive_link(world_.nic(link), world_.peer(), link, bytes, 0);
		packet->came_us = mplink_now_us();
		held.link = static_cast<mplink_u8>(link);
		count(packet->bucket, 1);
		if (mplink_core_bucket_in_order(bucket, &held)) {
			leave(*packet.release(), deliver);
			return;
		}
		mplink_core_bucket_arrive(bucket, world_.peer(), &packet.release()->held, &release);
		carry_out(came.bucket, release, deliver);
	}
	// The report that a mark is answered with, if it is.
	std::optional<mplink_report> take(mplink_u32 link, const mplink_mark &mark,
					  mplink_u64 sent_us)
	{
		const ReadLock lock;
		const mplink_u64 now = mplink_now_us();
		mplink_counters sum = {};

		mplink_mark came = mark;

		came.sent_us = sent_us;
		mplink_core_resequencer_mark(resequencer_, link, &came, now);
		if (now >= review_at_) {
			review_at_ = now + review_us;
			for (auto &[index, state] : states_)
				mplink_core_bucket_review(buckets_->at(index));
		}
		if (now < report_at_[link] + report_us ||
		    !mplink_core_link_traffic(world_.peer(), link, &sum))
			return {};
		report_at_[link] = now;
		return mplink_report{.mark = mark,
				     .held_us = 0,
				     .arrived_us = 0,
				     .packets = sum.rx_packets,
				     .bytes = sum.rx_bytes};
	}
	// Of the buckets' timers, or never.
	mplink_u64 deadline() const
	{
		mplink_u64 first = MPLINK_NEVER;

		for (const auto &[index, state] : states_)
			first = std::min(first, state.timer);
		return first;
	}
	template <class Deliver>
	void expire(Deliver deliver)
	{
		const ReadLock lock;

		for (auto &[index, state] : states_) {
			mplink_release release = {};

			if (state.timer > mplink_now_us())
				continue;
			state.timer = MPLINK_NEVER;
			mplink_core_bucket_expire(buckets_->at(index), world_.peer(), &release);
			carry_out(index, release, deliver);
		}
	}
	mplink_resequencer_counters counters() const
	{
		return buckets_->counters();
	}
	const mplink_tunnel_config &config() const
	{
		return config_;
	}
	// Nothing comes any more, and nothing has for a while.
	void check_empty()
	{
		const mplink_resequencer_counters sum = counters();

		require(!held_ && !sum.held, "packets are held for ever");
		require(sum.in_order + sum.reordered == delivered_,
			"the count of what is delivered");
	}

	mplink_u64 held_most = 0;
	std::string wrong; // the first thing that may never be

private:
	struct State {
		mplink_u64 timer = MPLINK_NEVER;
		mplink_u64 held = 0;
		mplink_u64 last = 0;  // number
		mplink_u64 ready = 0; // when the last number was in order, or later
	};

	void require(bool holds, const char *what)
	{
		if (!holds && wrong.empty())
			wrong = what;
	}
	static void forget(mplink_held *p)
	{
		for (mplink_held *next; p; p = next) {
			next = p->next;
			delete reinterpret_cast<Packet *>(p);
		}
	}
	void count(mplink_u32 bucket, mplink_u64 more)
	{
		states_[bucket].held += more;
		held_ += more;
	}
	template <class Deliver>
	void leave(Packet &packet, Deliver deliver)
	{
		const std::unique_ptr<Packet> owned(&packet);
		State &state = states_[packet.bucket];
		const mplink_u64 now = mplink_now_us();
		// Before a gap was given up, nothing behind it was in order.
		const bool gap = packet.number != state.last + 1;

		require(packet.number > state.last, "a bucket is out of order, or has one twice");
		state.ready = std::max(state.ready,
				       packet.came_us + (gap ? config_.outoforder_max_us : 0));
		require(now <= state.ready + mplink::Equalizer::most_us,
			"a packet in order is held for too long");
		state.last = packet.number;
		delivered_++;
		count(packet.bucket, ~mplink_u64{0});
		deliver(packet);
	}
	template <class Deliver>
	void carry_out(mplink_u32 bucket, const mplink_release &release, Deliver deliver)
	{
		State &state = states_[bucket];

		for (mplink_held *p = release.deliver, *next; p; p = next) {
			next = p->next;
			leave(*reinterpret_cast<Packet *>(p), deliver);
		}
		for (mplink_held *p = release.refused; p; p = p->next)
			count(bucket, ~mplink_u64{0});
		forget(release.refused);
		// A timer that is set for sooner stays.
		state.timer = std::min(state.timer, release.deadline_us);
		held_most = std::max(held_most, held_);
		require(state.held <= config_.max_perflow_buffer,
			"more is held than the bucket may");
	}

	mplink_tunnel_config config_ = {};
	World world_;
	mplink_resequencer *resequencer_ = nullptr;
	std::unique_ptr<FlowBuckets> buckets_;
	std::map<mplink_u32, State> states_;
	mplink_u64 report_at_[MPLINK_MAX_LINKS] = {};
	mplink_u64 review_at_ = 0;
	mplink_u64 held_ = 0;
	mplink_u64 delivered_ = 0;
};

} // namespace fake
