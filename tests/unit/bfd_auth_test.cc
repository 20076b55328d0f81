// SPDX-License-Identifier: GPL-2.0
// RFC 5880 6.7.4, without the digest.
#include "bfd_peer.hh"

namespace mplink
{

namespace
{

class BfdAuthTest : public BfdTest
{
protected:
	static mplink_bfd_config config(mplink_u8 type, mplink_u8 key = 9)
	{
		mplink_bfd_config c = fifty_ms();

		c.auth_type = type;
		c.auth_key_id = key;
		return c;
	}
	static BfdPacket packet(mplink_u32 seq, mplink_u8 type, mplink_u8 key = 9)
	{
		BfdPacket p = from_peer(MPLINK_BFD_DOWN);

		p.auth_type = type;
		p.auth_key_id = key;
		p.auth_seq = seq;
		return p;
	}
};

constexpr mplink_u8 keyed = MPLINK_BFD_AUTH_SHA1;
constexpr mplink_u8 meticulous = MPLINK_BFD_AUTH_METICULOUS_SHA1;

TEST_F(BfdAuthTest, TypeAndKeyAreTheOnesInUse)
{
	for (mplink_u8 type : {mplink_u8{0}, keyed, meticulous}) {
		start(config(type, type ? 9 : 0));
		for (mplink_u8 theirs : {mplink_u8{0}, keyed, meticulous}) {
			const mplink_u32 expected = theirs == type ? MPLINK_BFD_DROP_NONE
						    : !type        ? MPLINK_BFD_DROP_AUTH_UNWANTED
						    : !theirs      ? MPLINK_BFD_DROP_AUTH_MISSING
								   : MPLINK_BFD_DROP_AUTH_TYPE;
			const BfdPacket p = packet(1, theirs, theirs ? 9 : 0);

			EXPECT_EQ(session.check(now, p), expected);
		}
		if (type) {
			EXPECT_EQ(session.check(now, packet(1, type, 8)), MPLINK_BFD_DROP_AUTH_KEY);
		}
	}
}

TEST_F(BfdAuthTest, WhatIsRefusedChangesNothing)
{
	start(config(meticulous));

	const mplink_u64 deadline = session.deadline();

	receive(packet(5, keyed));
	EXPECT_EQ(step.drop, MPLINK_BFD_DROP_AUTH_TYPE);
	EXPECT_EQ(step.send, BfdSend::nothing);
	EXPECT_FALSE(step.changed());
	EXPECT_EQ(session.state(), MPLINK_BFD_DOWN);
	EXPECT_EQ(session.remote_discr(), 0U);
	EXPECT_EQ(session.deadline(), deadline);
}

// Every number near the window, for both types, around any point of the circle.
TEST_F(BfdAuthTest, SequenceWindow)
{
	for (mplink_u8 type : {keyed, meticulous})
		for (mplink_u32 first : {0U, 1000U, 0xfffffffaU, 0x7ffffffeU})
			for (mplink_u8 mult : {mplink_u8{1}, mplink_u8{3}, mplink_u8{255}}) {
				start(config(type));
				receive(packet(first, type));
				ASSERT_EQ(step.drop, MPLINK_BFD_DROP_NONE);
				for (int ahead = -800; ahead <= 800; ahead++) {
					BfdPacket p = packet(first + static_cast<mplink_u32>(ahead),
							     type);
					const bool good = ahead >= (type == meticulous ? 1 : 0) &&
							  ahead <= 3 * mult;

					p.detect_mult = mult;
					ASSERT_EQ(session.check(now, p),
						  good ? MPLINK_BFD_DROP_NONE
						       : MPLINK_BFD_DROP_AUTH_SEQUENCE)
						<< ahead;
				}
				EXPECT_EQ(session.check(now, packet(first + 0x80000000U, type)),
					  MPLINK_BFD_DROP_AUTH_SEQUENCE);
			}
}

TEST_F(BfdAuthTest, TheWindowMovesWithWhatIsReceivedOnly)
{
	start(config(meticulous));
	receive(packet(100, meticulous));
	for (int i = 0; i < 100; i++) // asked, but then the digest was wrong
		EXPECT_EQ(session.check(now, packet(109, meticulous)), MPLINK_BFD_DROP_NONE);
	EXPECT_EQ(session.check(now, packet(110, meticulous)), MPLINK_BFD_DROP_AUTH_SEQUENCE);
	receive(packet(109, meticulous));
	EXPECT_EQ(session.check(now, packet(118, meticulous)), MPLINK_BFD_DROP_NONE);
	receive(packet(109, meticulous));
	EXPECT_EQ(step.drop, MPLINK_BFD_DROP_AUTH_SEQUENCE);
}

TEST_F(BfdAuthTest, ForgottenAfterTwoDetectionTimesOfSilence)
{
	start(config(meticulous));
	receive(packet(100, meticulous));

	const mplink_u64 heard = now;

	ASSERT_EQ(session.detection_time(), 150 * ms);
	now = heard + 300 * ms - 1;
	expire();
	EXPECT_EQ(session.check(now, packet(5, meticulous)), MPLINK_BFD_DROP_AUTH_SEQUENCE);
	now++;
	expire();
	EXPECT_EQ(session.check(now, packet(5, meticulous)), MPLINK_BFD_DROP_NONE);
	receive(packet(5, meticulous));
	EXPECT_EQ(session.check(now, packet(5, meticulous)), MPLINK_BFD_DROP_AUTH_SEQUENCE);
}

TEST_F(BfdAuthTest, ANewKeyBeginsNewNumbers)
{
	start(config(meticulous));
	receive(packet(100, meticulous));
	configure(config(meticulous));
	EXPECT_EQ(session.check(now, packet(5, meticulous)), MPLINK_BFD_DROP_AUTH_SEQUENCE);
	configure(config(meticulous, 10));
	EXPECT_EQ(session.check(now, packet(5, meticulous, 10)), MPLINK_BFD_DROP_NONE);
	EXPECT_EQ(session.check(now, packet(101, meticulous, 9)), MPLINK_BFD_DROP_AUTH_KEY);
}

TEST_F(BfdAuthTest, NumbersSentCountUpAndRound)
{
	for (mplink_u8 type : {keyed, meticulous}) {
		session = BfdSession(config(type), our_discr, 0xfffffffe);
		now = second;
		for (mplink_u32 expected : {0xffffffffU, 0U, 1U}) {
			run_until_sent();
			EXPECT_EQ(sent.auth_type, type);
			EXPECT_EQ(sent.auth_key_id, 9);
			EXPECT_EQ(sent.auth_seq, expected);
		}
		receive(with_poll(packet(1, type)));
		EXPECT_TRUE(sent.final);
		EXPECT_EQ(sent.auth_seq, 2U);
	}
	start();
	EXPECT_EQ(sent.auth_type, MPLINK_BFD_AUTH_NONE);
	EXPECT_EQ(sent.auth_key_id, 0);
	EXPECT_EQ(sent.auth_seq, 0U);
}

TEST_F(BfdAuthTest, PacketsForAnotherSession)
{
	BfdPacket p = from_peer(MPLINK_BFD_DOWN);

	start();
	p.your_discr = our_discr + 1;
	receive(p);
	EXPECT_EQ(step.drop, MPLINK_BFD_DROP_SESSION);
	EXPECT_EQ(session.remote_discr(), 0U);
	p.your_discr = 0;
	receive(p);
	EXPECT_EQ(step.drop, MPLINK_BFD_DROP_NONE);
}

} // namespace

} // namespace mplink
