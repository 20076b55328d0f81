// SPDX-License-Identifier: GPL-2.0
#include "monitor/change.hh"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "model/status.hh"
#include "mplink/core.h"

namespace mplink::cli
{

namespace
{

using Kind = Change::Kind;

const char *kind_name(Kind kind)
{
	switch (kind) {
	case Kind::device_added:
		return "device-added";
	case Kind::device_set:
		return "device-set";
	case Kind::device_removed:
		return "device-removed";
	case Kind::nic:
		return "nic";
	case Kind::nic_added:
		return "nic-added";
	case Kind::nic_removed:
		return "nic-removed";
	case Kind::peer_set:
		return "peer-set";
	case Kind::peer_removed:
		return "peer-removed";
	case Kind::link:
		return "link";
	case Kind::netdev:
		return "netdev";
	case Kind::stages:
		return "stages";
	case Kind::overrun:
		return "overrun";
	}
	return "?";
}

// An explanation for reasons whose names do not explain themselves.
const char *meaning(std::uint32_t reason)
{
	switch (reason) {
	case MPLINK_REASON_LIVENESS:
		return ": the far end does not answer";
	case MPLINK_REASON_WAIT_TO_RESTORE:
		return ": it works again, and is used once that has lasted";
	case MPLINK_REASON_UNCONFIRMED:
		return ": the far end answers on other links, and not on this one";
	default:
		return "";
	}
}

// As in the kernel log: "valid 1 -> 0 (admin-down)".  For a link that stays invalid, both
// reasons: "valid 0 (no-carrier -> liveness: the far end does not answer)".
std::string validity(const Change &change)
{
	const std::uint32_t now = change.reason.value_or(MPLINK_REASON_NONE);
	std::string out = "valid ";

	if (change.was && *change.was != now)
		out += valid(*change.was) == valid(now)
			       ? ""
			       : fmt::format("{} -> ", int{valid(*change.was)});
	out += fmt::format("{}", int{valid(now)});
	if (valid(now))
		return out;
	out += " (";
	if (change.kind == Kind::link && change.was && !valid(*change.was) && *change.was != now)
		out += fmt::format("{} -> ", mplink_core_reason_name(*change.was));
	return out + fmt::format("{}{})", mplink_core_reason_name(now), meaning(now));
}

std::string event(const Change &change)
{
	if (!change.event)
		return {};

	const char *name = mplink_core_event_name(*change.event);

	// As in the kernel log: only events of notifiers have a number, in the low byte.
	if (*change.event >= MPLINK_EVENT_REFRESH)
		return fmt::format("{}: ", name);
	return fmt::format("{} ({}): ", name, *change.event & 0xff);
}

std::string underscored(std::string text)
{
	std::replace(text.begin(), text.end(), '-', '_');
	return text;
}

std::string upper(std::string text)
{
	for (char &c : text)
		c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
	return text;
}

std::string stages_text(const StagesReport &report)
{
	std::string out = fmt::format("valid {} after {}:", human_span(report.total), report.from);
	const char *separator = " ";

	for (const Stage &stage : report.stages) {
		out += fmt::format("{}{} {}", separator, stage.name, human_span(stage.took));
		separator = ", ";
	}
	return out;
}

} // namespace

std::string text(const Change &change)
{
	const std::string peer = change.peer ? change.peer->text() : "";
	const std::string link = link_name(change.nic, change.remote, change.shared);

	switch (change.kind) {
	case Kind::device_added:
		return change.device + ": device added";
	case Kind::device_set:
		return fmt::format("{}: {}", change.device, text(change.settings, ", "));
	case Kind::device_removed:
		return change.device + ": device removed";
	case Kind::nic:
		return fmt::format("{}: {}: {}{}", change.device, change.nic, event(change),
				   validity(change));
	case Kind::nic_added:
		return fmt::format("{}: {}: NIC added: {}", change.device, change.nic,
				   validity(change));
	case Kind::nic_removed:
		return fmt::format("{}: {}: NIC removed", change.device, change.nic);
	case Kind::peer_set:
		return fmt::format("{}: peer {}: {}", change.device, peer, change.detail);
	case Kind::peer_removed:
		return fmt::format("{}: peer {}: removed", change.device, peer);
	case Kind::link:
		return fmt::format("{}: peer {} link {}: {}{}", change.device, peer, link,
				   event(change), validity(change));
	case Kind::netdev:
		return fmt::format("{}: {}", change.nic, change.detail);
	case Kind::stages:
		return fmt::format("{}: {}: {}", change.device,
				   change.peer ? fmt::format("peer {} link {}", peer, link)
					       : change.nic,
				   stages_text(*change.stages));
	case Kind::overrun:
		return change.detail;
	}
	return {};
}

std::string json(const Change &change)
{
	using Json = nlohmann::ordered_json;

	Json json{{"time", utc_time(change.time)}, {"kind", kind_name(change.kind)}};
	const auto put = [&](const char *key, const std::string &value) {
		if (!value.empty())
			json[key] = value;
	};

	put("device", change.device);
	if (change.peer)
		json["peer"] = change.peer->text();
	put("nic", change.nic);
	if (change.remote)
		json["remote"] = change.remote->text();
	if (change.event) {
		json["event"] = mplink_core_event_name(*change.event);
		json["event_number"] = *change.event;
	}
	if (change.was)
		json["was"] = mplink_core_reason_name(*change.was);
	if (change.reason) {
		json["reason"] = mplink_core_reason_name(*change.reason);
		json["valid"] = valid(*change.reason);
	}
	for (const auto &[setting, value] : change.settings)
		json[underscored(info(setting).argument)] =
			info(setting).range.names.empty() ? Json(value)
							  : Json(info(setting).text(value));
	put("detail", change.detail);
	if (change.stages) {
		Json stages = Json::array();

		for (const Stage &stage : change.stages->stages)
			stages.push_back({{"name", stage.name}, {"ns", stage.took.count()}});
		json["from"] = change.stages->from;
		json["total_ns"] = change.stages->total.count();
		json["stages"] = std::move(stages);
	}
	return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::vector<std::string> environment(const Change &change)
{
	// These need no command: if they matter to the user, the module reports what follows
	// from them.
	if (change.kind == Kind::netdev || change.kind == Kind::stages ||
	    change.kind == Kind::overrun)
		return {};
	if (change.kind == Kind::nic && change.was == change.reason)
		return {};

	std::vector<std::string> out;
	const auto put = [&](const std::string &name, const std::string &value) {
		out.push_back(fmt::format("MPLINK_{}={}", name, value));
	};

	put("TIME", utc_time(change.time));
	put("CHANGE", kind_name(change.kind));
	put("DEVICE", change.device);
	if (!change.nic.empty())
		put("NIC", change.nic);
	if (change.peer)
		put("PEER", change.peer->text());
	if (change.remote)
		put("REMOTE", change.remote->text());
	if (change.event)
		put("EVENT", mplink_core_event_name(*change.event));
	if (change.was)
		put("WAS", mplink_core_reason_name(*change.was));
	if (change.reason) {
		put("VALID", valid(*change.reason) ? "1" : "0");
		put("REASON", mplink_core_reason_name(*change.reason));
	}
	for (const auto &[setting, value] : change.settings)
		put(upper(underscored(info(setting).argument)), info(setting).text(value));
	return out;
}

} // namespace mplink::cli
