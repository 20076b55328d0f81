// SPDX-License-Identifier: GPL-2.0
// Poll sequences: RFC 5880 6.5, 6.8.3.
#include "bfd_peer.hh"

namespace mplink
{

namespace
{

class BfdPollTest : public BfdTest
{
protected:
	// From a peer that may be silent for long.
	void hear_up()
	{
		receive(from_peer(MPLINK_BFD_UP, 60 * second));
	}
	void hear_final()
	{
		receive(with_final(from_peer(MPLINK_BFD_UP, 60 * second)));
	}
};

TEST_F(BfdPollTest, UpBeginsOneForTheShorterInterval)
{
	start();
	receive(from_peer(MPLINK_BFD_DOWN));
	EXPECT_FALSE(sent.poll);
	receive(from_peer(MPLINK_BFD_INIT));
	EXPECT_TRUE(sent.poll);
	EXPECT_EQ(sent.desired_min_tx, 50 * ms);
	hear_up();
	run_until_sent();
	EXPECT_TRUE(sent.poll);
	hear_final();
	run_until_sent();
	EXPECT_FALSE(sent.poll);
}

TEST_F(BfdPollTest, NoneIfUpChangesNothing)
{
	start(intervals(second, 50 * ms));
	receive(from_peer(MPLINK_BFD_DOWN));
	receive(from_peer(MPLINK_BFD_INIT));
	EXPECT_EQ(session.state(), MPLINK_BFD_UP);
	EXPECT_FALSE(sent.poll);
}

TEST_F(BfdPollTest, ALongerIntervalWaitsForTheFinal)
{
	bring_to(MPLINK_BFD_UP);
	configure(intervals(200 * ms, 50 * ms));
	// No packet more than the periodic ones.
	EXPECT_EQ(step.send, BfdSend::nothing);
	for (int i = 0; i < 5; i++) {
		hear_up();
		run_until_sent();
		EXPECT_TRUE(sent.poll);
		EXPECT_EQ(sent.desired_min_tx, 200 * ms);
		EXPECT_EQ(session.tx_interval(), 50 * ms);
	}
	hear_final();
	EXPECT_EQ(session.tx_interval(), 200 * ms);
	EXPECT_NEAR(static_cast<double>(session.deadline()),
		    static_cast<double>(sent_at + 200 * ms), 5);
	hear_up();
	run_until_sent();
	EXPECT_FALSE(sent.poll);
}

TEST_F(BfdPollTest, AShorterIntervalCountsAtOnce)
{
	bring_to(MPLINK_BFD_UP);
	configure(intervals(20 * ms, 50 * ms));
	EXPECT_EQ(session.tx_interval(), 50 * ms); // the peer wants no more than that
	hear_up();
	receive(from_peer(MPLINK_BFD_UP, 50 * ms, 10 * ms));
	EXPECT_EQ(session.tx_interval(), 20 * ms);
	run_until_sent();
	EXPECT_TRUE(sent.poll);
	EXPECT_EQ(sent.desired_min_tx, 20 * ms);
}

TEST_F(BfdPollTest, ExpectingMorePacketsWaitsForTheFinal)
{
	bring_to(MPLINK_BFD_UP, intervals(50 * ms, 200 * ms));
	receive(from_peer(MPLINK_BFD_UP, 10 * ms));
	EXPECT_EQ(session.detection_time(), 600 * ms);
	configure(intervals(50 * ms, 20 * ms));
	EXPECT_EQ(session.detection_time(), 600 * ms);
	run_until_sent();
	EXPECT_TRUE(sent.poll);
	EXPECT_EQ(sent.required_min_rx, 20 * ms);
	receive(from_peer(MPLINK_BFD_UP, 10 * ms));
	EXPECT_EQ(session.detection_time(), 600 * ms);
	receive(with_final(from_peer(MPLINK_BFD_UP, 10 * ms)));
	EXPECT_EQ(session.detection_time(), 60 * ms);
	EXPECT_LE(session.deadline(), now + 60 * ms);
}

TEST_F(BfdPollTest, ExpectingFewerPacketsCountsAtOnce)
{
	bring_to(MPLINK_BFD_UP);
	configure(intervals(50 * ms, 300 * ms));
	EXPECT_EQ(session.detection_time(), 900 * ms);
	run_until_sent();
	EXPECT_TRUE(sent.poll);
	EXPECT_EQ(sent.required_min_rx, 300 * ms);
}

TEST_F(BfdPollTest, NoneIfNothingChanges)
{
	bring_to(MPLINK_BFD_UP);
	configure(fifty_ms());
	run_until_sent();
	EXPECT_FALSE(sent.poll);
}

TEST_F(BfdPollTest, WhileNotUpAChangeCountsAtOnce)
{
	for (mplink_u8 state : {MPLINK_BFD_DOWN, MPLINK_BFD_INIT}) {
		bring_to(state);
		receive(from_peer(state == MPLINK_BFD_DOWN ? MPLINK_BFD_UP : MPLINK_BFD_DOWN,
				  10 * ms));
		ASSERT_EQ(session.state(), state);
		configure(intervals(3 * second, 20 * ms));
		EXPECT_EQ(session.tx_interval(), 3 * second);
		EXPECT_EQ(session.detection_time(), 60 * ms);
		configure(intervals(20 * ms, 90 * ms));
		EXPECT_EQ(session.tx_interval(), second);
		EXPECT_EQ(session.detection_time(), 270 * ms);
		receive(from_peer(state == MPLINK_BFD_DOWN ? MPLINK_BFD_UP : MPLINK_BFD_DOWN,
				  30 * second));
		run_until_sent();
		EXPECT_TRUE(sent.poll);
	}
}

TEST_F(BfdPollTest, NoneForAPeerThatIsNotHeard)
{
	start();
	configure(intervals(2 * second, 20 * ms));
	for (int i = 0; i < 3; i++) {
		run_until_sent();
		EXPECT_FALSE(sent.poll);
		EXPECT_EQ(sent.desired_min_tx, 2 * second);
	}
}

TEST_F(BfdPollTest, EndsWithThePeer)
{
	bring_to(MPLINK_BFD_UP);
	configure(intervals(200 * ms, 50 * ms));
	run_until_sent();
	EXPECT_TRUE(sent.poll);
	while (session.state() == MPLINK_BFD_UP)
		run_until_sent();
	EXPECT_FALSE(sent.poll);
	// Up again, all is as the user wants it.
	receive(from_peer(MPLINK_BFD_DOWN));
	receive(from_peer(MPLINK_BFD_INIT));
	EXPECT_EQ(session.tx_interval(), 200 * ms);
	EXPECT_EQ(sent.desired_min_tx, 200 * ms);
}

TEST_F(BfdPollTest, FallingEndsWhatTheFinalWasWaitedFor)
{
	bring_to(MPLINK_BFD_UP, intervals(50 * ms, 200 * ms));
	configure(intervals(3 * second, 20 * ms));
	receive(from_peer(MPLINK_BFD_DOWN, 10 * ms));
	EXPECT_EQ(session.state(), MPLINK_BFD_DOWN);
	EXPECT_EQ(session.tx_interval(), 3 * second);
	EXPECT_EQ(session.detection_time(), 60 * ms);
}

TEST_F(BfdPollTest, AFinalThatNobodyAskedForIsNone)
{
	bring_to(MPLINK_BFD_UP);
	hear_final();
	EXPECT_EQ(step.send, BfdSend::nothing);
	configure(intervals(200 * ms, 50 * ms));
	// The poll has not even been sent.
	hear_final();
	EXPECT_EQ(session.tx_interval(), 50 * ms);
	run_until_sent();
	EXPECT_TRUE(sent.poll);
	hear_final();
	EXPECT_EQ(session.tx_interval(), 200 * ms);
}

// 6.8.3: the Final of one poll sequence must not be taken for that of the next.
TEST_F(BfdPollTest, AChangeDuringOneWaitsForAPacketWithoutFinal)
{
	bring_to(MPLINK_BFD_UP);
	configure(intervals(200 * ms, 50 * ms));
	run_until_sent();
	configure(intervals(300 * ms, 50 * ms));
	configure(intervals(400 * ms, 50 * ms));
	hear_up();
	run_until_sent();
	EXPECT_EQ(sent.desired_min_tx, 200 * ms);
	hear_final();
	EXPECT_EQ(session.tx_interval(), 200 * ms);
	hear_final(); // of the other P
	run_until_sent();
	EXPECT_FALSE(sent.poll);
	EXPECT_EQ(sent.desired_min_tx, 200 * ms);
	hear_final();
	configure(intervals(500 * ms, 50 * ms));
	run_until_sent();
	EXPECT_FALSE(sent.poll);
	hear_up();
	run_until_sent();
	EXPECT_TRUE(sent.poll);
	EXPECT_EQ(sent.desired_min_tx, 500 * ms);
	EXPECT_EQ(session.tx_interval(), 200 * ms);
	hear_final();
	EXPECT_EQ(session.tx_interval(), 500 * ms);
}

TEST_F(BfdPollTest, ItsEndIsHeardInAdminDownToo)
{
	bring_to(MPLINK_BFD_UP);
	take(session.disable(now, MPLINK_BFD_DIAG_ADMIN, no_jitter));
	EXPECT_TRUE(sent.poll); // for the longer interval
	receive(with_final(from_peer(MPLINK_BFD_DOWN)));
	run_until_sent();
	EXPECT_FALSE(sent.poll);
}

TEST_F(BfdPollTest, BothAtOnce)
{
	bring_to(MPLINK_BFD_UP);
	configure(intervals(200 * ms, 50 * ms));
	run_until_sent();
	EXPECT_TRUE(sent.poll);
	// The peer polls. Our answer has no P, and our own poll sequence goes on.
	receive(with_poll(from_peer(MPLINK_BFD_UP)));
	EXPECT_TRUE(sent.final);
	EXPECT_FALSE(sent.poll);
	EXPECT_EQ(sent.desired_min_tx, 200 * ms);
	run_until_sent();
	EXPECT_TRUE(sent.poll);
}

TEST_F(BfdPollTest, TheMultiplierIsToldWithTheNextPacket)
{
	bring_to(MPLINK_BFD_UP);
	configure(intervals(50 * ms, 50 * ms, 9));
	run_until_sent();
	EXPECT_EQ(sent.detect_mult, 9);
	EXPECT_EQ(session.detection_time(), 150 * ms); // that is the peer's
}

} // namespace

} // namespace mplink
