// SPDX-License-Identifier: GPL-2.0
// A virtual NIC: its NICs, its peers, and what events do to them.
#pragma once
#include "peer.hh"

namespace mplink
{

class Device : Counted<Kind::devices>
{
public:
	explicit Device(void *owner) : owner_(owner), counters_(mplink_nr_cpus())
	{
	}
	~Device();

	// False: memory was short when it was made.
	bool usable() const
	{
		return static_cast<bool>(counters_);
	}
	void clear(const Rtnl &);

	[[nodiscard]] int set_policy(const Rtnl &, mplink_u32 policy);
	mplink_u32 policy() const
	{
		return policy_;
	}

	[[nodiscard]] int add_nic(const Rtnl &, const char *name, Nic *&nic);
	Nic *nic_at(mplink_u32 id) const
	{
		return id < nr_nics_ ? nics_[id] : nullptr;
	}
	// Sums over the links of the device's only user of that NIC id.
	mplink_counters nic_counters(mplink_u32 id) const;
	[[nodiscard]] int add_peer(const Rtnl &, const mplink_addr &addr,
				   const mplink_addr *remotes, const mplink_u16 *weights,
				   Peer *&peer);

	[[nodiscard]] int event(const Rtnl &, mplink_u32 event, const mplink_facts &facts);
	void refresh(const Rtnl &, mplink_u32 event, const Nic *only);

	mplink_u32 select(const ReadSection &, const Peer &peer, mplink_tx &tx);
	void drop(mplink_u32 drop, mplink_u32 cpu)
	{
		add_once(counters_[cpu].drops[drop], 1);
	}
	mplink_u64 drops(mplink_u32 drop) const;
	mplink_u64 rescheduled() const;

private:
	int step(const Rtnl &, Nic &nic, mplink_u32 event, const mplink_facts &facts, bool present);
	void update_carrier();

	void *owner_;
	mplink_u32 policy_ = MPLINK_POLICY_BALANCE_RR;
	mplink_u32 nr_nics_ = 0;
	Nic *nics_[MPLINK_MAX_NICS] = {};
	Peer *peers_ = nullptr;
	bool carrier_ = false;
	Array<DeviceCounters> counters_;
};

} // namespace mplink
