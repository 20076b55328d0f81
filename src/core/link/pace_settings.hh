// SPDX-License-Identifier: GPL-2.0
// What users tell policy adaptive about a link.
#pragma once
#include "base/atomic.hh"
#include "mplink/types.h"

namespace mplink
{

// Users write these one by one, while a timer reads them.
struct PaceSettings {
	// A link of the next preference is used once packets would have to wait for so long.
	static constexpr mplink_u32 first_turn_ns = 15000000;

	Shared<mplink_u32> rate_min; // kbit/s; 0: no bound
	Shared<mplink_u32> rate_max;
	Shared<mplink_u32> preference;

	bool given() const
	{
		return rate_min.read() || rate_max.read() || preference.read();
	}
	// kbit/s in bytes per second.
	static constexpr mplink_u64 bytes(mplink_u32 kbit)
	{
		return mplink_u64{kbit} * 125;
	}
	mplink_u64 bounded(mplink_u64 bytes_per_second) const
	{
		const mplink_u64 least = bytes(rate_min.read());

		if (reaches_max(bytes_per_second))
			return bytes(rate_max.read());
		return bytes_per_second < least ? least : bytes_per_second;
	}
	bool reaches_max(mplink_u64 bytes_per_second) const
	{
		const mplink_u64 most = bytes(rate_max.read());

		return most && bytes_per_second >= most;
	}
	// How long a packet would have to wait for all links of lower numbers before it takes
	// this one, where nothing is known of them.
	mplink_u32 turn_ns() const
	{
		constexpr mplink_u32 each = 5000000;
		const mplink_u32 tier = preference.read();

		return tier ? first_turn_ns + (tier - 1) * each : 0;
	}
};

} // namespace mplink
