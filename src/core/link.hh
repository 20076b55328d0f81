// SPDX-License-Identifier: GPL-2.0
// One way to one peer: over a NIC, to the peer's address there.
#pragma once
#include "link_table.hh"
#include "nic.hh"

namespace mplink
{

class Link : public mplink_rcu, Counted<Kind::links>
{
public:
	// Null where memory is short.
	[[nodiscard]] static Box<Link> create(Nic &nic, const mplink_addr &remote,
					      mplink_u16 weight);
	Link(Nic &nic, const mplink_addr &remote, mplink_u16 weight)
	    : mplink_rcu(), nic_(nic), remote_(remote), weight_(weight)
	{
	}

	Nic &nic() const
	{
		return nic_;
	}
	const mplink_addr &remote() const
	{
		return remote_;
	}
	mplink_u32 reason() const
	{
		return reason_;
	}
	// One a lane.
	TrafficCounters *counters() const
	{
		return traffic_.lanes();
	}
	LinkSpec spec() const
	{
		return {.valid = !reason_,
			.weight = weight_,
			.port = nic_.port(),
			.path = path_,
			.counters = traffic_.lanes(),
			.nic_counters = nic_.traffic()};
	}
	void info(mplink_link_info &info) const;
	mplink_counters sum() const;

	// As the user wants it from now on, with weight 0 for the present one; update()
	// and a new table are due.  True: another address is needed of the NIC.
	[[nodiscard]] bool change(const mplink_addr &remote, mplink_u16 weight);

	// Follows the NIC.  Returns what a published table may still name, and
	// must be retired once that table is replaced; *changed: a new table is due.
	[[nodiscard]] mplink_path *update(Rtnl, bool &changed, bool &short_of_memory);

	// For good: no table that is still published may name the path.
	void drop_path(Rtnl)
	{
		mplink_path_retire(std::exchange(path_, nullptr));
	}

private:
	Nic &nic_;
	mplink_addr remote_;
	mplink_path *path_ = nullptr;
	Traffic traffic_;
	mplink_u32 reason_ = MPLINK_REASON_UNREGISTERED;
	mplink_u16 weight_;
	bool moved_ = false; // path_ is to another remote
};

} // namespace mplink
