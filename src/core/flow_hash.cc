// SPDX-License-Identifier: GPL-2.0
#include "flow_hash.hh"

namespace mplink
{

namespace
{

constexpr mplink_u8 tcp = 6, udp = 17, dccp = 33, sctp = 132;

constexpr bool has_ports(mplink_u8 protocol)
{
	return protocol == tcp || protocol == udp || protocol == dccp || protocol == sctp;
}

mplink_u32 load32(const mplink_u8 *p)
{
	mplink_u32 v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

mplink_u64 load64(const mplink_u8 *p)
{
	mplink_u64 v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

// Multiply and fold: every input bit reaches the high half that is kept.
mplink_u64 mix(mplink_u64 h, mplink_u64 v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15ULL;
	return h ^ (h >> 32);
}

} // namespace

mplink_u32 flow_hash(const mplink_u8 *l3, mplink_u32 len)
{
	mplink_u64 h;
	mplink_u32 header;
	mplink_u8 protocol;

	if (len >= 20 && l3[0] >> 4 == 4) {
		const bool fragment = (l3[6] & 0x3f) | l3[7];

		header = (l3[0] & 0xfU) * 4;
		protocol = fragment ? 0 : l3[9];
		h = mix(l3[9], load64(l3 + 12));
	} else if (len >= 40 && l3[0] >> 4 == 6) {
		header = 40;
		protocol = l3[6];
		h = mix(0, load64(l3 + 8));
		h = mix(h, load64(l3 + 16));
		h = mix(h, load64(l3 + 24));
		h = mix(h, load64(l3 + 32));
	} else {
		return 0;
	}
	if (has_ports(protocol) && len - header >= 4 && header < len)
		h = mix(h, load32(l3 + header));
	return static_cast<mplink_u32>(mix(h, 0) >> 16);
}

} // namespace mplink
