// SPDX-License-Identifier: GPL-2.0
#include <nlohmann/json.hpp>

#include "model/settings_json.hh"
#include "mplink/core.h"
#include "show/render.hh"

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

// null: it does not hold.
template <std::size_t n>
Ordered stages(const StageTimes<n> &times, const char *(*name)(mplink_u32))
{
	Ordered json = Ordered::object();

	for (std::uint32_t i = 0; i < n; i++)
		json[name(i)] = times[i] ? Ordered(*times[i]) : Ordered();
	return json;
}

Ordered nic_json(const NicStatus &nic)
{
	Ordered json{{"name", nic.name},
		     {"ifindex", nic.ifindex},
		     {"valid", valid(nic.reason)},
		     {"reason", mplink_core_reason_name(nic.reason)},
		     {"carrier", nic.carrier},
		     {"address", address(nic.address)},
		     {"transitions", nic.transitions},
		     {"since_ms", nic.since_ms}};

	json["stages_ms"] = stages(nic.stages, mplink_core_nic_stage_name);
	add_counters(json, nic.counters);
	return json;
}

Ordered session_json(const SessionStatus &session)
{
	return {{"state", mplink_core_bfd_state_name(session.state)},
		{"diag", mplink_core_bfd_diag_name(session.diag)},
		{"remote_state", mplink_core_bfd_state_name(session.remote_state)},
		{"remote_diag", mplink_core_bfd_diag_name(session.remote_diag)},
		{"discr", session.discr},
		{"remote_discr", session.remote_discr},
		{"tx_us", session.tx_us},
		{"rx_us", session.rx_us},
		{"detection_us", session.detection_us}};
}

Ordered resequencer_json(const ResequencerCounters &resequencer)
{
	Ordered json = Ordered::object();

	for (const ResequencerField &counter : resequencer_counters)
		json[counter.key] = resequencer.*counter.value;
	return json;
}

Ordered drops_json(const std::vector<DropCount> &drops, const char *(*name)(mplink_u32))
{
	Ordered json = Ordered::object();

	for (const DropCount &drop : drops)
		json[name(drop.reason)] = drop.packets;
	return json;
}

Ordered peer_json(const PeerStatus &peer)
{
	Ordered links = Ordered::array();

	for (const LinkStatus &link : peer.links) {
		Ordered json{{"nic", link.nic},
			     {"remote", address(link.remote)},
			     {"local", address(link.source ? link.source : link.local)},
			     {"local_set", address(link.local)},
			     {"weight", link.weight},
			     {"valid", valid(link.reason)},
			     {"reason", mplink_core_reason_name(link.reason)},
			     {"liveness", mplink_core_liveness_name(link.liveness)},
			     {"session", link.session ? session_json(*link.session) : Ordered()},
			     {"stages_ms", stages(link.stages, mplink_core_link_stage_name)}};

		add_counters(json, link.counters);
		links.push_back(std::move(json));
	}
	return {{"address", peer.address.text()},
		{"liveness", mplink_core_liveness_name(peer.liveness)},
		{"key", peer.key_hidden ? Ordered() : Ordered(peer.key)},
		{"resequencer", peer.resequencer ? resequencer_json(*peer.resequencer) : Ordered()},
		{"links", std::move(links)}};
}

} // namespace

std::string render_json(const std::vector<DeviceStatus> &devices, bool pretty)
{
	Ordered all = Ordered::array();

	for (const DeviceStatus &device : devices) {
		Ordered nics = Ordered::array();
		Ordered peers = Ordered::array();

		for (const NicStatus &nic : device.nics)
			nics.push_back(nic_json(nic));
		for (const PeerStatus &peer : device.peers)
			peers.push_back(peer_json(peer));

		Ordered json{{"name", device.name}, {"ifindex", device.ifindex}};

		put_settings(json, device.settings, Nest::none);
		put_settings(json["bfd"], device.settings, Nest::bfd);
		put_settings(json["tunnel"], device.settings, Nest::tunnel);
		json["carrier"] = device.carrier;
		json["rescheduled"] = device.rescheduled;
		json["copies"] = device.copies;
		json["drops"] = drops_json(device.drops, mplink_core_drop_name);
		json["bfd_received"] = device.bfd_received;
		json["bfd_drops"] = drops_json(device.bfd_drops, mplink_core_bfd_drop_name);
		json["gre_received"] = device.gre_received;
		json["gre_drops"] = drops_json(device.gre_drops, mplink_core_gre_drop_name);
		json["nics"] = std::move(nics);
		json["peers"] = std::move(peers);
		all.push_back(std::move(json));
	}
	// A name may hold any byte, JSON only UTF-8.
	return all.dump(pretty ? 2 : -1, ' ', false, Ordered::error_handler_t::replace) + "\n";
}

} // namespace mplink::cli
