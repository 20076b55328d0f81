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
	explicit Device(void *owner) : owner_(owner), counters_(mplink_nr_cpus())
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
	// Sums over the links of the device's only user of that NIC id.
	mplink_counters nic_counters(mplink_u32 id) const;
	[[nodiscard]] int add_peer(Rtnl, const mplink_addr &addr, const mplink_addr *remotes,
				   const mplink_u16 *weights, Peer *&peer);

	[[nodiscard]] int event(Rtnl, mplink_u32 event, const mplink_facts &facts);
	void refresh(Rtnl, mplink_u32 event, const Nic *only);

	mplink_u32 select(ReadSection, const Peer &peer, mplink_tx &tx);
	void drop(mplink_u32 drop, mplink_u32 cpu)
	{
		add_once(counters_[cpu].drops[drop], 1);
	}
	mplink_u64 drops(mplink_u32 drop) const;
	mplink_u64 rescheduled() const;

private:
	static mplink_u32 send(const LinkTable &table, mplink_u32 link, mplink_tx &tx);
	int step(Rtnl, Nic &nic, mplink_u32 event, const mplink_facts &facts, bool present);
	void update_carrier();

	void *owner_;
	mplink_u32 policy_ = MPLINK_POLICY_BALANCE_RR;
	mplink_u32 nr_nics_ = 0;
	Nic *nics_[MPLINK_MAX_NICS] = {};
	Peer *peers_ = nullptr;
	bool carrier_ = false;
	Array<DeviceCounters> counters_;
};

// The packet path, inline into its one caller.

[[gnu::always_inline]] inline mplink_u32 Device::send(const LinkTable &table, mplink_u32 link,
						      mplink_tx &tx)
{
	const LinkEntry &entry = table[link];
	LinkCounters &counters = entry.counters[tx.cpu];

	add_once(counters.tx_packets, 1);
	add_once(counters.tx_bytes, tx.len + entry.header_len);
	tx.path = entry.path;
	if (table.policy() != MPLINK_POLICY_BROADCAST) [[likely]]
		return MPLINK_SEND;

	tx.table = &table;
	tx.next = next_alive(table, link + 1);
	return tx.next < table.size() ? MPLINK_SEND_MORE : MPLINK_SEND;
}

[[gnu::always_inline]] inline mplink_u32 Device::select(ReadSection section, const Peer &peer,
							mplink_tx &tx)
{
	// The rest of a broadcast goes by the table it began with.
	if (tx.table) [[unlikely]]
		return send(*static_cast<const LinkTable *>(tx.table), tx.next, tx);

	const LinkTable *table = peer.table(section);
	const Choice choice = table ? choose(*table, tx) : Choice{};

	if (!table || choice.link == table->size()) [[unlikely]] {
		drop(MPLINK_DROP_NO_LINK, tx.cpu);
		tx.drop = MPLINK_DROP_NO_LINK;
		return MPLINK_DROP;
	}
	if (choice.rescheduled) [[unlikely]]
		add_once(counters_[tx.cpu].rescheduled, 1);
	return send(*table, choice.link, tx);
}

} // namespace mplink
