// SPDX-License-Identifier: GPL-2.0
// broadcast: a copy on every live link.
#pragma once
#include "policy/policy.hh"

namespace mplink
{

struct Broadcast : PolicyBase {
	static constexpr mplink_u32 id = MPLINK_POLICY_BROADCAST;
	static constexpr const char *name = "broadcast";
	static constexpr bool copies = true;

	// The link of the first copy; the others follow in the table's order.
	static Pick choose_again(const LinkTable &table, const Lane &, const Packet &)
	{
		return {alive_from(&table[0]), false};
	}

	static Pick choose_without_lane(const LinkTable &table, const Packet &)
	{
		return {alive_from(&table[0]), false};
	}
};

} // namespace mplink
