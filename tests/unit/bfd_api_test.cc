// SPDX-License-Identifier: GPL-2.0
// Two sessions through the boundary, as src/kernel holds them: bytes in, bytes out.
#include "fixture.hh"

namespace fake
{

namespace
{

constexpr mplink_bfd_config config = {.min_tx_us = 50000,
				      .min_rx_us = 50000,
				      .detect_mult = 3,
				      .multihop = 0,
				      .auth_type = MPLINK_BFD_AUTH_NONE,
				      .auth_key_id = 0};

class BfdApi : public Clean
{
protected:
	void start(const mplink_bfd_config &how)
	{
		for (mplink_u32 i = 0; i < 2; i++)
			ends_[i] = mplink_core_bfd_create(&how, 100 + i, 7);
	}
	void TearDown() override
	{
		for (mplink_bfd_session *end : ends_)
			mplink_core_bfd_free(end);
		Clean::TearDown();
	}
	mplink_bfd_info info(mplink_u32 i)
	{
		mplink_bfd_info info;

		mplink_core_bfd_info(ends_[i], &info);
		return info;
	}
	// What one sends until nobody has anything to say, the other gets.
	void talk()
	{
		mplink_bfd_step step;
		mplink_u32 i = 0;

		mplink_core_bfd_expire(ends_[i], now_, 1, &step);
		while (step.len) {
			const mplink_bfd_step sent = step;

			i = 1 - i;
			mplink_core_bfd_receive(ends_[i], now_, sent.bytes, sent.len, 1, &step);
			EXPECT_EQ(step.drop, mplink_u32{MPLINK_BFD_DROP_NONE});
			EXPECT_NE(step.deadline_us, MPLINK_NEVER);
		}
	}

	mplink_bfd_session *ends_[2] = {};
	mplink_u64 now_ = 1000000;
};

TEST_F(BfdApi, TwoEndsComeUpAndKnowEachOther)
{
	start(config);
	talk();
	for (mplink_u32 i = 0; i < 2; i++) {
		EXPECT_EQ(info(i).state, MPLINK_BFD_UP) << i;
		EXPECT_EQ(info(i).local_discr, 100 + i);
		EXPECT_EQ(info(i).remote_discr, 101 - i);
	}
	EXPECT_EQ(info(1).detection_us % info(1).rx_interval_us, 0U);
}

TEST_F(BfdApi, AStepTellsTheStateBeforeAndAfter)
{
	mplink_bfd_step step;

	start(config);
	talk();
	mplink_core_bfd_disable(ends_[0], now_, MPLINK_BFD_DIAG_PATH, 1, &step);
	EXPECT_EQ(step.was, MPLINK_BFD_UP);
	EXPECT_EQ(step.now, MPLINK_BFD_ADMIN_DOWN);
	EXPECT_EQ(step.len, 24U);
	EXPECT_FALSE(step.digest);
	EXPECT_EQ(info(0).diag, MPLINK_BFD_DIAG_PATH);

	const mplink_bfd_step farewell = step;

	mplink_core_bfd_receive(ends_[1], now_, farewell.bytes, farewell.len, 1, &step);
	EXPECT_EQ(step.now, MPLINK_BFD_DOWN);
	EXPECT_EQ(info(1).remote_state, MPLINK_BFD_ADMIN_DOWN);
	EXPECT_EQ(info(1).remote_diag, MPLINK_BFD_DIAG_PATH);
	mplink_core_bfd_enable(ends_[0], now_, 1, &step);
	EXPECT_EQ(step.now, MPLINK_BFD_DOWN);
}

TEST_F(BfdApi, APacketTellsWhoseItIs)
{
	mplink_bfd_step step;
	mplink_u32 discr = 99;

	start(config);
	mplink_core_bfd_expire(ends_[0], now_, 1, &step);
	EXPECT_EQ(mplink_core_bfd_peek(step.bytes, step.len, &discr),
		  mplink_u32{MPLINK_BFD_DROP_NONE});
	EXPECT_EQ(discr, 0U) << "it knows nobody yet";
	now_ += 1000000;
	talk();
	mplink_core_bfd_expire(ends_[0], now_ + 50000, 1, &step);
	ASSERT_NE(step.len, 0U);
	EXPECT_EQ(mplink_core_bfd_peek(step.bytes, step.len, &discr),
		  mplink_u32{MPLINK_BFD_DROP_NONE});
	EXPECT_EQ(discr, 101U);
	discr = 99;
	EXPECT_EQ(mplink_core_bfd_peek(step.bytes, 23, &discr),
		  mplink_u32{MPLINK_BFD_DROP_TOO_SHORT});
	EXPECT_EQ(discr, 99U);
}

TEST_F(BfdApi, AnAuthenticatedPacketWantsItsDigest)
{
	mplink_bfd_config sha1 = config;
	mplink_bfd_step step;
	mplink_u8 digest = 0;

	sha1.auth_type = MPLINK_BFD_AUTH_SHA1;
	start(sha1);
	mplink_core_bfd_expire(ends_[0], now_, 1, &step);
	EXPECT_EQ(step.len, mplink_u32{MPLINK_BFD_MAX_LEN});
	EXPECT_TRUE(step.digest);
	EXPECT_EQ(mplink_core_bfd_check(ends_[1], now_, step.bytes, step.len, &digest),
		  mplink_u32{MPLINK_BFD_DROP_NONE});
	EXPECT_TRUE(digest);
	mplink_core_bfd_configure(ends_[1], now_, &config, 1, &step);
	mplink_core_bfd_expire(ends_[0], now_ + 2000000, 1, &step);
	EXPECT_EQ(mplink_core_bfd_check(ends_[1], now_, step.bytes, step.len, &digest),
		  mplink_u32{MPLINK_BFD_DROP_AUTH_UNWANTED});
	EXPECT_FALSE(digest);
}

} // namespace

} // namespace fake
