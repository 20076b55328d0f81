// SPDX-License-Identifier: GPL-2.0
#include "scheduler.hh"

#include "flow_hash.hh"

namespace mplink
{

mplink_u32 reschedule(const LinkTable &table, mplink_u32 cpu)
{
	Tournament progress = table.progress(cpu);
	const mplink_u32 n = table.size();
	mplink_u32 best = n;

	for (mplink_u32 i = 0; i < n; i++)
		if (table[i].alive() && (best == n || progress.behind(i, best)))
			best = i;
	if (best == n)
		return n;
	for (mplink_u32 i = 0; i < n; i++)
		if (!table[i].alive() && progress.behind(i, best))
			progress.catch_up(i, best);
	progress.replay_all();
	return best;
}

Choice balance_xor(const LinkTable &table, const mplink_tx &tx)
{
	const mplink_u32 hash = flow_hash(tx.l3, tx.l3_len);
	const mplink_u32 link = table.bucket(hash);

	if (table[link].alive()) [[likely]]
		return {link, false};

	// Any live link, but the same one for all of the flow's packets.
	const mplink_u32 n = table.size();
	const mplink_u32 start = hash % n;

	for (mplink_u32 i = start; i < start + n; i++)
		if (table[i % n].alive())
			return {i % n, true};
	return {n, false};
}

} // namespace mplink
