// SPDX-License-Identifier: GPL-2.0
// A link that is simulated in virtual time, and what is measured of it.
#include "measure/meters.hh"

#include <gtest/gtest.h>

#include <deque>

#include "random.hh"

namespace mplink
{

namespace
{

constexpr mplink_u64 ms = 1000;
constexpr mplink_u64 second = 1000000;

struct Wire {
	double bytes_per_us;  // capacity
	mplink_u64 delay_us;  // one way, and back
	mplink_u64 buffer_us; // how long its queue may get
	mplink_u64 jitter_us = 0;
	double loss = 0;
	bool policer = false;
};

// A sender of packets at a steady rate, a link, and a receiver whose clock is another.
class Simulation
{
public:
	static constexpr mplink_u32 packet = 1500;
	static constexpr mplink_u64 other_clock = 0x123456789abc;

	Simulation(const Wire &wire, mplink_u32 seed) : wire_(wire), random_(seed)
	{
	}
	Wire &wire()
	{
		return wire_;
	}
	// Sends at that rate, in bytes per microsecond.
	void send(double rate, mplink_u64 us)
	{
		const mplink_u64 end = now_ + us;

		while (now_ < end) {
			now_ += 100;
			const bool first = random_.below(2);

			if (first)
				mark();
			for (owed_ += rate * 100; owed_ >= packet; owed_ -= packet)
				data();
			if (!first)
				mark();
			answer();
		}
	}
	mplink_estimate estimate() const
	{
		mplink_estimate estimate;

		meters_.tell(0, estimate);
		return estimate;
	}
	double capacity() const
	{
		return static_cast<double>(meters_.at(0)->capacity()) / 1e6;
	}

private:
	struct Arrival {
		mplink_u64 at;
		bool is_mark;
		mplink_mark mark;
	};
	// When it is through the queue; 0: lost.
	mplink_u64 through(mplink_u32 bytes)
	{
		const double begin = std::max(free_, static_cast<double>(now_));
		const double limit = wire_.policer ? 5000 : static_cast<double>(wire_.buffer_us);

		const double end = begin + bytes / wire_.bytes_per_us;

		// A queue that is bounded in bytes, as most are: what is small still fits in.
		if (end - static_cast<double>(now_) > limit + packet / wire_.bytes_per_us)
			return 0;
		free_ = end;
		if (wire_.loss > 0 && random_.below(1000000) < wire_.loss * 1e6)
			return 0;
		return wire_.policer ? now_ : static_cast<mplink_u64>(free_);
	}
	mplink_u64 arrives(mplink_u64 through)
	{
		// A link keeps its order.
		const mplink_u64 jitter =
			wire_.jitter_us ? random_.below(static_cast<mplink_u32>(wire_.jitter_us))
					: 0;

		last_ = std::max(last_, through + wire_.delay_us + jitter);
		return last_;
	}
	void data()
	{
		sent_.tx_packets++;
		sent_.tx_bytes += packet;
		if (const mplink_u64 at = through(packet))
			way_.push_back({arrives(at), false, {}});
	}
	void mark()
	{
		mplink_mark mark = {};

		if (!meters_.mark(0, now_, sent_, mark))
			return;
		if (const mplink_u64 at = through(100))
			way_.push_back({arrives(at), true, mark});
	}
	void answer()
	{
		for (; !way_.empty() && way_.front().at <= now_; way_.pop_front()) {
			const Arrival &it = way_.front();

			if (it.is_mark) {
				back_.push_back({.mark = it.mark,
						 .held_us = 0,
						 .arrived_us = it.at + other_clock,
						 .packets = came_.rx_packets,
						 .bytes = came_.rx_bytes});
			} else {
				came_.rx_packets++;
				came_.rx_bytes += packet;
			}
		}
		for (; !back_.empty() &&
		       back_.front().arrived_us - other_clock + wire_.delay_us <= now_;
		     back_.pop_front())
			EXPECT_EQ(meters_.take(now_, back_.front()), MPLINK_REPORT_TAKEN);
	}

	Wire wire_;
	fake::Random random_;
	Meters meters_;
	mplink_counters sent_ = {};
	mplink_counters came_ = {};
	std::deque<Arrival> way_;
	std::deque<mplink_report> back_;
	mplink_u64 now_ = second;
	mplink_u64 last_ = 0;
	double free_ = 0;
	double owed_ = 0;
};

TEST(Meter, AFullLinkIsMeasured)
{
	for (const double mbit : {1., 4., 20., 100., 900.})
		for (const mplink_u64 delay : {1 * ms, 20 * ms, 200 * ms})
			for (const mplink_u64 jitter : {0 * ms, 5 * ms, 25 * ms}) {
				const double rate = mbit / 8;
				Simulation run({rate, delay, 100 * ms, jitter, 0.001}, 7);

				for (int i = 0; i < 10; i++) {
					run.send(rate * 1.3, second);
					run.send(rate * 0.8, 500 * ms);
				}
				run.send(rate * 1.1, 500 * ms);
				EXPECT_NEAR(run.capacity() / rate, 1, 0.15)
					<< mbit << " Mbit/s, " << delay << " us, jitter " << jitter;
			}
}

TEST(Meter, AHalfFullLinkIsNotUnderrated)
{
	for (const double mbit : {4., 20., 100.})
		for (const mplink_u64 jitter : {0 * ms, 5 * ms, 25 * ms})
			for (const double loss : {0., 0.01, 0.05}) {
				const double rate = mbit / 8;
				Simulation run({rate, 20 * ms, 100 * ms, jitter, loss}, 7);

				run.send(rate * 0.5, 10 * second);
				EXPECT_GT(run.capacity() / rate, 0.5)
					<< mbit << " Mbit/s, jitter " << jitter << ", loss "
					<< loss;
			}
}

TEST(Meter, ALinkThatSagsAndComesBack)
{
	Simulation run({2.5, 10 * ms, 100 * ms}, 7);

	run.send(2.6, 5 * second);
	EXPECT_NEAR(run.capacity(), 2.5, 0.3);
	run.wire().bytes_per_us = 0.5;
	run.send(2.5, 500 * ms);
	EXPECT_LT(run.capacity(), 0.6);
	run.send(0.6, 2 * second);
	EXPECT_NEAR(run.capacity(), 0.5, 0.08);
	run.wire().bytes_per_us = 2.5;
	for (int i = 0; i < 50; i++)
		run.send(run.capacity(), 100 * ms);
	EXPECT_GT(run.capacity(), 2.1);
}

TEST(Meter, APolicerIsSeen)
{
	Simulation run({2.5, 10 * ms, 0, 0, 0, true}, 7);

	run.send(5, 5 * second);
	EXPECT_NEAR(run.capacity() / 2.5, 1, 0.35);
}

} // namespace

} // namespace mplink
