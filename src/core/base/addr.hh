// SPDX-License-Identifier: GPL-2.0
// Compares addresses, and tells which family an address has.
#pragma once
#include "mplink/types.h"

namespace mplink
{

// The families of addresses that a NIC can have and a remote can need.
enum class Family : unsigned { inet, inet6, inet6_local, count };

constexpr bool operator==(const mplink_addr &a, const mplink_addr &b)
{
	return a.hi == b.hi && a.lo == b.lo;
}

inline const mplink_u8 *bytes(const mplink_addr &a)
{
	return reinterpret_cast<const mplink_u8 *>(&a);
}

inline bool given(const mplink_addr &a)
{
	return a.hi || a.lo;
}

inline Family family(const mplink_addr &a)
{
	const mplink_u8 *b = bytes(a);

	if (!a.hi && !b[8] && !b[9] && b[10] == 0xff && b[11] == 0xff)
		return Family::inet;
	// fe80::/10, RFC 4291 2.5.6
	if (b[0] == 0xfe && (b[1] & 0xc0) == 0x80)
		return Family::inet6_local;
	return Family::inet6;
}

// Whether a host can have the address: it is not unspecified, loopback or multicast.
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
	if (!a.hi && b[15] == 1) {
		for (unsigned i = 8; i < 15; i++)
			if (b[i])
				return true;
		return false;
	}
	return true;
}

} // namespace mplink
