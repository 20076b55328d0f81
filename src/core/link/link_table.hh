// SPDX-License-Identifier: GPL-2.0
// The valid links of a peer as the packet path sees them: published under RCU,
// freed after a grace period.  What a packet reads here
// belongs together, and the devices and paths it names cannot go away before
// the packet's RCU read section ends.  It is immutable, but for LinkEntry::give_up().
#pragma once
#include <span>

#include "base/object_counts.hh"
#include "link/lanes.hh"
#include "link/link_pace.hh"

namespace mplink
{

// What a table is built from: one link, valid or not.
struct LinkSpec {
	bool valid;
	mplink_u16 weight;
	const mplink_port *port;
	const unsigned long *live; // see mplink_bfd_up(); null: it always is
	mplink_path *path;
	LinkShared *shared;
	LaneCounters *nic_counters;
	mplink_u16 place;     // of its counters in a lane
	mplink_u32 id;        // the link's
	bool waiting = false; // to be restored: the far end may use it by now
};

// A cache line each.
struct alignas(64) LinkEntry {
	// Whether the device can send, and the far end answers, at this very moment.  No
	// event tells so in time: that of a carrier loss may trail the cable by a second.
	[[gnu::always_inline]] bool alive() const
	{
		return (read_once(*state.read()) & mask) == want && read_once(*live.read());
	}

	// Whether the link is as the table was told, and valid.
	bool is(const LinkSpec &link) const;
	// Makes it dead for good.  It needs no memory, as another table would.
	void give_up();
	bool given_up() const;

	// How far a packet moves the link's clock.
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
	mplink_u64 scale; // clock ticks a byte: the reciprocal of the weight
	mplink_u16 header_len;
	mplink_u16 place; // in a lane
	bool last;        // of the table
	mplink_u8 id;
	mplink_u8 index; // in the table
};

// A packet on its way out, as the core sees it.  All of it as wide as registers, which
// it is kept in: padding would have to be cleared, in memory.
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
	// The links that packets may come by now, a bit for each one's id: those that are
	// alive, each of which it looks at, and those that wait to be restored.
	mplink_u64 alive_ids() const;
	// The link of that id, or null.
	const LinkEntry *find(mplink_u32 id) const;
	const LinkEntry &operator[](mplink_u32 i) const
	{
		return entries()[i];
	}
	LinkEntry &operator[](mplink_u32 i)
	{
		return entries()[i];
	}
	// Not 0, and that of no other table of the peer's.
	mplink_u64 serial() const
	{
		return serial_;
	}
	// Of the peer.
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
	// A lane that has this place has room for the table.
	mplink_u32 last_place() const;
	// The policy's memory behind the entries; readers may write it.
	template <class T>
	T *tail() const
	{
		return static_cast<T *>(tail_);
	}

	LinkTable(std::span<const LinkSpec> links, const Layout &, Lanes &lanes, mplink_u64 serial);

private:
	// Right behind the table, and as aligned.
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
