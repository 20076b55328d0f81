// SPDX-License-Identifier: GPL-2.0
#include "scheduler.hh"

#include "flow_hash.hh"

namespace mplink
{

namespace
{

// The live link furthest behind.  A dead one is moved along with it, so that it
// does not have a backlog to catch up with if it lives again.
[[gnu::noinline]] mplink_u32 reschedule(const LinkTable &table, Tournament &progress)
{
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

// The link that has sent least for its weight gets the packet: after any number
// of packets the links differ by no more than one packet of the largest size.
Choice balance_rr(const LinkTable &table, const mplink_tx &tx)
{
	Tournament progress = table.progress(tx.cpu);
	mplink_u32 link = progress.winner();
	bool rescheduled = false;

	if (!table[link].alive()) [[unlikely]] {
		link = reschedule(table, progress);
		if (link == table.size())
			return {link, false};
		rescheduled = true;
	}
	progress.advance(link, mplink_u64{tx.len + table[link].header_len} * table[link].scale);
	return {link, rescheduled};
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

Choice active_backup(const LinkTable &table)
{
	const mplink_u32 link = next_alive(table, 0);

	return {link, link && link < table.size()};
}

} // namespace

mplink_u32 next_alive(const LinkTable &table, mplink_u32 i)
{
	while (i < table.size() && !table[i].alive())
		i++;
	return i;
}

Choice choose(const LinkTable &table, const mplink_tx &tx)
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
