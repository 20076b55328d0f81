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

void add_counters(Ordered &json, const TrafficCounters &counters)
{
	for (const TrafficField &field : traffic_fields)
		json[field.key] = counters.*field.value;
}

Ordered address(const std::optional<Address> &address)
{
	return address ? Ordered(address->text()) : Ordered();
}

// null: the stage is not reached.
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

// Counters, by the table that describes them; null if there are none.
template <class Counters, class Fields>
Ordered counts_json(const std::optional<Counters> &counters, const Fields &fields)
{
	Ordered json;

	for (const auto &field : fields)
		if (counters)
			json[field.key] = (*counters).*field.value;
	return json;
}

Ordered drops_json(const std::vector<DropCount> &drops, const char *(*name)(mplink_u32))
{
	Ordered json = Ordered::object();

	for (const DropCount &drop : drops)
		json[name(drop.reason)] = drop.packets;
	return json;
}

Ordered link_status_json(const LinkStatus &link)
{
	Ordered json{{"nic", link.nic},
		     {"remote", address(link.remote)},
		     {"local", address(link.source ? link.source : link.local)},
		     {"local_set", address(link.local)}};

	put_settings(json, link.settings, Place::link);
	json["valid"] = valid(link.reason);
	json["reason"] = mplink_core_reason_name(link.reason);
	json["estimate"] = counts_json(link.estimate, estimate_fields);
	json["session"] = link.session ? session_json(*link.session) : Ordered();
	json["stages_ms"] = stages(link.stages, mplink_core_link_stage_name);
	add_counters(json, link.counters);
	return json;
}

Ordered peer_json(const PeerStatus &peer)
{
	Ordered json{{"address", peer.address.text()}};
	Ordered links = Ordered::array();

	for (const LinkStatus &link : peer.links)
		links.push_back(link_status_json(link));
	put_settings(json, peer.settings, Place::peer);
	if (peer.key_hidden)
		json[info(Setting::peer_key).key] = Ordered();
	json["resequencer"] = counts_json(peer.resequencer, resequencer_fields);
	json["links"] = std::move(links);
	return json;
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

		put_settings(json, device.settings, Place::device);
		put_settings(json["bfd"], device.settings, Place::bfd);
		put_settings(json["tunnel"], device.settings, Place::tunnel);
		json["carrier"] = device.carrier;
		for (const DeviceField &field : device_fields)
			json[field.key] = device.*field.value;
		for (const DropField &field : drop_fields)
			json[field.key] = drops_json(device.*field.value, field.reason_name);
		json["nics"] = std::move(nics);
		json["peers"] = std::move(peers);
		all.push_back(std::move(json));
	}
	// Names may contain any byte, but JSON must be UTF-8.
	return all.dump(pretty ? 2 : -1, ' ', false, Ordered::error_handler_t::replace) + "\n";
}

} // namespace mplink::cli
