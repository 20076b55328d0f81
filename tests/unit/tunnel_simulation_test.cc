// SPDX-License-Identifier: GPL-2.0
// Two hosts and what they send each other, from seeds that are printed and can be given
// again: MPLINK_SEED=n runs only that seed.
#include "tunnel_network.hh"

#include "fixture.hh"
#include "seeds.hh"

namespace fake
{

namespace
{

constexpr mplink_u64 ms = 1000;
constexpr mplink_u64 second = 1000 * ms;

class TunnelSimulation : public Clean
{
protected:
	template <class Run>
	void each_seed(mplink_u32 count, Run run)
	{
		::each_seed(count, [&](mplink_u32 seed) {
			set_time(1000);
			run(seed);
			grace_period();
		});
	}

	// Both hosts send, all flows alike, for that long.
	static void converse(TunnelNetwork &net, mplink_u64 us, mplink_u32 flows,
			     mplink_u64 interval)
	{
		for (const mplink_u64 end = net.now + us; net.now < end;) {
			net.run(net.random.below(static_cast<mplink_u32>(2 * interval)));

			const mplink_u32 flow = net.random.below(flows);

			// Back to back, as often as not.
			for (mplink_u32 burst = net.random.below(4) ? 1 : 8; burst; burst--)
				net.send(static_cast<int>(net.random.below(2)), flow,
					 100 + net.random.below(1400));
		}
	}
};

TEST_F(TunnelSimulation, WhereNothingIsLostNothingIsGivenUp)
{
	each_seed(24, [](mplink_u32 seed) {
		const mplink_u32 policy = seed % MPLINK_POLICIES;
		TunnelNetwork net(3, policy, seed);

		for (mplink_u32 link = 0; link < 3; link++)
			net.both(link, {.delay = net.random.below(80000),
					.jitter = net.random.below(2) * net.random.below(15000)});
		converse(net, 30 * second, 12, 20 * ms);
		net.finish();
		EXPECT_EQ(net.wrong, "");
		EXPECT_EQ(net.lost_copies, 0U);
		for (int host = 0; host < 2; host++) {
			const auto sum = net.counters(host);

			EXPECT_EQ(net.missing(host), 0U);
			EXPECT_EQ(net.lost(host), 0U);
			EXPECT_EQ(sum.late, 0U);
			EXPECT_EQ(sum.restarts, 0U);
			if (policy != MPLINK_POLICY_BROADCAST) {
				EXPECT_EQ(sum.duplicates, 0U);
			}
			// What comes in order is never held.
			if (policy != MPLINK_POLICY_BALANCE_RR &&
			    policy != MPLINK_POLICY_ADAPTIVE) {
				EXPECT_EQ(sum.held_max, 0U);
			}
		}
	});
}

TEST_F(TunnelSimulation, AFlowWaitsForNoOther)
{
	each_seed(10, [](mplink_u32 seed) {
		TunnelNetwork net(3, MPLINK_POLICY_BALANCE_XOR, seed);
		const mplink_u32 lossy = net.random.below(3);

		for (mplink_u32 link = 0; link < 3; link++)
			net.both(link, {.delay = net.random.below(50000),
					.jitter = net.random.below(20000),
					.loss = link == lossy ? 100U : 0});
		converse(net, 20 * second, 30, 5 * ms);
		net.finish();
		EXPECT_EQ(net.wrong, "");

		unsigned waited = 0;

		for (int host = 0; host < 2; host++)
			for (const auto &[id, flow] : net.flows(host)) {
				if (flow.sent == flow.delivered) {
					EXPECT_EQ(flow.wait_max, 0U) << id;
				} else {
					waited += flow.wait_max > 0;
				}
			}
		EXPECT_GT(waited, 0U);
		EXPECT_LT(waited, 45U);
	});
}

TEST_F(TunnelSimulation, TheTimerFollowsTheSpread)
{
	each_seed(6, [](mplink_u32 seed) {
		TunnelNetwork net(3, MPLINK_POLICY_BALANCE_RR, seed);

		net.both(0, {.delay = 5 * ms, .jitter = 1 * ms});
		net.both(1, {.delay = 20 * ms, .jitter = 1 * ms});
		net.both(2, {.delay = 50 * ms, .jitter = 1 * ms});
		EXPECT_EQ(net.counters(0).timer_us, 200 * ms);
		converse(net, 5 * second, 4, 3 * ms);
		for (int host = 0; host < 2; host++) {
			EXPECT_GE(net.counters(host).timer_us, 75 * ms);
			EXPECT_LE(net.counters(host).timer_us, 95 * ms);
		}

		// They come nearer to each other.
		net.delay(1, 6 * ms);
		net.delay(2, 8 * ms);
		converse(net, 6 * second, 4, 3 * ms);
		for (int host = 0; host < 2; host++)
			EXPECT_LE(net.counters(host).timer_us, 8 * ms);
		EXPECT_EQ(net.counters(0).late + net.counters(1).late, 0U);

		// And part again: that costs some, but not for long.
		net.delay(1, 30 * ms);
		net.delay(2, 60 * ms);
		converse(net, 3 * second, 4, 3 * ms);

		const mplink_u64 late = net.counters(0).late + net.counters(1).late;

		EXPECT_GT(late, 0U);
		EXPECT_LT(late, 300U);
		converse(net, 5 * second, 4, 3 * ms);
		EXPECT_EQ(net.counters(0).late + net.counters(1).late, late);
		net.finish();
		EXPECT_EQ(net.wrong, "");
		EXPECT_EQ(net.lost(0) + net.lost(1), late);
	});
}

// A loss on one of several links holds its flow up no longer than until the others have
// passed it, or the timer.
TEST_F(TunnelSimulation, ALossIsKnownAsSoonAsItCanBe)
{
	each_seed(10, [](mplink_u32 seed) {
		TunnelNetwork net(3, MPLINK_POLICY_BALANCE_RR, seed);

		for (mplink_u32 link = 0; link < 3; link++)
			net.both(link, {.delay = 5 * ms + link * 10 * ms, .loss = 20});
		converse(net, 20 * second, 2, 2 * ms);
		net.finish();
		EXPECT_EQ(net.wrong, "");
		for (int host = 0; host < 2; host++) {
			const auto sum = net.counters(host);

			// The timer is for where nothing follows soon.
			EXPECT_EQ(net.lost(host), net.missing(host));
			EXPECT_EQ(sum.late, 0U);
			EXPECT_GT(sum.lost_rule, 5 * sum.lost_timer);
		}
	});
}

TEST_F(TunnelSimulation, WhateverHappens)
{
	each_seed(60, [](mplink_u32 seed) {
		const mplink_u32 links = 1 + seed % 4;
		TunnelNetwork net(links, seed / 4 % MPLINK_POLICIES, seed);

		if (net.random.below(2))
			net.watch();
		if (net.random.below(2))
			net.replays = net.random.below(500);
		for (mplink_u32 link = 0; link < links; link++)
			for (int host = 0; host < 2; host++)
				net.wire(host, link) = {
					.delay = net.random.below(60000),
					.jitter = net.random.below(2) * net.random.below(30000),
					.loss = net.random.below(2) * net.random.below(100),
					.byte_ns = net.random.below(2) * 5000ULL,
					.queue = net.random.below(60000)};
		for (int i = 0; i < 10; i++) {
			const mplink_u32 link = net.random.below(links);

			switch (net.random.below(6)) {
			case 0:
				net.pull(link);
				break;
			case 1:
				net.plug(link);
				break;
			case 2:
				net.die(link);
				break;
			case 3:
				net.live(link);
				break;
			case 4:
				(void)net.world(0).set_policy(net.random.below(MPLINK_POLICIES));
				grace_period();
				break;
			}
			if (net.replays)
				net.mark(net.random.below(300));
			converse(net, 3 * second, 1 + net.random.below(20), 25 * ms);
			ASSERT_EQ(net.wrong, "");
		}
		net.finish();
		EXPECT_EQ(net.wrong, "");
		EXPECT_EQ(net.counters(0).restarts + net.counters(1).restarts, 0U);
		// The last of a bucket may be lost, and nothing behind them tells so.
		for (int host = 0; host < 2; host++)
			EXPECT_LE(net.lost(host), net.missing(host));
	});
}

} // namespace

} // namespace fake
