// SPDX-License-Identifier: GPL-2.0
// The BFD control packet (RFC 5880 4.1 to 4.4), between its bytes and its fields.
#pragma once
#include "mplink/types.h"

namespace mplink
{

inline constexpr mplink_u32 bfd_header_len = 24;
// With SHA1, meticulous or not, the only authentication that is taken.
inline constexpr mplink_u32 bfd_max_len = MPLINK_BFD_MAX_LEN;
// Where in such a packet the digest lies.  To compute it, the key stands in its place,
// filled up with zeros, and all bfd_max_len bytes are hashed (RFC 5880 6.7.4).
inline constexpr mplink_u32 bfd_digest_at = 32;
inline constexpr mplink_u32 bfd_digest_len = 20;

// Names are those of RFC 5880 4.1; intervals are in microseconds.  There is no array,
// for the compiler guards the stack of functions that have one.
struct BfdPacket {
	mplink_u8 diag;  // enum mplink_bfd_diag, or one of a later RFC; 0 to 31
	mplink_u8 state; // enum mplink_bfd_state
	bool poll;
	bool final;
	bool control_plane_independent;
	bool demand;
	mplink_u8 detect_mult;
	mplink_u32 my_discr;
	mplink_u32 your_discr;
	mplink_u32 desired_min_tx;
	mplink_u32 required_min_rx;
	mplink_u32 required_min_echo_rx;
	// The authentication section; of type none: there is no such section, and the
	// rest is 0.
	mplink_u8 auth_type; // enum mplink_bfd_auth: none, or a kind of SHA1
	mplink_u8 auth_key_id;
	mplink_u32 auth_seq;

	friend bool operator==(const BfdPacket &, const BfdPacket &) = default;
};

// Reads len bytes of UDP payload.  Returns enum mplink_bfd_drop: none with the packet,
// or the first check of RFC 5880 6.8.6 that fails without looking at a session, and
// nothing.  The digest is not looked at; where auth_type is not none, all
// bfd_max_len bytes are there.  Any context.
[[nodiscard]] mplink_u32 bfd_parse(const mplink_u8 *bytes, mplink_size len, BfdPacket &packet);

// Writes the packet, with zeros for a digest; returns its length, which is
// bfd_max_len if it has to be authenticated.  Any context.
[[nodiscard]] mplink_u32 bfd_write(const BfdPacket &packet, mplink_u8 (&bytes)[bfd_max_len]);

} // namespace mplink
