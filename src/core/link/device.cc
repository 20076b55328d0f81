// SPDX-License-Identifier: GPL-2.0
#include "link/device.hh"

#include "base/errors.hh"
#include "base/validation.hh"

namespace mplink
{

Device::~Device()
{
	for (Nic *nic : nics_)
		destroy(nic);
}

void Device::clear(Rtnl rtnl)
{
	while (peers_)
		take_out(rtnl, *peers_);
	// No published table names a device any more.  The NICs themselves stay until ~Device(),
	// because sysfs may be reading them.
	for (Nic *nic : nics_)
		if (nic)
			nic->detach(rtnl);
	update_carrier();
}

int Device::set_policy(Rtnl rtnl, mplink_u32 policy)
{
	if (policy >= MPLINK_POLICIES)
		return -einval;
	settings_.policy = policy;
	for (Peer *peer = peers_; peer; peer = peer->next)
		if (!peer->publish(rtnl, settings_))
			mplink_request_refresh(settings_.owner);
	return 0;
}

int Device::set_encap(Rtnl, mplink_u32 encap)
{
	if (encap == settings_.encap)
		return 0;
	if (peers_)
		return -ebusy;
	if (settings_.policy == default_policy(settings_.encap))
		settings_.policy = default_policy(encap);
	settings_.encap = encap;
	return 0;
}

void Device::set_tunnel(Rtnl, const mplink_tunnel_config &config)
{
	settings_.tunnel.set(config);
}

void Device::set_liveness(Rtnl rtnl, const mplink_liveness_config &config)
{
	settings_.liveness = config;
	for (Peer *peer = peers_; peer; peer = peer->next)
		with(rtnl, *peer, [&](Peer &p) { return p.configure(rtnl, settings_); });
	update_carrier();
	tell(rtnl, MPLINK_EVENT_CONTROL);
}

Nic *Device::find_nic(Rtnl, const char *name) const
{
	for (Nic *nic : nics_)
		if (nic && nic->named(name))
			return nic;
	return nullptr;
}

int Device::add_nic(Rtnl rtnl, const char *name, mplink_u32 &id, mplink_extack &extack)
{
	const auto refuse = [&extack](const char *why, int err) {
		extack = {.why = why, .link = 0, .attr = MPLINK_EXTACK_NAME};
		return -err;
	};

	if (const char *why = why_no_nic_name(name, __builtin_strlen(name)))
		return refuse(why, einval);
	if (find_nic(rtnl, name))
		return refuse("is a NIC of this device already", eexist);
	for (id = 0; id < MPLINK_MAX_NICS && nics_[id]; id++)
		;
	if (id == MPLINK_MAX_NICS)
		return refuse("is one too many: 64 NICs at most", enospc);

	Box<Nic> made;

	if (traffic_[id].allocate())
		made = make<Nic>(settings_.owner, id, name, traffic_[id].lanes());
	if (!made) {
		extack = {.why = "memory is short", .link = 0, .attr = MPLINK_EXTACK_ALL};
		return -enomem;
	}
	nics_[id] = made.release();
	return 0;
}

void Device::remove_nic(Rtnl rtnl, mplink_u32 id)
{
	Nic *nic = nics_[id];

	for (Peer *peer = peers_; peer; peer = peer->next)
		if (peer->has_link_over(rtnl, id))
			with(rtnl, *peer,
			     [&](Peer &p) { return p.remove_links(rtnl, settings_, id); });
	update_carrier();
	// No table names the NIC any more, so its device can go.  Packets that read an older table
	// may still use the NIC's counters, which stay.
	nic->detach(rtnl);
	nics_[id] = nullptr;
	tell(rtnl, MPLINK_EVENT_CONTROL);
	const Retired<Nic> gone{Box<Nic>(nic)};
}

template <class Change>
void Device::with(Rtnl rtnl, Peer &peer, Change change)
{
	working_ -= peer.works(rtnl);
	if (!change(peer))
		mplink_request_refresh(settings_.owner);
	working_ += peer.works(rtnl);
	// A recheck that is no longer needed does no harm.
	if (peer.deadline_ms() < recheck_ms_) {
		const mplink_u64 now = mplink_now_ms();

		recheck_ms_ = peer.deadline_ms();
		mplink_request_recheck(settings_.owner, recheck_ms_ > now ? recheck_ms_ - now : 0);
	}
}

void Device::update_carrier()
{
	const bool on = working_;

	if (on != carrier_) {
		carrier_ = on;
		mplink_set_carrier(settings_.owner, on);
	}
}

void Device::change_links(Rtnl rtnl, Peer &peer, LinkChanges &changes)
{
	mplink_u64 needs;
	Box<LinkSet> links = changes.make(needs);

	with(rtnl, peer,
	     [&](Peer &p) { return p.replace_links(rtnl, settings_, std::move(links)); });
	update_carrier();
	peer.tell(rtnl, settings_, MPLINK_EVENT_CONTROL);
	reassess(rtnl, needs);
}

// Links now need other addresses of these NICs; a bit per NIC id.
void Device::reassess(Rtnl rtnl, mplink_u64 nics)
{
	for (; nics; nics &= nics - 1) {
		Nic &nic = *nics_[__builtin_ctzll(nics)];
		const mplink_u32 was = nic.state().reason;

		nic.reassess(rtnl);
		if (nic.state().reason != was) {
			refresh(rtnl, MPLINK_EVENT_CONTROL, &nic);
			report(nic, MPLINK_EVENT_CONTROL, was);
		}
	}
}

int Device::add_peer(Rtnl rtnl, const mplink_addr &addr, std::span<const mplink_link_config> links,
		     Peer *&peer, mplink_extack &extack)
{
	extack = {.why = why_no_peer(addr), .link = 0, .attr = MPLINK_EXTACK_ADDRESS};
	if (extack.why)
		return -einval;

	Box<Peer> made = Peer::create(addr, no_lanes_);

	if (!made) {
		extack = {.why = "memory is short", .link = 0, .attr = MPLINK_EXTACK_ALL};
		return -enomem;
	}

	LinkChanges changes(rtnl, nics_, *made);
	const int err = changes.prepare(links, extack);

	if (err)
		return err;
	peer = made.release();
	peer->next = peers_;
	if (peers_)
		peers_->previous = peer;
	peers_ = peer;
	change_links(rtnl, *peer, changes);
	return 0;
}

int Device::set_peer(Rtnl rtnl, Peer &peer, std::span<const mplink_link_config> links,
		     mplink_extack &extack)
{
	LinkChanges changes(rtnl, nics_, peer);
	const int err = changes.prepare(links, extack);

	if (!err)
		change_links(rtnl, peer, changes);
	return err;
}

Box<LinkChanges> Device::prepare(Rtnl rtnl, Peer &peer, std::span<const mplink_link_config> links,
				 int &err, mplink_extack &extack)
{
	Box<LinkChanges> changes = make<LinkChanges>(rtnl, nics_, peer);

	if (!changes) {
		extack = {.why = "memory is short", .link = 0, .attr = MPLINK_EXTACK_ALL};
		err = -enomem;
		return changes;
	}
	err = changes->prepare(links, extack);
	if (err)
		changes = {};
	return changes;
}

void Device::set_peer_liveness(Rtnl rtnl, Peer &peer, mplink_u32 liveness)
{
	peer.set_liveness(liveness);
	with(rtnl, peer, [&](Peer &p) { return p.update(rtnl, settings_, nullptr); });
	update_carrier();
	peer.tell(rtnl, settings_, MPLINK_EVENT_CONTROL);
}

void Device::remove_peer(Rtnl rtnl, Peer &peer)
{
	mplink_u64 needs = 0;

	for (const Link &link : *peer.links(rtnl))
		if (link.nic().need_no_more(family(link.remote())))
			needs |= mplink_u64{1} << link.nic().id();
	take_out(rtnl, peer);
	update_carrier();
	reassess(rtnl, needs);
}

void Device::take_out(Rtnl rtnl, Peer &peer)
{
	working_ -= peer.works(rtnl);
	(peer.previous ? peer.previous->next : peers_) = peer.next;
	if (peer.next)
		peer.next->previous = peer.previous;
	Peer::retire(rtnl, Box<Peer>(&peer));
}

void Device::make_lanes(Rtnl rtnl)
{
	// If memory is short, packets ask again.
	for (Peer *peer = peers_; peer; peer = peer->next)
		(void)peer->make_lanes(rtnl);
}

mplink_counters Device::counters() const
{
	mplink_counters sum = {};

	for (const Traffic &traffic : traffic_)
		traffic.add_to(sum);
	return sum;
}

void Device::update_peers(Rtnl rtnl, const Nic *only)
{
	for (Peer *peer = peers_; peer; peer = peer->next)
		with(rtnl, *peer, [&](Peer &p) { return p.update(rtnl, settings_, only); });
	update_carrier();
}

void Device::tell(Rtnl rtnl, mplink_u32 event)
{
	for (Peer *peer = peers_; peer; peer = peer->next)
		peer->tell(rtnl, settings_, event);
}

void Device::refresh(Rtnl rtnl, mplink_u32 event, const Nic *only)
{
	update_peers(rtnl, only);
	tell(rtnl, event);
}

void Device::recheck(Rtnl rtnl, mplink_u32 event)
{
	if (event == MPLINK_EVENT_RESTORE)
		recheck_ms_ = never;
	for (Peer *peer = peers_; peer; peer = peer->next)
		with(rtnl, *peer, [&](Peer &p) { return p.recheck(rtnl, settings_); });
	update_carrier();
	tell(rtnl, event);
}

void Device::report(const Nic &nic, mplink_u32 event, mplink_u32 was)
{
	const mplink_nic_report report = {
		.nic = nic.name(),
		.event = event,
		.was = was,
		.now = nic.state().reason,
	};

	mplink_report_nic(settings_.owner, &report);
}

int Device::step(Rtnl rtnl, Nic &nic, mplink_u32 event, const mplink_snapshot &snapshot,
		 bool present)
{
	const mplink_u32 was = nic.state().reason;
	int err;
	const bool detach = nic.handle(rtnl, event, snapshot, present, err);

	// First the tables drop the device, then the NIC does.
	update_peers(rtnl, &nic);
	if (detach)
		nic.detach(rtnl);
	// Other errors cannot be cured by trying again.
	if (err == -enomem)
		mplink_request_refresh(settings_.owner);

	tell(rtnl, event);
	// A refresh is no event of the NIC, so report it only if it changed something.
	if (event != MPLINK_EVENT_REFRESH || nic.state().reason != was)
		report(nic, event, was);
	return err;
}

int Device::event(Rtnl rtnl, mplink_u32 event, const mplink_snapshot &snapshot)
{
	Nic *bearer = nullptr;

	// First the NIC that has lost the device drops it.  A device that was renamed from one
	// NIC's name to another's can be held by only one of them.
	for (Nic *nic : nics_) {
		if (!nic)
			continue;

		const bool is = nic->is(snapshot);
		const bool named = nic->named(snapshot.name);

		if (named)
			bearer = nic;
		if (is == named || !nic->port())
			continue;
		// An earlier device of this name goes.  Linux repeats this event until the
		// device's last reference is dropped.
		if (named && event == MPLINK_EVENT_UNREGISTER) {
			bearer = nullptr;
			continue;
		}
		// The device was renamed away from this NIC, or another device has come under
		// its name.
		step(rtnl, *nic, event, snapshot, false);
	}
	// A bond that goes still has events while it releases its ports.
	return bearer ? step(rtnl, *bearer, event, snapshot, snapshot.registered) : 0;
}

namespace
{

// The packet's lane, started with the table.  Null: it has no room yet.
const Lane *ready(const LinkTable &table, mplink_size at)
{
	Lane &lane = table.lanes().at(at);

	if (lane.serial() == table.serial())
		return &lane;
	if (!lane.has(table.last_place()))
		return nullptr;

	start_lane(table, lane);
	return &lane;
}

void want(Lanes &lanes, mplink_size lane, void *owner)
{
	if (lanes.want(lane))
		mplink_request_lanes(owner);
}

// sent() for lanes with or without room.  Not inline, to keep it out of the fast path.
mplink_path *sent_anyhow(const LinkEntry &link, const Packet &packet)
{
	const Lane &lane = LinkTable::of(link).lanes().at(packet.lane);
	const mplink_size len = packet.len + link.header_len;

	if (lane.has(link.place))
		count_tx(lane.at(link.place), len);
	else
		count_tx_shared(*link.shared, len);
	count_tx(link.nic_counters[packet.lane], len);
	return link.path;
}

// Sends a copy, and returns its path and the link of the next copy.
mplink_choice sent_copy(const LinkEntry &link, const Packet &packet)
{
	return {sent_anyhow(link, packet), link.last ? nullptr : alive_from(&link + 1)};
}

} // namespace

void receive_shared(const Nic &nic, const Peer &peer, const Link &link, mplink_size len,
		    mplink_size lane)
{
	count_rx_shared(link.shared(), len);
	want(peer.lanes(), lane, nic.owner());
}

void receive_elsewhere(ReadSection section, const Nic &nic, const Peer &peer, mplink_size len,
		       mplink_size lane)
{
	if (const Link *link = peer.link_over(section, nic.id()))
		receive_shared(nic, peer, *link, len, lane);
}

mplink_choice Device::reselect(ReadSection section, const Peer &peer, const Packet &packet)
{
	const LinkTable *const table = peer.table(section);

	if (!table)
		return {};

	const Lane *const lane = ready(*table, packet.lane);

	if (!lane)
		want(table->lanes(), packet.lane, settings_.owner);
	return Policies::visit(table->policy(), [&]<class P>(P) -> mplink_choice {
		// The lane may not have been ready for select().
		if constexpr (!P::copies)
			if (lane)
				if (mplink_path *path = P::choose(*table, *lane, packet))
					return {path, nullptr};

		const Pick pick = lane ? P::choose_again(*table, *lane, packet)
				       : P::choose_without_lane(*table, packet);

		if (!pick.link)
			return {};
		if (pick.moved)
			counters_[packet.lane].rescheduled.add_alone(1);
		if constexpr (P::copies)
			return sent_copy(*pick.link, packet);
		else
			return {sent_anyhow(*pick.link, packet), nullptr};
	});
}

mplink_choice Device::next(const LinkEntry &link, const Packet &packet)
{
	counters_[packet.lane].copies.add_alone(1);
	return sent_copy(link, packet);
}

// Whether a packet of a flow with that rate is to be copied, and may be.
bool Device::worth_a_copy(const Peer &peer, FlowRate &rate, const LinkTable &table,
			  const Packet &packet)
{
	const mplink_u64 now = mplink_now_us();

	if (!rate.sparse(packet.len, now) && dscp(packet) < settings_.tunnel.duplicate_dscp.read())
		return false;
	if (peer.copies().take(packet.len, table, now))
		return true;
	counters_[packet.lane].copies_withheld.add_alone(1);
	return false;
}

mplink_path *Device::copy(ReadSection section, const Peer &peer, FlowRate *rate,
			  const mplink_path *first, const Packet &packet)
{
	const LinkTable *const table = peer.table(section);

	if (!table || table->size() < 2)
		return nullptr;
	// Before a link is chosen: that counts as sent there.
	if (rate && !worth_a_copy(peer, *rate, *table, packet))
		return nullptr;

	const LinkEntry *const before = table->by(first);

	if (!before)
		return nullptr;

	const Lane *const lane = ready(*table, packet.lane);
	const LinkEntry *const second = Policies::visit(table->policy(), [&]<class P>(P) {
		return P::second(*table, lane, packet, *before);
	});

	if (!second)
		return nullptr;
	counters_[packet.lane].copies.add_alone(1);
	return sent_anyhow(*second, packet);
}

mplink_u64 Device::drops(mplink_u32 drop) const
{
	mplink_u64 sum = 0;

	for (const DeviceCounters &lane : counters_)
		sum += lane.drops[drop].read();
	return sum;
}

mplink_device_counters Device::own_counters() const
{
	mplink_device_counters sum = {};

	for (const DeviceCounters &lane : counters_) {
#define ADD_CORE(name) sum.name += lane.name.read();
#define ADD_BFD_RECEIVED(name)
#define ADD_GRE_RECEIVED(name)
#define MPLINK_DEVICE_COUNTER(id, name, source, ...) ADD_##source(name)
#include "uapi/mplink_attributes.def"
	}
	return sum;
}

} // namespace mplink
