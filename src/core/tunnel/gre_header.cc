// SPDX-License-Identifier: GPL-2.0
#include "tunnel/gre_header.hh"

#include "base/wire.hh"
#include "mplink/measure.h"

namespace mplink
{

namespace
{

constexpr mplink_u32 flag_checksum = 0x8000;
constexpr mplink_u32 flag_key = 0x2000;
constexpr mplink_u32 flag_sequence = 0x1000;
// Bits 1, 4 and 5: RFC 1701's routing, strict source route and the first bit of its
// recursion control.  A receiver that does not know them must discard the packet; it must
// ignore bits 6 to 12 (RFC 2784 2.3).
constexpr mplink_u32 flags_refused = 0x4c00;
constexpr mplink_u32 version_mask = 0x0007;

constexpr mplink_u32 base_len = 4;

constexpr mplink_u32 protocol_ipv4 = 0x0800;
constexpr mplink_u32 protocol_ipv6 = 0x86dd;

constexpr void put_with_key(mplink_u8 *bytes, mplink_u32 flags, const mplink_gre &gre)
{
	put16(bytes, flags | flag_key);
	put16(bytes + 2, gre.protocol);
	put32(bytes + 4, gre.key << 8 | gre.bucket);
}

} // namespace

mplink_u32 gre_read(const mplink_u8 *bytes, mplink_size len, mplink_gre &gre)
{
	if (len < base_len)
		return MPLINK_GRE_DROP_TRUNCATED;

	const mplink_u32 flags = get16(bytes);
	const mplink_u32 protocol = get16(bytes + 2);
	const bool checksummed = flags & flag_checksum;
	const bool sequenced = flags & flag_sequence;

	if (flags & version_mask)
		return MPLINK_GRE_DROP_VERSION;
	if (flags & flags_refused)
		return MPLINK_GRE_DROP_FLAGS;
	if (protocol != protocol_ipv4 && protocol != protocol_ipv6 && protocol != MPLINK_MESSAGES &&
	    !(protocol == MPLINK_REPLAYS && sequenced))
		return MPLINK_GRE_DROP_PROTOCOL;
	if (!(flags & flag_key))
		return MPLINK_GRE_DROP_KEY_MISSING;

	// First the checksum with its reserved bits, then the key, then the number.
	const mplink_u32 key_at = base_len + (checksummed ? 4 : 0);
	const mplink_u32 header_len = key_at + 4 + (sequenced ? 4 : 0);

	if (len < header_len)
		return MPLINK_GRE_DROP_TRUNCATED;
	gre = {.len = header_len,
	       .key = get32(bytes + key_at) >> 8,
	       .seq = sequenced ? get32(bytes + key_at + 4) : 0,
	       .protocol = static_cast<mplink_u16>(protocol),
	       .bucket = bytes[key_at + 3],
	       .sequenced = sequenced,
	       .checksummed = checksummed};
	return MPLINK_GRE_DROP_NONE;
}

void gre_write(mplink_u8 *bytes, const mplink_gre &gre)
{
	put_with_key(bytes, flag_sequence, gre);
	put32(bytes + 8, gre.seq);
}

void gre_write_unnumbered(mplink_u8 *bytes, const mplink_gre &gre)
{
	put_with_key(bytes, 0, gre);
}

} // namespace mplink
