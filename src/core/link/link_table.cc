// SPDX-License-Identifier: GPL-2.0
#include "link/link_table.hh"

namespace mplink
{

namespace
{

constexpr mplink_u32 cache_line = 64;
static_assert(sizeof(LinkEntry) == cache_line);

// The BFD word of a link without a session, so that packets need no second case.
constexpr unsigned long always = 1;
// The words of an entry that was given up.
constexpr unsigned long no_more = 0;

const unsigned long *live_word(const LinkSpec &link)
{
	return link.live ? link.live : &always;
}

} // namespace

// One allocation: the table, then its entries, then what its policy keeps.
LinkTable::LinkTable(std::span<const LinkSpec> links, const Layout &layout, Lanes &lanes,
		     mplink_u64 serial)
    : mplink_rcu(), n_(layout.n), policy_(layout.policy), serial_(serial),
      default_serial_(layout.is_default ? serial : ~mplink_u64{0}), lanes_(lanes),
      tail_(entries() + n_)
{
	mplink_u32 i = 0;

	for (const LinkSpec &link : links) {
		if (link.waiting)
			waiting_ |= mplink_u64{1} << link.id;
		if (!link.valid)
			continue;
		LinkEntry &e = *new (&entries()[i]) LinkEntry;

		e.index = static_cast<mplink_u8>(i++);
		e.state.write(mplink_port_state(link.port, &e.mask, &e.want));
		e.live.write(live_word(link));
		e.path = link.path;
		e.shared = link.shared;
		e.nic_counters = link.nic_counters;
		// 16 bits of weight below 32 of fraction: exact to 1 in 65,536.
		e.scale = (mplink_u64{1} << 32) / link.weight;
		e.header_len = static_cast<mplink_u16>(mplink_port_header_len(link.port));
		e.last = i == n_;
		e.id = static_cast<mplink_u8>(link.id);
		e.place = link.place;
	}
}

mplink_u64 LinkTable::alive_ids() const
{
	mplink_u64 ids = waiting_;

	for (mplink_u32 i = 0; i < n_; i++)
		ids |= mplink_u64{(*this)[i].alive()} << (*this)[i].id;
	return ids;
}

mplink_u64 LinkTable::sendable_ids() const
{
	mplink_u64 ids = 0;

	for (mplink_u32 i = 0; i < n_; i++)
		if ((*this)[i].alive() && !(*this)[i].shared->pace.suspect())
			ids |= mplink_u64{1} << (*this)[i].id;
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

const LinkEntry *LinkTable::by(const mplink_path *path) const
{
	for (mplink_u32 i = 0; i < n_; i++)
		if ((*this)[i].path == path)
			return &(*this)[i];
	return nullptr;
}

Box<LinkTable> LinkTable::build(std::span<const LinkSpec> links, const Layout &layout, Lanes &lanes,
				mplink_u64 serial)
{
	return make_with<LinkTable>(layout.n * sizeof(LinkEntry) + layout.tail_size, links, layout,
				    lanes, serial);
}

bool LinkEntry::is(const LinkSpec &link) const
{
	return link.valid && link.path == path && live_word(link) == live.read();
}

bool LinkEntry::given_up() const
{
	return live.read() == &no_more;
}

// A packet that saw the entry alive may use its path until its read-side section ends.
void LinkEntry::give_up()
{
	// The words that these point to may be freed soon.
	live.write(&no_more);
	state.write(&no_more);
}

} // namespace mplink
