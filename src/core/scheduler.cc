// SPDX-License-Identifier: GPL-2.0
#include "scheduler.hh"

namespace mplink
{

namespace
{

// The live link furthest behind.  A dead one is moved along with it, so that it
// has no backlog to catch up with if it lives again.
const LinkEntry *furthest_behind(const LinkTable &table, const Packet &packet)
{
	Tournament progress = table.progress(packet.lane);
	const mplink_u32 n = table.size();
	mplink_u64 clock[MPLINK_MAX_LINKS];
	mplink_u32 best = n;

	progress.get(clock);
	for (mplink_u32 i = 0; i < n; i++)
		if (table[i].alive() && (best == n || Tournament::behind(clock[i], clock[best])))
			best = i;
	if (best == n)
		return nullptr;
	for (mplink_u32 i = 0; i < n; i++)
		if (!table[i].alive() && Tournament::behind(clock[i], clock[best]))
			clock[i] = clock[best];
	clock[best] = Tournament::moved(clock[best], table[best].cost(packet.len));
	progress.set(clock);
	return &table[best];
}

// Any live link, but the same one for all of the flow's packets.
const LinkEntry *other_for_flow(const LinkTable &table, const Packet &packet)
{
	const mplink_u32 n = table.size();
	const mplink_u32 hash = flow_hash(packet.l3, packet.l3_len);
	const mplink_u32 start = static_cast<mplink_u32>((mplink_u64{hash} * n) >> 32);

	for (mplink_u32 i = start; i < start + n; i++)
		if (table[i % n].alive())
			return &table[i % n];
	return nullptr;
}

} // namespace

mplink_path *balance_xor_other(const LinkTable &table, mplink_size len, mplink_size lane,
			       const mplink_u8 *l3, mplink_size l3_len)
{
	return balance_hashed(table, {len, lane, l3, l3_len}, flow::other(l3, l3_len));
}

const LinkEntry *reschedule(const LinkTable &table, const Packet &packet)
{
	switch (table.policy()) {
	case MPLINK_POLICY_BALANCE_RR:
		return furthest_behind(table, packet);
	case MPLINK_POLICY_BALANCE_XOR:
		return other_for_flow(table, packet);
	default:
		return alive_from(&table[0]);
	}
}

} // namespace mplink
