// SPDX-License-Identifier: GPL-2.0
// The list of all policies.  Names, the parser and the dispatch come from it.
#pragma once
#include "policy/active_backup.hh"
#include "policy/adaptive.hh"
#include "policy/balance_rr.hh"
#include "policy/balance_xor.hh"
#include "policy/broadcast.hh"

namespace mplink
{

template <class First, class... Others>
struct PolicyList {
	// Packets find this policy by one comparison, and the others after it, in order.
	using Default = First;

	static constexpr mplink_u32 size = 1 + sizeof...(Others);
	static constexpr const char *names[size] = {First::name, Others::name...};

	// The first choice of a policy other than the default.  Null: it is dead, or the
	// policy has none.
	[[gnu::always_inline]] static mplink_path *
	choose_other(const LinkTable &table, const Lane &lane, const Packet &packet)
	{
		return choose_by<Others...>(table, lane, packet);
	}

	// Returns what f(P{}) returns for the policy P with that id.  For an id that no policy
	// has, it is the default.
	template <class F>
	[[gnu::always_inline]] static auto visit(mplink_u32 id, F f)
	{
		auto result = decltype(f(First{}))();
		const auto by = [&]<class P>(P policy) __attribute__((always_inline))
		{
			if (id != P::id)
				return false;
			result = f(policy);
			return true;
		};

		if (!(by(Others{}) || ...))
			result = f(First{});
		return result;
	}

	// The list is in the order of enum mplink_policy, and complete.
	static consteval bool matches_enum()
	{
		mplink_u32 i = 0;

		return First::id == i++ && ((Others::id == i++) && ...) && i == MPLINK_POLICIES;
	}

private:
	// Not a fold like visit(): gcc makes an instruction more of that.
	template <class P, class... Rest>
	[[gnu::always_inline]] static mplink_path *choose_by(const LinkTable &table,
							     const Lane &lane, const Packet &packet)
	{
		if constexpr (!P::copies)
			if (table.policy() == P::id)
				return P::choose(table, lane, packet);
		if constexpr (sizeof...(Rest) > 0)
			return choose_by<Rest...>(table, lane, packet);
		else
			return nullptr;
	}
};

using Policies = PolicyList<BalanceRr, BalanceXor, ActiveBackup, Broadcast, Adaptive>;

static_assert(Policies::matches_enum());

// Builds a table of the valid ones of links, of which there must be at least one.  policy:
// enum mplink_policy.  serial: see LinkTable::serial().  Null: memory is short.
[[nodiscard]] Box<LinkTable> build_table(std::span<const LinkSpec> links, mplink_u32 policy,
					 Lanes &lanes, mplink_u64 serial);

// Prepares a lane with room for the table to be used with it.
void start_lane(const LinkTable &table, Lane &lane);

// The policy's first choice, on which the packet is accounted.  Null: it is dead, or the
// policy sends copies, or the lane has not been started with the table.
[[gnu::always_inline]] inline mplink_path *choose(const LinkTable &table, const Lane &lane,
						  const Packet &packet)
{
	if (lane.serial() == table.default_serial()) [[likely]]
		return Policies::Default::choose(table, lane, packet);
	if (lane.serial() != table.serial()) [[unlikely]]
		return nullptr;
	return Policies::choose_other(table, lane, packet);
}

} // namespace mplink
