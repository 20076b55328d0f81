// SPDX-License-Identifier: GPL-2.0
// A link in virtual time: a queue of limited length, then a delay that varies, and losses.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "measure/meters.hh"

namespace fake
{

using mplink::mplink_s64;

constexpr mplink_u32 packet_bytes = 1500;
constexpr mplink_u32 mark_bytes = 100;

enum class Jitter : std::uint8_t {
	normal, // each packet's own, mean 0
	bursts, // the link stops for a while, and what has waited comes at once (LTE, Wi-Fi)
};

struct Wire {
	double mbit;
	double delay_ms; // one way, each way
	double buffer_ms = 100;
	Jitter jitter = Jitter::normal;
	double jitter_ms = 0;
	double loss = 0;
	double policer_ms = 0; // the depth of a policer's bucket, which replaces the queue; 0: none
	int shares = -1;       // sends through the queue of that wire, which comes before it
};

inline std::string text(const Wire &wire)
{
	std::string it = std::to_string(wire.mbit) + " Mbit/s, " + std::to_string(wire.delay_ms) +
			 " ms, buffer " + std::to_string(wire.buffer_ms) + " ms";

	if (wire.jitter_ms > 0)
		it += std::string(wire.jitter == Jitter::normal ? ", jitter " : ", bursts ") +
		      std::to_string(wire.jitter_ms) + " ms";
	if (wire.loss > 0)
		it += ", loss " + std::to_string(wire.loss);
	if (wire.policer_ms > 0)
		it += ", policer " + std::to_string(wire.policer_ms) + " ms";
	return it;
}

// Mbit/s of all together.
inline double sum(const std::vector<Wire> &wires)
{
	double all = 0;

	for (const Wire &wire : wires)
		if (wire.shares < 0)
			all += wire.mbit;
	return all;
}

// Fast bundles are simulated with longer packets, which takes less time: each is so many real ones.
inline mplink_u32 packets_in_one(const std::vector<Wire> &wires)
{
	double mbit = 0;

	for (const Wire &wire : wires)
		mbit += wire.mbit;
	return static_cast<mplink_u32>(std::ceil(mbit / 100));
}

// What a link does to packets.  Times are in microseconds, rates in bytes per microsecond.
class Bottleneck
{
public:
	Bottleneck(const Wire &wire, mplink_u32 packet)
	    : rate_(wire.mbit / 8), packet_(packet), policer_(wire.policer_ms > 0),
	      room_((policer_ ? wire.policer_ms : wire.buffer_ms) * 1000 * rate_)
	{
	}
	void set_rate(double now, double mbit)
	{
		const double bytes = waiting(now);

		rate_ = mbit / 8;
		free_ = now + bytes / rate_;
	}
	double rate() const
	{
		return rate_;
	}
	double waiting(double now) const
	{
		return std::max(0., free_ - now) * rate_;
	}
	// When the bytes are through, or nothing if there is no room for them.
	std::optional<double> through(double now, mplink_u32 bytes)
	{
		// A queue is full when not even a small packet fits.
		if (waiting(now) + std::min(bytes, packet_) > std::max(room_, 2. * packet_))
			return {};
		free_ = std::max(free_, now) + bytes / rate_;
		return policer_ ? now : free_;
	}

private:
	double rate_;
	mplink_u32 packet_;
	bool policer_;
	double room_;
	double free_ = 0;
};

// The far end's clock shows another time, and runs a little faster.
constexpr mplink_u64 other_clock = 0x123456789abc;
constexpr double clock_drift = 30e-6;

// One direction of a link: when what is sent arrives.
class OneWay
{
public:
	// packet: bytes.  Fast links are simulated with longer packets, which takes less time.
	OneWay(const Wire &wire, Bottleneck *shared, mplink_u32 seed, mplink_u32 packet)
	    : wire_(wire), own_(wire, packet), bottleneck_(shared ? shared : &own_), engine_(seed)
	{
		draw_loss();
	}
	OneWay(const OneWay &) = delete;
	OneWay &operator=(const OneWay &) = delete;

	Wire &wire()
	{
		return wire_;
	}
	Bottleneck &bottleneck()
	{
		return *bottleneck_;
	}
	// Nothing: it is lost.
	std::optional<double> transmit(double now, mplink_u32 bytes)
	{
		const std::optional<double> at = bottleneck_->through(now, bytes);

		if (at && !lost())
			return arrival(*at);
		return {};
	}
	// When the last of what was not lost arrives.
	double last() const
	{
		return last_;
	}

private:
	double random()
	{
		return std::uniform_real_distribution<>(0, 1)(engine_);
	}
	void draw_loss()
	{
		to_loss_ = wire_.loss > 0 ? std::log(1 - random()) / std::log(1 - wire_.loss) : 0;
	}
	bool lost()
	{
		if (wire_.loss <= 0 || --to_loss_ > 0)
			return false;
		draw_loss();
		return true;
	}
	double arrival(double through)
	{
		double at = through + wire_.delay_ms * 1000;

		if (wire_.jitter_ms > 0) {
			if (wire_.jitter == Jitter::normal) {
				at += std::max(-wire_.delay_ms * 1000,
					       std::normal_distribution<>(
						       0, wire_.jitter_ms * 1000)(engine_));
			} else {
				while (at >= stop_to_) {
					stop_from_ =
						std::max(stop_to_, at - 100000) + random() * 100000;
					stop_to_ = stop_from_ + random() * wire_.jitter_ms * 1000;
				}
				if (at >= stop_from_)
					at = stop_to_;
			}
		}
		// A link keeps its order.
		last_ = std::max(last_, at);
		return last_;
	}

	Wire wire_;
	Bottleneck own_;
	Bottleneck *bottleneck_;
	std::mt19937 engine_;
	double last_ = 0;
	double to_loss_ = 0;
	double stop_from_ = 0;
	double stop_to_ = 0;
};

// With its far end: marks go in, reports come out.
class SimulatedLink : public OneWay
{
public:
	SimulatedLink(const Wire &wire, Bottleneck *shared, mplink_u32 seed,
		      mplink_u32 packet = packet_bytes)
	    : OneWay(wire, shared, seed, packet), packet_(packet)
	{
	}

	const mplink_counters &sent() const
	{
		return sent_;
	}
	const mplink_counters &came() const
	{
		return came_;
	}
	struct Fate {
		double arrives; // or would have arrived
		mplink_u32 lost;
	};
	// Sends so many packets, one behind the other.
	Fate send(double now, mplink_u32 packets)
	{
		Fate fate = {now + wire().delay_ms * 1000, 0};

		sent_.tx_packets += packets;
		sent_.tx_bytes += mplink_u64{packets} * packet_;
		for (mplink_u32 i = 0; i < packets; i++) {
			if (const std::optional<double> at = transmit(now, packet_)) {
				fate.arrives = *at;
				way_.push_back({fate.arrives, false, {}});
			} else {
				fate.lost++;
				fate.arrives = std::max(fate.arrives, last());
			}
		}
		return fate;
	}
	void send(double now, const mplink_mark &mark)
	{
		if (const std::optional<double> at = transmit(now, mark_bytes))
			way_.push_back({*at, true, mark});
	}
	// Calls report(mplink_report) for what has come back after so long a way.
	template <class Report>
	void pass(double now, double back_us, Report report)
	{
		for (; !way_.empty() && way_.front().at <= now; way_.pop_front()) {
			const Arrival &it = way_.front();

			if (!it.is_mark) {
				came_.rx_packets++;
				came_.rx_bytes += packet_;
				continue;
			}
			back_.push_back(
				{it.at + back_us,
				 {.mark = it.mark,
				  .held_us = 0,
				  .arrived_us = static_cast<mplink_u64>(it.at * (1 + clock_drift)) +
						other_clock,
				  .packets = came_.rx_packets,
				  .bytes = came_.rx_bytes}});
		}
		for (; !back_.empty() && back_.front().at <= now; back_.pop_front())
			report(back_.front().report);
	}

private:
	struct Arrival {
		double at;
		bool is_mark;
		mplink_mark mark;
	};
	struct Return {
		double at;
		mplink_report report;
	};

	mplink_u32 packet_;
	mplink_counters sent_ = {};
	mplink_counters came_ = {};
	std::deque<Arrival> way_;
	std::deque<Return> back_;
};

} // namespace fake
