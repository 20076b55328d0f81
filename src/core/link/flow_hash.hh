// SPDX-License-Identifier: GPL-2.0
// A packet's flow, as a number.
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

// Each input bit reaches the high half of the product; only that half is used.
constexpr mplink_u64 mix(mplink_u64 h, mplink_u64 v)
{
	return (h ^ v) * 0x9e3779b97f4a7c15ULL;
}

constexpr mplink_u32 finish(mplink_u64 h, mplink_u32 ports)
{
	return static_cast<mplink_u32>(mix(h >> 32, ports) >> 32);
}

// Tests the bit "more fragments" and the fragment's offset, not "reserved" and "don't fragment".
inline bool is_fragment(const mplink_u8 *l3)
{
	constexpr mplink_u8 bits[] = {0x3f, 0xff};

	return load<mplink_u16>(l3 + 6) & load<mplink_u16>(bits);
}

// The length of an IPv4 header in words of 32 bits.  At least 16 if it is no IPv4 header.
inline mplink_u32 words(const mplink_u8 *l3)
{
	return l3[0] - 0x40U;
}

inline bool is_inet(const mplink_u8 *l3, mplink_size len)
{
	return len >= 20 && words(l3) < 16;
}

// The hash of a packet for which is_inet() is true.
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

// The hash of any other packet.
mplink_u32 other(const mplink_u8 *l3, mplink_size len);

} // namespace flow

// A hash of addresses, protocol and ports, which is the same for all packets of a flow.  Its
// upper bits are the best.  l3: the IP header; len: how many bytes may be read there.  Fragments
// and packets with extension headers are hashed without ports, so that all fragments of a
// datagram have the same hash.  A packet that is not IP has the hash 0.
inline mplink_u32 flow_hash(const mplink_u8 *l3, mplink_size len)
{
	return flow::is_inet(l3, len) ? flow::inet(l3, len) : flow::other(l3, len);
}

} // namespace mplink
