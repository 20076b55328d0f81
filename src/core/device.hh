// SPDX-License-Identifier: GPL-2.0
// A virtual NIC: its NICs, its peers, and what events do to them.
#pragma once
#include "peer.hh"
#include "scheduler.hh"

namespace mplink
{

class Device : Counted<Kind::devices>
{
public:
	explicit Device(void *owner) : owner_(owner), counters_(mplink_nr_lanes())
	{
	}
	~Device();

	// False: memory was short when it was made.
	bool usable() const
	{
		return static_cast<bool>(counters_);
	}
	void clear(Rtnl);

	[[nodiscard]] int set_policy(Rtnl, mplink_u32 policy);
	mplink_u32 policy() const
	{
		return policy_;
	}

	[[nodiscard]] int add_nic(Rtnl, const char *name, Nic *&nic);
	Nic *nic_at(mplink_u32 id) const
	{
		return id < nr_nics_ ? nics_[id] : nullptr;
	}
	// Sums over all peers' links over that NIC.
	mplink_counters nic_counters(Rtnl, mplink_u32 id) const;
	// Sums over all peers' links.
	mplink_counters counters(ReadSection) const;
	[[nodiscard]] int add_peer(Rtnl, const mplink_addr &addr, const mplink_addr *remotes,
				   const mplink_u16 *weights, Peer *&peer);

	[[nodiscard]] int event(Rtnl, mplink_u32 event, const mplink_facts &facts);
	void refresh(Rtnl, mplink_u32 event, const Nic *only);

	// For a packet that select() found no link for.
	mplink_choice reselect(ReadSection section, const Peer &peer, const Packet &packet);
	// The next copy of a broadcast.
	mplink_choice next(const LinkEntry &link, const Packet &packet);
	void drop(mplink_u32 drop, mplink_u32 lane)
	{
		add_once(counters_[lane].drops[drop], 1);
	}
	mplink_u64 drops(mplink_u32 drop) const;
	mplink_u64 rescheduled() const;
	mplink_u64 copies() const;

private:
	int step(Rtnl, Nic &nic, mplink_u32 event, const mplink_facts &facts, bool present);
	void update_carrier(Rtnl);

	void *owner_;
	mplink_u32 policy_ = MPLINK_POLICY_BALANCE_RR;
	mplink_u32 nr_nics_ = 0;
	Nic *nics_[MPLINK_MAX_NICS] = {};
	Rcu<Peer> peers_; // a list
	bool carrier_ = false;
	Array<DeviceCounters> counters_;
};

// The packet path.

// Accounts the packet on the link it was given.
[[gnu::always_inline]] inline mplink_path *sent(const LinkEntry &link, const Packet &packet)
{
	LinkCounters &counters = link.counters[packet.lane];

	add_once(counters.tx_packets, 1);
	add_once(counters.tx_bytes, packet.len + link.header_len);
	return link.path;
}

// A broadcast's copy, and where the next one goes.
inline mplink_choice sent_copy(const LinkEntry &link, const Packet &packet)
{
	return {sent(link, packet), link.last ? nullptr : alive_from(&link + 1)};
}

// The policy's first choice; null if it is dead, or more than one.
[[gnu::always_inline]] inline mplink_path *select(ReadSection section, const Peer &peer,
						  const Packet &packet)
{
	const LinkTable *const table = peer.table(section);
	const LinkEntry *link = nullptr;

	if (!table) [[unlikely]]
		return nullptr;
	switch (table->policy()) {
	case MPLINK_POLICY_BALANCE_RR:
		link = balance_rr(*table, packet);
		break;
	case MPLINK_POLICY_BALANCE_XOR:
		link = balance_xor(*table, packet);
		break;
	case MPLINK_POLICY_ACTIVE_BACKUP:
		link = (*table)[0].alive() ? &(*table)[0] : nullptr;
		break;
	}
	return link ? sent(*link, packet) : nullptr;
}

} // namespace mplink
