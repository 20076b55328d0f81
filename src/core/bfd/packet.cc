// SPDX-License-Identifier: GPL-2.0
#include "bfd/packet.hh"

#include "base/wire.hh"

namespace mplink
{

namespace
{

constexpr mplink_u8 version = 1;

// Flags in the third byte, below the state.
constexpr mplink_u8 bit_poll = 0x20;
constexpr mplink_u8 bit_final = 0x10;
constexpr mplink_u8 bit_control_plane_independent = 0x08;
constexpr mplink_u8 bit_auth = 0x04;
constexpr mplink_u8 bit_demand = 0x02;
constexpr mplink_u8 bit_multipoint = 0x01;

// Every authentication section begins with its type and its length.
constexpr mplink_u32 auth_header_len = 2;
constexpr mplink_u32 sha1_len = bfd_max_len - bfd_header_len;

constexpr mplink_u8 bit(bool set, mplink_u8 value)
{
	return set ? value : mplink_u8{0};
}

// The checks of RFC 5880 6.8.6, in its order.
mplink_u32 check(const mplink_u8 *bytes, mplink_size len)
{
	if (len < bfd_header_len)
		return MPLINK_BFD_DROP_TOO_SHORT;
	if (bytes[0] >> 5 != version)
		return MPLINK_BFD_DROP_VERSION;

	const mplink_u8 flags = bytes[1];
	const mplink_u8 length = bytes[3];
	const mplink_u8 state = flags >> 6;

	if (length < bfd_header_len + (flags & bit_auth ? auth_header_len : 0))
		return MPLINK_BFD_DROP_LENGTH_SMALL;
	if (length > len)
		return MPLINK_BFD_DROP_LENGTH_LARGE;
	if (!bytes[2])
		return MPLINK_BFD_DROP_DETECT_MULT;
	if (flags & bit_multipoint)
		return MPLINK_BFD_DROP_MULTIPOINT;
	if (!get32(bytes + 4))
		return MPLINK_BFD_DROP_MY_DISCR;
	if (!get32(bytes + 8) && (state == MPLINK_BFD_INIT || state == MPLINK_BFD_UP))
		return MPLINK_BFD_DROP_YOUR_DISCR;
	return MPLINK_BFD_DROP_NONE;
}

// The digest covers the whole packet, so no bytes may follow the section.
mplink_u32 check_auth(const mplink_u8 *bytes)
{
	switch (bytes[bfd_header_len]) {
	case MPLINK_BFD_AUTH_SHA1:
	case MPLINK_BFD_AUTH_METICULOUS_SHA1:
		if (bytes[bfd_header_len + 1] != sha1_len || bytes[3] != bfd_max_len)
			return MPLINK_BFD_DROP_AUTH_LENGTH;
		return MPLINK_BFD_DROP_NONE;
	case MPLINK_BFD_AUTH_PASSWORD:
	case MPLINK_BFD_AUTH_MD5:
	case MPLINK_BFD_AUTH_METICULOUS_MD5:
		return MPLINK_BFD_DROP_AUTH_WEAK;
	default:
		return MPLINK_BFD_DROP_AUTH_UNKNOWN;
	}
}

} // namespace

mplink_u32 bfd_parse(const mplink_u8 *bytes, mplink_size len, BfdPacket &packet)
{
	if (const mplink_u32 drop = check(bytes, len))
		return drop;

	const mplink_u8 flags = bytes[1];
	const bool auth = flags & bit_auth;

	if (auth)
		if (const mplink_u32 drop = check_auth(bytes))
			return drop;

	packet = {
		.diag = static_cast<mplink_u8>(bytes[0] & 0x1f),
		.state = static_cast<mplink_u8>(flags >> 6),
		.poll = (flags & bit_poll) != 0,
		.final = (flags & bit_final) != 0,
		.control_plane_independent = (flags & bit_control_plane_independent) != 0,
		.demand = (flags & bit_demand) != 0,
		.detect_mult = bytes[2],
		.my_discr = get32(bytes + 4),
		.your_discr = get32(bytes + 8),
		.desired_min_tx = get32(bytes + 12),
		.required_min_rx = get32(bytes + 16),
		.required_min_echo_rx = get32(bytes + 20),
		.auth_type = auth ? bytes[24] : mplink_u8{MPLINK_BFD_AUTH_NONE},
		.auth_key_id = auth ? bytes[26] : mplink_u8{0},
		.auth_seq = auth ? get32(bytes + 28) : 0,
	};
	return MPLINK_BFD_DROP_NONE;
}

mplink_u32 bfd_write(const BfdPacket &packet, mplink_u8 (&bytes)[bfd_max_len])
{
	const bool auth = packet.auth_type != MPLINK_BFD_AUTH_NONE;
	const mplink_u32 len = auth ? bfd_max_len : bfd_header_len;

	__builtin_memset(bytes, 0, sizeof(bytes));
	bytes[0] = static_cast<mplink_u8>(version << 5 | packet.diag);
	bytes[1] = static_cast<mplink_u8>(
		packet.state << 6 | bit(packet.poll, bit_poll) | bit(packet.final, bit_final) |
		bit(packet.control_plane_independent, bit_control_plane_independent) |
		bit(auth, bit_auth) | bit(packet.demand, bit_demand));
	bytes[2] = packet.detect_mult;
	bytes[3] = static_cast<mplink_u8>(len);
	put32(bytes + 4, packet.my_discr);
	put32(bytes + 8, packet.your_discr);
	put32(bytes + 12, packet.desired_min_tx);
	put32(bytes + 16, packet.required_min_rx);
	put32(bytes + 20, packet.required_min_echo_rx);
	if (auth) {
		bytes[24] = packet.auth_type;
		bytes[25] = sha1_len;
		bytes[26] = packet.auth_key_id;
		put32(bytes + 28, packet.auth_seq);
	}
	return len;
}

} // namespace mplink
