// SPDX-License-Identifier: GPL-2.0
#include "link_table.hh"

namespace mplink
{

namespace
{

constexpr mplink_u32 cache_line = 64;

constexpr mplink_size line_up(mplink_size size)
{
	return (size + cache_line - 1) & ~mplink_size{cache_line - 1};
}

} // namespace

// One allocation: the table, then its entries, then what its policy keeps.
struct LinkTable::Layout {
	Layout(mplink_u32 n, mplink_u32 policy)
	    : lane(policy == MPLINK_POLICY_BALANCE_RR ? line_up(tournament_size(n)) : 0),
	      lanes(line_up(sizeof(LinkTable)) + n * sizeof(LinkEntry)),
	      buckets(lanes + lane * mplink_nr_cpus()),
	      end(buckets + (policy == MPLINK_POLICY_BALANCE_XOR ? LinkTable::buckets : 0))
	{
	}

	mplink_size lane;
	mplink_size lanes;
	mplink_size buckets;
	mplink_size end;
};

LinkTable::LinkTable(std::span<const LinkSpec> links, mplink_u32 n, mplink_u32 policy)
    : mplink_rcu(), n_(n), policy_(policy)
{
	const Layout layout(n, policy);
	mplink_u8 *const base = reinterpret_cast<mplink_u8 *>(this);
	mplink_u32 i = 0;

	entries_ = reinterpret_cast<LinkEntry *>(base + line_up(sizeof(LinkTable)));
	lane_size_ = static_cast<mplink_u32>(layout.lane);
	lanes_ = base + layout.lanes;
	buckets_ = base + layout.buckets;

	for (const LinkSpec &link : links) {
		if (!link.valid)
			continue;
		LinkEntry &e = *new (&entries_[i++]) LinkEntry;

		e.state = mplink_port_state(link.port, &e.mask, &e.want);
		e.path = link.path;
		e.counters = link.counters;
		// 16 bits of weight below 32 of fraction: exact to 1 in 65,536.
		e.scale = (mplink_u64{1} << 32) / link.weight;
		e.header_len = mplink_port_header_len(link.port);
	}
	if (policy == MPLINK_POLICY_BALANCE_RR)
		for (mplink_u32 cpu = 0; cpu < mplink_nr_cpus(); cpu++)
			progress(cpu).reset();
	if (policy == MPLINK_POLICY_BALANCE_XOR)
		fill_buckets(links);
}

Box<LinkTable> LinkTable::build(std::span<const LinkSpec> links, mplink_u32 policy)
{
	mplink_u32 n = 0;

	for (const LinkSpec &link : links)
		n += link.valid;
	return make_with<LinkTable>(Layout(n, policy).end - sizeof(LinkTable), links, n, policy);
}

// Each bucket is dealt to a link by weight, whether that link is valid or not,
// and only the invalid ones' buckets are dealt again: a flow on a link that
// works stays where it is when another link fails or comes back.
void LinkTable::fill_buckets(std::span<const LinkSpec> links)
{
	mplink_u32 dealt[MPLINK_MAX_NICS] = {};
	mplink_u32 dealt_again[MPLINK_MAX_NICS] = {};
	mplink_u8 entry[MPLINK_MAX_NICS] = {};
	mplink_u8 next = 0;

	// The link that is furthest below its share.
	const auto deal = [&](mplink_u32 *count, bool valid_only) {
		mplink_size best = links.size();

		for (mplink_size i = 0; i < links.size(); i++) {
			if (valid_only && !links[i].valid)
				continue;
			if (best == links.size() ||
			    mplink_u64{count[i] + 1} * links[best].weight <
				    mplink_u64{count[best] + 1} * links[i].weight)
				best = i;
		}
		count[best]++;
		return best;
	};

	for (mplink_size i = 0; i < links.size(); i++)
		if (links[i].valid)
			entry[i] = next++;
	for (mplink_u32 b = 0; b < buckets; b++) {
		mplink_size i = deal(dealt, false);

		if (!links[i].valid)
			i = deal(dealt_again, true);
		buckets_[b] = entry[i];
	}
}

} // namespace mplink
