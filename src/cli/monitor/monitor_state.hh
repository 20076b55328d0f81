// SPDX-License-Identifier: GPL-2.0
// The last known state of all devices.  Turns notifications into changes, and finds the changes
// that were lost by comparing.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/status.hh"
#include "monitor/change.hh"
#include "monitor/stages.hh"
#include "netlink/netdev.hh"
#include "netlink/replies.hh"

namespace mplink::cli
{

class MonitorState
{
public:
	MonitorState(const std::vector<DeviceStatus> &devices, const std::vector<Netdev> &netdevs);

	using Changes = std::vector<Change>;

	Changes device(WallTime at, const DeviceStatus &device);
	Changes nic(WallTime at, const NicMessage &message);
	Changes nic_removed(WallTime at, const NicMessage &message);
	Changes peer(WallTime at, const PeerMessage &message);
	Changes peer_removed(WallTime at, const PeerMessage &message);
	Changes link(WallTime at, const PeerMessage &message);
	Changes netdev(WallTime at, const Netdev &netdev);
	Changes netdev_removed(WallTime at, const Netdev &netdev);

	// Takes over the given state and returns the changes that lead to it.
	Changes resync(WallTime at, const std::vector<DeviceStatus> &devices,
		       const std::vector<Netdev> &netdevs);

private:
	using NicKey = std::pair<std::uint32_t, std::string>;
	using PeerKey = std::pair<std::uint32_t, Address>;
	using LinkKey = std::pair<std::string, Address>; // NIC and remote
	using Links = std::map<LinkKey, LinkStatus>;     // counters and sessions may be old
	struct KnownPeer {
		std::optional<std::uint32_t>
			key; // empty: not known, because notifications do not carry it
		Links links;
	};

	static LinkKey key(const LinkStatus &link);
	static bool shared(const Links &links, const std::string &nic);
	std::string name(std::uint32_t device) const;
	void resync_device(Changes &changes, WallTime at, const MonitorState &now);
	void resync_nics(Changes &changes, WallTime at, const MonitorState &now);
	void resync_peers(Changes &changes, WallTime at, const MonitorState &now);

	std::map<std::uint32_t, DeviceStatus> devices_; // without NICs and peers
	std::map<NicKey, std::uint32_t> nics_;          // reasons
	std::map<PeerKey, KnownPeer> peers_;
	std::map<std::uint32_t, Netdev> netdevs_;
	NicStages stages_;
	LinkStages link_stages_;
};

} // namespace mplink::cli
