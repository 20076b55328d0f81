// SPDX-License-Identifier: GPL-2.0
// A remote host, and the links to it: at most one over each NIC.
#pragma once
#include "link_set.hh"
#include "link_table.hh"

namespace mplink
{

class Peer : public mplink_rcu, Counted<Kind::peers>
{
public:
	// Null where memory is short.
	[[nodiscard]] static Box<Peer> create(const mplink_addr &addr);
	// Takes the peer from the packet path, and frees it once no reader can
	// see it: readers hold the peer itself only within a read section.
	static void retire(Rtnl, Box<Peer> peer);

	explicit Peer(const mplink_addr &addr) : mplink_rcu(), addr_(addr)
	{
	}
	~Peer();

	const mplink_addr &addr() const
	{
		return addr_;
	}
	// The link over the NIC of that id, or null.
	Link *link(Rtnl rtnl, mplink_u32 nic_id) const
	{
		const LinkSet *links = links_.get(rtnl);

		return links ? links->at(nic_id) : nullptr;
	}
	// The same for a packet: it finds no peer that has not been given its links.
	Link *link(ReadSection section, mplink_u32 nic_id) const
	{
		return links_.read(section)->at(nic_id);
	}

	// Null before there have been links.
	const LinkSet *links(Rtnl rtnl) const
	{
		return links_.get(rtnl);
	}
	// Puts these links in the place of those there are, and publishes a table of them;
	// frees what is in the old set only, after a grace period.  False as update().
	[[nodiscard]] bool replace_links(Rtnl, void *owner, mplink_u32 policy, Box<LinkSet> links);

	// Takes away the link over that NIC.  False as update().
	[[nodiscard]] bool remove_link(Rtnl, void *owner, mplink_u32 policy, mplink_u32 nic_id);

	// Follows the NICs (all, or one), and publishes what has changed.
	// False: memory was short; until it is called again the peer may have
	// fewer links than it could.
	[[nodiscard]] bool update(Rtnl, void *owner, mplink_u32 event, mplink_u32 policy,
				  const Nic *only);
	// Publishes a table for the policy.  False as above.
	[[nodiscard]] bool publish(Rtnl, mplink_u32 policy);

	const LinkTable *table(ReadSection section) const
	{
		return table_.read(section);
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
	Rcu<LinkSet> links_;
	Rcu<LinkTable> table_;
	bool stale_ = false;
	bool works_ = false;
	mplink_addr addr_;
};

} // namespace mplink
