// SPDX-License-Identifier: GPL-2.0
// What a policy is: how the packets for a peer are spread over its valid links.
//
// A policy is a struct with only static members, in a file of its own.  It derives from
// PolicyBase and has at least id, name, choose_again() and choose_without_lane().
// policies.hh lists all policies.
//
// All functions that take a packet run in an RCU read-side section, in softirq or with
// preemption disabled.  They allocate nothing and take no lock.
#pragma once
#include "link/flow_hash.hh"
#include "link/link_table.hh"

namespace mplink
{

// The answer of a policy that had to look further than its first choice.
struct Pick {
	const LinkEntry *link; // null: no link is alive
	// The first choice is dead, and another link gets the packet.  This is counted as
	// "rescheduled".
	bool moved;
};

// What a policy does if it does not say otherwise.
struct PolicyBase {
	// Each packet goes out on all live links, and not on one.  select() then always
	// leaves the packet to reselect().
	static constexpr bool copies = false;

	// Bytes of memory that the policy needs in each table of n links.
	static mplink_size tail_size(mplink_u32)
	{
		return 0;
	}
	// Fills that memory, which is zero.  links: all of the peer's links, valid or not, in
	// order; the table has the valid ones.  Process context, before readers see the table.
	static void lay_out(const LinkTable &, std::span<const LinkSpec>)
	{
	}
	// The link by which a copy of the packet goes that the first one carries: a live one, over
	// another NIC if there is one.  Null: there is none.  A lane that is not ready is null.
	static const LinkEntry *second(const LinkTable &table, const Lane *, const Packet &,
				       const LinkEntry &first)
	{
		const LinkEntry *same_nic = nullptr;

		for (mplink_u32 i = 1; i < table.size(); i++) {
			const LinkEntry &next = table[(first.index + i) % table.size()];

			if (!next.alive())
				continue;
			if (!next.shares_nic(first))
				return &next;
			if (!same_nic)
				same_nic = &next;
		}
		return same_nic;
	}
	// The lane is about to be used with this table for the first time, and has room for
	// it.  The lane still has the clocks of another table, or zeros.
	static void start_lane(const LinkTable &, Lane &)
	{
	}
};

// The first live link from e on, or null.
inline const LinkEntry *alive_from(const LinkEntry *e)
{
	while (!e->alive()) {
		if (e->last)
			return nullptr;
		e++;
	}
	return e;
}

// Accounts the packet on the link that it was given, and returns the link's path.  The lane
// must have room for the link's counters.
[[gnu::always_inline]] inline mplink_path *sent(const LinkEntry &link, const Lane &lane,
						const Packet &packet)
{
	const mplink_size len = packet.len + link.header_len;

	count_tx(lane.at(link.place), len);
	count_tx(link.nic_counters[packet.lane], len);
	return link.path;
}

} // namespace mplink
