// SPDX-License-Identifier: GPL-2.0
// Reads and writes BFD control packets (RFC 5880 4.1 to 4.4).
#pragma once
#include "mplink/types.h"

namespace mplink
{

inline constexpr mplink_u32 bfd_header_len = 24;
// The length with SHA1 authentication, keyed or meticulous; no other kind is supported.
inline constexpr mplink_u32 bfd_max_len = MPLINK_BFD_MAX_LEN;
// The digest's offset in such a packet.  To compute the digest, put the key in its place,
// padded with zeros, and hash all bfd_max_len bytes (RFC 5880 6.7.4).
inline constexpr mplink_u32 bfd_digest_at = 32;
inline constexpr mplink_u32 bfd_digest_len = 20;

// Names are those of RFC 5880 4.1; intervals are in microseconds.  It has no array, because the
// compiler adds a stack guard to functions with arrays.
struct BfdPacket {
	mplink_u8 diag;  // enum mplink_bfd_diag, or a value of a later RFC; 0 to 31
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
	// The authentication section.  If its type is none, there is no section, and the other
	// fields are 0.
	mplink_u8 auth_type; // enum mplink_bfd_auth: none, or a kind of SHA1
	mplink_u8 auth_key_id;
	mplink_u32 auth_seq;

	friend bool operator==(const BfdPacket &, const BfdPacket &) = default;
};

// Reads len bytes of UDP payload.  Returns enum mplink_bfd_drop: none, and packet is set; or
// the first check of RFC 5880 6.8.6 that fails and needs no session.  It does not look at the
// digest.  If packet.auth_type is not none, there are bfd_max_len bytes.  Any context.
[[nodiscard]] mplink_u32 bfd_parse(const mplink_u8 *bytes, mplink_size len, BfdPacket &packet);

// Writes the packet, with zeros in place of the digest.  Returns its length in bytes, which is
// bfd_max_len if it has an authentication section.  Any context.
[[nodiscard]] mplink_u32 bfd_write(const BfdPacket &packet, mplink_u8 (&bytes)[bfd_max_len]);

} // namespace mplink
