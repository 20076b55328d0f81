// SPDX-License-Identifier: GPL-2.0
#include "doctor/words.hh"

#include <fmt/format.h>

#include <algorithm>

#include "args/command_line.hh"

namespace mplink::cli
{

void for_each_link(const Facts &facts, const VisitLink &visit)
{
	for (const DeviceStatus &device : facts.devices)
		for (const PeerStatus &peer : device.peers)
			for (const LinkStatus &link : peer.links)
				visit(device, peer, link);
}

std::string subject(const DeviceStatus &device, const PeerStatus &peer, const LinkStatus &link)
{
	return fmt::format("{}: link {} to {}", device.name,
			   link_name(link.nic, link.remote, shared(peer, link)),
			   peer.address.text());
}

std::string peer_set(const DeviceStatus &device, const PeerStatus &peer)
{
	return fmt::format("mplink peer set dev {} {}", shell_argument(device.name),
			   peer.address.text());
}

const PeerStatus *earlier(const Facts &facts, const DeviceStatus &device, const PeerStatus &peer)
{
	for (const DeviceStatus &old : facts.before)
		for (const PeerStatus &one : old.peers)
			if (old.ifindex == device.ifindex && one.address == peer.address)
				return &one;
	return nullptr;
}

bool is_tunnel(const DeviceStatus &device)
{
	return device.settings[Setting::encap] == MPLINK_ENCAP_GRE_UDP;
}

bool heard(const LinkStatus &link)
{
	return link.counters.rx_packets || (link.estimate && link.estimate->reports) ||
	       (link.session && link.session->remote_discr);
}

bool heard(const PeerStatus &peer)
{
	return std::any_of(peer.links.begin(), peer.links.end(),
			   [](const LinkStatus &link) { return heard(link); });
}

namespace
{

bool suspect(const LinkStatus &link)
{
	return valid(link.reason) && link.estimate && link.estimate->suspect;
}

} // namespace

bool suspect_throughout(const Facts &facts, const DeviceStatus &device, const PeerStatus &peer,
			const LinkStatus &link)
{
	const PeerStatus *old = earlier(facts, device, peer);

	return suspect(link) && old &&
	       std::any_of(old->links.begin(), old->links.end(), [&](const LinkStatus &one) {
		       return one.nic == link.nic && one.remote == link.remote && suspect(one);
	       });
}

bool in_trouble(const PeerStatus &peer)
{
	return !heard(peer) ||
	       std::any_of(peer.links.begin(), peer.links.end(), [](const LinkStatus &link) {
		       return link.reason == MPLINK_REASON_UNCONFIRMED ||
			      link.reason == MPLINK_REASON_LIVENESS;
	       });
}

} // namespace mplink::cli
