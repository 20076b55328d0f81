// SPDX-License-Identifier: GPL-2.0
// Reports as they must not be: what a meter refuses, what it makes of the rest, and that it
// recovers when it is over.
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "random.hh"
#include "seeds.hh"
#include "wire_simulation.hh"

namespace mplink
{

namespace
{

constexpr mplink_u64 most_u64 = std::numeric_limits<mplink_u64>::max();
constexpr double mbit = 20;

using Emit = std::function<void(const mplink_report &)>;
// What becomes of a report on its way.
using Attack = std::function<void(double now, mplink_report report, const Emit &emit)>;

class Attacked
{
public:
	explicit Attacked(mplink_u32 seed = 7)
	    : link_({mbit, 10, 50}, nullptr, seed), now_(1e6 + 137 * seed)
	{
	}
	// Sends a bit more than the link can carry, now and then much less.
	void run(double seconds, const Attack &attack = {})
	{
		for (const double end = now_ + seconds * 1e6; now_ < end; now_ += 500) {
			const bool pause = std::fmod(now_, 2e6) > 1.7e6;

			for (owed_ += mbit / 8 * 500 * (pause ? 0.3 : 1.1); owed_ > 1500;
			     owed_ -= 1500)
				link_.send(now_, 1);
			mark();
			link_.pass(now_, 10000, [&](const mplink_report &report) {
				if (attack)
					attack(now_, report,
					       [&](const mplink_report &it) { take(it); });
				else
					take(report);
			});
			check();
		}
	}
	mplink_estimate estimate() const
	{
		mplink_estimate estimate;

		meters.tell(0, estimate);
		return estimate;
	}
	double capacity() const
	{
		return static_cast<double>(meters.at(0)->capacity()) * 8 / 1e6;
	}
	// As if nothing had been.
	void expect_recovered()
	{
		run(13);

		const mplink_estimate it = estimate();

		EXPECT_NEAR(capacity(), mbit, 0.15 * mbit);
		EXPECT_NEAR(static_cast<double>(it.delivered) * 8 / 1e6, mbit, mbit);
		EXPECT_LT(it.rtt_us, 80000U);
		EXPECT_NEAR(static_cast<double>(it.rtt_min_us), 20000, 2000);
		EXPECT_LT(it.queue_us, 60000U);
		EXPECT_LT(it.jitter_us, 20000U);
		EXPECT_LT(it.lost_ppm, 200000U);
		EXPECT_EQ(it.delay_us, 0U);
	}
	void take(const mplink_report &report)
	{
		const mplink_u32 verdict = meters.take(static_cast<mplink_u64>(now_), report);

		ASSERT_LE(verdict, mplink_u32{MPLINK_REPORT_WRONG});
		count[verdict]++;
	}
	mplink_u64 now() const
	{
		return static_cast<mplink_u64>(now_);
	}

	Meters meters;
	mplink_u32 count[MPLINK_REPORT_WRONG + 1] = {};

private:
	void mark()
	{
		mplink_mark mark = {};

		if (meters.mark(0, now(), link_.sent(), mark))
			link_.send(now_, mark);
	}
	void check()
	{
		const Meter *meter = meters.at(0);

		if (!meter)
			return;
		ASSERT_GE(meter->capacity(), Capacity::least);
		ASSERT_LE(meter->capacity(), Capacity::most);
		ASSERT_LE(estimate().lost_ppm, 1000000U);
	}

	fake::SimulatedLink link_;
	double now_;
	double owed_ = 0;
};

// No message of a stranger is believed, so nothing changes.
void expect_ignored(mplink_u32 verdict, const std::function<void(double, mplink_report &)> &forge)
{
	Attacked with;
	Attacked without;

	with.run(3);
	without.run(3);
	with.run(3, [&](double now, mplink_report report, const Emit &emit) {
		mplink_report forged = report;

		forge(now, forged);
		emit(forged);
		emit(report);
		emit(forged);
	});
	without.run(3);
	EXPECT_GT(with.count[verdict], 100U);
	EXPECT_EQ(with.count[MPLINK_REPORT_TAKEN], without.count[MPLINK_REPORT_TAKEN]);
	EXPECT_EQ(with.capacity(), without.capacity());
	EXPECT_EQ(with.estimate().rtt_us, without.estimate().rtt_us);
	EXPECT_EQ(with.estimate().queue_us, without.estimate().queue_us);
	with.expect_recovered();
}

TEST(MetersAttacked, WithoutAnAttackAllIsTaken)
{
	Attacked it;

	it.run(3);
	// Through the wrap of the marks' numbers, too.
	it.expect_recovered();
	EXPECT_GT(it.count[MPLINK_REPORT_TAKEN], 1200U);
	EXPECT_EQ(it.count[MPLINK_REPORT_OLD] + it.count[MPLINK_REPORT_UNKNOWN] +
			  it.count[MPLINK_REPORT_WRONG],
		  0U);
}

TEST(MetersAttacked, UnknownNumbers)
{
	fake::Random random(1);

	expect_ignored(MPLINK_REPORT_UNKNOWN, [&](double, mplink_report &it) {
		it.mark.seq += Meter::marks_kept + random.below(1000000);
	});
	expect_ignored(MPLINK_REPORT_UNKNOWN, [&](double, mplink_report &it) {
		it.mark.seq -= Meter::marks_kept + random.below(1000000);
	});
	expect_ignored(MPLINK_REPORT_UNKNOWN,
		       [&](double, mplink_report &it) { it.mark.seq = random(); });
}

TEST(MetersAttacked, UnknownLinks)
{
	for (const mplink_u8 link :
	     std::vector<mplink_u8>{1, MPLINK_MAX_LINKS - 1, MPLINK_MAX_LINKS, 255})
		expect_ignored(MPLINK_REPORT_UNKNOWN,
			       [&](double, mplink_report &it) { it.mark.link = link; });
}

TEST(MetersAttacked, MarksThatSayWhatOursDoNot)
{
	expect_ignored(MPLINK_REPORT_UNKNOWN, [](double now, mplink_report &it) {
		it.mark.sent_us = static_cast<mplink_u64>(now) + 1000000;
	});
	expect_ignored(MPLINK_REPORT_UNKNOWN,
		       [](double, mplink_report &it) { it.mark.sent_us = 0; });
	expect_ignored(MPLINK_REPORT_UNKNOWN, [](double, mplink_report &it) { it.mark.packets++; });
	expect_ignored(MPLINK_REPORT_UNKNOWN, [](double, mplink_report &it) { it.mark.bytes = 0; });
}

TEST(MetersAttacked, HeldForLongerThanTheRoundTrip)
{
	expect_ignored(MPLINK_REPORT_WRONG, [](double now, mplink_report &it) {
		it.held_us =
			static_cast<mplink_u32>(now) - static_cast<mplink_u32>(it.mark.sent_us) + 1;
	});
	expect_ignored(MPLINK_REPORT_WRONG,
		       [](double, mplink_report &it) { it.held_us = 0xffffffff; });
}

TEST(MetersAttacked, CountersAndClocksThatGoBackwards)
{
	expect_ignored(MPLINK_REPORT_WRONG, [](double, mplink_report &it) { it.packets /= 2; });
	expect_ignored(MPLINK_REPORT_WRONG, [](double, mplink_report &it) { it.bytes = 0; });
	expect_ignored(MPLINK_REPORT_WRONG, [](double, mplink_report &it) { it.arrived_us /= 2; });
}

TEST(MetersAttacked, ClocksThatLeap)
{
	expect_ignored(MPLINK_REPORT_WRONG, [](double, mplink_report &it) {
		it.arrived_us += mplink::clock_step_us + 1000000;
	});
	expect_ignored(MPLINK_REPORT_WRONG,
		       [](double, mplink_report &it) { it.arrived_us = most_u64; });
}

TEST(MetersAttacked, Repeated)
{
	Attacked with;
	Attacked without;

	with.run(6, [](double, mplink_report report, const Emit &emit) {
		for (int i = 0; i < 3; i++)
			emit(report);
	});
	without.run(6);
	EXPECT_EQ(with.count[MPLINK_REPORT_OLD], 2 * with.count[MPLINK_REPORT_TAKEN]);
	EXPECT_EQ(with.capacity(), without.capacity());
	EXPECT_EQ(with.estimate().reports, without.estimate().reports);
}

TEST(MetersAttacked, Reordered)
{
	Attacked it;
	std::vector<mplink_report> held;

	it.run(3);
	it.run(6, [&](double, mplink_report report, const Emit &emit) {
		held.push_back(report);
		if (held.size() < 4)
			return;
		for (; !held.empty(); held.pop_back())
			emit(held.back());
	});
	EXPECT_GT(it.count[MPLINK_REPORT_OLD], 200U);
	EXPECT_NEAR(it.capacity(), mbit, 0.3 * mbit);
	it.expect_recovered();
}

TEST(MetersAttacked, MostAreLost)
{
	Attacked it;
	mplink_u32 n = 0;

	it.run(3);
	it.run(6, [&](double, mplink_report report, const Emit &emit) {
		if (n++ % 8 == 0)
			emit(report);
	});
	EXPECT_NEAR(it.capacity(), mbit, 0.3 * mbit);
	it.expect_recovered();
}

TEST(MetersAttacked, AllAreLost)
{
	Attacked it;

	it.run(3);
	it.run(20, [](double, const mplink_report &, const Emit &) {});
	// Less, but never next to nothing.
	EXPECT_LT(it.capacity(), 0.6 * mbit);
	EXPECT_GT(it.capacity(), 0.2 * mbit);
	it.expect_recovered();
}

TEST(MetersAttacked, Late)
{
	Attacked it;
	std::deque<std::pair<double, mplink_report>> held;

	it.run(3);
	it.run(6, [&](double now, mplink_report report, const Emit &emit) {
		held.emplace_back(now + 400000, report);
		for (; held.front().first <= now; held.pop_front())
			emit(held.front().second);
	});
	// The way back says nothing about the way there.
	EXPECT_NEAR(it.capacity(), mbit, 0.2 * mbit);
	it.expect_recovered();
}

TEST(MetersAttacked, OfAnotherEpoch)
{
	Attacked before(3);
	std::vector<mplink_report> old;
	Attacked it(4);

	before.run(3, [&](double, mplink_report report, const Emit &emit) {
		old.push_back(report);
		emit(report);
	});
	it.run(1);
	for (const mplink_report &report : old)
		it.take(report);
	EXPECT_EQ(it.count[MPLINK_REPORT_OLD] + it.count[MPLINK_REPORT_UNKNOWN] +
			  it.count[MPLINK_REPORT_WRONG],
		  old.size());
	it.expect_recovered();
}

// Two reports are doubted; then the far end is believed to have begun anew.
TEST(MetersAttacked, TheFarEndBeginsAnew)
{
	Attacked it;
	mplink_report first = {};

	it.run(3);

	const auto anew = [&](double, mplink_report report, const Emit &emit) {
		if (!first.mark.seq)
			first = report;
		report.arrived_us -= first.arrived_us - 1000000;
		report.packets -= first.packets;
		report.bytes -= first.bytes;
		emit(report);
	};

	it.run(3, anew);
	EXPECT_EQ(it.count[MPLINK_REPORT_WRONG], 2U);
	EXPECT_NEAR(it.capacity(), mbit, 0.2 * mbit);
}

// Each contradicts the one before, so they are no new beginning.
TEST(MetersAttacked, WrongOnesThatContradictEachOther)
{
	Attacked it;
	mplink_u64 n = 0;

	it.run(3);
	it.run(1, [&](double, mplink_report report, const Emit &emit) {
		report.packets /= 2;
		report.arrived_us -= mplink::clock_step_us * (1 + 2 * ++n);
		emit(report);
	});
	EXPECT_EQ(it.count[MPLINK_REPORT_WRONG], n);
	it.expect_recovered();
}

// The far end itself lies: about what it has received, or when.
void expect_bounded(const std::function<void(double, mplink_report &)> &lie)
{
	Attacked it;

	it.run(3);
	it.run(4, [&](double now, mplink_report report, const Emit &emit) {
		lie(now, report);
		emit(report);
	});
	it.expect_recovered();
}

TEST(MetersAttacked, TheFarEndLiesAboutRates)
{
	mplink_u64 n = 0;

	expect_bounded([](double, mplink_report &it) { it.bytes = 0; });
	expect_bounded([](double, mplink_report &it) { it.packets = it.bytes = 0; });
	expect_bounded([](double, mplink_report &it) { it.bytes = it.packets = most_u64; });
	expect_bounded([&](double, mplink_report &it) { it.bytes = ++n << 55; });
	expect_bounded([&](double, mplink_report &it) { it.bytes = ++n; });
	expect_bounded([](double, mplink_report &it) { it.bytes *= 2; });
	expect_bounded([](double, mplink_report &it) { it.bytes /= 2; });
}

TEST(MetersAttacked, TheFarEndHasReceivedMoreThanWasSent)
{
	Attacked it;
	mplink_u64 more = 0;

	it.run(3);
	it.run(3, [&](double, mplink_report report, const Emit &emit) {
		report.bytes += more += 1000000;
		emit(report);
	});
	EXPECT_LT(static_cast<double>(it.estimate().delivered) * 8 / 1e6, 1.5 * mbit);
	EXPECT_NEAR(it.capacity(), mbit, 0.3 * mbit);
}

TEST(MetersAttacked, TheFarEndLiesAboutTimes)
{
	mplink_u64 n = 0;

	expect_bounded([](double, mplink_report &it) { it.arrived_us = 0; });
	expect_bounded([](double, mplink_report &it) { it.arrived_us = most_u64; });
	expect_bounded([&](double, mplink_report &it) { it.arrived_us = ++n; });
	expect_bounded([&](double, mplink_report &it) { it.arrived_us = ++n << 55; });
	expect_bounded([](double, mplink_report &it) { it.arrived_us *= 2; });
	expect_bounded([&](double, mplink_report &it) { it.arrived_us += ++n * 9000000; });
	expect_bounded([](double now, mplink_report &it) {
		it.held_us =
			static_cast<mplink_u32>(now) - static_cast<mplink_u32>(it.mark.sent_us);
	});
}

// Anything, many times.
TEST(MetersAttacked, Nonsense)
{
	each_seed(20, [](mplink_u32 seed) {
		Attacked it(seed);
		fake::Random random(seed);
		const auto spoil = [&](mplink_u64 &field) {
			const mplink_u64 extremes[] = {
				0,      1,         most_u64,        most_u64 / 2, most_u64 / 2 + 1,
				~field, field * 2, field + 9999999, field - 1};

			if (!random.below(4))
				field = extremes[random.below(std::size(extremes))];
		};

		it.run(2);
		it.run(2, [&](double, mplink_report report, const Emit &emit) {
			for (int i = 0; i < 3; i++) {
				mplink_report forged = report;

				spoil(forged.arrived_us);
				spoil(forged.packets);
				spoil(forged.bytes);
				if (!random.below(4))
					forged.held_us = random();
				if (!random.below(4))
					forged.mark.seq += random.below(3) - 1;
				emit(forged);
			}
		});
		it.expect_recovered();
	});
}

} // namespace

} // namespace mplink
