// SPDX-License-Identifier: GPL-2.0
// A user's request to change a peer's links.  Everything that can fail is done before anything
// is changed.
#pragma once
#include <span>

#include "link/peer.hh"

namespace mplink
{

class LinkChanges
{
public:
	// nics: by id; null where there is none.
	LinkChanges(Rtnl rtnl, std::span<Nic *const> nics, const Peer &peer)
	    : rtnl_(rtnl), nics_(nics), peer_(peer)
	{
	}
	LinkChanges(const LinkChanges &) = delete;
	LinkChanges &operator=(const LinkChanges &) = delete;
	~LinkChanges();

	// Checks the request and prepares it, without touching the peer.  wanted must stay until
	// make().  Returns 0 or a negative errno and sets extack: see mplink_core_peer_set().
	[[nodiscard]] int prepare(std::span<const mplink_link_config> wanted,
				  mplink_extack &extack);
	// The link with that id as it will be.  False: there will be none.
	[[nodiscard]] bool plan(mplink_u32 id, mplink_link_plan &plan) const;
	// Changes the links that stay.  Returns the set for Peer::replace_links().  needs: takes
	// the NICs of which links now need other addresses, a bit per id.
	[[nodiscard]] Box<LinkSet> make(mplink_u64 &needs);

private:
	// Each checks an entry of the request.  The first failure sets extack_.
	[[nodiscard]] int check_nic(const mplink_link_config &wanted);
	[[nodiscard]] int take_away(const mplink_link_config &wanted);
	[[nodiscard]] int change(const mplink_link_config &wanted);
	[[nodiscard]] int create(const mplink_link_config &wanted);
	[[nodiscard]] int check_local(const mplink_link_config &wanted);
	[[nodiscard]] int check_rates(const mplink_link_config &wanted);
	[[nodiscard]] int resolve();
	[[nodiscard]] int claim(mplink_u32 id, const mplink_link_config &wanted);
	[[nodiscard]] bool stage();
	mplink_u32 free_slot() const;
	int refuse(mplink_u32 attr, const char *why, int err)
	{
		extack_.attr = attr;
		extack_.why = why;
		return -err;
	}
	// How many entries may refer to one of the present links over that NIC.
	mplink_u32 entries(mplink_u32 nic_id) const;
	bool given_before(const mplink_link_config &wanted) const;
	mplink_u32 free_id(mplink_u32 nic_id) const;
	Link *before(mplink_u32 id) const
	{
		return peer_.link(rtnl_, id);
	}

	Rtnl rtnl_;
	std::span<Nic *const> nics_;
	const Peer &peer_;
	std::span<const mplink_link_config> wanted_;
	mplink_extack extack_ = {};
	const mplink_link_config *asked_[MPLINK_MAX_LINKS] = {}; // by link id
	Box<LinkSet> set_;
};

} // namespace mplink
