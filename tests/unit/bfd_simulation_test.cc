// SPDX-License-Identifier: GPL-2.0
// Two whole sessions, from seeds that are printed and can be given again:
// MPLINK_SEED=n runs that one only.
#include <gtest/gtest.h>

#include "bfd_network.hh"
#include "seeds.hh"

namespace mplink
{

namespace
{

constexpr mplink_u64 ms = 1000;
constexpr mplink_u64 second = 1000 * ms;

mplink_bfd_config config_of(mplink_u64 tx, mplink_u64 rx, mplink_u8 mult)
{
	return {.min_tx_us = static_cast<mplink_u32>(tx),
		.min_rx_us = static_cast<mplink_u32>(rx),
		.detect_mult = mult,
		.auth_type = MPLINK_BFD_AUTH_NONE,
		.auth_key_id = 0};
}

mplink_bfd_config any_config(fake::Random &random, mplink_u8 least_mult = 1)
{
	constexpr mplink_u64 choices[] = {3300, 10 * ms, 50 * ms, 300 * ms, second, 2 * second};

	mplink_bfd_config config = config_of(choices[random.below(6)], choices[random.below(6)],
					     static_cast<mplink_u8>(least_mult + random.below(5)));

	config.auth_type = 0;
	return config;
}

// What both ends agree upon for packets from one to the other, once they are up.
mplink_u64 agreed(const mplink_bfd_config &from, const mplink_bfd_config &to)
{
	return std::max(from.min_tx_us, to.min_rx_us);
}

// Packets are at least 75 % of the agreed interval apart, except those that tell a change.
void expect_rate(BfdHost &host, mplink_u64 interval, mplink_u64 from, mplink_u64 to)
{
	const auto sent = static_cast<mplink_u64>(
		std::count_if(host.reports.begin(), host.reports.end(),
			      [&](mplink_u64 time) { return time >= from && time < to; }));
	const auto changes = static_cast<mplink_u64>(
		std::count_if(host.changes.begin(), host.changes.end(), [&](const auto &change) {
			return change.first >= from && change.first < to;
		}));

	EXPECT_LE(sent, (to - from) * 4 / (3 * interval) + 2 + changes);
	// Nor too few: jitter takes 25 % of an interval, and adds nothing.
	EXPECT_GE(sent + 1, (to - from) / interval);
	EXPECT_LE(host.finals, host.polls_heard);
}

TEST(BfdSimulation, BothComeUpAtOnceOverAGoodChannel)
{
	each_seed(60, [](mplink_u32 seed) {
		fake::Random random(seed);
		const mplink_bfd_config a = any_config(random), b = any_config(random);
		BfdNetwork net(seed, a, b);
		const mplink_u64 delay = random.below(2000) + 10;
		const mplink_u64 late = random.below(3) * random.below(5000000);

		net.both({.delay = delay});
		net.start_at(1, late);
		// The one that comes later is heard at once, and the other answers at once.
		const mplink_u64 at = net.run_until(late + 10 * delay, [&] { return net.up(); });

		EXPECT_LE(at, late + 3 * delay);

		// And there they stay, at the agreed rate.
		const mplink_u64 from = net.now + 20 * second;
		const mplink_u64 to = from + 60 * std::max(agreed(a, b), agreed(b, a));

		net.run_until(to);
		EXPECT_EQ(net.host(0).changes.size(), 2U);
		EXPECT_LE(net.host(1).changes.size(), 2U);
		EXPECT_EQ(net.host(0).session.tx_interval(), agreed(a, b));
		EXPECT_EQ(net.host(1).session.tx_interval(), agreed(b, a));
		EXPECT_EQ(net.host(0).session.detection_time(), b.detect_mult * agreed(b, a));
		EXPECT_EQ(net.host(1).session.detection_time(), a.detect_mult * agreed(a, b));
		expect_rate(net.host(0), agreed(a, b), from, to);
		expect_rate(net.host(1), agreed(b, a), from, to);
		EXPECT_EQ(net.wrong, "");
	});
}

// Either direction, or both: both ends know in the detection time of the one that
// hears nothing, and the way of its packet that says so; else in their own.
TEST(BfdSimulation, ADeadChannelIsDetectedByBothEnds)
{
	each_seed(120, [](mplink_u32 seed) {
		fake::Random random(seed);
		const mplink_bfd_config a = any_config(random, 2), b = any_config(random, 2);
		BfdNetwork net(seed, a, b);
		const mplink_u64 delay = random.below(1000) + 10;
		const mplink_u32 which = 1 + random.below(3);

		net.both({.delay = delay});
		net.run_until(20 * second);
		ASSERT_TRUE(net.up());

		const mplink_u64 cut = net.now + random.below(3000000);
		const mplink_u64 detect_a = net.host(0).session.detection_time();
		const mplink_u64 detect_b = net.host(1).session.detection_time();

		net.run_until(cut);
		net.host(0).out.dead = which & 1;
		net.host(1).out.dead = which & 2;

		// A hears nothing, or B; what was on its way still arrives.
		const mplink_u64 first = which == 1   ? detect_b
					 : which == 2 ? detect_a
						      : std::max(detect_a, detect_b);

		net.run_until(cut + delay + first + delay);
		for (int i = 0; i < 2; i++) {
			const auto &changes = net.host(i).changes;
			const auto fall = std::find_if(changes.begin(), changes.end(), [](auto &c) {
				return c.second.from == MPLINK_BFD_UP;
			});

			ASSERT_NE(fall, changes.end());
			EXPECT_LE(fall->first, cut + delay + first + delay);
			const bool deaf = which & (i == 0 ? 2U : 1U);

			EXPECT_EQ(fall->second.diag,
				  deaf ? MPLINK_BFD_DIAG_TIMEOUT : MPLINK_BFD_DIAG_NEIGHBOUR);
		}

		// No storm while it lasts: each of them at most falls, and waits in Init.
		net.run_until(cut + 60 * second);
		EXPECT_FALSE(net.up());
		for (int i = 0; i < 2; i++)
			EXPECT_LE(net.host(i).changes.size(), 4U);

		// And back, by the next of the slow packets and its answers.
		net.host(0).out.dead = net.host(1).out.dead = false;

		const mplink_u64 slowest = std::max({agreed(a, b), agreed(b, a), second});
		const mplink_u64 healed = net.now;

		EXPECT_LE(net.run_until(healed + 10 * slowest, [&] { return net.up(); }),
			  healed + slowest + 4 * delay);
		EXPECT_EQ(net.wrong, "");
	});
}

TEST(BfdSimulation, WhatDetectMultToleratesIsNoFailure)
{
	each_seed(25, [](mplink_u32 seed) {
		fake::Random random(seed);
		const mplink_bfd_config a = any_config(random, 3), b = any_config(random, 3);
		BfdNetwork net(seed, a, b);

		net.both({.delay = 200});
		net.run_until(20 * second);
		ASSERT_TRUE(net.up());
		for (int i = 0; i < 2; i++) {
			const mplink_bfd_config &own = i ? b : a;
			const mplink_u64 interval = i ? agreed(b, a) : agreed(a, b);

			// One packet less than could be lost without any spread, which
			// is up to an interval then.
			net.host(i).out = {.delay = 200,
					   .spread = interval * 9 / 10,
					   .loss = 30 + random.below(70),
					   .burst = own.detect_mult - 2U,
					   .duplicates = random.below(30)};
		}
		net.run_until(net.now + 300 * std::max(agreed(a, b), agreed(b, a)));
		EXPECT_TRUE(net.up());
		EXPECT_EQ(net.host(0).changes.size() + net.host(1).changes.size(), 4U);
		EXPECT_EQ(net.wrong, "");
	});
}

// As many as can be lost in a row, where the delay is always the same.
TEST(BfdSimulation, OnePacketInAMultipleIsEnough)
{
	each_seed(30, [](mplink_u32 seed) {
		fake::Random random(seed);
		const mplink_bfd_config a = any_config(random, 2), b = any_config(random, 2);
		BfdNetwork net(seed, a, b);

		net.both({.delay = 200});
		net.run_until(20 * second);
		net.host(0).out = {.delay = 200, .loss = 100, .burst = a.detect_mult - 1U};
		net.host(1).out = {.delay = 200, .loss = 100, .burst = b.detect_mult - 1U};
		net.run_until(net.now + 200 * std::max(agreed(a, b), agreed(b, a)));
		EXPECT_TRUE(net.up());
		EXPECT_EQ(net.host(0).changes.size() + net.host(1).changes.size(), 4U);
	});
}

// Parameters change all the time, and nobody falls down for it.
TEST(BfdSimulation, ChangesUnderWay)
{
	each_seed(60, [](mplink_u32 seed) {
		fake::Random random(seed);
		mplink_bfd_config config[2] = {any_config(random, 2), any_config(random, 2)};
		BfdNetwork net(seed, config[0], config[1]);
		const mplink_u64 delay = 100 + random.below(20000);

		net.both({.delay = delay});
		net.run_until(20 * second);
		ASSERT_TRUE(net.up());
		for (int round = 0; round < 30; round++) {
			const int i = static_cast<int>(random.below(2));

			config[i] = any_config(random, 2);
			// All ends that these two can agree upon hold over this channel.
			if (config[i].min_rx_us < 10 * ms)
				config[i].min_rx_us = 10 * ms;
			net.configure(i, config[i]);
			net.run_until(net.now + random.below(3000000));
		}
		net.run_until(net.now + 30 * second);
		EXPECT_TRUE(net.up());
		EXPECT_EQ(net.host(0).changes.size() + net.host(1).changes.size(), 4U);
		for (int i = 0; i < 2; i++)
			EXPECT_EQ(net.host(i).session.tx_interval(),
				  agreed(config[i], config[1 - i]));
		EXPECT_EQ(net.host(0).session.detection_time(),
			  config[1].detect_mult * agreed(config[1], config[0]));
		EXPECT_EQ(net.wrong, "");
	});
}

TEST(BfdSimulation, DisabledEnabledRestarted)
{
	each_seed(30, [](mplink_u32 seed) {
		fake::Random random(seed);
		const mplink_bfd_config a = any_config(random, 2), b = any_config(random, 2);
		BfdNetwork net(seed, a, b);
		const mplink_u64 delay = 10 + random.below(1000);

		net.both({.delay = delay});
		net.run_until(20 * second);
		for (int round = 0; round < 5; round++) {
			const int i = static_cast<int>(random.below(2));
			const std::size_t before = net.host(1 - i).changes.size();

			ASSERT_TRUE(net.up());
			net.disable(i);
			EXPECT_NE(net.run_until(net.now + delay, [&] { return net.down(1 - i); }),
				  never);
			EXPECT_EQ(net.host(1 - i).session.diag(), MPLINK_BFD_DIAG_NEIGHBOUR);
			EXPECT_EQ(net.host(1 - i).session.remote_diag(), MPLINK_BFD_DIAG_ADMIN);
			net.run_until(net.now + 5 * second);
			EXPECT_EQ(net.host(1 - i).changes.size(), before + 1);
			net.enable(i);
			EXPECT_NE(net.run_until(net.now + 3 * delay, [&] { return net.up(); }),
				  never);
			net.run_until(net.now + 15 * second);
			EXPECT_TRUE(net.up());

			net.restart(i, i ? b : a);
			net.run_until(net.now + delay);
			EXPECT_FALSE(net.up());
			EXPECT_LE(net.run_until(net.now + 15 * second, [&] { return net.up(); }),
				  net.now);
			net.run_until(net.now + 15 * second);
		}
		EXPECT_EQ(net.wrong, "");
	});
}

// Whatever the channel does: no storm, and no packet too many; and once it is good
// again, both are up.
TEST(BfdSimulation, TheWorstOfChannels)
{
	each_seed(100, [](mplink_u32 seed) {
		fake::Random random(seed);
		mplink_bfd_config a = any_config(random), b = any_config(random);

		if (random.below(2)) {
			a.auth_type = b.auth_type = static_cast<mplink_u8>(
				random.below(2) ? MPLINK_BFD_AUTH_SHA1
						: MPLINK_BFD_AUTH_METICULOUS_SHA1);
		}

		BfdNetwork net(seed, a, b);

		for (int round = 0; round < 20; round++) {
			for (int i = 0; i < 2; i++)
				net.host(i).out = {.delay = random.below(300000),
						   .spread = random.below(300000),
						   .loss = random.below(101),
						   .burst = random.below(2) ? ~0U : random.below(5),
						   .duplicates = random.below(50),
						   .dead = random.below(4) == 0};
			net.run_until(net.now + random.below(5000000));
		}
		for (int i = 0; i < 2; i++) {
			BfdHost &host = net.host(i);
			const mplink_u64 interval = i ? agreed(b, a) : agreed(a, b);

			// News are four a second, and a slow packet, and what of these
			// the channel makes two of.
			EXPECT_LE(host.changes.size(), 20 + 10 * (net.now / second)) << net.now;
			EXPECT_LE(host.reports.size(),
				  net.now * 4 / (3 * interval) + 2 + 2 * host.changes.size());
			EXPECT_LE(host.finals, host.polls_heard);
		}

		net.both({.delay = 100});
		// Stragglers, a detection time with mult 5 of 2 s twice for authentication,
		// and the slowest of packets.
		net.run_until(net.now + 40 * second);
		EXPECT_TRUE(net.up());

		const std::size_t changes = net.host(0).changes.size();

		net.run_until(net.now + 20 * second);
		EXPECT_EQ(net.host(0).changes.size(), changes);
		EXPECT_EQ(net.wrong, "");
	});
}

} // namespace

} // namespace mplink
