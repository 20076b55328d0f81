// SPDX-License-Identifier: GPL-2.0
// Chooses the link for a packet.
//
// Constant in the peers, logarithmic in the peer's links (a match or two for
// three links), linear only while a link is dead and no event has told of it yet.
#pragma once
#include "link/flow_hash.hh"
#include "link/link_table.hh"

namespace mplink
{

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

// Accounts the packet on the link it was given.  lane: with room for the link's counters.
[[gnu::always_inline]] inline mplink_path *sent(const LinkEntry &link, const Lane &lane,
						const Packet &packet)
{
	const mplink_size len = packet.len + link.header_len;

	count_tx(lane.at(link.place), len);
	count_tx(link.nic_counters[packet.lane], len);
	return link.path;
}

// A policy's first choice, by whose path the packet has been sent; null if it is dead.
// lane: one that has begun with the table.

// The link that has sent least for its weight gets the packet, so that after any number
// of packets the links differ by no more than one packet of the largest size.
[[gnu::always_inline]] inline mplink_path *balance_rr(const LinkTable &table, const Lane &lane,
						      const Packet &packet)
{
	Tournament progress = lane.clocks(table.size());
	const LinkEntry &link = table[progress.winner()];

	if (!link.alive()) [[unlikely]]
		return nullptr;
	progress.advance(link.cost(packet.len));
	return sent(link, lane, packet);
}

[[gnu::always_inline]] inline mplink_path *active_backup(const LinkTable &table, const Lane &lane,
							 const Packet &packet)
{
	return table[0].alive() ? sent(table[0], lane, packet) : nullptr;
}

// The flow's link.
[[gnu::always_inline]] inline mplink_path *balance_hashed(const LinkTable &table, const Lane &lane,
							  const Packet &packet, mplink_u32 hash)
{
	const LinkEntry &link = table.of_flow(hash);

	return link.alive() ? sent(link, lane, packet) : nullptr;
}

// The same for what is not IPv4, out of the way of what is.  A packet's parts: to
// have its address, the packet would have to be in memory.
mplink_path *balance_xor_other(const LinkTable &table, const Lane &lane, mplink_size len,
			       mplink_size at, const mplink_u8 *l3, mplink_size l3_len);

[[gnu::always_inline]] inline mplink_path *balance_xor(const LinkTable &table, const Lane &lane,
						       const Packet &packet)
{
	if (!flow::is_inet(packet.l3, packet.l3_len)) [[unlikely]]
		return balance_xor_other(table, lane, packet.len, packet.lane, packet.l3,
					 packet.l3_len);
	return balance_hashed(table, lane, packet, flow::inet(packet.l3, packet.l3_len));
}

// The same by another policy than balance-rr; null also for a broadcast.
[[gnu::always_inline]] inline mplink_path *
first_choice_but_rr(const LinkTable &table, const Lane &lane, const Packet &packet)
{
	if (table.policy() == MPLINK_POLICY_BALANCE_XOR)
		return balance_xor(table, lane, packet);
	return table.policy() == MPLINK_POLICY_ACTIVE_BACKUP ? active_backup(table, lane, packet)
							     : nullptr;
}

// The link of a packet whose first choice is dead; null if none lives.
const LinkEntry *reschedule(const LinkTable &table, const Lane &lane, const Packet &packet);
// The link of a packet whose lane the peer does not have yet.  dead: the first choice is.
const LinkEntry *choose_shared(const LinkTable &table, const Packet &packet, bool &dead);

// sent() for all packets, on lanes with and without room; out of the way.
mplink_path *sent_anyhow(const LinkEntry &link, const Packet &packet);

} // namespace mplink
