// SPDX-License-Identifier: GPL-2.0
// A remote host, and the links to it: one over each NIC.
#pragma once
#include "link_table.hh"
#include "nic.hh"

namespace mplink
{

class Link : Counted<Kind::links>
{
public:
	Link(const Nic &nic, const mplink_addr &remote, mplink_u16 weight)
	    : nic_(nic), remote_(remote), weight_(weight), counters_(mplink_nr_lanes())
	{
	}

	// False: memory was short when it was made.
	bool usable() const
	{
		return static_cast<bool>(counters_);
	}
	const Nic &nic() const
	{
		return nic_;
	}
	mplink_u32 reason() const
	{
		return reason_;
	}
	const Array<LinkCounters> &counters() const
	{
		return counters_;
	}
	LinkSpec spec() const
	{
		return {.valid = !reason_,
			.weight = weight_,
			.port = nic_.port(),
			.path = path_,
			.counters = counters_.begin()};
	}
	void info(mplink_link_info &info) const;

	// Follows the NIC.  Returns what a published table may still name, and
	// must be retired once that table is replaced; *changed: a new table is due.
	[[nodiscard]] mplink_path *update(Rtnl, bool &changed, bool &short_of_memory);

	// For good: no table that is still published may name the path.
	void drop_path(Rtnl)
	{
		mplink_path_retire(std::exchange(path_, nullptr));
	}

private:
	const Nic &nic_;
	mplink_addr remote_;
	mplink_u16 weight_;
	mplink_u32 reason_ = MPLINK_REASON_UNREGISTERED;
	mplink_path *path_ = nullptr;
	Array<LinkCounters> counters_;
};

class Peer : public mplink_rcu, Counted<Kind::peers>
{
public:
	// With room for n links behind it.
	[[nodiscard]] static Box<Peer> create(const mplink_addr &addr, mplink_u32 n);
	// Takes the peer from the packet path, and frees it once no reader can
	// see it: readers hold the peer itself only within a read section.
	static void retire(Rtnl, Box<Peer> peer);

	explicit Peer(const mplink_addr &addr) : mplink_rcu(), addr_(addr)
	{
	}
	~Peer();

	[[nodiscard]] bool add_link(const Nic &nic, const mplink_addr &remote, mplink_u16 weight);
	mplink_u32 size() const
	{
		return n_;
	}
	const Link &operator[](mplink_u32 i) const
	{
		return links()[i];
	}
	mplink_u32 valid_links() const;

	// Follows the NICs (all, or one by id), and publishes what has changed.
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

	Rcu<Peer> next; // in the device's list

private:
	Link *links() const
	{
		return reinterpret_cast<Link *>(const_cast<Peer *>(this) + 1);
	}

	Rcu<LinkTable> table_;
	mplink_u32 n_ = 0;
	bool stale_ = false;
	mplink_addr addr_;
};

} // namespace mplink
