// SPDX-License-Identifier: GPL-2.0
// What a link loses, by its marks and reports: on a link that keeps the order, and on one where
// marks overtake packets.
#include <gtest/gtest.h>

#include "measure/meter.hh"

namespace mplink
{

namespace
{

class MeterLoss : public testing::Test
{
protected:
	// Ten milliseconds of 40 packets.  overtaken: so many of them come after the mark.
	void pass(mplink_u64 overtaken, mplink_u64 lost = 0)
	{
		mplink_mark mark = {};

		now_us_ += 10000;
		sent_.tx_packets += 40;
		sent_.tx_bytes += mplink_u64{40} * 1250;
		lost_ += lost;
		ASSERT_TRUE(meter_.mark(now_us_, sent_, false, 0, 0, mark));

		const mplink_u64 came = sent_.tx_packets - lost_ - overtaken;

		EXPECT_EQ(meter_.take(now_us_ + 20000, {.mark = mark,
							.arrived_us = now_us_ + 10000,
							.packets = came,
							.bytes = came * 1250}),
			  MPLINK_REPORT_TAKEN);
	}
	mplink_u64 lost_ppm() const
	{
		mplink_estimate estimate;

		meter_.tell(estimate);
		return estimate.lost_ppm;
	}
	bool settled() const
	{
		return meter_.settled();
	}

private:
	Meter meter_;
	mplink_counters sent_ = {};
	mplink_u64 lost_ = 0;
	mplink_u64 now_us_ = 1000000;
};

TEST_F(MeterLoss, IsCountedWhereTheOrderIsKept)
{
	for (int i = 0; i < 500; i++)
		pass(0, i % 5 == 0 ? 2 : 0);
	EXPECT_NEAR(static_cast<double>(lost_ppm()), 10000, 2000);
}

TEST_F(MeterLoss, WhatMarksOvertakeIsNotLost)
{
	for (mplink_u64 i = 0; i < 500; i++) {
		pass(i % 3 * 10);
		ASSERT_EQ(lost_ppm(), 0U);
	}
	EXPECT_FALSE(settled());
}

TEST_F(MeterLoss, IsCountedThereToo)
{
	for (mplink_u64 i = 0; i < 500; i++)
		pass(i % 3 * 10, i % 5 == 0 ? 2 : 0);
	EXPECT_NEAR(static_cast<double>(lost_ppm()), 10000, 3000);
}

} // namespace

} // namespace mplink
