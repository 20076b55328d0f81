// SPDX-License-Identifier: GPL-2.0
// Which flow a packet belongs to, as a number.
#pragma once
#include "mplink/types.h"

namespace mplink
{

namespace flow
{

template <class T>
[[gnu::always_inline]] inline T load(const mplink_u8 *p)
{
	T v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

constexpr bool has_ports(mplink_u8 protocol)
{
	constexpr mplink_u8 tcp = 6, udp = 17, dccp = 33, sctp = 132;

	return protocol == udp || protocol == tcp || protocol == sctp || protocol == dccp;
}

// Every input bit reaches the high half of the product, which is what is kept.
constexpr mplink_u64 mix(mplink_u64 h, mplink_u64 v)
{
	return (h ^ v) * 0x9e3779b97f4a7c15ULL;
}

constexpr mplink_u64 fold(mplink_u64 h)
{
	return h ^ (h >> 32);
}

} // namespace flow

// A hash of addresses, protocol and ports, the same for all packets of a flow; its
// upper bits are the best.  l3: the IP header, of which len bytes may be read.
// Fragments and extension headers hide the ports; all packets of a datagram then
// hash without them.  What is no IP packet hashes to 0.
[[gnu::always_inline]] inline mplink_u32 flow_hash(const mplink_u8 *l3, mplink_u32 len)
{
	mplink_u64 h;
	mplink_u64 ports = 0;
	mplink_u32 header;
	mplink_u8 protocol;

	if (len >= 20 && l3[0] >> 4 == 4) [[likely]] {
		// Not the bits "reserved" and "don't fragment".
		const bool fragment = (l3[6] & 0x3f) | l3[7];

		header = (l3[0] & 0xfU) * 4;
		protocol = fragment ? 0 : l3[9];
		h = flow::mix(l3[9], flow::load<mplink_u64>(l3 + 12));
	} else if (len >= 40 && l3[0] >> 4 == 6) {
		header = 40;
		protocol = l3[6];
		h = 0;
		for (mplink_u32 at = 8; at < header; at += 8)
			h = flow::mix(flow::fold(h), flow::load<mplink_u64>(l3 + at));
	} else {
		return 0;
	}
	if (flow::has_ports(protocol) && header + 4 <= len) [[likely]]
		ports = flow::load<mplink_u32>(l3 + header);
	return static_cast<mplink_u32>(flow::mix(flow::fold(h), ports) >> 32);
}

} // namespace mplink
