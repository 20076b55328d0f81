// SPDX-License-Identifier: GPL-2.0
// One flow over several links in virtual time.  The links' shares follow what is measured of
// them, as with policy `adaptive`: a packet takes the link by which it arrives first.
#pragma once
#include <array>
#include <memory>
#include <vector>

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

class Bundle
{
public:
	static constexpr double step_us = 500;
	// How far ahead of time a link may be given packets.
	static constexpr double ahead_us = 50000;
	// The far end holds packets of faster links back for as long.
	static constexpr double equalizer_us = 200000;

	Bundle(const std::vector<Wire> &wires, Sender &sender, mplink_u32 seed)
	    : sender_(sender), packet_(packet_for(wires))
	{
		for (const Wire &wire : wires) {
			Bottleneck *shared = wire.shares < 0
						     ? nullptr
						     : &links_[static_cast<mplink_u32>(wire.shares)]
								->bottleneck();

			links_.push_back(
				std::make_unique<SimulatedLink>(wire, shared, seed++, packet_));
			free_.push_back(0);
		}
	}
	void run(double seconds)
	{
		for (const double end = now_ + seconds * 1e6; now_ < end; now_ += step_us)
			step();
	}
	double now() const
	{
		return now_;
	}
	SimulatedLink &link(mplink_u32 i)
	{
		return *links_[i];
	}
	// In Mbit/s.
	double capacity(mplink_u32 i) const
	{
		return bytes_per_us(i) * 8;
	}
	mplink_estimate estimate(mplink_u32 i) const
	{
		mplink_estimate estimate;

		meters_.tell(i, estimate);
		return estimate;
	}
	// Bytes that the far end has received, of any order.
	double delivered() const
	{
		return delivered_;
	}
	mplink_u32 refused() const
	{
		return refused_;
	}

private:
	struct Pending {
		double at;
		double sent_at;
		mplink_u32 bytes;
		mplink_u32 lost;
		double delivered_then;
	};
	double window() const
	{
		return std::max(sender_.window(), 4. * packet_);
	}
	static mplink_u32 packet_for(const std::vector<Wire> &wires)
	{
		double mbit = 0;

		for (const Wire &wire : wires)
			mbit += wire.mbit;
		return packet_bytes * static_cast<mplink_u32>(std::ceil(mbit / 100));
	}
	double bytes_per_us(mplink_u32 i) const
	{
		const mplink::Meter *meter = meters_.at(i);

		return static_cast<double>(meter ? meter->capacity() : mplink::Capacity::initial) /
		       1e6;
	}
	double above_fastest(mplink_u32 i) const
	{
		const mplink::Meter *meter = meters_.at(i);

		return meter ? static_cast<double>(meters_.above_fastest_us(*meter)) : 0;
	}
	double back_us() const
	{
		double least = 1e9;

		for (const auto &link : links_)
			least = std::min(least, link->wire().delay_ms * 1000);
		return least;
	}
	void mark(mplink_u32 i)
	{
		mplink_mark mark = {};

		if (meters_.mark(i, static_cast<mplink_u64>(now_), links_[i]->sent(), mark))
			links_[i]->send(now_, mark);
	}
	void step()
	{
		for (mplink_u32 i = 0; i < links_.size(); i++) {
			mark(i);
			links_[i]->pass(now_, back_us(), [&](const mplink_report &report) {
				if (meters_.take(static_cast<mplink_u64>(now_), report) !=
				    MPLINK_REPORT_TAKEN)
					refused_++;
			});
		}
		for (; !pending_.empty() && pending_.front().at <= now_; pending_.pop_front())
			acknowledge(pending_.front());
		if (sender_.pace() > 0)
			owed_ = std::min(owed_ + sender_.pace() * step_us, 1e6);
		else
			owed_ = 1e12;
		while (owed_ >= packet_ && flying_ + packet_ <= window())
			send();
	}
	void acknowledge(const Pending &it)
	{
		flying_ -= it.bytes;
		delivered_ += it.bytes - it.lost;
		if (it.lost)
			sender_.acknowledged(
				{now_, it.sent_at, it.lost, true, it.delivered_then, delivered_});
		if (it.bytes > it.lost)
			sender_.acknowledged({now_, it.sent_at, it.bytes - it.lost, false,
					      it.delivered_then, delivered_});
	}
	mplink_u32 earliest(bool by_delay) const
	{
		mplink_u32 best = 0;
		double first = 1e18;

		for (mplink_u32 i = 0; i < links_.size(); i++) {
			if (!by_delay && above_fastest(i) > equalizer_us)
				continue;

			const double arrives = std::max(now_, free_[i]) +
					       packet_ / bytes_per_us(i) +
					       (by_delay ? above_fastest(i) : 0);

			if (arrives < first) {
				first = arrives;
				best = i;
			}
		}
		return best;
	}
	void send()
	{
		mplink_u32 best = earliest(true);

		// Far ahead of time shares count, and no longer what comes first.
		if (free_[best] > now_ + ahead_us)
			best = earliest(false);

		// As many as the link carries in a millisecond stay together.
		const double together =
			std::clamp(std::floor(bytes_per_us(best) * 1000 / packet_), 1., 16.);
		const double allowed = std::floor(std::min(owed_, window() - flying_) / packet_);
		const auto packets = static_cast<mplink_u32>(std::min(together, allowed));
		const mplink_u32 bytes = packets * packet_;
		const SimulatedLink::Fate fate = links_[best]->send(now_, packets);

		free_[best] = std::max(now_, free_[best]) + bytes / bytes_per_us(best);
		keep_near();
		mark(best);
		owed_ -= bytes;
		flying_ += bytes;

		// In order at the far end, and as late as by the slowest link.
		const double at =
			fate.arrives +
			std::min(equalizer_us, slowest() - links_[best]->wire().delay_ms * 1000);

		released_ = std::max(released_, at);
		pending_.push_back(
			{released_ + back_us(), now_, bytes, fate.lost * packet_, delivered_});
	}
	// Where all links are given more than they can carry, all get their share.
	void keep_near()
	{
		const double least = *std::min_element(free_.begin(), free_.end());

		if (least > now_ + ahead_us)
			for (double &free : free_)
				free -= least - now_ - ahead_us;
	}
	double slowest() const
	{
		double most = 0;

		for (const auto &link : links_)
			most = std::max(most, link->wire().delay_ms * 1000);
		return most;
	}

	Sender &sender_;
	mplink_u32 packet_;
	std::vector<std::unique_ptr<SimulatedLink>> links_;
	std::vector<double> free_; // when a link has sent what it was given
	mplink::Meters meters_;
	std::deque<Pending> pending_;
	double now_ = 1e6;
	double owed_ = 0;
	double flying_ = 0;
	double released_ = 0;
	double delivered_ = 0;
	mplink_u32 refused_ = 0;
};

} // namespace fake
