// SPDX-License-Identifier: GPL-2.0
// What of RFC 5880 6.7.4, authentication by SHA1, is not crypto: which key, and which
// sequence number.
#pragma once
#include "bfd/packet.hh"

namespace mplink
{

// The sequence numbers of a session, in both directions.
class BfdAuth
{
public:
	// random: nobody may guess the first number sent (6.8.1, bfd.XmitAuthSeq).
	explicit BfdAuth(mplink_u32 random) : xmit_seq_(random)
	{
	}

	// enum mplink_bfd_drop: none if all but the digest is as it has to be.
	mplink_u32 check(const mplink_bfd_config &config, const BfdPacket &packet) const;
	// The packet has been checked, and its digest is good.
	void accept(const BfdPacket &packet)
	{
		known_ = true;
		rcv_seq_ = packet.auth_seq;
	}
	// The peer may have started anew: any number is as good as any.
	void forget()
	{
		known_ = false;
	}
	// For the next packet sent.  Never the same twice, meticulous or not: 6.7.4
	// leaves it open when the latter counts, but for packets that differ.
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
