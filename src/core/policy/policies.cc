// SPDX-License-Identifier: GPL-2.0
#include "policy/policies.hh"

namespace mplink
{

Box<LinkTable> build_table(std::span<const LinkSpec> links, mplink_u32 policy, Lanes &lanes,
			   mplink_u64 serial)
{
	return Policies::visit(policy, [&]<class P>(P) {
		mplink_u32 n = 0;

		for (const LinkSpec &link : links)
			n += link.valid;

		Box<LinkTable> table =
			LinkTable::build(links,
					 {.n = n,
					  .policy = P::id,
					  .is_default = P::id == Policies::Default::id,
					  .tail_size = P::tail_size(n)},
					 lanes, serial);

		if (table)
			P::lay_out(*table, links);
		return table;
	});
}

void start_lane(const LinkTable &table, Lane &lane)
{
	Policies::visit(table.policy(), [&]<class P>(P) {
		P::start_lane(table, lane);
		return true;
	});
	lane.started(table.serial());
}

} // namespace mplink
