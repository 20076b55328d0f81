// SPDX-License-Identifier: GPL-2.0
// active-backup: the first valid link in the order of the NICs carries everything.
#pragma once
#include "policy/policy.hh"

namespace mplink
{

struct ActiveBackup : PolicyBase {
	static constexpr mplink_u32 id = MPLINK_POLICY_ACTIVE_BACKUP;
	static constexpr const char *name = "active-backup";

	[[gnu::always_inline]] static mplink_path *choose(const LinkTable &table, const Lane &lane,
							  const Packet &packet)
	{
		return table[0].alive() ? sent(table[0], lane, packet) : nullptr;
	}

	static Pick choose_again(const LinkTable &table, const Lane &, const Packet &)
	{
		return {alive_from(&table[0]), true};
	}

	static Pick choose_without_lane(const LinkTable &table, const Packet &)
	{
		return {alive_from(&table[0]), !table[0].alive()};
	}
};

} // namespace mplink
