// SPDX-License-Identifier: GPL-2.0
// balance-rr: even in bytes, by weight.  The link that has sent least for its weight gets
// the packet.  So after any number of packets the links differ by at most one packet of the
// largest size.
//
// Each lane keeps a clock per link in a Tournament.  The table keeps one clock per link for
// the packets whose lane has no memory yet; several CPUs write these.
#pragma once
#include "policy/policy.hh"

namespace mplink
{

struct BalanceRr : PolicyBase {
	static constexpr mplink_u32 id = MPLINK_POLICY_BALANCE_RR;
	static constexpr const char *name = "balance-rr";

	static mplink_size tail_size(mplink_u32 n)
	{
		return tournament_size(n);
	}

	// The lane goes on from where the shared clocks are.
	static void start_lane(const LinkTable &table, Lane &lane)
	{
		const Shared<mplink_u64> *shared = shared_clocks(table);
		mplink_u64 clocks[MPLINK_MAX_LINKS];

		for (mplink_u32 i = 0; i < table.size(); i++)
			clocks[i] = shared[i].read();
		lane.clocks(table.size()).set(clocks);
	}

	// One match or two for three links; logarithmic in the number of links.
	[[gnu::always_inline]] static mplink_path *choose(const LinkTable &table, const Lane &lane,
							  const Packet &packet)
	{
		Tournament progress = lane.clocks(table.size());
		const LinkEntry &link = table[progress.winner()];

		if (!link.alive()) [[unlikely]]
			return nullptr;
		progress.advance(link.cost(packet.len));
		return sent(link, lane, packet);
	}

	// The live link furthest behind.  A dead link's clock moves along with it, so that the
	// link has nothing to catch up with when it comes back.  Linear in the number of links.
	static Pick choose_again(const LinkTable &table, const Lane &lane, const Packet &packet)
	{
		const mplink_u32 n = table.size();
		Tournament progress = lane.clocks(n);
		mplink_u64 clock[MPLINK_MAX_LINKS] = {};

		progress.get(clock);

		const mplink_u32 best = last_of(table, clock, true);

		if (best == n)
			return {nullptr, true};
		for (mplink_u32 i = 0; i < n; i++)
			if (!table[i].alive() && Tournament::behind(clock[i], clock[best]))
				clock[i] = clock[best];
		clock[best] = Tournament::moved(clock[best], table[best].cost(packet.len));
		progress.set(clock);
		return {&table[best], true};
	}

	// The same with the shared clocks.  Two CPUs that choose at the same time may take the
	// same link.  Both move its clock, so it is then passed over for longer.
	static Pick choose_without_lane(const LinkTable &table, const Packet &packet)
	{
		const mplink_u32 n = table.size();
		Shared<mplink_u64> *const shared = shared_clocks(table);
		mplink_u64 clock[MPLINK_MAX_LINKS] = {};

		for (mplink_u32 i = 0; i < n; i++)
			clock[i] = shared[i].read();

		const mplink_u32 best = last_of(table, clock, true);
		const bool moved = last_of(table, clock, false) != best;

		if (best == n)
			return {nullptr, moved};
		for (mplink_u32 i = 0; i < n; i++)
			if (!table[i].alive() && Tournament::behind(clock[i], clock[best]))
				(void)shared[i].replace(clock[i], clock[best]);
		shared[best].add(Tournament::moved(0, table[best].cost(packet.len)));
		return {&table[best], moved};
	}

	// Compare and move them as Tournament does.
	static Shared<mplink_u64> *shared_clocks(const LinkTable &table)
	{
		return table.tail<Shared<mplink_u64>>();
	}

private:
	// The link furthest behind, of all links or of the live ones.  n: there is none.
	static mplink_u32 last_of(const LinkTable &table, const mplink_u64 *clock, bool alive)
	{
		const mplink_u32 n = table.size();
		mplink_u32 last = n;

		for (mplink_u32 i = 0; i < n; i++)
			if ((!alive || table[i].alive()) &&
			    (last == n || Tournament::behind(clock[i], clock[last])))
				last = i;
		return last;
	}
};

} // namespace mplink
