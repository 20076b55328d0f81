// SPDX-License-Identifier: GPL-2.0
#include "world.hh"

#include <algorithm>

#include "complain.hh"
#include "fake_bfd.hh"

namespace fake
{

namespace
{

bool given(const mplink_addr &a)
{
	return a.hi || a.lo;
}

using Devices = std::vector<std::unique_ptr<Netdev>>;

void move(Netdev &dev, Devices &from, Devices &to)
{
	const auto at = std::find_if(from.begin(), from.end(),
				     [&](const auto &p) { return p.get() == &dev; });

	if (at == from.end()) {
		complain("the test moves a device that is not there");
		return;
	}
	to.push_back(std::move(*at));
	from.erase(at);
}

} // namespace

mplink_addr local_address(mplink_u32 i)
{
	return addr("10.0." + std::to_string(i) + ".1");
}

mplink_addr remote_address(mplink_u32 i)
{
	return addr("10.0." + std::to_string(i) + ".2");
}

World::World() : device_(mplink_core_device_create(&owner))
{
	if (!device_) {
		complain("no device to test");
		return;
	}

	mplink_liveness_config config = liveness();

	config.wtr_ms = 0;
	(void)set_liveness(config);
}

World::~World()
{
	{
		const RtnlLock rtnl;

		mplink_core_device_clear(device_);
	}
	grace_period();
	rcu_stop();
	mplink_core_device_free(device_);
}

int World::add_nic(const std::string &name)
{
	mplink_u32 id;

	{
		const RtnlLock rtnl;

		if (const int err = mplink_core_nic_add(device_, name.c_str(), &id, &extack))
			return err;
	}
	if (names_.size() <= id)
		names_.resize(id + 1);
	names_[id] = name;
	if (Netdev *dev = find(name)) {
		dev->told = {};
		event(MPLINK_EVENT_REGISTER, *dev);
	}
	return 0;
}

void World::remove_nic(mplink_u32 id)
{
	const RtnlLock rtnl;

	mplink_core_nic_del(device_, id);
	names_[id].clear();
	if (id < remotes_.size())
		remotes_[id] = {};
}

int World::add_peer(const std::vector<mplink_addr> &remotes, const std::vector<mplink_u16> &weights)
{
	const RtnlLock rtnl;
	const mplink_addr virtual_address = addr("10.99.0.2");
	std::vector<mplink_link_config> links;
	mplink_peer *peer;

	for (mplink_u32 i = 0; i < remotes.size(); i++)
		if (given(remotes[i]))
			links.push_back({.nic_id = i,
					 .weight = i < weights.size() ? weights[i] : mplink_u16{0},
					 .remove = 0,
					 .remote = remotes[i]});

	const int err = mplink_core_peer_add(device_, &virtual_address, links.data(),
					     static_cast<mplink_u32>(links.size()), &peer, &extack);

	if (!err) {
		peer_ = peer;
		remotes_ = remotes;
	}
	return err;
}

int World::set_links(const std::vector<mplink_link_config> &links)
{
	const RtnlLock rtnl;
	const int err = mplink_core_peer_set(device_, peer_, links.data(),
					     static_cast<mplink_u32>(links.size()), &extack);

	if (err)
		return err;
	for (const mplink_link_config &link : links) {
		if (remotes_.size() <= link.nic_id)
			remotes_.resize(link.nic_id + 1);
		if (link.remove)
			remotes_[link.nic_id] = {};
		else if (given(link.remote))
			remotes_[link.nic_id] = link.remote;
	}
	return 0;
}

int World::set_link(mplink_u32 id, const mplink_addr &remote, mplink_u16 weight)
{
	return set_links({{.nic_id = id, .weight = weight, .remove = 0, .remote = remote}});
}

int World::remove_link(mplink_u32 id)
{
	return set_links({{.nic_id = id, .weight = 0, .remove = 1, .remote = {}}});
}

void World::remove_peer()
{
	const RtnlLock rtnl;

	mplink_core_peer_del(device_, peer_);
	peer_ = nullptr;
	remotes_.clear();
}

void World::name_nics(mplink_u32 n, const std::vector<mplink_u16> &weights)
{
	std::vector<mplink_addr> remotes;

	for (mplink_u32 i = 1; i <= n; i++) {
		if (add_nic("eth" + std::to_string(i)))
			complain("a NIC was refused");
		remotes.push_back(remote_address(i));
	}
	if (add_peer(remotes, weights))
		complain("a peer was refused");
}

void World::start(mplink_u32 n, const std::vector<mplink_u16> &weights)
{
	name_nics(n, weights);
	for (mplink_u32 i = 0; i < n; i++)
		plug_running(names_[i], i + 1);
}

// --- what happens to devices ------------------------------------------------

Netdev &World::create(const std::string &name)
{
	devices_.push_back(std::make_unique<Netdev>(name, next_ifindex_++));
	return *devices_.back();
}

Netdev &World::plug(const std::string &name)
{
	Netdev &dev = create(name);

	event(MPLINK_EVENT_REGISTER, dev);
	return dev;
}

Netdev &World::plug_running(const std::string &name, mplink_u32 i)
{
	Netdev &dev = plug(name);

	dev.set_carrier(true);
	set_inet(dev, local_address(i));
	set_up(dev);
	return dev;
}

void World::set_up(Netdev &dev)
{
	if (dev.up)
		return;
	event(MPLINK_EVENT_PRE_UP, dev);
	dev.set_running(true);
	dev.up = true;
	event(MPLINK_EVENT_UP, dev);
	event(MPLINK_EVENT_CHANGE, dev);
}

void World::set_down(Netdev &dev)
{
	if (!dev.up)
		return;
	event(MPLINK_EVENT_GOING_DOWN, dev);
	dev.set_running(false);
	dev.up = false;
	event(MPLINK_EVENT_DOWN, dev);
}

void World::cable(Netdev &dev, bool in)
{
	dev.set_carrier(in);
}

void World::cable_told(Netdev &dev, bool in)
{
	cable(dev, in);
	event(MPLINK_EVENT_CHANGE, dev);
}

void World::set_inet(Netdev &dev, const mplink_addr &address)
{
	dev.inet = address;
	dev.route_generation++;
	event(given(address) ? MPLINK_EVENT_INET_UP : MPLINK_EVENT_INET_DOWN, dev);
}

void World::rename(Netdev &dev, const std::string &to)
{
	dev.name = to;
	event(MPLINK_EVENT_CHANGENAME, dev);
}

void World::leave(Netdev &dev)
{
	set_down(dev);
	if (given(dev.inet))
		set_inet(dev, {});
	dev.inet6 = dev.inet6_local = {};
	event(MPLINK_EVENT_UNREGISTER, dev);
}

void World::unplug(Netdev &dev)
{
	leave(dev);
	dev.unregistered = true;
	move(dev, devices_, leaving_);
}

void World::move_away(Netdev &dev)
{
	leave(dev);
	move(dev, devices_, away_);
}

void World::move_back(Netdev &dev)
{
	move(dev, away_, devices_);
	event(MPLINK_EVENT_REGISTER, dev);
}

bool World::reap()
{
	bool all = true;

	grace_period();
	for (const auto &dev : leaving_)
		if (dev->refs) {
			all = false;
			// As Linux does once a second.
			event(MPLINK_EVENT_UNREGISTER, *dev);
		}
	if (all)
		leaving_.clear();
	return all;
}

int World::event(mplink_u32 event, Netdev &dev)
{
	const RtnlLock rtnl;
	const mplink_snapshot snapshot = dev.snapshot();

	told(event, dev);
	return mplink_core_nic_event(device_, event, &snapshot);
}

void World::refresh()
{
	const RtnlLock rtnl;

	mplink_core_refresh(device_);
}

int World::set_policy(mplink_u32 policy)
{
	const RtnlLock rtnl;

	return mplink_core_set_policy(device_, policy);
}

mplink_liveness_config World::liveness() const
{
	const RtnlLock rtnl;
	mplink_liveness_config config;

	mplink_core_get_liveness(device_, &config);
	return config;
}

int World::set_liveness(const mplink_liveness_config &config)
{
	const RtnlLock rtnl;

	extack = {};
	return mplink_core_set_liveness(device_, &config, &extack.why);
}

void World::set_peer_liveness(mplink_u32 liveness)
{
	const RtnlLock rtnl;

	mplink_core_peer_set_liveness(device_, peer_, liveness);
}

void World::recheck(mplink_u32 event)
{
	const RtnlLock rtnl;

	mplink_core_recheck(device_, event);
}

void World::run(mplink_u64 ms)
{
	const mplink_u64 end = mplink_now_ms() + ms;

	while (owner.recheck_ms <= end) {
		set_time(std::max(owner.recheck_ms, mplink_now_ms()));
		owner.recheck_ms = MPLINK_NEVER;
		recheck(MPLINK_EVENT_RESTORE);
	}
	set_time(end);
}

void World::session(Netdev &dev, bool up)
{
	for (const mplink_addr &remote : remotes_)
		if (mplink_bfd *session = session_of(dev, remote))
			set_session(session, up);
}

void World::session_told(Netdev &dev, bool up)
{
	session(dev, up);
	recheck(MPLINK_EVENT_LIVENESS);
}

// --- packets ----------------------------------------------------------------

mplink_choice World::choose(mplink_u32 len, mplink_u32 lane, const mplink_u8 *l3, mplink_u32 l3_len)
{
	mplink_path *path = mplink_core_select(peer_, len, lane, l3, l3_len);

	if (path)
		return {path, nullptr};
	return mplink_core_reselect(device_, peer_, len, lane, l3, l3_len);
}

bool World::make_lanes()
{
	if (!owner.lanes_asked.exchange(false))
		return false;

	const RtnlLock rtnl;

	mplink_core_make_lanes(device_);
	return true;
}

World::Sent World::send(mplink_u32 len, mplink_u32 flow, mplink_u32 lane)
{
	if (!worker_waits && !in_read_section())
		make_lanes();

	// UDP over IPv4, ports by flow.
	mplink_u8 packet[28] = {0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0, 10, 9, 0, 1, 10, 99, 0, 2};
	const ReadLock lock;
	Sent sent = {};

	packet[20] = static_cast<mplink_u8>(flow >> 24);
	packet[21] = static_cast<mplink_u8>(flow >> 16);
	packet[22] = static_cast<mplink_u8>(flow >> 8);
	packet[23] = static_cast<mplink_u8>(flow);
	mplink_choice choice = choose(len, lane, packet, sizeof(packet));

	if (!choice.path)
		mplink_core_drop(device_, MPLINK_DROP_NO_LINK, lane);
	while (choice.path) {
		if (!usable(choice.path)) {
			complain("a packet was sent where nothing is");
			break;
		}
		sent.over.push_back(&device_of(choice.path));
		if (!choice.more) {
			const mplink_path *const first = choice.path;

			if (!twice || sent.over.size() > 1)
				break;
			choice.path = mplink_core_copy(device_, peer_, nullptr, first, len, lane,
						       packet, sizeof(packet));
			continue;
		}
		choice = mplink_core_next(device_, choice.more, len, lane);
	}
	return sent;
}

// --- the present state -------------------------------------------------------

mplink_nic *World::nic(mplink_u32 id) const
{
	return mplink_core_nic_at(device_, id);
}

mplink_nic_info World::nic_info(mplink_u32 id) const
{
	const RtnlLock rtnl;
	mplink_nic_info info = {};

	mplink_core_nic_info(nic(id), &info);
	return info;
}

bool World::link_exists(mplink_u32 id) const
{
	const RtnlLock rtnl;

	return mplink_core_link_exists(peer_, id);
}

mplink_link_info World::link_info(mplink_u32 id) const
{
	const RtnlLock rtnl;
	mplink_link_info info = {};

	mplink_core_link_info(peer_, id, &info);
	return info;
}

mplink_counters World::link_counters(mplink_u32 id) const
{
	const RtnlLock rtnl;
	mplink_counters counters = {};

	mplink_core_link_counters(peer_, id, &counters);
	return counters;
}

Netdev *World::find(const std::string &name) const
{
	for (const auto &dev : devices_)
		if (dev->name == name)
			return dev.get();
	return nullptr;
}

} // namespace fake
