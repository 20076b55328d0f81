// SPDX-License-Identifier: GPL-2.0
// adaptive: the link by which the packet arrives first, as measured (src/core/measure).
//
// Each lane keeps a word per link: when the link will have sent what the lane has given it.
// A packet arrives len / rate and the link's delay after that.  So while the fastest link is
// idle, it carries everything; when more is sent, the next one joins in; and when all are
// full, they share in proportion to their rates.  Idle links that are equally fast take turns.
//
// Lanes know nothing of each other's packets.  Each one uses the same share of the rate as it
// has of the traffic.
#pragma once
#include "mplink/platform.h"
#include "mplink/tunnel.h"
#include "policy/policy.hh"

namespace mplink
{

struct Adaptive : PolicyBase {
	static constexpr mplink_u32 id = MPLINK_POLICY_ADAPTIVE;
	static constexpr const char *name = "adaptive";

	// A lane does not plan further ahead than this.  A sender that is faster than all
	// links together then shares them in proportion, and no longer by their delays.
	static constexpr mplink_u64 horizon_ns = 50000000;

	// How much a delay above the fastest link's counts.  It is less than the horizon, or a full
	// bundle would never use the link.  If a link is slower by more than far ends wait, it is
	// of no use, and keeps its delay.
	static constexpr mplink_u32 counted_delay_ns(mplink_u32 delay_ns)
	{
		constexpr mplink_u32 most_ns = 45000000;

		return delay_ns < most_ns || delay_ns > LinkPace::useless_ns ? delay_ns : most_ns;
	}

	// The same for packets of bulk flows, if the far end holds those of faster links back
	// until all have taken as long.  The fastest link is still preferred while it is idle.
	// But no queue may grow there first: TCP would take it for congestion.
	static constexpr mplink_u32 bulk_delay_ns(mplink_u32 delay_ns)
	{
		constexpr mplink_u32 most_ns = 2000000;

		return delay_ns < most_ns || delay_ns > LinkPace::useless_ns ? delay_ns : most_ns;
	}

	// By idle links, arrivals that are so close are equal: the measured delays of two equal
	// cables differ by less.  So each cable carries some of a thin flow, and is measured by it.
	static constexpr mplink_u64 equal_ns = 250000;

	static void start_lane(const LinkTable &table, Lane &lane)
	{
		const mplink_u64 now = mplink_clock_ns();

		for (mplink_u32 i = 0; i < table.size(); i++)
			lane.words()[i] = now;
	}

	[[gnu::always_inline]] static mplink_path *choose(const LinkTable &table, const Lane &lane,
							  const Packet &packet)
	{
		return choose_apart(table, lane, packet.len, packet.lane, packet.l3, packet.l3_len);
	}

	static Pick choose_again(const LinkTable &table, const Lane &lane, const Packet &packet)
	{
		const Plan plan = earliest(table, lane, packet, Alive());

		if (plan.link)
			commit(table, lane, plan);
		return {plan.link, true};
	}

	// The live link with the least delay: these are a new peer's first packets.
	static Pick choose_without_lane(const LinkTable &table, const Packet &)
	{
		const LinkEntry *first = &table[0];
		const LinkEntry *best = nullptr;

		for (mplink_u32 i = 0; i < table.size(); i++) {
			if (nearer(table[i], *first))
				first = &table[i];
			if (table[i].alive() && (!best || nearer(table[i], *best)))
				best = &table[i];
		}
		return {best, best != first};
	}

	// The one by which it arrives first, besides the first link.
	static const LinkEntry *second(const LinkTable &table, const Lane *lane,
				       const Packet &packet, const LinkEntry &first)
	{
		if (!lane)
			return PolicyBase::second(table, lane, packet, first);

		Plan plan = earliest(table, *lane, packet, AnotherNic{first});

		if (!plan.link)
			plan = earliest(table, *lane, packet, Another{first});
		if (plan.link)
			commit(table, *lane, plan);
		return plan.link;
	}

private:
	// Which links earliest() looks at.
	struct Any {
		static bool may(const LinkEntry &)
		{
			return true;
		}
	};
	struct Alive {
		static bool may(const LinkEntry &link)
		{
			return link.alive();
		}
	};
	struct Another {
		bool may(const LinkEntry &link) const
		{
			return link.index != first.index && link.alive() &&
			       link.shared->pace.delay_ns(false) <= LinkPace::useless_ns;
		}
		const LinkEntry &first;
	};
	struct AnotherNic {
		bool may(const LinkEntry &link) const
		{
			return !link.shares_nic(first) && Another{first}.may(link);
		}
		const LinkEntry &first;
	};

	// choose(), out of line: if it were inline, packets of all policies would save the
	// registers that it needs.  It takes the packet's parts, as BalanceXor::choose_other()
	// does.
	[[gnu::noinline]] static mplink_path *choose_apart(const LinkTable &table, const Lane &lane,
							   mplink_size len, mplink_size at,
							   const mplink_u8 *l3, mplink_size l3_len)
	{
		const Packet packet = {len, at, l3, l3_len};
		const Plan plan = earliest(table, lane, packet, Any());

		if (!plan.link->alive()) [[unlikely]]
			return nullptr;
		commit(table, lane, plan);
		return sent(*plan.link, lane, packet);
	}

	struct Plan {
		const LinkEntry *link;
		mplink_u64 arrival; // when the packet arrives
		mplink_u64 until;   // when the link has sent what it was given before
		mplink_u64 sent;    // when the link has sent it
		mplink_u64 now;
	};

	static bool nearer(const LinkEntry &a, const LinkEntry &b)
	{
		return a.shared->pace.delay_ns(false) < b.shared->pace.delay_ns(false);
	}

	static bool before(mplink_u64 a, mplink_u64 b)
	{
		return static_cast<__INT64_TYPE__>(a - b) < 0;
	}

	// How long the link needs for the packet.
	[[gnu::always_inline]] static mplink_u64 duration(const LinkEntry &link, mplink_size len,
							  mplink_u32 one_in)
	{
		return ((len + link.header_len) * link.shared->pace.scale() * one_in) >>
		       (LinkPace::shift + 8);
	}

	// Whether the best link so far and another one are both idle, and equally fast.
	[[gnu::always_inline]] static bool take_turns(const Plan &best, mplink_u64 until,
						      mplink_u64 arrival)
	{
		return before(until, best.now) && before(best.until, best.now) &&
		       arrival - best.arrival + equal_ns < 2 * equal_ns;
	}

	// Without a link that may be used, the plan has none.
	template <class Among>
	[[gnu::always_inline]] static Plan earliest(const LinkTable &table, const Lane &lane,
						    const Packet &packet, Among among)
	{
		const mplink_u64 *const busy_until = lane.words();
		const mplink_u32 one_in = lane.one_in();
		const bool bulk = mplink_is_tcp_data(packet.l3, packet.l3_len, packet.len);
		Plan best = {nullptr, 0, 0, 0, mplink_clock_ns()};
		const LinkEntry *link = &table[0];

		for (mplink_u32 i = 0;; i++, link++) {
			if (among.may(*link)) {
				const mplink_u64 until = busy_until[i];
				const mplink_u64 start = before(until, best.now) ? best.now : until;
				const mplink_u64 sent = start + duration(*link, packet.len, one_in);
				const mplink_u64 arrival = sent + link->shared->pace.delay_ns(bulk);

				if (!best.link || (take_turns(best, until, arrival)
							   ? before(until, best.until)
							   : before(arrival, best.arrival))) {
					best.link = link;
					best.arrival = arrival;
					best.until = until;
					best.sent = sent;
				}
			}
			if (link->last)
				return best;
		}
	}

	[[gnu::always_inline]] static void commit(const LinkTable &table, const Lane &lane,
						  const Plan &plan)
	{
		lane.words()[plan.link->index] = plan.sent;
		if (plan.sent - plan.now > horizon_ns) [[unlikely]]
			pull_back(table, lane, plan.sent - plan.now - horizon_ns);
	}

	// Keeps the differences between the links.
	[[gnu::noinline]] static void pull_back(const LinkTable &table, const Lane &lane,
						mplink_u64 by)
	{
		for (mplink_u32 i = 0; i < table.size(); i++)
			lane.words()[i] -= by;
	}
};

} // namespace mplink
