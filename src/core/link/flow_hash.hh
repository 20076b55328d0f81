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

	if (protocol == tcp) [[likely]]
		return true;
	if (protocol == udp) [[likely]]
		return true;
	return protocol == dccp || protocol == sctp;
}

// Every input bit reaches the high half of the product, which is what is kept.
constexpr mplink_u64 mix(mplink_u64 h, mplink_u64 v)
{
	return (h ^ v) * 0x9e3779b97f4a7c15ULL;
}

constexpr mplink_u32 finish(mplink_u64 h, mplink_u32 ports)
{
	return static_cast<mplink_u32>(mix(h >> 32, ports) >> 32);
}

// More fragments, and the fragment's offset; not the bits "reserved" and "don't fragment".
inline bool is_fragment(const mplink_u8 *l3)
{
	constexpr mplink_u8 bits[] = {0x3f, 0xff};

	return load<mplink_u16>(l3 + 6) & load<mplink_u16>(bits);
}

// Of an IPv4 header; no less than 16 if it is none.
inline mplink_u32 words(const mplink_u8 *l3)
{
	return l3[0] - 0x40U;
}

inline bool is_inet(const mplink_u8 *l3, mplink_size len)
{
	return len >= 20 && words(l3) < 16;
}

// Of a packet that is_inet().
[[gnu::always_inline]] inline mplink_u32 inet(const mplink_u8 *l3, mplink_size len)
{
	const mplink_u8 protocol = l3[9];
	const mplink_u64 h = mix(protocol, load<mplink_u64>(l3 + 12));
	const mplink_size at = mplink_size{words(l3)} * 4;
	mplink_u32 ports = 0;

	if (has_ports(protocol) && !is_fragment(l3) && at + 4 <= len) [[likely]]
		ports = load<mplink_u32>(l3 + at);
	return finish(h, ports);
}

// Of any other.
mplink_u32 other(const mplink_u8 *l3, mplink_size len);

} // namespace flow

// A hash of addresses, protocol and ports, the same for all packets of a flow; its
// upper bits are the best.  l3: the IP header, of which len bytes may be read.
// Fragments and extension headers hide the ports; all packets of a datagram then
// hash without them.  What is no IP packet hashes to 0.
inline mplink_u32 flow_hash(const mplink_u8 *l3, mplink_size len)
{
	return flow::is_inet(l3, len) ? flow::inet(l3, len) : flow::other(l3, len);
}

} // namespace mplink
