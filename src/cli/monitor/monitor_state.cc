// SPDX-License-Identifier: GPL-2.0
#include "monitor/monitor_state.hh"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace mplink::cli
{

namespace
{

using Kind = Change::Kind;

template <class KnownPeer>
std::string peer_text(const KnownPeer &peer)
{
	const std::string key = peer.key.value_or(0) ? fmt::format("key {}, ", *peer.key) : "";
	std::vector<std::string> names;

	names.reserve(peer.links.size());
	for (const auto &entry : peer.links) {
		const auto &link = entry.first;

		names.push_back(link_name(
			link.first, link.second,
			std::count_if(peer.links.begin(), peer.links.end(), [&](const auto &other) {
				return other.first.first == link.first;
			}) > 1));
	}
	return names.empty() ? fmt::format("set, {}without links", key)
			     : fmt::format("set, {}with links {}", key, fmt::join(names, ", "));
}

std::vector<std::string> differences(const Netdev &was, const Netdev &now)
{
	std::vector<std::string> words;

	if (was.name != now.name)
		words.push_back("renamed from " + was.name);
	if (was.up != now.up)
		words.push_back(now.up ? "up" : "down");
	if (was.carrier != now.carrier)
		words.push_back(now.carrier ? "carrier on" : "carrier off");
	if (was.mtu != now.mtu)
		words.push_back(fmt::format("mtu {} -> {}", was.mtu, now.mtu));
	return words;
}

} // namespace

MonitorState::MonitorState(const std::vector<DeviceStatus> &devices,
			   const std::vector<Netdev> &netdevs)
{
	for (const DeviceStatus &device : devices) {
		DeviceStatus &own = devices_[device.ifindex] = device;

		own.nics.clear();
		own.peers.clear();
		for (const NicStatus &nic : device.nics) {
			nics_[{device.ifindex, nic.name}] = nic.reason;
			stages_.observe(nic.name, {},
					{.up = {}, .carrier = nic.carrier, .reason = nic.reason});
		}
		for (const PeerStatus &peer : device.peers) {
			KnownPeer &known = peers_[{device.ifindex, peer.address}];

			if (!peer.key_hidden)
				known.key = peer.settings[Setting::peer_key];
			for (const LinkStatus &link : peer.links)
				known.links[MonitorState::key(link)] = link;
		}
	}
	for (const Netdev &netdev : netdevs) {
		netdevs_[netdev.ifindex] = netdev;
		stages_.observe(netdev.name, {},
				{.up = netdev.up, .carrier = netdev.carrier, .reason = {}});
	}
}

MonitorState::LinkKey MonitorState::key(const LinkStatus &link)
{
	return {link.nic, link.remote.value_or(Address())};
}

bool MonitorState::shared(const Links &links, const std::string &nic)
{
	return std::count_if(links.begin(), links.end(),
			     [&](const auto &link) { return link.first.first == nic; }) > 1;
}

std::string MonitorState::name(std::uint32_t device) const
{
	if (const auto known = devices_.find(device); known != devices_.end())
		return known->second.name;
	if (const auto known = netdevs_.find(device); known != netdevs_.end())
		return known->second.name;
	return fmt::format("if{}", device);
}

MonitorState::Changes MonitorState::device(WallTime at, const DeviceStatus &device)
{
	const auto [known, fresh] = devices_.emplace(device.ifindex, DeviceStatus());
	SettingValues settings = differences(known->second.settings, device.settings);

	known->second = device;
	if (settings.empty())
		return {};
	return {{.kind = Kind::device_set,
		 .time = at,
		 .device = device.name,
		 .settings = std::move(settings)}};
}

MonitorState::Changes MonitorState::nic(WallTime at, const NicMessage &message)
{
	const NicStatus &nic = message.nic;
	Changes changes{{.kind = message.event ? Kind::nic : Kind::nic_added,
			 .time = at,
			 .device = name(message.device),
			 .nic = nic.name,
			 .event = message.event,
			 .was = message.was,
			 .reason = nic.reason}};

	nics_[{message.device, nic.name}] = nic.reason;
	if (auto report = stages_.observe(nic.name, at,
					  {.up = {}, .carrier = nic.carrier, .reason = nic.reason}))
		changes.push_back({.kind = Kind::stages,
				   .time = at,
				   .device = name(message.device),
				   .nic = nic.name,
				   .stages = std::move(report)});
	return changes;
}

MonitorState::Changes MonitorState::nic_removed(WallTime at, const NicMessage &message)
{
	nics_.erase({message.device, message.nic.name});
	stages_.forget(message.nic.name);
	link_stages_.forget([&](const LinkStages::Id &link) {
		return std::get<0>(link) == message.device && std::get<2>(link) == message.nic.name;
	});
	// The module removes the links of the NIC before, without notifications.
	for (auto &[key, peer] : peers_)
		if (key.first == message.device)
			std::erase_if(peer.links, [&](const auto &link) {
				return link.first.first == message.nic.name;
			});
	return {{.kind = Kind::nic_removed,
		 .time = at,
		 .device = name(message.device),
		 .nic = message.nic.name}};
}

MonitorState::Changes MonitorState::peer(WallTime at, const PeerMessage &message)
{
	KnownPeer &known = peers_[{message.device, message.peer.address}];
	Links &links = known.links;

	known.key.reset();
	if (!message.peer.key_hidden)
		known.key = message.peer.settings[Setting::peer_key];
	links.clear();
	for (const LinkStatus &link : message.peer.links)
		links[key(link)] = link;
	link_stages_.forget([&](const LinkStages::Id &link) {
		return std::get<0>(link) == message.device &&
		       std::get<1>(link) == message.peer.address &&
		       !links.contains({std::get<2>(link), std::get<3>(link)});
	});
	return {{.kind = Kind::peer_set,
		 .time = at,
		 .device = name(message.device),
		 .peer = message.peer.address,
		 .detail = peer_text(known)}};
}

MonitorState::Changes MonitorState::peer_removed(WallTime at, const PeerMessage &message)
{
	peers_.erase({message.device, message.peer.address});
	link_stages_.forget([&](const LinkStages::Id &link) {
		return std::get<0>(link) == message.device &&
		       std::get<1>(link) == message.peer.address;
	});
	return {{.kind = Kind::peer_removed,
		 .time = at,
		 .device = name(message.device),
		 .peer = message.peer.address}};
}

MonitorState::Changes MonitorState::link(WallTime at, const PeerMessage &message)
{
	Changes changes;

	for (const LinkStatus &link : message.peer.links) {
		Links &links = peers_[{message.device, message.peer.address}].links;
		LinkStatus &own = links[key(link)];
		const bool several = shared(links, link.nic);

		own.nic = link.nic;
		own.remote = link.remote;
		own.reason = link.reason;
		changes.push_back({.kind = Kind::link,
				   .time = at,
				   .device = name(message.device),
				   .nic = link.nic,
				   .peer = message.peer.address,
				   .remote = link.remote,
				   .shared = several,
				   .event = message.event,
				   .was = message.was,
				   .reason = link.reason});
		if (auto report = link_stages_.observe({message.device, message.peer.address,
							link.nic, link.remote.value_or(Address())},
						       at, message.was.value_or(link.reason),
						       link.reason))
			changes.push_back({.kind = Kind::stages,
					   .time = at,
					   .device = name(message.device),
					   .nic = link.nic,
					   .peer = message.peer.address,
					   .remote = link.remote,
					   .shared = several,
					   .stages = std::move(report)});
	}
	return changes;
}

MonitorState::Changes MonitorState::netdev(WallTime at, const Netdev &netdev)
{
	const auto [known, fresh] = netdevs_.emplace(netdev.ifindex, netdev);
	const Netdev was = std::exchange(known->second, netdev);
	std::vector<std::string> words = differences(was, netdev);
	Changes changes;

	if (fresh)
		words.push_back("registered");
	if (!words.empty())
		changes.push_back({.kind = Kind::netdev,
				   .time = at,
				   .nic = netdev.name,
				   .detail = fmt::format("{}", fmt::join(words, ", "))});
	if (was.name != netdev.name)
		stages_.forget(was.name);
	if (netdev.kind == "mplink") {
		const auto [device, added] = devices_.emplace(netdev.ifindex, DeviceStatus());

		device->second.name = netdev.name;
		device->second.ifindex = netdev.ifindex;
		if (added)
			changes.push_back(
				{.kind = Kind::device_added, .time = at, .device = netdev.name});
	}
	// Only the module can say that the NIC is valid, so this ends no run.
	stages_.observe(netdev.name, at,
			{.up = netdev.up, .carrier = netdev.carrier, .reason = {}});
	return changes;
}

MonitorState::Changes MonitorState::netdev_removed(WallTime at, const Netdev &netdev)
{
	Changes changes{
		{.kind = Kind::netdev, .time = at, .nic = netdev.name, .detail = "unregistered"}};

	netdevs_.erase(netdev.ifindex);
	if (!devices_.erase(netdev.ifindex))
		return changes;
	link_stages_.forget(
		[&](const LinkStages::Id &link) { return std::get<0>(link) == netdev.ifindex; });
	std::erase_if(nics_, [&](const auto &nic) { return nic.first.first == netdev.ifindex; });
	std::erase_if(peers_, [&](const auto &peer) { return peer.first.first == netdev.ifindex; });
	changes.push_back({.kind = Kind::device_removed, .time = at, .device = netdev.name});
	return changes;
}

void MonitorState::resync_device(Changes &changes, WallTime at, const MonitorState &now)
{
	const auto add = [&](Kind kind, const DeviceStatus &device) {
		changes.push_back({.kind = kind, .time = at, .device = device.name});
	};

	for (const auto &[ifindex, device] : devices_)
		if (!now.devices_.contains(ifindex))
			add(Kind::device_removed, device);
	for (const auto &[ifindex, device] : now.devices_) {
		const auto known = devices_.find(ifindex);

		if (known == devices_.end())
			add(Kind::device_added, device);

		const FullSettings was =
			known == devices_.end() ? FullSettings() : known->second.settings;

		if (SettingValues settings = differences(was, device.settings); !settings.empty()) {
			add(Kind::device_set, device);
			changes.back().settings = std::move(settings);
		}
	}
}

void MonitorState::resync_nics(Changes &changes, WallTime at, const MonitorState &now)
{
	const auto add = [&](Kind kind, const NicKey &key) -> Change & {
		changes.push_back({.kind = kind,
				   .time = at,
				   .device = now.name(key.first),
				   .nic = key.second});
		return changes.back();
	};

	for (const auto &[key, unused] : nics_)
		if (now.devices_.contains(key.first) && !now.nics_.contains(key))
			add(Kind::nic_removed, key);
	for (const auto &[key, reason] : now.nics_) {
		const auto known = nics_.find(key);

		if (known == nics_.end()) {
			add(Kind::nic_added, key).reason = reason;
		} else if (known->second != reason) {
			Change &change = add(Kind::nic, key);

			change.was = known->second;
			change.reason = reason;
		}
	}
}

void MonitorState::resync_peers(Changes &changes, WallTime at, const MonitorState &now)
{
	const auto add = [&](Kind kind, const PeerKey &key) -> Change & {
		changes.push_back({.kind = kind,
				   .time = at,
				   .device = now.name(key.first),
				   .peer = key.second});
		return changes.back();
	};
	const auto link_alike = [](const auto &a, const auto &b) {
		return a.first == b.first && a.second.settings == b.second.settings &&
		       a.second.local == b.second.local;
	};
	const auto configured_alike = [&](const KnownPeer &a, const KnownPeer &b) {
		return (!a.key || !b.key || a.key == b.key) &&
		       std::equal(a.links.begin(), a.links.end(), b.links.begin(), b.links.end(),
				  link_alike);
	};

	for (const auto &[key, unused] : peers_)
		if (now.devices_.contains(key.first) && !now.peers_.contains(key))
			add(Kind::peer_removed, key);
	for (const auto &[key, peer] : now.peers_) {
		const auto known = peers_.find(key);

		if (known == peers_.end() || !configured_alike(known->second, peer)) {
			add(Kind::peer_set, key).detail = peer_text(peer);
			continue;
		}
		for (const auto &[link_key, link] : peer.links) {
			const std::uint32_t was = known->second.links.at(link_key).reason;

			if (was == link.reason)
				continue;

			Change &change = add(Kind::link, key);

			change.nic = link.nic;
			change.remote = link.remote;
			change.shared = shared(peer.links, link.nic);
			change.was = was;
			change.reason = link.reason;
		}
	}
}

MonitorState::Changes MonitorState::resync(WallTime at, const std::vector<DeviceStatus> &devices,
					   const std::vector<Netdev> &netdevs)
{
	MonitorState now(devices, netdevs);
	Changes changes;

	resync_device(changes, at, now);
	resync_nics(changes, at, now);
	resync_peers(changes, at, now);
	*this = std::move(now);
	return changes;
}

} // namespace mplink::cli
