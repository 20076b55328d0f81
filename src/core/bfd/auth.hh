// SPDX-License-Identifier: GPL-2.0
// Authentication by SHA1 (RFC 5880 6.7.4), except for the hash: key ids and sequence numbers.
#pragma once
#include "bfd/packet.hh"

namespace mplink
{

// The sequence numbers of a session, in both directions.
class BfdAuth
{
public:
	// random: the first number to send, which nobody may guess (6.8.1, bfd.XmitAuthSeq).
	explicit BfdAuth(mplink_u32 random) : xmit_seq_(random)
	{
	}

	// Checks everything but the digest.  Returns enum mplink_bfd_drop.
	mplink_u32 check(const mplink_bfd_config &config, const BfdPacket &packet) const;
	// Takes the number of a packet whose digest is good and that passed check().
	void accept(const BfdPacket &packet)
	{
		known_ = true;
		rcv_seq_ = packet.auth_seq;
	}
	// Accepts any number next, because the peer may have restarted.
	void forget()
	{
		known_ = false;
	}
	// The number of the next packet to send.  It always grows, with and without "meticulous":
	// 6.7.4 lets the latter repeat a number only if the packets are equal.
	mplink_u32 next()
	{
		return ++xmit_seq_;
	}

private:
	bool known_ = false;     // bfd.AuthSeqKnown
	mplink_u32 rcv_seq_ = 0; // bfd.RcvAuthSeq
	mplink_u32 xmit_seq_;    // bfd.XmitAuthSeq
};

} // namespace mplink
