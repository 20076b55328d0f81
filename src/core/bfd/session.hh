// SPDX-License-Identifier: GPL-2.0
// A BFD session (RFC 5880) in asynchronous mode and the active role, without the echo
// function: a pure function of (session, time, input).
//
// Times are absolute, in microseconds of a clock that does not go back, and intervals
// are in microseconds.  random is a number that nobody can guess.  One caller at a
// time; any context.
#pragma once
#include "base/deadline.hh"
#include "bfd/auth.hh"

namespace mplink
{

enum class BfdSend : mplink_u8 {
	nothing,
	report, // a periodic packet, or one that a change has brought forward
	final,  // the answer to a poll
};

// What follows from an input.
struct BfdStep {
	mplink_u32 drop; // enum mplink_bfd_drop; not none: the packet was not received
	BfdSend send;    // send session.packet(send) now
	mplink_u8 from;  // enum mplink_bfd_state, before and after
	mplink_u8 to;
	mplink_u8 diag;      // enum mplink_bfd_diag: why, if they differ
	mplink_u64 deadline; // call expire() then; in the past: now.  Never: no need to

	constexpr bool changed() const
	{
		return from != to;
	}
};

// Whether a session can be held with that: all in the ranges of mplink/types.h.
bool bfd_valid(const mplink_bfd_config &config);

// The state after a packet, by the state before and the one that the packet tells
// (6.2, 6.8.6).  Both enum mplink_bfd_state.
mplink_u8 bfd_next_state(mplink_u8 state, mplink_u8 received);

class BfdSession
{
public:
	// The session is Down, and its first packet due at once.  config is valid, here
	// and in configure(); local_discr is not 0, and no other session of the host has
	// it.
	BfdSession(const mplink_bfd_config &config, mplink_u32 local_discr, mplink_u32 random);

	// Whether the packet may be received, but for its digest: enum mplink_bfd_drop.
	// To be asked before the digest is computed, which costs more.
	mplink_u32 check(mplink_u64 now, const BfdPacket &packet) const;

	// A packet has come, and if it has a digest, the right one (6.8.6).  Refuses
	// what check() does.  One that overtakes a late expire() is still in time.
	// The deadline may have become later: what is armed can be left so, for
	// expire() looks anew.
	BfdStep receive(mplink_u64 now, const BfdPacket &packet, mplink_u32 random);

	// The deadline has come, or not yet, which is harmless.
	BfdStep expire(mplink_u64 now, mplink_u32 random);

	// Changes the parameters, by a poll sequence where the peer has to know first
	// (6.8.3).  A change during a poll sequence waits for its end.
	BfdStep configure(mplink_u64 now, const mplink_bfd_config &config, mplink_u32 random);

	// Holds the session in AdminDown (6.8.16) for that reason: ADMIN, or PATH where
	// something else than BFD has found that the path is dead.  It goes on to tell
	// the peer so.
	BfdStep disable(mplink_u64 now, mplink_u8 diag, mplink_u32 random);
	// Ends that.
	BfdStep enable(mplink_u64 now, mplink_u32 random);

	// What to send; once for each step that says so, for numbers are used up.
	BfdPacket packet(BfdSend what);

	// --- for those who look on --------------------------------------------

	mplink_u8 state() const // bfd.SessionState
	{
		return state_;
	}
	mplink_u8 diag() const // bfd.LocalDiag
	{
		return diag_;
	}
	mplink_u8 remote_state() const // bfd.RemoteSessionState
	{
		return remote_state_;
	}
	mplink_u8 remote_diag() const // of its last packet
	{
		return remote_diag_;
	}
	mplink_u32 local_discr() const // bfd.LocalDiscr
	{
		return local_discr_;
	}
	mplink_u32 remote_discr() const // bfd.RemoteDiscr; 0: the peer is not heard
	{
		return remote_discr_;
	}
	// The interval of periodic packets, before jitter; 0: the peer wants none (6.8.2).
	mplink_u32 tx_interval() const;
	// What the peer has to keep to likewise; 0: it was never heard.
	mplink_u32 rx_interval() const;
	// How long the peer may be silent (6.8.4); 0: it was never heard.
	mplink_u64 detection_time() const;
	mplink_u64 deadline() const;

private:
	// A poll sequence (6.5).  When it has ended, the next may not begin before a
	// packet without Final was received: its Final would be anyone's (6.8.3).
	enum class Poll : mplink_u8 { none, due, sent, settling };

	bool up() const
	{
		return state_ == MPLINK_BFD_UP;
	}
	bool heard() const
	{
		return remote_discr_ != 0;
	}
	bool demanded() const;
	mplink_u64 transmission() const;
	mplink_u64 news_from() const;
	mplink_u64 periodic() const;
	mplink_u64 detection() const;
	bool excuse(mplink_u64 now);
	void hear(const BfdPacket &packet);
	void forget_peer();
	void hear_final(bool final);
	void adopt();
	void enter(mplink_u8 state, mplink_u8 diag);
	BfdStep step(mplink_u8 from, BfdSend send, mplink_u32 drop = MPLINK_BFD_DROP_NONE) const;
	BfdStep report(mplink_u8 from, mplink_u64 now, mplink_u32 random);
	BfdStep report_news(mplink_u8 from, mplink_u64 now, mplink_u32 random);

	mplink_bfd_config config_; // as the user wants it, which the peer may not know yet
	BfdAuth auth_;
	mplink_u64 sent_at_ = 0;       // the last report
	mplink_u64 heard_at_ = 0;      // the last packet received
	mplink_u64 news_paid_ = 0;     // the news sent have used up their share until then
	mplink_u64 excused_until_ = 0; // the peer's silence; 0: it has not been
	mplink_u64 auth_until_ = 0;    // a forgotten peer's sequence number counts until then
	mplink_u32 jitter_ = 0;        // of the interval that began with sent_at_

	mplink_u32 local_discr_;
	mplink_u32 remote_discr_ = 0;
	mplink_u32 desired_min_tx_ = 0;    // bfd.DesiredMinTxInterval: as we tell the peer
	mplink_u32 required_min_rx_ = 0;   // bfd.RequiredMinRxInterval: as we tell the peer
	mplink_u32 min_tx_in_use_ = 0;     // smaller, while the peer has not confirmed
	mplink_u32 min_rx_in_use_ = 0;     // larger, while the peer has not confirmed
	mplink_u32 remote_min_rx_ = 1;     // bfd.RemoteMinRxInterval
	mplink_u32 remote_min_tx_ = 0;     // its Desired Min TX Interval
	mplink_u8 detect_mult_ = 0;        // bfd.DetectMult: as we tell the peer
	mplink_u8 remote_detect_mult_ = 0; // its Detect Mult
	mplink_u8 state_ = MPLINK_BFD_DOWN;
	mplink_u8 diag_ = MPLINK_BFD_DIAG_NONE;
	mplink_u8 remote_state_ = MPLINK_BFD_DOWN;
	mplink_u8 remote_diag_ = MPLINK_BFD_DIAG_NONE;
	bool remote_demand_ = false; // bfd.RemoteDemandMode
	bool news_ = true;           // the peer shall not wait for the next interval
	Poll poll_ = Poll::none;
};

} // namespace mplink
