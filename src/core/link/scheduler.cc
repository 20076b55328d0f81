// SPDX-License-Identifier: GPL-2.0
#include "link/scheduler.hh"

#include "base/atomic.hh"

namespace mplink
{

namespace
{

// The link furthest behind, of all or of those that are alive; n: there is none.
mplink_u32 last_of(const LinkTable &table, const mplink_u64 *clock, bool alive)
{
	const mplink_u32 n = table.size();
	mplink_u32 last = n;

	for (mplink_u32 i = 0; i < n; i++)
		if ((!alive || table[i].alive()) &&
		    (last == n || Tournament::behind(clock[i], clock[last])))
			last = i;
	return last;
}

// The live link furthest behind.  A dead one is moved along with it, so that it
// has no backlog to catch up with if it lives again.
const LinkEntry *furthest_behind(const LinkTable &table, const Lane &lane, const Packet &packet)
{
	const mplink_u32 n = table.size();
	Tournament progress = lane.clocks(n);
	mplink_u64 clock[MPLINK_MAX_LINKS] = {};

	progress.get(clock);

	const mplink_u32 best = last_of(table, clock, true);

	if (best == n)
		return nullptr;
	for (mplink_u32 i = 0; i < n; i++)
		if (!table[i].alive() && Tournament::behind(clock[i], clock[best]))
			clock[i] = clock[best];
	clock[best] = Tournament::moved(clock[best], table[best].cost(packet.len));
	progress.set(clock);
	return &table[best];
}

// The same by the clocks that lanes share.  Two that choose at a time may take the same
// link; it has moved by both, and is passed over for longer.
const LinkEntry *furthest_behind_shared(const LinkTable &table, const Packet &packet, bool &dead)
{
	const mplink_u32 n = table.size();
	mplink_u64 *const shared = table.shared_clocks();
	mplink_u64 clock[MPLINK_MAX_LINKS] = {};

	for (mplink_u32 i = 0; i < n; i++)
		clock[i] = read_once(shared[i]);

	const mplink_u32 best = last_of(table, clock, true);

	dead = last_of(table, clock, false) != best;
	if (best == n)
		return nullptr;
	for (mplink_u32 i = 0; i < n; i++)
		if (!table[i].alive() && Tournament::behind(clock[i], clock[best]))
			(void)atomic_replace(shared[i], clock[i], clock[best]);
	atomic_add(shared[best], Tournament::moved(0, table[best].cost(packet.len)));
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

mplink_path *balance_xor_other(const LinkTable &table, const Lane &lane, mplink_size len,
			       mplink_size at, const mplink_u8 *l3, mplink_size l3_len)
{
	return balance_hashed(table, lane, {len, at, l3, l3_len}, flow::other(l3, l3_len));
}

const LinkEntry *reschedule(const LinkTable &table, const Lane &lane, const Packet &packet)
{
	switch (table.policy()) {
	case MPLINK_POLICY_BALANCE_RR:
		return furthest_behind(table, lane, packet);
	case MPLINK_POLICY_BALANCE_XOR:
		return other_for_flow(table, packet);
	default:
		return alive_from(&table[0]);
	}
}

const LinkEntry *choose_shared(const LinkTable &table, const Packet &packet, bool &dead)
{
	switch (table.policy()) {
	case MPLINK_POLICY_BALANCE_RR:
		return furthest_behind_shared(table, packet, dead);
	case MPLINK_POLICY_BALANCE_XOR: {
		const LinkEntry &link = table.of_flow(flow_hash(packet.l3, packet.l3_len));

		dead = !link.alive();
		return dead ? other_for_flow(table, packet) : &link;
	}
	default:
		dead = !table[0].alive();
		return alive_from(&table[0]);
	}
}

mplink_path *sent_anyhow(const LinkEntry &link, const Packet &packet)
{
	const Lane &lane = LinkTable::of(link).lanes().at(packet.lane);
	const mplink_size len = packet.len + link.header_len;

	if (lane.has(link.place))
		count_tx(lane.at(link.place), len);
	else
		count_tx_shared(*link.shared, len);
	count_tx(link.nic_counters[packet.lane], len);
	return link.path;
}

} // namespace mplink
