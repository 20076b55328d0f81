// SPDX-License-Identifier: GPL-2.0
// Chooses the link for a packet.  Inline: this is the packet path.
#pragma once
#include "link_table.hh"

namespace mplink
{

struct Choice {
	mplink_u32 link;  // into the table; its size if no link works
	bool rescheduled; // the first choice had died since the table was published
};

// The first live link from i on, or the table's size.
inline mplink_u32 next_alive(const LinkTable &table, mplink_u32 i)
{
	while (i < table.size() && !table[i].alive())
		i++;
	return i;
}

// The live link furthest behind on that CPU, or the table's size.  A dead one is
// moved along with it, so that it has no backlog to catch up with if it lives again.
mplink_u32 reschedule(const LinkTable &table, mplink_u32 cpu);

// The link that has sent least for its weight gets the packet: after any number
// of packets the links differ by no more than one packet of the largest size.
[[gnu::always_inline]] inline Choice balance_rr(const LinkTable &table, const mplink_tx &tx)
{
	Tournament progress = table.progress(tx.cpu);
	mplink_u32 link = progress.winner();
	bool rescheduled = false;

	if (!table[link].alive()) [[unlikely]] {
		link = reschedule(table, tx.cpu);
		if (link == table.size())
			return {link, false};
		rescheduled = true;
	}
	progress.advance(link, mplink_u64{tx.len + table[link].header_len} * table[link].scale);
	return {link, rescheduled};
}

Choice balance_xor(const LinkTable &table, const mplink_tx &tx);

inline Choice active_backup(const LinkTable &table)
{
	const mplink_u32 link = next_alive(table, 0);

	return {link, link && link < table.size()};
}

// By the table's policy.  Constant in the peers, logarithmic in the peer's
// links (a match or two for three links), linear only while a link is dead and
// no event has told of it yet.
[[gnu::always_inline]] inline Choice choose(const LinkTable &table, const mplink_tx &tx)
{
	switch (table.policy()) {
	case MPLINK_POLICY_BALANCE_RR:
		return balance_rr(table, tx);
	case MPLINK_POLICY_BALANCE_XOR:
		return balance_xor(table, tx);
	case MPLINK_POLICY_BROADCAST:
		// All of them are the first choice.
		return {next_alive(table, 0), false};
	default:
		return active_backup(table);
	}
}

} // namespace mplink
