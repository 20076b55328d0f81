// SPDX-License-Identifier: GPL-2.0
#include "device.hh"

#include "errors.hh"

namespace mplink
{

Device::~Device()
{
	for (Nic *nic : nics_)
		destroy(nic);
}

void Device::clear(Rtnl rtnl)
{
	while (Peer *peer = peers_.get(rtnl)) {
		// Who is at the peer goes on from there: its next one stays as it is.
		Peer::retire(rtnl, Box<Peer>(peers_.exchange(rtnl, peer->next.get(rtnl))));
	}
	// Nothing that is published names a device any more.  The NICs
	// themselves stay until ~Device(): sysfs may be reading them.
	for (mplink_u32 i = 0; i < nr_nics_; i++)
		nics_[i]->detach(rtnl);
	update_carrier(rtnl);
}

int Device::set_policy(Rtnl rtnl, mplink_u32 policy)
{
	if (policy >= MPLINK_POLICIES)
		return -einval;
	policy_ = policy;
	for (Peer *peer = peers_.get(rtnl); peer; peer = peer->next.get(rtnl))
		if (!peer->publish(rtnl, policy_))
			mplink_request_refresh(owner_);
	return 0;
}

int Device::add_nic(Rtnl, const char *name, Nic *&nic)
{
	for (mplink_u32 i = 0; i < nr_nics_; i++)
		if (!__builtin_strncmp(nics_[i]->name(), name, MPLINK_NAME_LEN))
			return -eexist;
	if (nr_nics_ == MPLINK_MAX_NICS)
		return -enospc;

	Box<Nic> made = make<Nic>(owner_, nr_nics_, name);

	if (!made)
		return -enomem;
	nic = nics_[nr_nics_++] = made.release();
	return 0;
}

int Device::add_peer(Rtnl rtnl, const mplink_addr &addr, const mplink_addr *remotes,
		     const mplink_u16 *weights, Peer *&peer)
{
	Box<Peer> made = Peer::create(addr, nr_nics_);

	if (!made)
		return -enomem;
	for (mplink_u32 i = 0; i < nr_nics_; i++)
		if (!made->add_link(*nics_[i], remotes[i], weights[i]))
			return -enomem;
	for (mplink_u32 i = 0; i < nr_nics_; i++)
		nics_[i]->need(family(remotes[i]));
	peer = made.release();
	static_cast<void>(peer->next.exchange(rtnl, peers_.get(rtnl)));
	static_cast<void>(peers_.exchange(rtnl, peer));
	refresh(rtnl, MPLINK_EVENT_REFRESH, nullptr);
	return 0;
}

mplink_counters Device::counters(ReadSection section) const
{
	mplink_counters sum = {};

	for (const Peer *peer = peers_.read(section); peer; peer = peer->next.read(section))
		for (mplink_u32 i = 0; i < peer->size(); i++)
			add(sum, (*peer)[i].counters());
	return sum;
}

mplink_counters Device::nic_counters(Rtnl rtnl, mplink_u32 id) const
{
	mplink_counters sum = {};

	// Link i of a peer is that over NIC i.
	for (const Peer *peer = peers_.get(rtnl); peer; peer = peer->next.get(rtnl))
		if (id < peer->size())
			add(sum, (*peer)[id].counters());
	return sum;
}

void Device::refresh(Rtnl rtnl, mplink_u32 event, const Nic *only)
{
	for (Peer *peer = peers_.get(rtnl); peer; peer = peer->next.get(rtnl))
		if (!peer->update(rtnl, owner_, event, policy_, only))
			mplink_request_refresh(owner_);
	update_carrier(rtnl);
}

void Device::update_carrier(Rtnl rtnl)
{
	bool on = false;

	for (const Peer *peer = peers_.get(rtnl); peer && !on; peer = peer->next.get(rtnl))
		on = peer->valid_links();
	if (on != carrier_) {
		carrier_ = on;
		mplink_set_carrier(owner_, on);
	}
}

int Device::step(Rtnl rtnl, Nic &nic, mplink_u32 event, const mplink_facts &facts, bool present)
{
	const mplink_u32 was = nic.state().reason;
	int err;
	const bool detach = nic.handle(rtnl, event, facts, present, err);

	// First the tables let go of the device, then the NIC does.
	refresh(rtnl, event, &nic);
	if (detach)
		nic.detach(rtnl);
	// What else stands in a device's way is of the user's making.
	if (err == -enomem)
		mplink_request_refresh(owner_);

	// A refresh is no event of the NIC's: it is news only if it changed something.
	if (event != MPLINK_EVENT_REFRESH || nic.state().reason != was) {
		const mplink_nic_report report = {
			.nic = nic.name(),
			.event = event,
			.was = was,
			.now = nic.state().reason,
		};

		mplink_report_nic(owner_, &report);
	}
	return err;
}

int Device::event(Rtnl rtnl, mplink_u32 event, const mplink_facts &facts)
{
	Nic *bearer = nullptr;

	// First whoever has lost the device lets go of it: one that was renamed
	// from one NIC to another can be held by one at a time.
	for (mplink_u32 i = 0; i < nr_nics_; i++) {
		Nic &nic = *nics_[i];
		const bool is = nic.is(facts);
		const bool named = nic.named(facts);

		if (named)
			bearer = &nic;
		if (is == named || !nic.port())
			continue;
		// The last words of a device that bore this name before: Linux
		// repeats them until the device's last reference is gone.
		if (named && event == MPLINK_EVENT_UNREGISTER) {
			bearer = nullptr;
			continue;
		}
		// The device was renamed away from this NIC; or, though names
		// are unique, another one has come under its name.
		step(rtnl, nic, event, facts, false);
	}
	// A bond that goes still has events of its own, as it lets go of its ports.
	return bearer ? step(rtnl, *bearer, event, facts, facts.registered) : 0;
}

mplink_choice Device::reselect(ReadSection section, const Peer &peer, const Packet &packet)
{
	const LinkTable *const table = peer.table(section);

	if (!table)
		return {};
	// All live links are a broadcast's first choice.
	if (table->policy() == MPLINK_POLICY_BROADCAST) {
		const LinkEntry *first = alive_from(&(*table)[0]);

		return first ? sent_copy(*first, packet) : mplink_choice{};
	}

	const LinkEntry *link = reschedule(*table, packet);

	if (!link)
		return {};
	add_once(counters_[packet.lane].rescheduled, 1);
	return {sent(*link, packet), nullptr};
}

mplink_choice Device::next(const LinkEntry &link, const Packet &packet)
{
	add_once(counters_[packet.lane].copies, 1);
	return sent_copy(link, packet);
}

namespace
{

// A counter's sum over all lanes; counter: which one of a lane's.
template <class Counter>
mplink_u64 sum_of(const Array<DeviceCounters> &lanes, Counter counter)
{
	mplink_u64 sum = 0;

	for (const DeviceCounters &c : lanes)
		sum += read_once(counter(c));
	return sum;
}

} // namespace

mplink_u64 Device::drops(mplink_u32 drop) const
{
	return sum_of(
		counters_, [drop](const DeviceCounters &c) -> auto & { return c.drops[drop]; });
}

mplink_u64 Device::rescheduled() const
{
	return sum_of(
		counters_, [](const DeviceCounters &c) -> auto & { return c.rescheduled; });
}

mplink_u64 Device::copies() const
{
	return sum_of(
		counters_, [](const DeviceCounters &c) -> auto & { return c.copies; });
}

} // namespace mplink
