// SPDX-License-Identifier: GPL-2.0
// A peer: a remote host and the links to it.  Over one NIC there is one link per remote address.
#pragma once
#include "link/copies.hh"
#include "link/link_set.hh"
#include "link/link_table.hh"

namespace mplink
{

class Peer : public mplink_rcu, Counted<Kind::peers>
{
public:
	// Null: memory is short.
	[[nodiscard]] static Box<Peer> create(const mplink_addr &addr, const NoLanes &none);
	// Takes the peer from the packet path, and frees it after a grace period.  Readers hold a
	// peer only within a read-side section.
	static void retire(Rtnl, Box<Peer> peer);

	Peer(const mplink_addr &addr, const NoLanes &none) : mplink_rcu(), lanes_(none), addr_(addr)
	{
	}
	~Peer();

	const mplink_addr &addr() const
	{
		return addr_;
	}
	// The link with that id, or null.
	Link *link(Rtnl rtnl, mplink_u32 id) const
	{
		const LinkSet *links = links_.get(rtnl);

		return links ? links->at(id) : nullptr;
	}
	// The same for a packet.  Packets find a peer only after it has got its links.
	Link *link(ReadSection section, mplink_u32 id) const
	{
		return links_.read(section)->at(id);
	}
	// The same for readers that may come before the peer has got its links.
	Link *find_link(ReadSection section, mplink_u32 id) const
	{
		const LinkSet *links = links_.read(section);

		return links ? links->at(id) : nullptr;
	}
	// The first link over the NIC with that id, or null.
	[[gnu::always_inline]] Link *link_over(ReadSection section, mplink_u32 nic_id) const
	{
		return links_.read(section)->over(nic_id);
	}
	bool has_link_over(Rtnl rtnl, mplink_u32 nic_id) const
	{
		const LinkSet *links = links_.get(rtnl);

		return links && links->over(nic_id);
	}
	// The place in a lane where packets from that NIC are counted, or no_place.
	[[gnu::always_inline]] mplink_u16 place(ReadSection section, mplink_u32 nic_id) const
	{
		return links_.read(section)->place(nic_id);
	}

	// Null until the peer has got its links.
	const LinkSet *links(Rtnl rtnl) const
	{
		return links_.get(rtnl);
	}
	const LinkSet *links(ReadSection section) const
	{
		return links_.read(section);
	}
	// Replaces the links and publishes a table of the new ones.  Frees links that only the old
	// set has, after a grace period.  False as update().
	[[nodiscard]] bool replace_links(Rtnl, const Settings &, Box<LinkSet> links);

	// Removes the links over that NIC.  False as update().
	[[nodiscard]] bool remove_links(Rtnl, const Settings &, mplink_u32 nic_id);

	// Follows the NICs (all, or only one), and publishes a table if something has changed.
	// False: memory was short.  Until the next call the peer may have fewer valid links than
	// it could, and may have missed other changes.
	[[nodiscard]] bool update(Rtnl, const Settings &, const Nic *only);
	// The same if only time has passed, or only a session has changed its state.
	[[nodiscard]] bool recheck(Rtnl, const Settings &);
	// Follows new settings for BFD and waits.  False as above.
	[[nodiscard]] bool configure(Rtnl, const Settings &);
	// Reports what the updates since the last call have changed, with the event that caused
	// them.  Call it last, when the state of the whole device is complete: reports may call
	// the core.
	void tell(Rtnl, const Settings &, mplink_u32 event);
	// Publishes a table for the policy.  False as above.
	[[nodiscard]] bool publish(Rtnl, const Settings &);

	// Takes the epoch of CAPS that came by that link.  proven: the CAPS repeats our epoch, so
	// its sender sees what we send.  Returns a combination of enum mplink_caps_step.  Any
	// context; one caller at a time.
	mplink_u32 take_caps(ReadSection, mplink_u32 id, mplink_u64 epoch, bool proven) const;
	// The epoch of the far end; 0: it has not answered.  Any context.
	mplink_u64 far_epoch() const
	{
		return far_epoch_.read();
	}
	// Whether the far end has answered on each link that has a path.  Any context.
	bool all_confirmed(ReadSection section) const;
	// The far end does not answer any more.  As take_caps().
	void forget_far_end() const
	{
		far_epoch_.write(0);
		doubted_epoch_.write(0);
	}

	// enum mplink_liveness, for links that inherit it.  After set_liveness() call update().
	mplink_u32 liveness() const
	{
		return liveness_;
	}
	void set_liveness(mplink_u32 liveness)
	{
		liveness_ = liveness;
	}
	// When to call recheck() at the latest, as mplink_now_ms(), or never.
	mplink_u64 deadline_ms() const
	{
		return deadline_ms_;
	}

	const LinkTable *table(ReadSection section) const
	{
		return table_.read(section);
	}
	// Not const: packets may ask for lanes even if they only read the peer.
	Lanes &lanes() const
	{
		return lanes_;
	}
	// Makes the lanes that packets have asked for.  False: memory is short.
	[[nodiscard]] bool make_lanes(Rtnl);
	// All that was ever counted in that slot of the lanes.
	mplink_counters counted(Rtnl, mplink_u32 slot) const;
	// What copies for the peer may take.  Packets write it even if they only read the peer.
	CopyBudget &copies() const
	{
		return copies_;
	}
	// Whether a link is valid.
	bool works(Rtnl) const
	{
		return works_;
	}

	// In the device's list, under RTNL.
	Peer *next = nullptr;
	Peer *previous = nullptr;

private:
	mplink_u32 policy(Rtnl, const Settings &) const;
	[[nodiscard]] bool judge(Rtnl, const Settings &, const Nic *only);
	bool prune(Rtnl rtnl);
	[[nodiscard]] bool finish(Rtnl, const Settings &, bool changed);
	void report(Rtnl, const Settings &, mplink_u32 event, const Link &link) const;
	bool shares_nic(Rtnl, const Link &link) const;

	Rcu<LinkSet> links_;
	Rcu<LinkTable> table_;
	mutable Lanes lanes_;
	mutable CopyBudget copies_;
	mutable Shared<mplink_u64> far_epoch_ = 0;
	mutable Shared<mplink_u64> doubted_epoch_ = 0; // seen once
	mplink_u64 serial_ = 0;                        // of the latest table
	bool stale_ = false;
	bool news_ = false; // tell() has something to report
	bool works_ = false;
	mplink_u32 liveness_ = MPLINK_LIVENESS_INHERIT;
	mplink_u64 deadline_ms_ = never;
	mplink_addr addr_;
};

} // namespace mplink
