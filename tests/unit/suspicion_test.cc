// SPDX-License-Identifier: GPL-2.0
// Links from which no reports come: when they are suspect, and what has been acknowledged by then.
#include <gtest/gtest.h>

#include <deque>

#include "measure/meters.hh"
#include "random.hh"

namespace fake
{

namespace
{

using mplink::Meter;
using mplink::Meters;

constexpr mplink_u64 millisecond = 1000;
constexpr mplink_u64 second = 1000000;
constexpr mplink_u64 tick_us = 5 * millisecond;

// A link in virtual time, with its meter.  Marks and reports take half of the round trip each.
class Watched
{
public:
	explicit Watched(mplink_u64 round_trip_us) : rtt_us(round_trip_us)
	{
	}

	mplink_u64 rtt_us;
	mplink_u64 jitter_us = 0; // up to so much more, for each mark
	mplink_u32 lost_percent = 0;
	bool dead = false;
	mplink_u64 packets_per_tick = 10;
	bool replays = true;

	void run(mplink_u64 us)
	{
		for (const mplink_u64 end = now + us; now < end; now += tick_us)
			tick();
	}
	// The same, while the link has a queue that grows a little.
	void full(mplink_u64 us)
	{
		const mplink_u64 least = rtt_us;

		for (const mplink_u64 end = now + us; now < end; rtt_us += 500)
			run(tick_us);
		rtt_us = least;
	}
	// So many bytes are given at once.
	void burst(mplink_u64 bytes)
	{
		sent_.tx_packets += bytes / 1000;
		sent_.tx_bytes += bytes;
	}
	// How long it takes until the link is suspect, but not longer than most.
	mplink_u64 until_suspect(mplink_u64 most)
	{
		const mplink_u64 begin = now;

		while (!suspect() && now - begin < most)
			run(tick_us);
		return now - begin;
	}
	bool suspect() const
	{
		return meters.suspect(0);
	}
	const Meter &meter() const
	{
		return *meters.at(0);
	}

	mplink_u64 now = second;
	mplink_u16 ticks = 0;
	mplink_u32 marks = 0;
	mplink_u16 promised_ms = 0; // by the last mark

private:
	struct Under {
		mplink_u64 at;
		mplink_report report;
		mplink_u16 tick;
	};

	void tick()
	{
		mplink_mark mark = {};

		sent_.tx_packets += packets_per_tick;
		sent_.tx_bytes += packets_per_tick * 1000;
		while (!way_.empty() && way_.front().at <= now) {
			meters.take(now, way_.front().report);
			way_.pop_front();
		}
		meters.judge(now, 1, replays, ++ticks);
		if (!meters.mark(0, now, sent_, mark))
			return;
		marks++;
		promised_ms = mark.replay_ms;
		if (dead || random_.below(100) < lost_percent)
			return;

		const mplink_u64 more =
			jitter_us ? random_.below(static_cast<mplink_u32>(jitter_us)) : 0;
		const mplink_u64 at = now + rtt_us + more;

		// Reports keep their order.
		way_.push_back({way_.empty() ? at : std::max(at, way_.back().at),
				{.mark = mark,
				 .held_us = 0,
				 .arrived_us = now + rtt_us / 2,
				 .packets = mark.packets,
				 .bytes = mark.bytes},
				ticks});
	}

	std::deque<Under> way_;
	mplink_counters sent_ = {};
	Random random_{4754};

public:
	Meters meters;
};

} // namespace

TEST(Suspicion, ALinkThatDiesIsSuspectSoon)
{
	for (const mplink_u64 rtt : {1, 10, 40, 100, 300, 600}) {
		Watched link(rtt * millisecond);

		SCOPED_TRACE(rtt);
		link.run(5 * second);
		ASSERT_FALSE(link.suspect());

		const mplink_u64 promised = link.meter().suspected_after_us();

		link.dead = true;

		const mplink_u64 took = link.until_suspect(10 * second);

		EXPECT_GT(took, rtt * millisecond);
		EXPECT_LE(took, promised + tick_us);
		// A mark, a second one soon after it, and patience.
		EXPECT_LE(took, rtt * 3 / 2 * millisecond + 30 * millisecond);
	}
}

TEST(Suspicion, IsToldWithTheEstimate)
{
	Watched link(20 * millisecond);
	mplink_estimate estimate;

	link.run(2 * second);
	ASSERT_TRUE(link.meters.tell(0, estimate));
	EXPECT_EQ(estimate.suspect, 0U);
	EXPECT_EQ(link.meters.suspects(), 0U);
	link.dead = true;
	link.run(second);
	ASSERT_TRUE(link.meters.tell(0, estimate));
	EXPECT_EQ(estimate.suspect, 1U);
	EXPECT_EQ(link.meters.suspects(), 1U);
}

// The promise that marks carry holds for each moment at which the link may die.
TEST(Suspicion, NoPacketWaitsLongerThanMarksPromise)
{
	for (const mplink_u64 per_tick : {1, 3, 10, 100})
		for (mplink_u64 later = 0; later < 12; later++) {
			Watched link(20 * millisecond);

			link.packets_per_tick = per_tick;
			link.run(3 * second + later * tick_us);
			link.dead = true;
			ASSERT_LE(link.until_suspect(10 * second), link.promised_ms * millisecond);
			ASSERT_LT(link.promised_ms, 150);
		}
}

TEST(Suspicion, OneLostMarkIsNone)
{
	Watched link(20 * millisecond);

	link.run(5 * second);
	for (int i = 0; i < 20; i++) {
		const mplink_u32 before = link.marks;

		link.dead = true;
		while (link.marks == before)
			link.run(tick_us);
		link.dead = false;
		link.run(second);
	}
	EXPECT_EQ(link.meter().suspicions(), 0U);
}

TEST(Suspicion, LinksWithJitterAndLossAreSeldomSuspect)
{
	for (const mplink_u64 jitter : {2, 10, 40})
		for (const mplink_u32 lost : {0, 1, 3}) {
			Watched link(30 * millisecond);

			link.jitter_us = jitter * millisecond;
			link.lost_percent = lost;
			link.run(60 * second);
			SCOPED_TRACE(jitter * 100 + lost);
			// Two marks in a row are lost now and then.
			EXPECT_LE(link.meter().suspicions(), lost * lost * 2);
		}
}

// A queue of a second fills within five seconds, or within less.
TEST(Suspicion, AGrowingQueueIsNone)
{
	Watched link(20 * millisecond);

	link.run(5 * second);
	for (const mplink_u64 more : {1000, 2500, 4000, 5000, 8000}) {
		for (mplink_u64 grown = 0; grown < second; grown += more) {
			link.rtt_us += more;
			link.run(tick_us);
		}
		link.run(3 * second);
		EXPECT_EQ(link.meter().suspicions(), 0U) << more;
		link.rtt_us = 20 * millisecond;
		link.run(10 * second);
	}
}

// TCP sends all at once that a long acknowledgment allows.  The queue that this makes is known
// before any report can tell.
TEST(Suspicion, ABurstIsNone)
{
	for (const mplink_u64 burst_ms : {50, 200, 500, 1500}) {
		Watched link(40 * millisecond);

		SCOPED_TRACE(burst_ms);
		link.full(second);
		link.run(5 * second);
		ASSERT_TRUE(link.meter().settled());

		const mplink_u64 least = link.rtt_us;

		link.burst(link.meter().capacity() * burst_ms / 1000);
		mplink_u16 promised_ms = 0;

		for (mplink_u64 left = burst_ms; left; left -= 5) {
			link.rtt_us = least + left * millisecond;
			link.run(tick_us);
			promised_ms = std::max(promised_ms, link.promised_ms);
		}
		EXPECT_GE(promised_ms, burst_ms);
		link.rtt_us = least;
		link.run(second);
		EXPECT_EQ(link.meter().suspicions(), 0U);
		// It dies with a burst: then it takes as long as that, but not for ever.
		link.burst(link.meter().capacity() * burst_ms / 1000);
		link.dead = true;

		const mplink_u64 took = link.until_suspect(10 * second);

		EXPECT_GT(took, burst_ms * millisecond);
		EXPECT_LT(took, (burst_ms * 5 / 4 + 300) * millisecond);
	}
}

// When it goes on, its timer may come before the reports that have arrived meanwhile.
TEST(Suspicion, AHostThatStoodStillIsNone)
{
	Watched link(20 * millisecond);

	link.run(5 * second);
	link.now += 300 * millisecond;
	link.meters.judge(link.now, 1, true, ++link.ticks);
	EXPECT_FALSE(link.suspect());
	link.run(second);
	EXPECT_EQ(link.meter().suspicions(), 0U);
}

// What is late beside the fastest link is the earliest once that one is dead.
TEST(Suspicion, DelaysAreComparedWithLinksThatWork)
{
	constexpr mplink_u64 delays[] = {5 * millisecond, 50 * millisecond, 70 * millisecond};
	Meters meters;
	mplink_u64 now = second;
	const auto above_fastest_ms = [&](mplink_u32 link) {
		return meters.above_fastest_us(*meters.at(link)) / millisecond;
	};

	for (mplink_u32 link = 0; link < 3; link++) {
		mplink_mark mark = {};

		ASSERT_TRUE(meters.mark(link, now, {}, mark));
		meters.take(now + 2 * delays[link], {.mark = mark,
						     .held_us = 0,
						     .arrived_us = now + delays[link],
						     .packets = 0,
						     .bytes = 0});
	}
	now += second;
	meters.judge(now, 7, true, 1);
	EXPECT_EQ(above_fastest_ms(0), 0U);
	EXPECT_EQ(above_fastest_ms(1), 45U);
	EXPECT_EQ(above_fastest_ms(2), 65U);
	meters.judge(now, 6, true, 2);
	EXPECT_EQ(above_fastest_ms(0), 0U);
	EXPECT_EQ(above_fastest_ms(1), 0U);
	EXPECT_EQ(above_fastest_ms(2), 20U);

	// The same of what marks promise.
	const mplink_u32 longest_ms = meters.replay_ms();

	EXPECT_GT(longest_ms, 140U);
	meters.judge(now, 1, true, 3);
	EXPECT_LT(meters.replay_ms(), longest_ms / 2);
	meters.judge(now, 0, true, 4);
	EXPECT_EQ(meters.replay_ms(), longest_ms);
}

TEST(Suspicion, TwoReportsClearIt)
{
	Watched link(20 * millisecond);

	link.run(5 * second);
	link.dead = true;
	link.run(3 * second);
	ASSERT_TRUE(link.suspect());
	link.dead = false;
	// It is asked after an eighth of the time that it has been suspect for, at the latest.
	link.run(2 * second);
	EXPECT_FALSE(link.suspect());
	EXPECT_EQ(link.meter().suspicions(), 1U);
	// It was dead indeed.
	EXPECT_EQ(link.meter().wrong_suspicions(), 0U);
}

TEST(Suspicion, AWrongOneMakesTheNextOneLater)
{
	Watched link(20 * millisecond);
	mplink_u64 before = 0;

	link.run(5 * second);
	for (int i = 0; i < 16; i++) {
		const mplink_u64 patience = link.meter().suspected_after_us();

		ASSERT_GE(patience, before);
		before = patience;
		// Everything is late, once.
		link.rtt_us = 800 * millisecond;
		ASSERT_LT(link.until_suspect(5 * second), 5 * second);
		link.run(second);
		link.rtt_us = 20 * millisecond;
		link.run(4 * second);
		ASSERT_FALSE(link.suspect());
		ASSERT_EQ(link.meter().wrong_suspicions(), static_cast<mplink_u64>(i) + 1);
	}
	// Four times as late at most.
	EXPECT_LT(before, 8 * 70 * millisecond);
	link.run(200 * second);
	EXPECT_LT(link.meter().suspected_after_us(), 90 * millisecond);
}

// The far end has the last mark but one, and so all that was sent before it.
TEST(Suspicion, WhatIsBeforeTheLastMarkButOneIsAcknowledged)
{
	Watched link(20 * millisecond);

	link.run(5 * second);
	for (int i = 0; i < 100; i++) {
		link.run(tick_us);

		const auto behind =
			static_cast<mplink_u16>(link.ticks - link.meter().acknowledged());

		// The round trip takes four ticks, and between two marks there are two.
		EXPECT_GE(behind, 4 + 2);
		EXPECT_LE(behind, 4 + 2 + 2 + 1);
	}
	link.dead = true;

	link.run(50 * millisecond);
	const mplink_u16 last = link.meter().acknowledged();

	link.run(second);
	EXPECT_EQ(link.meter().acknowledged(), last);
}

// Where nothing is replayed, marks are no more frequent than before, and nobody is suspect.
TEST(Suspicion, WithoutReplaysThereIsNone)
{
	Watched link(20 * millisecond);

	link.replays = false;
	link.packets_per_tick = 1;
	link.run(5 * second);
	// One for each 16 packets.
	EXPECT_LE(link.marks, 64U);
	EXPECT_EQ(link.promised_ms, 0);
	link.dead = true;
	link.run(5 * second);
	EXPECT_FALSE(link.suspect());
	EXPECT_EQ(link.meter().suspicions(), 0U);
}

TEST(Suspicion, ADeadLinkIsAskedLessAndLess)
{
	Watched link(20 * millisecond);

	link.run(5 * second);
	link.dead = true;
	link.packets_per_tick = 0;
	link.run(10 * second);

	const mplink_u32 before = link.marks;

	link.run(60 * second);
	EXPECT_LE(link.marks - before, 61U);
	EXPECT_GE(link.marks - before, 15U);
}

} // namespace fake
