// SPDX-License-Identifier: GPL-2.0
// What a link can carry, by stretches of traffic: what losses at the start tell.
#include "measure/capacity.hh"

#include <gtest/gtest.h>

namespace mplink
{

namespace
{

// Of a link that is as fast as anybody asks, and has no queue.
Stretch stretch(mplink_u64 rate, mplink_u64 lost, mplink_u64 lost_ppm)
{
	return {.now_us = 1000000,
		.sent = rate,
		.delivered = rate,
		.standing_us = 0,
		.jitter_us = 0,
		.rtt_us = 20000,
		.lost = lost,
		.lost_ppm = lost_ppm};
}

// Two of forty packets are 5 %, but chance.
TEST(Capacities, AFewLossesDoNotEndTheStart)
{
	Capacity capacity;

	EXPECT_FALSE(capacity.take(stretch(1250000, Capacity::loss_packets - 1, 50000)));
	EXPECT_FALSE(capacity.settled());
	EXPECT_FALSE(capacity.take(stretch(1800000, 0, 0)));
	EXPECT_GE(capacity.value(), 2500000U);
}

TEST(Capacities, ManyLossesEndIt)
{
	Capacity capacity;

	EXPECT_FALSE(capacity.take(stretch(1250000, Capacity::loss_packets, 50000)));
	EXPECT_TRUE(capacity.settled());
}

TEST(Capacities, SoDoNotManyThatAreFewOfAll)
{
	Capacity capacity;

	EXPECT_FALSE(capacity.take(stretch(1250000, 50, Capacity::loss_ppm)));
	EXPECT_FALSE(capacity.settled());
}

} // namespace

} // namespace mplink
