// SPDX-License-Identifier: GPL-2.0
// Senders of one flow: how much they send, by what they are told of their packets.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>

#include "wire_simulation.hh"

namespace fake
{

// What the sender does with acknowledgements; bytes and microseconds.
class Sender
{
public:
	struct Ack {
		double now;
		double sent_at;
		mplink_u32 bytes;
		bool lost;
		double delivered_then; // acknowledged when it was sent
		double delivered;
	};
	virtual ~Sender() = default;
	virtual void acknowledged(const Ack &ack) = 0;
	virtual double window() const = 0;
	// Bytes a microsecond; 0: as the window allows.
	virtual double pace() const = 0;
};

// A stream that does not care, like UDP.
class Steady : public Sender
{
public:
	explicit Steady(double mbit) : pace_(mbit / 8)
	{
	}
	void acknowledged(const Ack &) override
	{
	}
	double window() const override
	{
		return 1e12;
	}
	double pace() const override
	{
		return pace_;
	}
	void set(double mbit)
	{
		pace_ = mbit / 8;
	}

private:
	double pace_;
};

// RFC 9438, without HyStart: slow start ends with a loss.
class Cubic : public Sender
{
public:
	void acknowledged(const Ack &ack) override
	{
		const double rtt = ack.now - ack.sent_at;

		if (ack.lost) {
			if (ack.sent_at <= reduced_)
				return;
			most_ = cwnd_;
			cwnd_ = std::max(cwnd_ * 0.7, 4. * packet_bytes);
			reduced_ = ack.now;
			slow_ = false;
			return;
		}
		if (slow_) {
			cwnd_ += ack.bytes;
			return;
		}

		const double t = (ack.now - reduced_) / 1e6;
		const double k = std::cbrt(most_ / packet_bytes * 0.3 / 0.4);
		const double cubic = (0.4 * std::pow(t - k, 3)) * packet_bytes + most_;
		const double reno = most_ * 0.7 + 0.53 * packet_bytes * t * 1e6 / rtt;
		const double target = std::clamp(std::max(cubic, reno), cwnd_, 1.5 * cwnd_);

		cwnd_ += (target - cwnd_) * ack.bytes / cwnd_;
	}
	double window() const override
	{
		return cwnd_;
	}
	double pace() const override
	{
		return 0;
	}

private:
	double cwnd_ = 10. * packet_bytes;
	double most_ = 0;
	double reduced_ = 0;
	bool slow_ = true;
};

// BBR version 1 (draft-cardwell-iccrg-bbr-congestion-control-00), without PROBE_RTT.
class Bbr : public Sender
{
public:
	void acknowledged(const Ack &ack) override
	{
		const double rtt = ack.now - ack.sent_at;

		if (ack.now - rtt_at_ > 10e6 || rtt < rtt_min_) {
			rtt_min_ = rtt;
			rtt_at_ = ack.now;
		}
		if (ack.delivered_then >= round_ends_) {
			round_ends_ = ack.delivered;
			rounds_[++round_ % rounds_.size()] = 0;
			if (startup_ && rate() < 1.25 * full_) {
				if (++flat_ == 3)
					startup_ = false;
			} else {
				full_ = rate();
				flat_ = 0;
			}
			phase_ = (phase_ + 1) % 8;
		}
		if (rtt > 0) {
			double &best = rounds_[round_ % rounds_.size()];

			best = std::max(best, (ack.delivered - ack.delivered_then) / rtt);
		}
	}
	double window() const override
	{
		return std::max(2.9 * (startup_ ? 1 : 0.7) * rate() * rtt_min_, 10. * packet_bytes);
	}
	double pace() const override
	{
		const double gain = startup_ ? 2.89 : phase_ == 0 ? 1.25 : phase_ == 1 ? 0.75 : 1;

		return rate() > 0 ? gain * rate() : 0;
	}

private:
	double rate() const
	{
		return *std::max_element(rounds_.begin(), rounds_.end());
	}

	std::array<double, 10> rounds_ = {};
	mplink_u32 round_ = 0;
	double round_ends_ = 0;
	double rtt_min_ = 1e9;
	double rtt_at_ = 0;
	double full_ = 0;
	mplink_u32 flat_ = 0;
	mplink_u32 phase_ = 0;
	bool startup_ = true;
};

} // namespace fake
