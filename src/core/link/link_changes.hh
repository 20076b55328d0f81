// SPDX-License-Identifier: GPL-2.0
// What the user asks to be done to a peer's links.  All that can fail is done before
// anything is changed.
#pragma once
#include <span>

#include "link/peer.hh"

namespace mplink
{

class LinkChanges
{
public:
	// nics: by id, with gaps.
	LinkChanges(Rtnl rtnl, std::span<Nic *const> nics, const Peer &peer)
	    : rtnl_(rtnl), nics_(nics), peer_(peer)
	{
	}
	LinkChanges(const LinkChanges &) = delete;
	LinkChanges &operator=(const LinkChanges &) = delete;
	~LinkChanges();

	// Takes over what is asked for, without touching the peer; wanted must stay until
	// make().  0, or an error and *refusal: see mplink_core_peer_set().
	[[nodiscard]] int prepare(std::span<const mplink_link_config> wanted,
				  mplink_refusal &refusal);
	// The link of that id as it will be.  False: there will be none.
	[[nodiscard]] bool plan(mplink_u32 id, mplink_link_plan &plan) const;
	// Links that stay become as asked.  Returns the set for Peer::replace_links(), and
	// the ids of NICs of which other addresses are needed than before, as bits.
	[[nodiscard]] Box<LinkSet> make(mplink_u64 &needs);

private:
	// An entry of the request; the first failure is the refusal.
	[[nodiscard]] int check_nic(const mplink_link_config &wanted);
	[[nodiscard]] int take_away(const mplink_link_config &wanted);
	[[nodiscard]] int change(const mplink_link_config &wanted);
	[[nodiscard]] int create(const mplink_link_config &wanted);
	[[nodiscard]] int check_local(const mplink_link_config &wanted);
	[[nodiscard]] int resolve();
	[[nodiscard]] int claim(mplink_u32 id, const mplink_link_config &wanted);
	[[nodiscard]] bool stage();
	mplink_u32 free_slot() const;
	int refuse(mplink_u32 attr, const char *why, int err)
	{
		refusal_.attr = attr;
		refusal_.why = why;
		return -err;
	}
	// How many entries may mean one of the present links over that NIC to be changed.
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
	mplink_refusal refusal_ = {};
	const mplink_link_config *asked_[MPLINK_MAX_LINKS] = {}; // by the link's id
	Box<LinkSet> set_;
};

} // namespace mplink
