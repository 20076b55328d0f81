// SPDX-License-Identifier: GPL-2.0
// Chooses the link for a packet.
//
// Constant in the peers, logarithmic in the peer's links (a match or two for
// three links), linear only while a link is dead and no event has told of it yet.
#pragma once
#include "flow_hash.hh"
#include "link_table.hh"

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

// Accounts the packet on the link it was given.
[[gnu::always_inline]] inline mplink_path *sent(const LinkEntry &link, const Packet &packet)
{
	const mplink_size len = packet.len + link.header_len;

	count_tx(link.counters[packet.lane], len);
	count_tx(link.nic_counters[packet.lane], len);
	return link.path;
}

// A policy's first choice, by whose path the packet has been sent; null if it is dead.

// The link that has sent least for its weight gets the packet, so that after any number
// of packets the links differ by no more than one packet of the largest size.
[[gnu::always_inline]] inline mplink_path *balance_rr(const LinkTable &table, const Packet &packet)
{
	Tournament progress = table.progress(packet.lane);
	const LinkEntry &link = table[progress.winner()];

	if (!link.alive()) [[unlikely]]
		return nullptr;
	progress.advance(link.cost(packet.len));
	return sent(link, packet);
}

[[gnu::always_inline]] inline mplink_path *active_backup(const LinkTable &table,
							 const Packet &packet)
{
	return table[0].alive() ? sent(table[0], packet) : nullptr;
}

// The flow's link.
[[gnu::always_inline]] inline mplink_path *balance_hashed(const LinkTable &table,
							  const Packet &packet, mplink_u32 hash)
{
	const LinkEntry &link = table.of_flow(hash);

	return link.alive() ? sent(link, packet) : nullptr;
}

// The same for what is not IPv4, out of the way of what is.  A packet's parts: to
// have its address, the packet would have to be in memory.
mplink_path *balance_xor_other(const LinkTable &table, mplink_size len, mplink_size lane,
			       const mplink_u8 *l3, mplink_size l3_len);

[[gnu::always_inline]] inline mplink_path *balance_xor(const LinkTable &table, const Packet &packet)
{
	if (!flow::is_inet(packet.l3, packet.l3_len)) [[unlikely]]
		return balance_xor_other(table, packet.len, packet.lane, packet.l3, packet.l3_len);
	return balance_hashed(table, packet, flow::inet(packet.l3, packet.l3_len));
}

// The link of a packet whose first choice is dead; null if none lives.
const LinkEntry *reschedule(const LinkTable &table, const Packet &packet);

} // namespace mplink
