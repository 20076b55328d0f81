// SPDX-License-Identifier: GPL-2.0
// A virtual NIC: its NICs and its peers, and how they follow events.
#pragma once
#include "base/defaults.hh"
#include "link/link_changes.hh"
#include "policy/policies.hh"

namespace mplink
{

class Device : Counted<Kind::devices>
{
public:
	explicit Device(void *owner)
	    : settings_{.owner = owner,
			.policy = default_policy(MPLINK_ENCAP_NONE),
			.encap = MPLINK_ENCAP_NONE,
			.liveness = default_liveness(),
			.tunnel = TunnelSettings(default_tunnel())},
	      counters_(mplink_nr_lanes())
	{
	}
	~Device();

	// False: memory was short when the device was made.
	bool usable() const
	{
		return counters_ && no_lanes_;
	}
	void clear(Rtnl);

	[[nodiscard]] int set_policy(Rtnl, mplink_u32 policy);
	mplink_u32 policy() const
	{
		return settings_.policy;
	}
	// encap must be valid.  See mplink_core_set_encap().
	[[nodiscard]] int set_encap(Rtnl, mplink_u32 encap);
	mplink_u32 encap() const
	{
		return settings_.encap;
	}
	// config is valid.
	void set_tunnel(Rtnl, const mplink_tunnel_config &config);
	const TunnelSettings &tunnel() const
	{
		return settings_.tunnel;
	}
	// config is valid.
	void set_liveness(Rtnl, const mplink_liveness_config &config);
	const mplink_liveness_config &liveness() const
	{
		return settings_.liveness;
	}

	[[nodiscard]] int add_nic(Rtnl, const char *name, mplink_u32 &id, mplink_extack &extack);
	void remove_nic(Rtnl, mplink_u32 id);
	Nic *nic_at(mplink_u32 id) const
	{
		return id < MPLINK_MAX_NICS ? nics_[id] : nullptr;
	}
	// The NIC with that name, or null.
	Nic *find_nic(Rtnl, const char *name) const;
	// Makes the lanes that packets asked for.
	void make_lanes(Rtnl);
	// The traffic of all present and past NICs.
	mplink_counters counters() const;

	[[nodiscard]] int add_peer(Rtnl, const mplink_addr &addr,
				   std::span<const mplink_link_config> links, Peer *&peer,
				   mplink_extack &extack);
	[[nodiscard]] int set_peer(Rtnl, Peer &peer, std::span<const mplink_link_config> links,
				   mplink_extack &extack);
	// set_peer() in two steps: prepare() and change_links().  Null: err and extack say why.
	[[nodiscard]] Box<LinkChanges> prepare(Rtnl, Peer &peer,
					       std::span<const mplink_link_config> links, int &err,
					       mplink_extack &extack);
	void change_links(Rtnl, Peer &peer, LinkChanges &changes);
	void set_peer_liveness(Rtnl, Peer &peer, mplink_u32 liveness);
	void remove_peer(Rtnl, Peer &peer);

	[[nodiscard]] int event(Rtnl, mplink_u32 event, const mplink_snapshot &snapshot);
	void refresh(Rtnl, mplink_u32 event, const Nic *only);
	// See mplink_core_recheck().
	void recheck(Rtnl, mplink_u32 event);

	// Chooses for a packet for which select() has no answer.
	mplink_choice reselect(ReadSection section, const Peer &peer, const Packet &packet);
	// Sends the next copy of a broadcast on that link.
	mplink_choice next(const LinkEntry &link, const Packet &packet);
	// Sends a copy by another link than that path, if one is wanted.  Null rate: it is.  Null:
	// none is sent.
	mplink_path *copy(ReadSection section, const Peer &peer, FlowRate *rate,
			  const mplink_path *first, const Packet &packet);
	void drop(mplink_u32 drop, mplink_size lane)
	{
		counters_[lane].drops[drop].add_alone(1);
	}
	mplink_u64 drops(mplink_u32 drop) const;
	mplink_device_counters own_counters() const;

private:
	int step(Rtnl, Nic &nic, mplink_u32 event, const mplink_snapshot &snapshot, bool present);
	void report(const Nic &nic, mplink_u32 event, mplink_u32 was);
	bool worth_a_copy(const Peer &peer, FlowRate &rate, const LinkTable &table,
			  const Packet &packet);
	void take_out(Rtnl, Peer &peer);
	void reassess(Rtnl, mplink_u64 nics);
	// Calls change(peer), which returns false if memory was short.  Keeps count of the peers
	// with a valid link, and requests the next recheck.
	template <class Change>
	void with(Rtnl, Peer &peer, Change change);
	void update_carrier();
	// Follows all NICs, or one.
	void update_peers(Rtnl, const Nic *only);
	// Reports what has changed of peers.  Call it when all state is complete: reports may
	// call the core.
	void tell(Rtnl, mplink_u32 event);

	Settings settings_;
	Nic *nics_[MPLINK_MAX_NICS] = {};  // by id
	Traffic traffic_[MPLINK_MAX_NICS]; // by NIC id; outlives the NIC
	Peer *peers_ = nullptr;            // a list
	mplink_u32 working_ = 0;           // peers with a valid link
	bool carrier_ = false;
	mplink_u64 recheck_ms_ = never; // the earliest recheck that was requested
	Array<DeviceCounters> counters_;
	NoLanes no_lanes_;
};

// The packet path.

// Accounts a received packet on a link for which its lane has no room.
void receive_shared(const Nic &nic, const Peer &peer, const Link &link, mplink_size len,
		    mplink_size lane);
// The same for receive(), when there may be no link at all.
void receive_elsewhere(ReadSection, const Nic &nic, const Peer &peer, mplink_size len,
		       mplink_size lane);

// Accounts a received packet on the NIC, and on the peer's first link over the NIC if there is one.
[[gnu::always_inline]] inline void receive(ReadSection section, const Nic &nic, const Peer &peer,
					   mplink_size len, mplink_size lane)
{
	const mplink_size place = peer.place(section, nic.id());
	const Lane &own = peer.lanes().at(lane);

	count_rx(nic.traffic()[lane], len);
	if (own.has(place)) [[likely]]
		count_rx(own.at(place), len);
	else
		receive_elsewhere(section, nic, peer, len, lane);
}

// The same for a packet that tells by which link it came.
[[gnu::always_inline]] inline void receive_link(ReadSection section, const Nic &nic,
						const Peer &peer, mplink_u32 id, mplink_size len,
						mplink_size lane)
{
	const Link *link = peer.link(section, id);
	const Lane &own = peer.lanes().at(lane);

	count_rx(nic.traffic()[lane], len);
	if (!link) [[unlikely]]
		return;
	if (own.has(link->place())) [[likely]]
		count_rx(own.at(link->place()), len);
	else
		receive_shared(nic, peer, *link, len, lane);
}

// The policy's first choice: see choose().  Null also if the peer has no valid link.
[[gnu::always_inline]] inline mplink_path *select(ReadSection section, const Peer &peer,
						  const Packet &packet)
{
	const LinkTable *const table = peer.table(section);

	if (!table) [[unlikely]]
		return nullptr;

	return choose(*table, peer.lanes().at(packet.lane), packet);
}

} // namespace mplink
