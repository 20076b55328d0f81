// SPDX-License-Identifier: GPL-2.0
#include "policy/policies.hh"

namespace mplink
{

namespace
{

// The arguments in one: their types are part of the names of lambdas in the function, and
// objtool accepts no name of more than 128 characters.
struct Request {
	std::span<const LinkSpec> links;
	Lanes &lanes;
	mplink_u64 serial;
};

Box<LinkTable> build(const Request &request, mplink_u32 policy)
{
	return Policies::visit(policy, [&]<class P>(P) {
		mplink_u32 n = 0;

		for (const LinkSpec &link : request.links)
			n += link.valid;

		Box<LinkTable> table =
			LinkTable::build(request.links,
					 {.n = n,
					  .policy = P::id,
					  .is_default = P::id == Policies::Default::id,
					  .tail_size = P::tail_size(n)},
					 request.lanes, request.serial);

		if (table)
			P::lay_out(*table, request.links);
		return table;
	});
}

} // namespace

Box<LinkTable> build_table(std::span<const LinkSpec> links, mplink_u32 policy, Lanes &lanes,
			   mplink_u64 serial)
{
	return build({links, lanes, serial}, policy);
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
