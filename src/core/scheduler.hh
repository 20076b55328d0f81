// SPDX-License-Identifier: GPL-2.0
// Chooses the link for a packet.  Inline: this is the packet path.
#pragma once
#include "link_table.hh"

namespace mplink
{

// Which link, and whether the first choice had died since the table was published.
struct Choice {
	const LinkEntry *link; // null if none works
	bool rescheduled;
};

// e, or the first live link behind it; null if there is none.
inline const LinkEntry *alive_from(const LinkEntry *e)
{
	while (!e->alive()) {
		if (e->last)
			return nullptr;
		e++;
	}
	return e;
}

// For balance_rr() whose first choice is dead.
Choice reschedule(const LinkTable &table, const Packet &packet);

// The link that has sent least for its weight gets the packet: after any number
// of packets the links differ by no more than one packet of the largest size.
[[gnu::always_inline]] inline Choice balance_rr(const LinkTable &table, const Packet &packet)
{
	Tournament progress = table.progress(packet.cpu);
	const mplink_u32 i = progress.winner();
	const LinkEntry &link = table[i];

	if (!link.alive()) [[unlikely]]
		return reschedule(table, packet);
	progress.advance(i, link.cost(packet.len));
	return {&link, false};
}

Choice balance_xor(const LinkTable &table, const Packet &packet);

inline Choice active_backup(const LinkTable &table)
{
	const LinkEntry *const link = alive_from(&table[0]);

	return {link, link != &table[0]};
}

// All live links are the first choice; this is the first of them.
inline Choice broadcast(const LinkTable &table)
{
	return {alive_from(&table[0]), false};
}

// By the table's policy.  Constant in the peers, logarithmic in the peer's
// links (a match or two for three links), linear only while a link is dead and
// no event has told of it yet.
[[gnu::always_inline]] inline Choice choose(const LinkTable &table, const Packet &packet)
{
	switch (table.policy()) {
	case MPLINK_POLICY_BALANCE_RR:
		return balance_rr(table, packet);
	case MPLINK_POLICY_BALANCE_XOR:
		return balance_xor(table, packet);
	case MPLINK_POLICY_BROADCAST:
		return broadcast(table);
	default:
		return active_backup(table);
	}
}

} // namespace mplink
