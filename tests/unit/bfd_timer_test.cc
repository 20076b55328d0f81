// SPDX-License-Identifier: GPL-2.0
// When packets are sent, and when they are missed: RFC 5880 6.8.2, 6.8.4, 6.8.7.
#include <algorithm>

#include "bfd_peer.hh"
#include "random.hh"

namespace mplink
{

namespace
{

class BfdTimerTest : public BfdTest
{
protected:
	// The peer says that, and nothing of ours is overdue thereafter.
	void hear(const BfdPacket &packet)
	{
		receive(packet);
		if (session.deadline() <= now)
			run_until_sent();
	}
	mplink_u64 next_interval(mplink_u32 random)
	{
		const mplink_u64 from = sent_at;

		run_until_sent(random);
		return sent_at - from;
	}
};

TEST_F(BfdTimerTest, OnePacketASecondWhileNotUp)
{
	for (mplink_u64 tx : {3300 * mplink_u64{1}, 50 * ms, 999 * ms, second, 5 * second}) {
		const mplink_u64 expected = std::max(tx, second);

		start(intervals(tx, 50 * ms));
		EXPECT_EQ(sent.desired_min_tx, expected);
		EXPECT_EQ(session.tx_interval(), expected);
		receive(from_peer(MPLINK_BFD_DOWN, 10 * ms, 10 * ms));
		EXPECT_EQ(session.state(), MPLINK_BFD_INIT);
		EXPECT_EQ(sent.desired_min_tx, expected);
		EXPECT_EQ(session.tx_interval(), expected);
		take(session.disable(now, MPLINK_BFD_DIAG_ADMIN, no_jitter));
		EXPECT_EQ(sent.desired_min_tx, expected);
		EXPECT_EQ(session.tx_interval(), expected);
	}
}

TEST_F(BfdTimerTest, FastFromTheMomentOfUp)
{
	start();
	receive(from_peer(MPLINK_BFD_DOWN));
	receive(from_peer(MPLINK_BFD_INIT));
	EXPECT_EQ(session.state(), MPLINK_BFD_UP);
	EXPECT_EQ(sent.desired_min_tx, 50 * ms);
	EXPECT_EQ(session.tx_interval(), 50 * ms);
	EXPECT_NEAR(static_cast<double>(session.deadline()), static_cast<double>(now + 50 * ms), 2);
}

TEST_F(BfdTimerTest, SlowFromTheMomentOfDown)
{
	bring_to(MPLINK_BFD_UP);
	receive(from_peer(MPLINK_BFD_DOWN));
	EXPECT_EQ(session.state(), MPLINK_BFD_DOWN);
	EXPECT_EQ(sent.desired_min_tx, second);
	EXPECT_EQ(session.tx_interval(), second);
	EXPECT_GE(next_interval(no_jitter), second - 20);
}

TEST_F(BfdTimerTest, TheSlowerOfBothIsAgreed)
{
	for (mplink_u64 ours : {10 * ms, 50 * ms, 300 * ms})
		for (mplink_u64 theirs : {mplink_u64{1}, 20 * ms, 50 * ms, 2 * second}) {
			bring_to(MPLINK_BFD_UP, intervals(ours, ours));
			hear(from_peer(MPLINK_BFD_UP, theirs, theirs));
			EXPECT_EQ(session.tx_interval(), std::max(ours, theirs));
			EXPECT_EQ(session.detection_time(), 3 * std::max(ours, theirs));
		}
}

TEST_F(BfdTimerTest, DetectionGoesByTheMultiplierOfThePeer)
{
	BfdPacket p = from_peer(MPLINK_BFD_UP);

	bring_to(MPLINK_BFD_UP, intervals(50 * ms, 50 * ms, 3));
	for (mplink_u8 mult : {mplink_u8{1}, mplink_u8{7}, mplink_u8{255}}) {
		p.detect_mult = mult;
		hear(p);
		EXPECT_EQ(session.detection_time(), mult * 50 * ms);
	}
	// All that the fields can hold: no overflow.
	p.desired_min_tx = p.required_min_rx = ~0U;
	hear(p);
	EXPECT_EQ(session.detection_time(), 255 * mplink_u64{~0U});
	EXPECT_EQ(session.tx_interval(), ~0U);
	EXPECT_GT(session.deadline(), now + 3000 * second);
	EXPECT_LE(session.deadline(), sent_at + ~0U);
}

TEST_F(BfdTimerTest, Jitter)
{
	for (mplink_u8 mult : {mplink_u8{1}, mplink_u8{2}, mplink_u8{3}, mplink_u8{255}})
		for (mplink_u64 interval :
		     {3300 * mplink_u64{1}, 50 * ms, 7777777 * mplink_u64{1}}) {
			const auto whole = static_cast<double>(interval);
			const double most = mult == 1 ? 0.9 : 1.0;
			fake::Random random(mult);
			double low = whole, high = 0, sum = 0;

			bring_to(MPLINK_BFD_UP, intervals(interval, 50 * ms, mult));
			// Else it is the detection that ends the intervals.
			hear(from_peer(MPLINK_BFD_UP, 60 * second, 1));
			constexpr int rounds = 2000;

			for (int i = 0; i < rounds; i++) {
				receive(from_peer(MPLINK_BFD_UP, 60 * second, 1));
				const auto t = static_cast<double>(next_interval(random()));

				// The first of them still has the number before.
				low = std::min(low, i ? t : low);
				high = std::max(high, i ? t : high);
				sum += i ? t : 0;
			}
			EXPECT_GE(low, 0.75 * whole - 1);
			EXPECT_LE(high, most * whole);
			EXPECT_LE(low, 0.76 * whole);
			EXPECT_GE(high, (most - 0.01) * whole);
			EXPECT_NEAR(sum / (rounds - 1), (0.75 + most) / 2 * whole, 0.01 * whole);
		}
}

TEST_F(BfdTimerTest, JitterAtItsEnds)
{
	for (mplink_u8 mult : {mplink_u8{1}, mplink_u8{3}}) {
		bring_to(MPLINK_BFD_UP, intervals(second, 50 * ms, mult));
		hear(from_peer(MPLINK_BFD_UP, 60 * second));
		next_interval(most_jitter);
		EXPECT_EQ(next_interval(no_jitter), 750 * ms);
		EXPECT_NEAR(static_cast<double>(next_interval(no_jitter)), mult == 1 ? 9e5 : 1e6,
			    30);
	}
}

TEST_F(BfdTimerTest, NoPeriodicPacketsForWhoWantsNone)
{
	bring_to(MPLINK_BFD_UP);
	hear(from_peer(MPLINK_BFD_UP, 50 * ms, 0));
	EXPECT_EQ(session.tx_interval(), 0U);

	const mplink_u64 detection = now + 150 * ms;

	EXPECT_EQ(session.deadline(), detection);
	now = detection - 1;
	expire();
	EXPECT_EQ(step.send, BfdSend::nothing);
	// Others than periodic ones, though.
	receive(with_poll(from_peer(MPLINK_BFD_UP, 50 * ms, 0)));
	EXPECT_TRUE(sent.final);
	now += 150 * ms;
	expire();
	EXPECT_EQ(session.state(), MPLINK_BFD_DOWN);
	EXPECT_EQ(step.send, BfdSend::report);
	// What it wanted has ended with it.
	EXPECT_LE(session.deadline(), now + second);
	hear(from_peer(MPLINK_BFD_DOWN, 60 * second, 0));
	EXPECT_EQ(session.deadline(), now + session.detection_time());
	// It has changed its mind: the interval has long been over.
	now += 10 * second;
	receive(from_peer(MPLINK_BFD_DOWN, 50 * ms, 50 * ms));
	EXPECT_LE(session.deadline(), now);
}

// 6.8.3: "the local system cannot wait longer than the new interval between the
// previous packet transmission and the next one".
TEST_F(BfdTimerTest, AShorterIntervalOfThePeerCountsAtOnce)
{
	bring_to(MPLINK_BFD_UP);
	hear(from_peer(MPLINK_BFD_UP, 60 * second, 10 * second));
	run_until_sent();
	now += second;
	receive(from_peer(MPLINK_BFD_UP, 60 * second, 2 * second));
	EXPECT_NEAR(static_cast<double>(session.deadline()),
		    static_cast<double>(sent_at + 2 * second), 40);
	receive(from_peer(MPLINK_BFD_UP, 60 * second, 500 * ms));
	EXPECT_LE(session.deadline(), now);
	expire();
	EXPECT_EQ(step.send, BfdSend::report);
	receive(from_peer(MPLINK_BFD_UP, 60 * second, 4 * second));
	EXPECT_NEAR(static_cast<double>(session.deadline()),
		    static_cast<double>(sent_at + 4 * second), 80);
}

TEST_F(BfdTimerTest, AFinalMovesNoInterval)
{
	bring_to(MPLINK_BFD_UP);
	run_until_sent();

	const mplink_u64 due = session.deadline();

	now += 10 * ms;
	receive(with_poll(from_peer(MPLINK_BFD_UP)));
	EXPECT_TRUE(sent.final);
	EXPECT_EQ(session.deadline(), due);
}

TEST_F(BfdTimerTest, TooEarlyIsHarmless)
{
	bring_to(MPLINK_BFD_UP);
	run_until_sent();
	receive(from_peer(MPLINK_BFD_UP));

	const mplink_u64 due = session.deadline();

	for (; now < due; now += ms / 4) {
		expire();
		ASSERT_EQ(step.send, BfdSend::nothing);
		ASSERT_FALSE(step.changed());
		ASSERT_EQ(step.deadline, due);
	}
}

// The caller leaves its timer alone when packets come, and expire() looks anew.
TEST_F(BfdTimerTest, EachPacketPutsOffTheDetection)
{
	bring_to(MPLINK_BFD_UP, intervals(60 * second, 50 * ms));
	for (int i = 0; i < 100; i++) {
		now += 149 * ms;
		expire();
		ASSERT_EQ(session.state(), MPLINK_BFD_UP);
		receive(from_peer(MPLINK_BFD_UP));
		ASSERT_EQ(session.deadline(), now + 150 * ms);
	}
	now += 150 * ms;
	expire();
	EXPECT_EQ(session.state(), MPLINK_BFD_DOWN);
}

// However often it changes, the peer is told so in bounds.
TEST_F(BfdTimerTest, NewsAreTooManyAtSomePoint)
{
	start();
	now += 10 * second;

	const mplink_u64 from = now;
	unsigned told = 0;

	for (; now < from + 10 * second; now += 10 * ms) {
		take(session.disable(now, MPLINK_BFD_DIAG_ADMIN, no_jitter));
		told += step.send == BfdSend::report;
		take(session.enable(now, no_jitter));
		told += step.send == BfdSend::report;
		if (now == from + 30 * ms) {
			EXPECT_EQ(told, 8U);
		}
	}
	EXPECT_GE(told, 8 + 38U);
	EXPECT_LE(told, 8 + 40U);
	// The last of them is told all the same, and not as late as the next periodic one.
	run_until_sent();
	EXPECT_EQ(sent.state, MPLINK_BFD_DOWN);
	EXPECT_LE(now, from + 10 * second + 250 * ms);
	now += 10 * second;
	take(session.disable(now, MPLINK_BFD_DIAG_ADMIN, no_jitter));
	EXPECT_EQ(step.send, BfdSend::report);
}

// The CPU was away: a packet that lay there shows that the peer lives.
TEST_F(BfdTimerTest, APacketOvertakesALateTimer)
{
	bring_to(MPLINK_BFD_UP);
	now += second;
	receive(from_peer(MPLINK_BFD_UP));
	expire();
	EXPECT_EQ(session.state(), MPLINK_BFD_UP);
}

// A machine that stood still for as long as a failure takes.
TEST_F(BfdTimerTest, WhoStoodStillDoesNotBlameThePeer)
{
	bring_to(MPLINK_BFD_UP);
	now += second;
	expire();
	EXPECT_EQ(session.state(), MPLINK_BFD_UP);
	// One interval, and no second excuse without a packet.
	now += 49 * ms;
	expire();
	EXPECT_EQ(session.state(), MPLINK_BFD_UP);
	now += ms;
	expire();
	EXPECT_EQ(session.state(), MPLINK_BFD_DOWN);
	EXPECT_EQ(session.diag(), MPLINK_BFD_DIAG_TIMEOUT);
}

TEST_F(BfdTimerTest, APacketEndsTheSilenceAndItsExcuse)
{
	bring_to(MPLINK_BFD_UP);
	for (int i = 0; i < 3; i++) {
		now += second;
		expire();
		EXPECT_EQ(session.state(), MPLINK_BFD_UP) << i;
		hear(from_peer(MPLINK_BFD_UP));
	}
	// The excuse is used up: a second standstill in one silence is a failure.
	now += second;
	expire();
	EXPECT_EQ(session.state(), MPLINK_BFD_UP);
	now += second;
	expire();
	EXPECT_EQ(session.state(), MPLINK_BFD_DOWN);
}

TEST_F(BfdTimerTest, WhoIsNearlyInTimeHasNoExcuse)
{
	bring_to(MPLINK_BFD_UP);

	const mplink_u64 began = now;

	while (session.state() == MPLINK_BFD_UP) {
		now = session.deadline() + 20 * ms;
		ASSERT_LE(now, began + second);
		expire();
	}
	EXPECT_EQ(session.diag(), MPLINK_BFD_DIAG_TIMEOUT);
}

TEST_F(BfdTimerTest, APeerInDemandModeGetsNoPeriodicPackets)
{
	BfdPacket p = from_peer(MPLINK_BFD_UP);

	bring_to(MPLINK_BFD_UP);
	p.demand = true;
	hear(p);
	EXPECT_EQ(session.deadline(), now + session.detection_time());
	receive(with_poll(p));
	EXPECT_TRUE(sent.final);
	// But for a poll sequence, which any change now needs (6.6).
	configure(intervals(50 * ms, 50 * ms, 4));
	EXPECT_LE(session.deadline(), now + 50 * ms);
	run_until_sent();
	EXPECT_TRUE(sent.poll);
	EXPECT_EQ(sent.detect_mult, 4);
	receive(with_final(p));
	EXPECT_EQ(session.deadline(), now + session.detection_time());
	// It has to be Up for that, as we have.
	p.state = MPLINK_BFD_INIT;
	receive(p);
	EXPECT_LE(session.deadline(), now + 50 * ms);
	p.state = MPLINK_BFD_DOWN;
	receive(p);
	EXPECT_LE(session.deadline(), now + second);
}

// RFC 5880 6.8.1: the peer's successor must find a session that sends.
TEST_F(BfdTimerTest, ADeadPeersWishesEndWithIt)
{
	for (mplink_u8 state :
	     {MPLINK_BFD_ADMIN_DOWN, MPLINK_BFD_DOWN, MPLINK_BFD_INIT, MPLINK_BFD_UP}) {
		for (mplink_u32 wanted : {0U, 60000000U, ~0U}) {
			BfdPacket last = from_peer(MPLINK_BFD_UP, 50 * ms, wanted);

			bring_to(MPLINK_BFD_UP);
			last.state = state;
			last.demand = true;
			receive(last);

			const mplink_u64 silent_until = now + session.detection_time();

			while (session.remote_discr()) {
				ASSERT_NE(session.deadline(), never);
				ASSERT_LE(session.deadline(), silent_until);
				now = std::max(now, session.deadline());
				expire();
			}
			EXPECT_EQ(session.remote_state(), MPLINK_BFD_DOWN);
			EXPECT_EQ(session.tx_interval(), second);
			EXPECT_EQ(session.rx_interval(), 0U) << "it was never heard";
			EXPECT_LE(next_interval(no_jitter), second);
			EXPECT_LE(next_interval(no_jitter), second);
			// Its successor, which knows nothing.
			BfdPacket next = from_peer(MPLINK_BFD_DOWN);

			next.my_discr = their_discr + 1;
			next.your_discr = 0;
			receive(next);
			EXPECT_EQ(session.state(), MPLINK_BFD_INIT);
			EXPECT_EQ(session.detection_time(), 150 * ms);
		}
	}
}

TEST_F(BfdTimerTest, NotUpNoPeerIsObeyedForDays)
{
	BfdPacket p = from_peer(MPLINK_BFD_DOWN, ~0U, 0);

	bring_to(MPLINK_BFD_UP);
	p.detect_mult = 255;
	receive(p);
	EXPECT_EQ(session.state(), MPLINK_BFD_DOWN);
	EXPECT_EQ(session.detection_time(), mplink_u64{3} * MPLINK_BFD_MAX_INTERVAL_US);
	now = session.deadline();
	expire();
	EXPECT_EQ(session.remote_discr(), 0U);
	EXPECT_LE(session.deadline(), now + second);
}

} // namespace

} // namespace mplink
