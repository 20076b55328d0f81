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

// balance-rr: the link that has sent least for its weight gets the packet, so that
// after any number of packets the links differ by no more than one packet of the
// largest size.  Null if that link is dead.
[[gnu::always_inline]] inline const LinkEntry *balance_rr(const LinkTable &table,
							  const Packet &packet)
{
	Tournament progress = table.progress(packet.lane);
	const LinkEntry &link = table[progress.winner()];

	if (!link.alive()) [[unlikely]]
		return nullptr;
	progress.advance(link.cost(packet.len));
	return &link;
}

// balance-xor: the flow's link; null if it is dead.
[[gnu::always_inline]] inline const LinkEntry *balance_xor(const LinkTable &table,
							   const Packet &packet)
{
	const LinkEntry &link = table[table.bucket(flow_hash(packet.l3, packet.l3_len))];

	return link.alive() ? &link : nullptr;
}

// The link of a packet whose first choice is dead; null if none lives.
const LinkEntry *reschedule(const LinkTable &table, const Packet &packet);

} // namespace mplink
