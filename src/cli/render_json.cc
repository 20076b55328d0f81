// SPDX-License-Identifier: GPL-2.0
#include <nlohmann/json.hpp>

#include "mplink/core.h"
#include "render.hh"

namespace mplink::cli
{

namespace
{

using Ordered = nlohmann::ordered_json;

void add_counters(Ordered &json, const Counters &counters)
{
	json["tx_packets"] = counters.tx_packets;
	json["tx_bytes"] = counters.tx_bytes;
	json["rx_packets"] = counters.rx_packets;
	json["rx_bytes"] = counters.rx_bytes;
}

Ordered address(const std::optional<Address> &address)
{
	return address ? Ordered(address->text()) : Ordered();
}

Ordered nic_json(const Nic &nic)
{
	Ordered json{{"name", nic.name},
		     {"ifindex", nic.ifindex},
		     {"valid", valid(nic.reason)},
		     {"reason", mplink_core_reason_name(nic.reason)},
		     {"carrier", nic.carrier},
		     {"address", address(nic.address)},
		     {"transitions", nic.transitions},
		     {"since_ms", nic.since_ms}};

	add_counters(json, nic.counters);
	return json;
}

Ordered peer_json(const Peer &peer)
{
	Ordered links = Ordered::array();

	for (const Link &link : peer.links) {
		Ordered json{{"nic", link.nic},
			     {"remote", address(link.remote)},
			     {"weight", link.weight},
			     {"valid", valid(link.reason)},
			     {"reason", mplink_core_reason_name(link.reason)}};

		add_counters(json, link.counters);
		links.push_back(std::move(json));
	}
	return {{"address", peer.address.text()}, {"links", std::move(links)}};
}

} // namespace

std::string render_json(const std::vector<Device> &devices, bool pretty)
{
	Ordered all = Ordered::array();

	for (const Device &device : devices) {
		Ordered drops = Ordered::object();
		Ordered nics = Ordered::array();
		Ordered peers = Ordered::array();

		for (const Drop &drop : device.drops)
			drops[mplink_core_drop_name(drop.reason)] = drop.packets;
		for (const Nic &nic : device.nics)
			nics.push_back(nic_json(nic));
		for (const Peer &peer : device.peers)
			peers.push_back(peer_json(peer));
		all.push_back({{"name", device.name},
			       {"ifindex", device.ifindex},
			       {"policy", mplink_core_policy_name(device.policy)},
			       {"encap", mplink_core_encap_name(device.encap)},
			       {"carrier", device.carrier},
			       {"rescheduled", device.rescheduled},
			       {"copies", device.copies},
			       {"drops", std::move(drops)},
			       {"nics", std::move(nics)},
			       {"peers", std::move(peers)}});
	}
	// A name may hold any byte, JSON only UTF-8.
	return all.dump(pretty ? 2 : -1, ' ', false, Ordered::error_handler_t::replace) + "\n";
}

} // namespace mplink::cli
