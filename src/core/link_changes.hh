// SPDX-License-Identifier: GPL-2.0
// What the user asks to be done to a peer's links.  All that can fail is done before
// anything is changed.
#pragma once
#include <span>

#include "peer.hh"

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
	// Links that stay become as asked.  Returns the set for Peer::replace_links(), and
	// the ids of NICs of which other addresses are needed than before, as bits.
	[[nodiscard]] Box<LinkSet> make(mplink_u64 &needs);

private:
	[[nodiscard]] int check(const mplink_link_config &wanted, mplink_refusal &refusal);
	[[nodiscard]] bool stage();
	bool fresh(const Link &link) const
	{
		return peer_.link(rtnl_, link.nic().id()) != &link;
	}

	Rtnl rtnl_;
	std::span<Nic *const> nics_;
	const Peer &peer_;
	const mplink_link_config *asked_[MPLINK_MAX_NICS] = {}; // by the NIC's id
	Box<LinkSet> set_;
};

} // namespace mplink
