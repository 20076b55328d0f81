// SPDX-License-Identifier: GPL-2.0
// A BFD session (RFC 5880) in asynchronous mode and the active role, without the echo
// function.  It is a pure function of (session, time, input).
//
// Times are absolute, in microseconds of a clock that does not go back.  Intervals are in
// microseconds.  random is a number that nobody can guess.  Any context, but one caller at a
// time per session.
#pragma once
#include "base/deadline.hh"
#include "bfd/auth.hh"

namespace mplink
{

enum class BfdSend : mplink_u8 {
	nothing,
	report, // a periodic packet, or a packet sent early because of a change
	final,  // the answer to a poll
};

// What the caller must do after an input.
struct BfdStep {
	mplink_u32 drop; // enum mplink_bfd_drop; not none: the packet was not received
	BfdSend send;    // send session.packet(send) now
	mplink_u8 from;  // enum mplink_bfd_state before, and after
	mplink_u8 to;
	mplink_u8 diag;      // enum mplink_bfd_diag: why the state changed, if it did
	mplink_u64 deadline; // call expire() then, or now if it has passed; never: no need to

	constexpr bool changed() const
	{
		return from != to;
	}
};

// Whether the values are in the ranges that mplink/types.h gives.
bool bfd_valid(const mplink_bfd_config &config);

// The state after a packet (6.2, 6.8.6).  state: the one before; received: the one that the
// packet tells.  All are enum mplink_bfd_state.
mplink_u8 bfd_next_state(mplink_u8 state, mplink_u8 received);

class BfdSession
{
public:
	// Makes a session that is Down; its first packet is due at once.  config must be valid,
	// here and in configure().  local_discr must be unique on the host, and not 0.
	BfdSession(const mplink_bfd_config &config, mplink_u32 local_discr, mplink_u32 random);

	// Checks everything but the digest.  Returns enum mplink_bfd_drop.  Call it before you
	// compute the digest, which costs more.
	mplink_u32 check(mplink_u64 now, const BfdPacket &packet) const;

	// A packet has come (6.8.6); its digest, if it has one, is right.  Refuses what check()
	// refuses.  If expire() is late, a packet that comes before it is still in time.  The
	// deadline may move back: a timer that is set may stay, because expire() looks again.
	BfdStep receive(mplink_u64 now, const BfdPacket &packet, mplink_u32 random);

	// The deadline has come.  A call too early does no harm.
	BfdStep expire(mplink_u64 now, mplink_u32 random);

	// Changes the settings.  If the peer has to know first, a poll sequence tells it (6.8.3).
	// A change during a poll sequence waits until that ends.
	BfdStep configure(mplink_u64 now, const mplink_bfd_config &config, mplink_u32 random);

	// Holds the session in AdminDown (6.8.16), and goes on to tell the peer.  diag is the
	// reason: ADMIN, or PATH if something other than BFD found that the path is dead.
	BfdStep disable(mplink_u64 now, mplink_u8 diag, mplink_u32 random);
	// Ends disable().
	BfdStep enable(mplink_u64 now, mplink_u32 random);

	// The packet to send.  Call it once for each step that asks for a packet, because each
	// call uses up a sequence number.
	BfdPacket packet(BfdSend what);

	// --- to show ----------------------------------------------------------

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
	mplink_u8 remote_diag() const // of the peer's last packet
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
	// The interval at which we send, before jitter; 0: the peer wants no packets (6.8.2).
	mplink_u32 tx_interval() const;
	// The interval at which the peer has to send; 0: it was never heard.
	mplink_u32 rx_interval() const;
	// How long the peer may be silent (6.8.4); 0: it was never heard.
	mplink_u64 detection_time() const;
	mplink_u64 deadline() const;

private:
	// A poll sequence (6.5).  After it has ended, the next one must not begin before a packet
	// without Final has come.  Else a Final could belong to either (6.8.3).
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

	mplink_bfd_config config_; // as the user wants it; the peer may not know it yet
	BfdAuth auth_;
	mplink_u64 sent_at_ = 0;       // the last report
	mplink_u64 heard_at_ = 0;      // the last packet received
	mplink_u64 news_paid_ = 0;     // early packets have used up their budget until then
	mplink_u64 excused_until_ = 0; // the peer's silence is excused until then; 0: it was not
	mplink_u64 auth_until_ = 0;    // the sequence number of a forgotten peer counts until then
	mplink_u32 jitter_ = 0;        // of the interval that began with sent_at_

	mplink_u32 local_discr_;
	mplink_u32 remote_discr_ = 0;
	mplink_u32 desired_min_tx_ = 0;    // bfd.DesiredMinTxInterval: as we tell the peer
	mplink_u32 required_min_rx_ = 0;   // bfd.RequiredMinRxInterval: as we tell the peer
	mplink_u32 min_tx_in_use_ = 0;     // may be smaller, until the peer has confirmed
	mplink_u32 min_rx_in_use_ = 0;     // may be larger, until the peer has confirmed
	mplink_u32 remote_min_rx_ = 1;     // bfd.RemoteMinRxInterval
	mplink_u32 remote_min_tx_ = 0;     // its Desired Min TX Interval
	mplink_u8 detect_mult_ = 0;        // bfd.DetectMult: as we tell the peer
	mplink_u8 remote_detect_mult_ = 0; // its Detect Mult
	mplink_u8 state_ = MPLINK_BFD_DOWN;
	mplink_u8 diag_ = MPLINK_BFD_DIAG_NONE;
	mplink_u8 remote_state_ = MPLINK_BFD_DOWN;
	mplink_u8 remote_diag_ = MPLINK_BFD_DIAG_NONE;
	bool remote_demand_ = false; // bfd.RemoteDemandMode
	bool news_ = true;           // tell the peer before the next interval
	Poll poll_ = Poll::none;
};

} // namespace mplink
