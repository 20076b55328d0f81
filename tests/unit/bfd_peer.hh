// SPDX-License-Identifier: GPL-2.0
// A BFD session under test, with a clock, and a peer made of packets.
#pragma once
#include <gtest/gtest.h>

#include "bfd/session.hh"

namespace mplink
{

inline constexpr mplink_u64 ms = 1000;
inline constexpr mplink_u64 second = 1000 * ms;

inline const mplink_bfd_config &fifty_ms()
{
	static const mplink_bfd_config config = {.min_tx_us = 50 * ms,
						 .min_rx_us = 50 * ms,
						 .detect_mult = 3,
						 .auth_type = MPLINK_BFD_AUTH_NONE,
						 .auth_key_id = 0};

	return config;
}

inline mplink_bfd_config intervals(mplink_u64 tx, mplink_u64 rx, mplink_u8 mult = 3)
{
	mplink_bfd_config config = fifty_ms();

	config.min_tx_us = static_cast<mplink_u32>(tx);
	config.min_rx_us = static_cast<mplink_u32>(rx);
	config.detect_mult = mult;
	return config;
}

class BfdTest : public testing::Test
{
protected:
	static constexpr mplink_u32 our_discr = 0x11223344;
	static constexpr mplink_u32 their_discr = 0x55667788;
	static constexpr mplink_u32 no_jitter = ~0U; // within a 65536th
	static constexpr mplink_u32 most_jitter = 0;

	// A packet of a peer that hears us.
	static BfdPacket from_peer(mplink_u8 state, mplink_u64 tx = 50 * ms,
				   mplink_u64 rx = 50 * ms)
	{
		return {.diag = MPLINK_BFD_DIAG_NONE,
			.state = state,
			.poll = false,
			.final = false,
			.control_plane_independent = false,
			.demand = false,
			.detect_mult = 3,
			.my_discr = their_discr,
			.your_discr = our_discr,
			.desired_min_tx = static_cast<mplink_u32>(tx),
			.required_min_rx = static_cast<mplink_u32>(rx),
			.required_min_echo_rx = 0,
			.auth_type = MPLINK_BFD_AUTH_NONE,
			.auth_key_id = 0,
			.auth_seq = 0};
	}
	void start(const mplink_bfd_config &config = fifty_ms())
	{
		ASSERT_TRUE(bfd_valid(config));
		session = BfdSession(config, our_discr, 0x1000);
		now = 7 * second;
		expire();
	}
	// By the packets that the RFC has for it; our own have been sent.
	void bring_to(mplink_u8 state, const mplink_bfd_config &config = fifty_ms())
	{
		start(config);
		if (state == MPLINK_BFD_ADMIN_DOWN)
			take(session.disable(now, MPLINK_BFD_DIAG_ADMIN, no_jitter));
		if (state == MPLINK_BFD_INIT || state == MPLINK_BFD_UP)
			receive(from_peer(MPLINK_BFD_DOWN));
		if (state == MPLINK_BFD_UP) {
			receive(from_peer(MPLINK_BFD_INIT));
			settle();
		}
		ASSERT_EQ(session.state(), state);
	}
	// Ends the poll sequence under way, if there is one; the peer has time.
	void settle()
	{
		const BfdPacket calm = from_peer(MPLINK_BFD_UP, 60 * second);

		receive(calm);
		run_until_sent();
		if (sent.poll) {
			receive(with_final(calm));
			receive(calm);
			run_until_sent();
		}
		ASSERT_FALSE(sent.poll);
		receive(from_peer(MPLINK_BFD_UP));
	}
	static BfdPacket with_final(BfdPacket packet)
	{
		packet.final = true;
		return packet;
	}
	static BfdPacket with_poll(BfdPacket packet)
	{
		packet.poll = true;
		return packet;
	}

	// Does what the step says, as the kernel would.
	const BfdStep &take(const BfdStep &result)
	{
		step = result;
		EXPECT_EQ(step.deadline, session.deadline());
		EXPECT_EQ(step.to, session.state());
		if (step.send != BfdSend::nothing) {
			sent = session.packet(step.send);
			EXPECT_FALSE(sent.poll && sent.final);
			EXPECT_EQ(sent.final, step.send == BfdSend::final);
			EXPECT_EQ(sent.state, session.state());
			if (step.send == BfdSend::report)
				sent_at = now;
		}
		return step;
	}
	const BfdStep &receive(const BfdPacket &packet, mplink_u32 random = no_jitter)
	{
		return take(session.receive(now, packet, random));
	}
	const BfdStep &expire(mplink_u32 random = no_jitter)
	{
		return take(session.expire(now, random));
	}
	const BfdStep &configure(const mplink_bfd_config &config)
	{
		return take(session.configure(now, config, no_jitter));
	}
	// Time passes until the session sends of itself.
	void run_until_sent(mplink_u32 random = no_jitter)
	{
		do {
			ASSERT_NE(session.deadline(), never);
			if (session.deadline() > now)
				now = session.deadline();
			expire(random);
		} while (step.send == BfdSend::nothing);
	}

	BfdSession session{fifty_ms(), our_discr, 0};
	mplink_u64 now = 0;
	mplink_u64 sent_at = 0; // the last report
	BfdStep step = {};
	BfdPacket sent = {};
};

} // namespace mplink
