// SPDX-License-Identifier: GPL-2.0
// The valid links of a peer as packets see them.  Published under RCU, and freed after a grace
// period.  All that a packet reads here belongs together.  The devices and paths that the table
// names stay until the packet's RCU read-side section ends.  A table does not change, except by
// LinkEntry::give_up().
#pragma once
#include <span>

#include "base/object_counts.hh"
#include "link/lanes.hh"
#include "link/link_pace.hh"

namespace mplink
{

// A link, valid or not, from which a table is built.
struct LinkSpec {
	bool valid;
	mplink_u16 weight;
	const mplink_port *port;
	const unsigned long *live; // see mplink_bfd_up(); null: no session, always alive
	mplink_path *path;
	LinkShared *shared; // counters for lanes that have no memory yet, and the pace
	LaneCounters *nic_counters;
	mplink_u16 place;     // of the link's counters in a lane
	mplink_u32 id;        // the link's id
	bool waiting = false; // waits to restore: the peer may use it already
};

// A valid link.  One cache line.
struct alignas(64) LinkEntry {
	// Whether the device can send and the peer answers, at this very moment.  Events are too
	// late for this: the one for a lost carrier may come a second after the cable.
	[[gnu::always_inline]] bool alive() const
	{
		return (read_once(*state.read()) & mask) == want && read_once(*live.read());
	}

	bool shares_nic(const LinkEntry &other) const
	{
		return nic_counters == other.nic_counters;
	}
	// Whether the link is valid and has not changed since the table was built.
	bool is(const LinkSpec &link) const;
	// Makes the entry dead for good.  Unlike a new table, this needs no memory.
	void give_up();
	bool given_up() const;

	// How far a packet of len bytes moves the link's clock.
	mplink_u64 cost(mplink_size len) const
	{
		return (len + header_len) * scale;
	}

	Shared<const unsigned long *> state;
	Shared<const unsigned long *> live;
	mplink_u32 mask;
	mplink_u32 want;
	mplink_path *path;
	LinkShared *shared;
	LaneCounters *nic_counters;
	mplink_u64 scale; // clock ticks per byte: the reciprocal of the weight
	mplink_u16 header_len;
	mplink_u16 place; // in a lane
	bool last;        // of the table
	mplink_u8 id;
	mplink_u8 index; // in the table
};

// A packet on its way out.  All fields are as wide as registers, so that the packet stays in
// registers: padding would have to be cleared in memory.
struct Packet {
	mplink_size len;  // from the IP header on
	mplink_size lane; // see core.h
	const mplink_u8 *l3;
	mplink_size l3_len; // bytes that may be read at l3
};

class alignas(64) LinkTable : public mplink_rcu, Counted<Kind::tables>
{
public:
	// What a policy needs to know and to have of a table.
	struct Layout {
		mplink_u32 n;          // valid links
		mplink_u32 policy;     // enum mplink_policy
		bool is_default;       // the policy is the one that packets try first
		mplink_size tail_size; // bytes behind the entries
	};

	// Builds a table of the valid ones of links, at least one of which is.  The tail is
	// zero.  Null: memory is short.
	[[nodiscard]] static Box<LinkTable> build(std::span<const LinkSpec> links, const Layout &,
						  Lanes &lanes, mplink_u64 serial);
	// The table that the entry is in.
	static const LinkTable &of(const LinkEntry &entry)
	{
		return *(reinterpret_cast<const LinkTable *>(&entry - entry.index) - 1);
	}

	mplink_u32 size() const
	{
		return n_;
	}
	mplink_u32 policy() const
	{
		return policy_;
	}
	// The links by which packets may come now, a bit per link id: live links, and links that
	// wait to restore.  Linear in the number of links.
	mplink_u64 alive_ids() const;
	// Those of the live links that are not suspect: what is sent by them arrives.
	mplink_u64 sendable_ids() const;
	// The link with that id, or null.
	const LinkEntry *find(mplink_u32 id) const;
	// The link with that path, or null.
	const LinkEntry *by(const mplink_path *path) const;
	const LinkEntry &operator[](mplink_u32 i) const
	{
		return entries()[i];
	}
	LinkEntry &operator[](mplink_u32 i)
	{
		return entries()[i];
	}
	// Not 0, and unique among the tables of the peer.
	mplink_u64 serial() const
	{
		return serial_;
	}
	// The lanes of the peer.
	Lanes &lanes() const
	{
		return lanes_;
	}
	// serial() if the policy is the default, else a number that no lane has.  So one
	// comparison tells that the lane is ready, and that the policy is the default.
	mplink_u64 default_serial() const
	{
		return default_serial_;
	}
	// The highest place of a link.  A lane with room for it has room for the table.
	mplink_u32 last_place() const;
	// The policy's memory behind the entries; readers may write it.
	template <class T>
	T *tail() const
	{
		return static_cast<T *>(tail_);
	}

	LinkTable(std::span<const LinkSpec> links, const Layout &, Lanes &lanes, mplink_u64 serial);

private:
	// The entries lie right behind the table.
	LinkEntry *entries() const
	{
		return reinterpret_cast<LinkEntry *>(const_cast<LinkTable *>(this) + 1);
	}

	mplink_u32 n_;
	mplink_u32 policy_;
	mplink_u64 serial_;
	mplink_u64 default_serial_;
	mplink_u64 waiting_ = 0;
	Lanes &lanes_;
	void *tail_;
};

} // namespace mplink
