// SPDX-License-Identifier: GPL-2.0
#include "scheduler.hh"

#include "flow_hash.hh"

namespace mplink
{

// The live link furthest behind.  A dead one is moved along with it, so that it
// has no backlog to catch up with if it lives again.
Choice reschedule(const LinkTable &table, const Packet &packet)
{
	Tournament progress = table.progress(packet.cpu);
	const mplink_u32 n = table.size();
	mplink_u32 best = n;

	for (mplink_u32 i = 0; i < n; i++)
		if (table[i].alive() && (best == n || progress.behind(i, best)))
			best = i;
	if (best == n)
		return {nullptr, false};
	for (mplink_u32 i = 0; i < n; i++)
		if (!table[i].alive() && progress.behind(i, best))
			progress.catch_up(i, best);
	progress.replay_all();
	progress.advance(best, table[best].cost(packet.len));
	return {&table[best], true};
}

Choice balance_xor(const LinkTable &table, const Packet &packet)
{
	const mplink_u32 hash = flow_hash(packet.l3, packet.l3_len);
	const LinkEntry &link = table[table.bucket(hash)];

	if (link.alive()) [[likely]]
		return {&link, false};

	// Any live link, but the same one for all of the flow's packets.
	const mplink_u32 n = table.size();
	const mplink_u32 start = hash % n;

	for (mplink_u32 i = start; i < start + n; i++)
		if (table[i % n].alive())
			return {&table[i % n], true};
	return {nullptr, false};
}

} // namespace mplink
