// SPDX-License-Identifier: GPL-2.0
// What is measured of links in virtual time, and the rate of a flow that is shared by it.
#include <gtest/gtest.h>

#include "bundle_simulation.hh"
#include "seeds.hh"

namespace fake
{

namespace
{

// Mbit/s that arrive from now on.
double goodput(Bundle &bundle, double seconds)
{
	const double before = bundle.delivered();

	bundle.run(seconds);
	return (bundle.delivered() - before) * 8 / 1e6 / seconds;
}

struct Range {
	double least = 1e9;
	double mean = 0;
	double most = 0;
};

// A link's estimate through a second, as a part of the truth.
Range watch(Bundle &bundle, mplink_u32 link)
{
	Range range;

	for (int i = 0; i < 20; i++) {
		bundle.run(0.05);

		const double part =
			bundle.capacity(link) / (bundle.link(link).bottleneck().rate() * 8);

		range.least = std::min(range.least, part);
		range.most = std::max(range.most, part);
		range.mean += part / 20;
	}
	return range;
}

// The link is full.  Loss is a part of what it can deliver.
void expect_measured(const Wire &wire, mplink_u32 seed)
{
	Steady sender(1.15 * wire.mbit);
	Bundle bundle({wire}, sender, seed);

	SCOPED_TRACE(text(wire));
	bundle.run(wire.delay_ms > 100 ? 10 : 5);
	for (int i = 0; i < 3; i++) {
		const Range range = watch(bundle, 0);

		ASSERT_NEAR(range.mean, 1 - wire.loss / 2, 0.15);
		// It does not oscillate.
		ASSERT_GT(range.least, 0.75 - wire.loss);
		ASSERT_LT(range.most, 1.3);
	}
	ASSERT_EQ(bundle.refused(), 0U);
}

TEST(Estimates, OfAFullLinkAreRight)
{
	mplink_u32 seed = 1;

	for (const double mbit : {1., 10., 100., 1000.})
		for (const double delay : {1., 20., 400.})
			for (const double buffer : {10., 100., 2000.})
				for (const double jitter : {0., 5., -25.}) {
					// 5 % of the packets are lost in every other case.
					expect_measured({.mbit = mbit,
							 .delay_ms = delay,
							 .buffer_ms = buffer,
							 .jitter = jitter < 0 ? Jitter::bursts
									      : Jitter::normal,
							 .jitter_ms = std::abs(jitter),
							 .loss = seed % 2 ? 0 : 0.05},
							seed);
					if (HasFatalFailure())
						return;
					seed++;
				}
}

TEST(Estimates, OfAPolicerAreRight)
{
	mplink_u32 seed = 1;

	for (const double mbit : {2., 20., 200.})
		for (const double delay : {1., 20., 200.})
			for (const double depth : {5., 20., 100.})
				expect_measured(
					{.mbit = mbit, .delay_ms = delay, .policer_ms = depth},
					seed++);
}

TEST(Estimates, OfAHalfFullLinkAreNotTooLow)
{
	mplink_u32 seed = 1;

	for (const double mbit : {2., 20., 200.})
		for (const double jitter : {0., 5., -25.})
			for (const double loss : {0., 0.01, 0.05}) {
				const Wire wire = {.mbit = mbit,
						   .delay_ms = 20,
						   .jitter = jitter < 0 ? Jitter::bursts
									: Jitter::normal,
						   .jitter_ms = std::abs(jitter),
						   .loss = loss};
				Steady sender(0.5 * mbit);
				Bundle bundle({wire}, sender, seed++);

				SCOPED_TRACE(text(wire));
				bundle.run(5);
				for (int i = 0; i < 5; i++)
					ASSERT_GT(watch(bundle, 0).least, 0.45);
			}
}

// It falls to a fifth, and comes back.
TEST(Estimates, FollowALinkThatSags)
{
	mplink_u32 seed = 1;

	for (const double delay : {1., 20., 100.})
		for (const double buffer : {20., 100., 300.}) {
			const Wire wire = {.mbit = 20, .delay_ms = delay, .buffer_ms = buffer};
			Steady sender(22);
			Bundle bundle({wire}, sender, seed++);

			SCOPED_TRACE(text(wire));
			bundle.run(5);
			ASSERT_NEAR(bundle.capacity(0), 20, 3);
			bundle.link(0).bottleneck().set_rate(bundle.now(), 4);
			// What waits already has to come through first.
			bundle.run(1 + delay / 100 + buffer / 200);
			ASSERT_NEAR(bundle.capacity(0), 4, 0.8);
			sender.set(4.5);
			bundle.run(2);
			ASSERT_NEAR(bundle.capacity(0), 4, 0.6);
			bundle.link(0).bottleneck().set_rate(bundle.now(), 20);
			sender.set(22);
			bundle.run(5);
			ASSERT_NEAR(bundle.capacity(0), 20, 3);
		}
}

// The path gets longer, but not slower: that is no queue.
TEST(Estimates, FollowAPathThatGetsLonger)
{
	mplink_u32 seed = 1;

	for (const double load : {0.05, 0.5, 0.9})
		for (const double more : {15., 50., 300.}) {
			Steady sender(20 * load);
			Bundle bundle({{20, 10}}, sender, seed++);

			SCOPED_TRACE("load " + std::to_string(load) + ", " + std::to_string(more) +
				     " ms");
			bundle.run(5);
			bundle.link(0).wire().delay_ms += more;
			bundle.run(8);
			ASSERT_GT(bundle.capacity(0), 20 * load * 0.9);
			// A queue of that length that does not drain is possible, but not for ever.
			bundle.run(30);
			ASSERT_GT(bundle.capacity(0), 20 * load * 0.9);
			ASSERT_LT(bundle.estimate(0).queue_us, 10000U);
		}
}

// The shortest of many delays is far below the usual one, which is no queue.
TEST(Estimates, OfALinkWithMuchJitterAreNotTooLow)
{
	each_seed(3, [](mplink_u32 seed) {
		Steady sender(24);
		Bundle bundle({{30, 40, 100, Jitter::normal, 10}}, sender, seed);

		bundle.run(5);
		for (int i = 0; i < 10; i++)
			ASSERT_GT(watch(bundle, 0).least, 0.78);
	});
}

// A sparse flow fills no queue, so a longer path changes nothing.
TEST(Estimates, OfALinkThatIsLittleUsedStay)
{
	for (const double more : {15., 50., 100.}) {
		Steady sender(22);
		Bundle bundle({{20, 10}}, sender, 1);

		SCOPED_TRACE(std::to_string(more) + " ms");
		bundle.run(5);
		sender.set(0.2);
		bundle.run(2);
		bundle.link(0).wire().delay_ms += more;
		for (int i = 0; i < 10; i++)
			ASSERT_GT(watch(bundle, 0).least, 0.85);
	}
}

// Two links through one queue must not take each other's share in turns.
TEST(Estimates, OfLinksThatShareAQueueAddUpToIt)
{
	each_seed(4, [](mplink_u32 seed) {
		const bool bbr = seed % 2 == 0;
		Cubic cubic;
		Bbr model;
		Bundle bundle({{20, 10, 100}, {.mbit = 20, .delay_ms = 15, .shares = 0}},
			      bbr ? static_cast<Sender &>(model) : cubic, seed);

		bundle.run(10);
		EXPECT_GT(goodput(bundle, 5), 18);
		for (int i = 0; i < 10; i++) {
			const double first = bundle.capacity(0);

			bundle.run(0.5);
			EXPECT_NEAR(bundle.capacity(0) + bundle.capacity(1), 20, 5);
			EXPECT_NEAR(bundle.capacity(0), first, 4);
		}
	});
}

struct Row {
	const char *name;
	std::vector<Wire> wires;
};

const Row rows[] = {
	{"unweighted", {{20, 5}, {10, 20}, {5, 50}}},
	{"delay", {{20, 5}, {20, 20}, {20, 50}}},
	{"jitter", {{20, 20}, {20, 40, 100, Jitter::bursts, 25}, {20, 30}}},
	{"much jitter", {{30, 8}, {30, 40, 100, Jitter::normal, 8}}},
	{"far", {{50, 20}, {50, 120}}},
	{"4:1", {{50, 20}, {12, 20}}},
	{"10:1", {{100, 20}, {10, 20}}},
	{"300 ms more", {{100, 1}, {20, 300}}},
	{"long queues", {{20, 10, 1000}, {10, 30, 2000}}},
	{"shared", {{20, 10}, {.mbit = 20, .delay_ms = 15, .shares = 0}, {10, 20}}},
};

// One flow, nothing configured.
TEST(Bundle, IsFilled)
{
	for (const Row &row : rows)
		for (const bool bbr : {false, true}) {
			Cubic cubic;
			Bbr model;
			Bundle bundle(row.wires, bbr ? static_cast<Sender &>(model) : cubic, 1);
			double best = 0;

			for (const Wire &wire : row.wires)
				best = std::max(best, wire.mbit);
			SCOPED_TRACE(std::string(row.name) + (bbr ? " BBR" : " CUBIC"));
			bundle.run(5);
			// Never less than the best link alone.
			for (int i = 0; i < 5; i++)
				ASSERT_GT(goodput(bundle, 1), 0.9 * best);
			if (row.wires.back().delay_ms < 200) {
				ASSERT_GT(goodput(bundle, 10), 0.9 * sum(row.wires));
			}
		}
}

TEST(Bundle, OfALinkThatSagsIsFilled)
{
	for (const bool bbr : {false, true}) {
		Cubic cubic;
		Bbr model;
		Bundle bundle({{20, 10}, {20, 10}, {20, 10}},
			      bbr ? static_cast<Sender &>(model) : cubic, 1);

		bundle.run(10);
		bundle.link(1).bottleneck().set_rate(bundle.now(), 4);
		// BBR keeps the queue that it has made for long.
		bundle.run(bbr ? 4 : 1);
		EXPECT_GT(goodput(bundle, 7), 39);
		bundle.link(1).bottleneck().set_rate(bundle.now(), 20);
		bundle.run(5);
		EXPECT_GT(goodput(bundle, 5), 52);
	}
}

// One path gets longer while it is full: its capacity must not be lost with each stretch.
TEST(Bundle, OfAPathThatGetsLongerIsFilled)
{
	for (const bool bbr : {false, true}) {
		Cubic cubic;
		Bbr model;
		Bundle bundle({{20, 10}, {20, 10}}, bbr ? static_cast<Sender &>(model) : cubic, 1);

		bundle.run(8);
		bundle.link(1).wire().delay_ms += 40;
		bundle.run(10);
		EXPECT_GT(goodput(bundle, 5), 36);
		EXPECT_NEAR(bundle.capacity(1), 20, 3);
	}
}

TEST(Bundle, CarriesAStreamOfNearlyAllThatItCan)
{
	for (const Row &row : rows) {
		Steady sender(0.9 * sum(row.wires));
		Bundle bundle(row.wires, sender, 1);

		SCOPED_TRACE(row.name);
		bundle.run(5);
		EXPECT_GT(goodput(bundle, 10), 0.997 * 0.9 * sum(row.wires));
	}
}

} // namespace

} // namespace fake
