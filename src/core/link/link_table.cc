// SPDX-License-Identifier: GPL-2.0
#include "link/link_table.hh"

namespace mplink
{

namespace
{

constexpr mplink_u32 cache_line = 64;
static_assert(sizeof(LinkEntry) == cache_line);

// Of a link that nobody watches: packets have one way to ask.
constexpr unsigned long always = 1;
// Of a link that is not to be used any more.
constexpr unsigned long no_more = 0;

const unsigned long *live_word(const LinkSpec &link)
{
	return link.live ? link.live : &always;
}

// What the policy keeps behind the entries.
mplink_size tail_size(mplink_u32 n, mplink_u32 policy)
{
	switch (policy) {
	case MPLINK_POLICY_BALANCE_RR:
		return tournament_size(n);
	case MPLINK_POLICY_BALANCE_XOR:
		return LinkTable::buckets * sizeof(mplink_u16);
	default:
		return 0;
	}
}

} // namespace

// One allocation: the table, then its entries, then what its policy keeps.
LinkTable::LinkTable(std::span<const LinkSpec> links, mplink_u32 n, mplink_u32 policy, Lanes &lanes,
		     mplink_u64 serial)
    : mplink_rcu(), n_(n), policy_(policy), serial_(serial),
      rr_serial_(policy == MPLINK_POLICY_BALANCE_RR ? serial : ~mplink_u64{0}), lanes_(lanes),
      tail_(entries() + n)
{
	mplink_u32 i = 0;

	for (const LinkSpec &link : links) {
		if (link.waiting)
			waiting_ |= mplink_u64{1} << link.id;
		if (!link.valid)
			continue;
		LinkEntry &e = *new (&entries()[i]) LinkEntry;

		e.index = static_cast<mplink_u8>(i++);
		e.state = mplink_port_state(link.port, &e.mask, &e.want);
		e.live = live_word(link);
		e.path = link.path;
		e.shared = link.shared;
		e.nic_counters = link.nic_counters;
		// 16 bits of weight below 32 of fraction: exact to 1 in 65,536.
		e.scale = (mplink_u64{1} << 32) / link.weight;
		e.header_len = static_cast<mplink_u16>(mplink_port_header_len(link.port));
		e.last = i == n;
		e.id = static_cast<mplink_u8>(link.id);
		e.place = link.place;
	}
	if (policy == MPLINK_POLICY_BALANCE_XOR)
		fill_buckets(links);
}

mplink_u64 LinkTable::alive_ids() const
{
	mplink_u64 ids = waiting_;

	for (mplink_u32 i = 0; i < n_; i++)
		ids |= mplink_u64{(*this)[i].alive()} << (*this)[i].id;
	return ids;
}

mplink_u32 LinkTable::last_place() const
{
	mplink_u32 last = 0;

	for (mplink_u32 i = 0; i < n_; i++)
		if (last < (*this)[i].place)
			last = (*this)[i].place;
	return last;
}

const LinkEntry *LinkTable::find(mplink_u32 id) const
{
	for (mplink_u32 i = 0; i < n_; i++)
		if ((*this)[i].id == id && !(*this)[i].given_up())
			return &(*this)[i];
	return nullptr;
}

Box<LinkTable> LinkTable::build(std::span<const LinkSpec> links, mplink_u32 policy, Lanes &lanes,
				mplink_u64 serial)
{
	mplink_u32 n = 0;

	for (const LinkSpec &link : links)
		n += link.valid;
	return make_with<LinkTable>(n * sizeof(LinkEntry) + tail_size(n, policy), links, n, policy,
				    lanes, serial);
}

namespace
{

// The k'th of a bucket's draws: the finalizer of MurmurHash3, every bit of
// whose input reaches every bit of its output.
mplink_u64 draw(mplink_u32 bucket, mplink_u32 k)
{
	mplink_u64 h = (mplink_u64{bucket} << 32 | k) + 0x9e3779b97f4a7c15ULL;

	h = (h ^ (h >> 33)) * 0xff51afd7ed558ccdULL;
	h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53ULL;
	return h ^ (h >> 33);
}

// The link that a draw falls on, each as often as its weight says.
mplink_size drawn(std::span<const LinkSpec> links, mplink_u32 total, mplink_u64 value)
{
	mplink_size i = 0;

	for (mplink_u32 left = static_cast<mplink_u32>(value >> 32) % total;
	     left >= links[i].weight; i++)
		left -= links[i].weight;
	return i;
}

// How many buckets are each link's.  Each has one at least, for a link without any
// would carry nothing.  The others are given by weight, rounded by largest remainder.
void share_buckets(std::span<const LinkSpec> links, mplink_u32 *share)
{
	static_assert(MPLINK_MAX_LINKS <= LinkTable::buckets);
	mplink_u64 remainder[MPLINK_MAX_LINKS] = {};
	mplink_u64 left = LinkTable::buckets;
	mplink_u64 total = 0;
	bool found = true;

	for (const LinkSpec &link : links)
		total += link.weight;
	// A link that is due less than one gets one: the others share what is left.
	while (found) {
		found = false;
		for (mplink_size i = 0; i < links.size(); i++)
			if (!share[i] && links[i].weight * left < total) {
				share[i] = 1;
				left--;
				total -= links[i].weight;
				found = true;
			}
	}

	// Every link has its bucket, and nothing is left to be shared.
	if (!total)
		return;

	mplink_u64 rest = left;

	for (mplink_size i = 0; i < links.size(); i++)
		if (!share[i]) {
			share[i] = static_cast<mplink_u32>(links[i].weight * left / total);
			// Never 0, which says that the link gets no more.
			remainder[i] = links[i].weight * left % total + 1;
			rest -= share[i];
		}
	for (; rest; rest--) {
		mplink_size most = 0;

		for (mplink_size i = 1; i < links.size(); i++)
			if (remainder[i] > remainder[most])
				most = i;
		share[most]++;
		remainder[most] = 0;
	}
}

} // namespace

// Each bucket has an order in which it prefers the links, which depends on
// their weights alone, and goes to the first that is valid.  So a flow on a link
// that works stays where it is when other links fail, and moves only home when
// one comes back.  First come the homes, dealt evenly by share; then links
// drawn by weight; and, should all of these be invalid, the others in turn.
void LinkTable::fill_buckets(std::span<const LinkSpec> links)
{
	constexpr mplink_u32 draws = 32;
	mplink_u32 share[MPLINK_MAX_LINKS] = {};
	mplink_u32 dealt[MPLINK_MAX_LINKS] = {};
	mplink_u16 entry[MPLINK_MAX_LINKS] = {};
	mplink_u16 next = sizeof(LinkTable);
	mplink_u32 total = 0;

	for (mplink_size i = 0; i < links.size(); i++) {
		if (links[i].valid) {
			entry[i] = next;
			next += sizeof(LinkEntry);
		}
		total += links[i].weight;
	}
	// Cannot be: without links no table is built.
	if (!total)
		return;
	share_buckets(links, share);
	for (mplink_u32 b = 0; b < buckets; b++) {
		mplink_size i = 0;

		// The link that is furthest below its share.
		for (mplink_size j = 1; j < links.size(); j++)
			if ((dealt[j] + 1) * share[i] < (dealt[i] + 1) * share[j])
				i = j;
		dealt[i]++;
		for (mplink_u32 k = 0; k < draws && !links[i].valid; k++)
			i = drawn(links, total, draw(b, k));
		while (!links[i].valid)
			i = (i + 1) % links.size();
		of_buckets()[b] = entry[i];
	}
}

bool LinkEntry::is(const LinkSpec &link) const
{
	return link.valid && link.path == path && live_word(link) == live;
}

bool LinkEntry::given_up() const
{
	return read_once(live) == &no_more;
}

// A packet that has seen it alive may use its path until the packet's read section ends.
void LinkEntry::give_up()
{
	// What these point to may be freed.
	write_once(live, &no_more);
	write_once(state, &no_more);
}

} // namespace mplink
