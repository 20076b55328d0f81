// SPDX-License-Identifier: GPL-2.0
// What the core needs to know of an address: whether two are the same one, and
// what kind it is.
#pragma once
#include "mplink/types.h"

namespace mplink
{

// The kinds of address a NIC can have, and a remote can ask for.
enum class Family : unsigned { inet, inet6, inet6_local, count };

constexpr bool operator==(const mplink_addr &a, const mplink_addr &b)
{
	return a.word[0] == b.word[0] && a.word[1] == b.word[1];
}

inline const mplink_u8 *bytes(const mplink_addr &a)
{
	return reinterpret_cast<const mplink_u8 *>(&a.word[0]);
}

inline bool given(const mplink_addr &a)
{
	return a.word[0] || a.word[1];
}

inline Family family(const mplink_addr &a)
{
	const mplink_u8 *b = bytes(a);

	if (!a.word[0] && !b[8] && !b[9] && b[10] == 0xff && b[11] == 0xff)
		return Family::inet;
	// fe80::/10, RFC 4291 2.5.6
	if (b[0] == 0xfe && (b[1] & 0xc0) == 0x80)
		return Family::inet6_local;
	return Family::inet6;
}

// An address that one host can have: neither unspecified, nor loopback, nor multicast.
inline bool unicast(const mplink_addr &a)
{
	const mplink_u8 *b = bytes(a);

	if (!given(a))
		return false;
	if (family(a) == Family::inet)
		return b[12] != 0 && b[12] != 127 && b[12] < 224;
	if (b[0] == 0xff)
		return false;
	// ::1
	if (!a.word[0] && b[15] == 1) {
		for (unsigned i = 8; i < 15; i++)
			if (b[i])
				return true;
		return false;
	}
	return true;
}

} // namespace mplink
