// SPDX-License-Identifier: GPL-2.0
// A flow between two hosts over several links, under virtual time: policy `adaptive` chooses the
// links by what the meters know of them, and the far end puts the packets in order and equalises
// their delays.  All of that is the core's, driven as src/kernel drives it; only the wires and TCP
// are simulated.
#pragma once
#include <deque>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "far_end_simulation.hh"
#include "senders.hh"

namespace fake
{

class TwoHosts
{
public:
	static constexpr double step_us = 500;
	// As src/kernel/measure/measure.c has them.
	static constexpr double tick_us = 5000;
	static constexpr double active_us = 200000;
	static constexpr double first_idle_us = 1e6;
	static constexpr double last_idle_us = 30e6;
	// Without any answer for so long, all packets under way are lost.
	static constexpr double silence_us = 2e6;
	static constexpr mplink_u32 mac_len = 14;
	static constexpr mplink_u32 syn_bytes = 100;

	// buckets: how many share the sender's packets, in turns.
	TwoHosts(const std::vector<Wire> &wires, const FarEnd::Settings &settings, Sender &sender,
		 mplink_u32 seed, mplink_u32 buckets = 1)
	    : packet_(packet_bytes * packets_in_one(wires)),
	      far_(static_cast<mplink_u32>(wires.size()), settings, packets_in_one(wires)),
	      sender_(sender), equalized_(settings.equalize != MPLINK_EQUALIZE_OFF), flows_(buckets)
	{
		back_us_ = std::numeric_limits<double>::max();
		for (const Wire &wire : wires) {
			links_.push_back(std::make_unique<Way>(wire, seed++, packet_));
			back_us_ = std::min(back_us_, wire.delay_ms * 1000);
		}
		set_time_us(static_cast<mplink_u64>(now_));
		near_.owner.keep = false;
		near_.start(static_cast<mplink_u32>(wires.size()));
		(void)near_.set_policy(MPLINK_POLICY_ADAPTIVE);
		// The far end has answered on all links.
		for (mplink_u32 i = 0; i < links_.size(); i++) {
			const ReadLock lock;

			mplink_core_take_caps(near_.peer(), i, 1, 1);
		}
		near_.recheck(MPLINK_EVENT_ANSWER);
		grace_period();
		meters_ = mplink_core_meters_create();
	}
	TwoHosts(const TwoHosts &) = delete;
	TwoHosts &operator=(const TwoHosts &) = delete;
	~TwoHosts()
	{
		mplink_core_meters_free(meters_);
	}

	void rest(double seconds)
	{
		run(seconds, false);
	}
	// From now on, one in so many packets comes twice.
	void duplicate(mplink_u32 one_in)
	{
		duplicate_one_in_ = one_in;
	}
	// Each flow sends its SYN, and the answer comes.
	void connect()
	{
		for (mplink_u32 bucket = 0; bucket < flows_.size(); bucket++)
			(void)transmit(bucket, MPLINK_PACKET_SMALL, syn_bytes);
		rest(2 * back_us_ / 1e6);
	}
	void run(double seconds)
	{
		run(seconds, true);
	}
	// All that is under way arrives, and all that is held comes out.
	void finish()
	{
		rest(10);
		far_.check_empty();
	}
	double rate(mplink_u32 link)
	{
		return links_[link]->bottleneck().rate() * 8;
	}
	// For how many seconds there has been a queue.
	double busy(mplink_u32 link) const
	{
		return (now_ - links_[link]->idle_at) / 1e6;
	}
	// In Mbit/s; 0: not known.
	double capacity(mplink_u32 link) const
	{
		mplink_estimate estimate = {};

		mplink_core_meters_estimate(meters_, link, &estimate);
		return static_cast<double>(estimate.capacity) * 8 / 1e6;
	}
	// Bytes that the far end has acknowledged.
	double delivered() const
	{
		return delivered_;
	}
	const FarEnd &far() const
	{
		return far_;
	}
	mplink_u32 refused() const
	{
		return refused_;
	}

private:
	struct Coming {
		double at;
		bool is_mark;
		mplink_mark mark;
		mplink_u32 bytes;
		FarEnd::Packet packet;
	};
	struct Report {
		double at;
		mplink_report report;
	};
	struct Way : OneWay {
		Way(const Wire &wire, mplink_u32 seed, mplink_u32 packet)
		    : OneWay(wire, nullptr, seed, packet)
		{
		}
		std::deque<Coming> coming;
		std::deque<Report> back;
		double idle_at = 0;
	};
	struct Flying {
		mplink_u64 number;
		double sent_at;
		double delivered_then;
	};
	struct Flow {
		mplink_u32 seq = 0;
		mplink_u64 sent = 0;
		std::deque<Flying> flying;
	};
	struct Ack {
		double at;
		mplink_u32 bucket;
		mplink_u64 number;
	};

	void run(double seconds, bool sends)
	{
		for (const double end = now_ + seconds * 1e6; now_ < end; now_ += step_us) {
			arrive();
			set_time_us(static_cast<mplink_u64>(now_));
			learn();
			if (now_ >= tick_at_)
				tick();
			acknowledge();
			for (const auto &link : links_)
				if (link->bottleneck().waiting(now_) <= 0)
					link->idle_at = now_;
			if (sends)
				send();
		}
	}

	// --- the far end ---

	void arrive()
	{
		for (;;) {
			const auto timer = static_cast<double>(far_.deadline());
			Way *first = nullptr;
			mplink_u32 id = 0;

			for (mplink_u32 i = 0; i < links_.size(); i++)
				if (!links_[i]->coming.empty() &&
				    (!first ||
				     links_[i]->coming.front().at < first->coming.front().at)) {
					first = links_[i].get();
					id = i;
				}

			const double next = first ? first->coming.front().at
						  : std::numeric_limits<double>::max();

			if (std::min(next, timer) > now_)
				return;
			if (timer <= next) {
				set_time_us(far_.deadline());
				far_.expire([&](const FarEnd::Packet &packet) { got(packet); });
				continue;
			}
			set_time_us(static_cast<mplink_u64>(next));
			take(id, first->coming.front());
			first->coming.pop_front();
		}
	}
	void take(mplink_u32 link, const Coming &it)
	{
		if (!it.is_mark) {
			far_.arrive(link, it.bytes, it.packet,
				    [&](const FarEnd::Packet &packet) { got(packet); });
			return;
		}

		// One clock runs here, so the sender's is made another one.
		const auto sent_us = static_cast<mplink_u64>(static_cast<double>(it.mark.sent_us) *
							     (1 - clock_drift)) -
				     other_clock;

		if (auto report = far_.take(link, it.mark, sent_us)) {
			report->arrived_us =
				static_cast<mplink_u64>(it.at * (1 + clock_drift)) + other_clock;
			links_[link]->back.push_back(
				{it.at + links_[link]->wire().delay_ms * 1000, *report});
		}
	}
	void got(const FarEnd::Packet &packet)
	{
		acks_.push_back({static_cast<double>(mplink_now_us()) + back_us_, packet.bucket,
				 packet.number});
	}

	// --- what is measured ---

	void learn()
	{
		for (const auto &link : links_)
			for (; !link->back.empty() && link->back.front().at <= now_;
			     link->back.pop_front())
				refused_ +=
					mplink_core_meters_report(meters_, mplink_now_us(),
								  &link->back.front().report) != 0;
	}
	void tick()
	{
		const ReadLock lock;
		mplink_u64 sent = 0;

		for (mplink_u32 i = 0; i < links_.size(); i++) {
			mplink_counters sum = {};
			mplink_mark mark = {};

			mplink_core_link_traffic(near_.peer(), i, &sum);
			sent += sum.tx_packets;
			if (!mplink_core_meters_mark(meters_, i, mplink_now_us(), &sum, &mark))
				continue;
			if (const auto at = links_[i]->transmit(now_, mark_bytes))
				links_[i]->coming.push_back({*at, true, mark, mark_bytes, {}});
		}
		mplink_core_meters_apply(meters_, near_.peer(), equalized_);
		tick_at_ = now_ + next_tick_us(sent);
	}
	double next_tick_us(mplink_u64 sent)
	{
		if (sent != sent_) {
			sent_ = sent;
			active_at_ = now_;
			idle_us_ = first_idle_us;
		}
		resting_ = now_ >= active_at_ + active_us;
		if (!resting_)
			return tick_us;
		idle_us_ = std::min(2 * idle_us_, last_idle_us);
		return idle_us_ / 2;
	}
	void wake()
	{
		if (!resting_)
			return;
		resting_ = false;
		active_at_ = now_;
		tick_at_ = now_ + tick_us;
	}

	// --- TCP ---

	double window() const
	{
		return std::max(sender_.window(), 4. * packet_);
	}
	void send()
	{
		if (sender_.pace() > 0)
			owed_ = std::min(owed_ + sender_.pace() * step_us, 1e6);
		else
			owed_ = 1e12;
		while (owed_ >= packet_ && flying_ + packet_ <= window())
			send_one();
	}
	void send_one()
	{
		const mplink_u32 bucket = turn_++ % static_cast<mplink_u32>(flows_.size());
		const mplink_u64 number = transmit(bucket, MPLINK_PACKET_TCP_DATA, packet_);

		owed_ -= packet_;
		flying_ += packet_;
		flows_[bucket].flying.push_back({number, now_, delivered_});
	}
	// Returns the packet's number.
	mplink_u64 transmit(mplink_u32 bucket, mplink_u8 kind, mplink_u32 bytes)
	{
		Flow &flow = flows_[bucket];
		FarEnd::Packet packet = {
			.held = {}, .bucket = bucket, .number = ++flow.sent, .came_us = 0};

		wake();
		near_.make_lanes();
		packet.held.seq = flow.seq++;
		packet.held.kind = kind;

		Way &link = *links_[choose(bytes)];

		const auto at = link.transmit(now_, bytes);
		const bool twice = duplicate_one_in_ && packet.number % duplicate_one_in_ == 0;

		for (int copies = twice ? 2 : 1; at && copies; copies--)
			link.coming.push_back({*at, false, {}, bytes, packet});
		return packet.number;
	}
	mplink_u32 choose(mplink_u32 bytes)
	{
		// TCP over IPv4.
		const mplink_u8 l3[40] = {0x45, 0, 0,  0, 0, 0, 0,  0,  64, 6,
					  0,    0, 10, 9, 0, 1, 10, 99, 0,  2};
		const ReadLock lock;
		const mplink_choice choice = near_.choose(bytes - mac_len, 0, l3, sizeof(l3));

		// Named eth1 from the first on.
		return static_cast<mplink_u32>(device_of(choice.path).name.back() - '1');
	}
	void acknowledge()
	{
		for (; !acks_.empty() && acks_.front().at <= now_; acks_.pop_front()) {
			const Ack &ack = acks_.front();
			std::deque<Flying> &flying = flows_[ack.bucket].flying;

			heard_ = now_;
			for (; !flying.empty() && flying.front().number <= ack.number;
			     flying.pop_front())
				end(flying.front(), flying.front().number != ack.number);
		}
		if (!flying_)
			heard_ = now_;
		if (now_ < heard_ + silence_us)
			return;
		for (Flow &flow : flows_)
			for (; !flow.flying.empty(); flow.flying.pop_front())
				end(flow.flying.front(), true);
	}
	void end(const Flying &it, bool lost)
	{
		flying_ -= packet_;
		delivered_ += lost ? 0 : packet_;
		sender_.acknowledged(
			{now_, it.sent_at, packet_, lost, it.delivered_then, delivered_});
	}

	mplink_u32 packet_;
	World near_;
	FarEnd far_;
	Sender &sender_;
	bool equalized_;
	mplink_meters *meters_ = nullptr;
	std::vector<std::unique_ptr<Way>> links_;
	std::vector<Flow> flows_;
	std::deque<Ack> acks_;
	double now_ = 1e6;
	double tick_at_ = 0;
	double active_at_ = 0;
	double idle_us_ = first_idle_us;
	bool resting_ = true;
	mplink_u64 sent_ = 0;
	double heard_ = 0;
	double back_us_ = 0;
	double owed_ = 0;
	double flying_ = 0;
	double delivered_ = 0;
	mplink_u32 turn_ = 0;
	mplink_u32 duplicate_one_in_ = 0; // 0: none
	mplink_u32 refused_ = 0;
};

} // namespace fake
