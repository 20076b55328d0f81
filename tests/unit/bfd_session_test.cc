// SPDX-License-Identifier: GPL-2.0
// States: RFC 5880 6.2, 6.8.1, 6.8.6, 6.8.16.
#include "bfd_peer.hh"

namespace mplink
{

namespace
{

constexpr mplink_u8 admin_down = MPLINK_BFD_ADMIN_DOWN;
constexpr mplink_u8 down = MPLINK_BFD_DOWN;
constexpr mplink_u8 init = MPLINK_BFD_INIT;
constexpr mplink_u8 up = MPLINK_BFD_UP;
constexpr mplink_u8 states[] = {admin_down, down, init, up};

class BfdSessionTest : public BfdTest
{
};

// The diagram of 6.2 and the pseudo code of 6.8.6, written down once more as a table.
struct Transition {
	mplink_u8 state;
	mplink_u8 received;
	mplink_u8 next;
};

constexpr Transition table[] = {
	{admin_down, admin_down, admin_down},
	{admin_down, down, admin_down},
	{admin_down, init, admin_down},
	{admin_down, up, admin_down},
	{down, admin_down, down},
	{down, down, init},
	{down, init, up},
	{down, up, down},
	{init, admin_down, down},
	{init, down, init},
	{init, init, up},
	{init, up, up},
	{up, admin_down, down},
	{up, down, down},
	{up, init, up},
	{up, up, up},
};

TEST_F(BfdSessionTest, EveryStateAndEveryPacket)
{
	for (const Transition &t : table) {
		SCOPED_TRACE(testing::Message() << int{t.state} << " hears " << int{t.received});
		bring_to(t.state);

		const mplink_u8 diag = session.diag();

		now += ms;
		receive(from_peer(t.received));
		EXPECT_EQ(step.from, t.state);
		EXPECT_EQ(step.to, t.next);
		EXPECT_EQ(step.changed(), t.state != t.next);
		EXPECT_EQ(session.state(), t.next);
		EXPECT_EQ(bfd_next_state(t.state, t.received), t.next);
		EXPECT_EQ(step.drop, t.state == admin_down ? MPLINK_BFD_DROP_ADMIN_DOWN
							   : MPLINK_BFD_DROP_NONE);
		// A change is told at once, and nothing else is.
		EXPECT_EQ(step.send, t.state == t.next ? BfdSend::nothing : BfdSend::report);
		EXPECT_EQ(session.diag(), t.next == t.state ? diag
					  : t.next == down  ? mplink_u8{MPLINK_BFD_DIAG_NEIGHBOUR}
					  : t.next == up    ? mplink_u8{MPLINK_BFD_DIAG_NONE}
							    : diag);
		if (step.changed()) {
			EXPECT_EQ(step.diag, session.diag());
		}
		// Whatever becomes of it, these are taken from it.
		EXPECT_EQ(session.remote_state(), t.received);
		EXPECT_EQ(session.remote_discr(), their_discr);
	}
	EXPECT_EQ(std::size(table), 16U);
}

TEST_F(BfdSessionTest, EveryStateAndTheTimer)
{
	for (mplink_u8 state : states) {
		SCOPED_TRACE(int{state});
		bring_to(state);
		receive(from_peer(state == up ? up : admin_down));
		if (state == init) {
			bring_to(state);
			receive(from_peer(down));
		}
		ASSERT_EQ(session.state(), state);

		const mplink_u64 due = now + session.detection_time();
		const mplink_u8 diag = session.diag();
		const bool falls = state == init || state == up;

		EXPECT_EQ(session.detection_time(), 150 * ms);
		now = due - 1;
		expire();
		EXPECT_FALSE(step.changed());
		EXPECT_EQ(session.remote_discr(), their_discr);
		now = due;
		expire();
		EXPECT_EQ(step.changed(), falls);
		EXPECT_EQ(session.state(), falls ? down : state);
		EXPECT_EQ(session.diag(), falls ? mplink_u8{MPLINK_BFD_DIAG_TIMEOUT} : diag);
		// 6.8.1: the peer is forgotten in any state.
		EXPECT_EQ(session.remote_discr(), 0U);
		if (falls) {
			EXPECT_EQ(step.send, BfdSend::report);
			EXPECT_EQ(sent.diag, MPLINK_BFD_DIAG_TIMEOUT);
			EXPECT_EQ(sent.your_discr, 0U);
			EXPECT_FALSE(sent.poll);
		}
		now += ms;
		expire();
		EXPECT_FALSE(step.changed());
	}
}

TEST_F(BfdSessionTest, EveryStateAndTheAdministrator)
{
	for (mplink_u8 state : states) {
		SCOPED_TRACE(int{state});
		bring_to(state);
		take(session.disable(now, MPLINK_BFD_DIAG_PATH, no_jitter));
		EXPECT_EQ(session.state(), admin_down);
		EXPECT_EQ(session.diag(), MPLINK_BFD_DIAG_PATH);
		EXPECT_EQ(step.send, BfdSend::report);
		EXPECT_EQ(sent.state, admin_down);
		EXPECT_EQ(sent.diag, MPLINK_BFD_DIAG_PATH);
		EXPECT_GE(sent.desired_min_tx, second);
		take(session.disable(now, MPLINK_BFD_DIAG_PATH, no_jitter));
		EXPECT_EQ(step.send, BfdSend::nothing);
		take(session.disable(now, MPLINK_BFD_DIAG_ADMIN, no_jitter));
		EXPECT_EQ(sent.diag, MPLINK_BFD_DIAG_ADMIN);
		EXPECT_FALSE(step.changed());

		take(session.enable(now, no_jitter));
		EXPECT_EQ(step.from, admin_down);
		EXPECT_EQ(session.state(), down);
		EXPECT_EQ(step.send, BfdSend::report);
		take(session.enable(now, no_jitter));
		EXPECT_EQ(step.send, BfdSend::nothing);
	}
}

TEST_F(BfdSessionTest, EnablingIsOfTheDisabledOnly)
{
	for (mplink_u8 state : {down, init, up}) {
		bring_to(state);
		take(session.enable(now, no_jitter));
		EXPECT_EQ(session.state(), state);
		EXPECT_FALSE(step.changed());
		EXPECT_EQ(step.send, BfdSend::nothing);
	}
}

TEST_F(BfdSessionTest, BeginsAsTheRfcSays)
{
	const BfdSession fresh(fifty_ms(), our_discr, 0);

	EXPECT_EQ(fresh.state(), down);
	EXPECT_EQ(fresh.diag(), MPLINK_BFD_DIAG_NONE);
	EXPECT_EQ(fresh.remote_state(), down);
	EXPECT_EQ(fresh.remote_discr(), 0U);
	EXPECT_EQ(fresh.local_discr(), our_discr);
	EXPECT_EQ(fresh.detection_time(), 0U);
	EXPECT_EQ(fresh.tx_interval(), second);
	EXPECT_EQ(fresh.deadline(), 0U);

	start();
	EXPECT_EQ(step.send, BfdSend::report);
	EXPECT_EQ(sent, (BfdPacket{.diag = MPLINK_BFD_DIAG_NONE,
				   .state = down,
				   .poll = false,
				   .final = false,
				   .control_plane_independent = true,
				   .demand = false,
				   .detect_mult = 3,
				   .my_discr = our_discr,
				   .your_discr = 0,
				   .desired_min_tx = second,
				   .required_min_rx = 50 * ms,
				   .required_min_echo_rx = 0,
				   .auth_type = MPLINK_BFD_AUTH_NONE,
				   .auth_key_id = 0,
				   .auth_seq = 0}));
}

TEST_F(BfdSessionTest, PollsAreAnsweredInEveryStateButAdminDown)
{
	for (mplink_u8 state : states)
		for (mplink_u8 received : states) {
			SCOPED_TRACE(testing::Message() << int{state} << " " << int{received});
			bring_to(state);
			receive(with_poll(from_peer(received)));
			if (state == admin_down) {
				EXPECT_EQ(step.send, BfdSend::nothing);
				continue;
			}
			EXPECT_EQ(step.send, BfdSend::final);
			EXPECT_TRUE(sent.final);
			EXPECT_FALSE(sent.poll);
			EXPECT_EQ(sent.state, session.state());
			EXPECT_EQ(sent.your_discr, their_discr);
		}
}

TEST_F(BfdSessionTest, TheFirstPacketOfAllMayBeAFinal)
{
	session = BfdSession(fifty_ms(), our_discr, 0);
	now = second;
	receive(with_poll(from_peer(down)));
	EXPECT_TRUE(sent.final);
	EXPECT_EQ(sent.state, init);
	// No report was sent yet, and so one is due.
	EXPECT_LE(session.deadline(), now);
}

// 6.8.1: the peer was switched off and on again, faster than we could miss it.
TEST_F(BfdSessionTest, APeerThatStartsAnew)
{
	bring_to(up);

	BfdPacket p = from_peer(down);

	p.my_discr = 99;
	p.your_discr = 0;
	receive(p);
	EXPECT_EQ(session.state(), down);
	EXPECT_EQ(session.diag(), MPLINK_BFD_DIAG_NEIGHBOUR);
	EXPECT_EQ(sent.your_discr, 99U);
	p.your_discr = our_discr;
	receive(p);
	EXPECT_EQ(session.state(), init);
	p.state = init;
	receive(p);
	EXPECT_EQ(session.state(), up);
	EXPECT_EQ(session.remote_discr(), 99U);
}

TEST_F(BfdSessionTest, TheDiagnosisStaysUntilTheSessionIsUp)
{
	bring_to(up);
	while (session.state() == up) {
		now = session.deadline();
		expire();
	}
	ASSERT_EQ(session.diag(), MPLINK_BFD_DIAG_TIMEOUT);
	receive(from_peer(down));
	EXPECT_EQ(session.state(), init);
	EXPECT_EQ(sent.diag, MPLINK_BFD_DIAG_TIMEOUT);
	receive(from_peer(up));
	EXPECT_EQ(session.state(), up);
	EXPECT_EQ(sent.diag, MPLINK_BFD_DIAG_NONE);
}

TEST_F(BfdSessionTest, TheDiagnosisOfThePeer)
{
	BfdPacket p = from_peer(admin_down);

	bring_to(up);
	p.diag = MPLINK_BFD_DIAG_ADMIN;
	receive(p);
	EXPECT_EQ(session.remote_diag(), MPLINK_BFD_DIAG_ADMIN);
	EXPECT_EQ(session.diag(), MPLINK_BFD_DIAG_NEIGHBOUR);
}

// A disabled session still learns the peer's discriminator, and sends it.
TEST_F(BfdSessionTest, AdminDownKeepsThePeersDiscriminator)
{
	bring_to(up);
	take(session.disable(now, MPLINK_BFD_DIAG_ADMIN, no_jitter));
	EXPECT_EQ(sent.your_discr, their_discr);
	for (int i = 0; i < 10; i++) {
		now += 100 * ms;
		receive(from_peer(down));
		EXPECT_EQ(step.drop, MPLINK_BFD_DROP_ADMIN_DOWN);
		expire();
	}
	EXPECT_EQ(session.remote_discr(), their_discr);
}

TEST_F(BfdSessionTest, WhatCanBeConfigured)
{
	mplink_bfd_config c = fifty_ms();

	EXPECT_TRUE(bfd_valid(c));
	for (mplink_u32 mplink_bfd_config::*field :
	     {&mplink_bfd_config::min_tx_us, &mplink_bfd_config::min_rx_us})
		for (mplink_u32 us : {0U, 3299U, 3300U, 60000000U, 60000001U, ~0U}) {
			c = fifty_ms();
			c.*field = us;
			EXPECT_EQ(bfd_valid(c), us >= 3300 && us <= 60000000);
		}
	c = fifty_ms();
	c.detect_mult = 0;
	EXPECT_FALSE(bfd_valid(c));
	c = fifty_ms();
	for (unsigned type = 0; type < 256; type++) {
		c.auth_type = static_cast<mplink_u8>(type);
		EXPECT_EQ(bfd_valid(c), type == 0 || type == 4 || type == 5);
	}
}

} // namespace

} // namespace mplink
