// SPDX-License-Identifier: GPL-2.0
// One flow over several links in virtual time.  The links' shares follow what is measured of
// them, as with policy `adaptive`: a packet takes the link by which it arrives first.
#pragma once
#include <memory>
#include <vector>

#include "senders.hh"
#include "wire_simulation.hh"

namespace fake
{

class Bundle
{
public:
	static constexpr double step_us = 500;
	// How far ahead of time a link may be given packets.
	static constexpr double ahead_us = 50000;
	// The far end holds packets of faster links back for as long.
	static constexpr double equalizer_us = 200000;

	Bundle(const std::vector<Wire> &wires, Sender &sender, mplink_u32 seed)
	    : sender_(sender), packet_(packet_bytes * packets_in_one(wires))
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
