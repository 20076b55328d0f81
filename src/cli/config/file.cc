// SPDX-License-Identifier: GPL-2.0
#include "config/file.hh"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/defaults.hh"
#include "base/validation.hh"
#include "common/failure.hh"
#include "model/settings_json.hh"

namespace mplink::cli
{

namespace
{

using Json = nlohmann::json;
using Ordered = nlohmann::ordered_json;

// More lines would scroll the first ones away, and many faults often have one cause.
constexpr std::size_t most_faults = 20;

std::string excerpt(const Json &value)
{
	const std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);

	return text.size() > 60 ? text.substr(0, 60) + "..." : text;
}

// Enough for devices, peers and links.  Recursive functions would run out of stack on very deep
// input.
constexpr int deepest = 16;

// The library accepts any depth, and keeps the last of two equal keys without a warning.
class Watch
{
public:
	bool operator()(int depth, Json::parse_event_t event, Json &value)
	{
		if (depth > deepest)
			throw usage_error(fmt::format("lists and objects are nested more than {} "
						      "levels deep; no configuration needs that",
						      deepest));
		if (event == Json::parse_event_t::object_start)
			keys_.emplace_back();
		else if (event == Json::parse_event_t::object_end)
			keys_.pop_back();
		else if (event == Json::parse_event_t::key &&
			 !keys_.back().insert(value.get<std::string>()).second)
			throw usage_error(fmt::format(
				"key {} is given twice in one object; remove one", excerpt(value)));
		return true;
	}

private:
	std::vector<std::set<std::string>> keys_;
};

std::vector<const char *> keys_of(Place place, const std::vector<const char *> &others)
{
	std::vector<const char *> keys;

	for (const SettingInfo &setting : all_settings())
		if (setting.place == place)
			keys.push_back(setting.key);
	keys.insert(keys.end(), others.begin(), others.end());
	return keys;
}

// Collects faults instead of throwing the first, so that the user can mend all at once.
class Parser
{
public:
	std::vector<DeviceConfig> devices(const Json &root);
	void report() const;

private:
	void fault(const std::string &path, const Json &value, const std::string &why);
	bool object(const std::string &path, const Json &value,
		    std::initializer_list<const char *> required,
		    const std::vector<const char *> &optional);
	const Json &list(const std::string &path, const Json &value, const char *key);
	std::string nic_name(const std::string &path, const Json &value);
	std::optional<Address> address(const std::string &path, const Json &value);
	DeviceConfig device(const std::string &path, const Json &value);
	void settings(const std::string &path, const Json &value, Place place,
		      FullSettings &settings);
	void tunnel(const std::string &path, const Json &value, DeviceConfig &device);
	void bfd(const std::string &path, const Json &value, DeviceConfig &device);
	void nics(const std::string &path, const Json &value, DeviceConfig &device);
	void peers(const std::string &path, const Json &value, DeviceConfig &device);
	void need_tunnel(const std::string &path, const Json &value, const DeviceConfig &device);
	void distinct(const std::string &path, const Json &links, const PeerConfig &peer);
	std::optional<LinkConfig> link(const std::string &path, const Json &value,
				       const DeviceConfig &device, const Address &peer);

	std::vector<std::string> faults_;
	// From key and remote to the JSON path of the peer that has them.
	std::map<std::pair<std::uint32_t, Address>, std::string> senders_;
};

void Parser::report() const
{
	if (faults_.empty())
		return;

	const std::size_t shown = std::min(faults_.size(), most_faults);
	std::string text = fmt::format(
		"{}", fmt::join(faults_.begin(),
				faults_.begin() + static_cast<std::ptrdiff_t>(shown), "\n"));

	if (shown < faults_.size())
		text += fmt::format("\nand {} more", faults_.size() - shown);
	throw usage_error(text);
}

void Parser::fault(const std::string &path, const Json &value, const std::string &why)
{
	faults_.push_back(fmt::format("{}: {} {}", path, excerpt(value), why));
}

// Returns whether the value is an object that has all required keys.  Reports unknown keys.
bool Parser::object(const std::string &path, const Json &value,
		    std::initializer_list<const char *> required,
		    const std::vector<const char *> &optional)
{
	const std::size_t before = faults_.size();

	if (!value.is_object()) {
		fault(path, value, "is not an object {...}");
		return false;
	}
	for (const char *key : required)
		if (!value.contains(key))
			faults_.push_back(fmt::format("{}: \"{}\" is missing; add it", path, key));

	const bool complete = faults_.size() == before;

	std::vector<std::string> known(required.begin(), required.end());

	known.insert(known.end(), optional.begin(), optional.end());
	for (const auto &[key, unused] : value.items())
		if (std::find(known.begin(), known.end(), key) == known.end())
			faults_.push_back(fmt::format("{}: key {} is not known; there are: {}",
						      path, excerpt(key), fmt::join(known, ", ")));
	return complete;
}

const Json &Parser::list(const std::string &path, const Json &value, const char *key)
{
	static const Json empty = Json::array();
	const auto found = value.find(key);

	if (found == value.end())
		return empty;
	if (found->is_array())
		return *found;
	fault(fmt::format("{}.{}", path, key), *found, "is not a list [...]");
	return empty;
}

std::string Parser::nic_name(const std::string &path, const Json &value)
{
	if (!value.is_string()) {
		fault(path, value, "is not a name in quotes");
		return {};
	}

	auto name = value.get<std::string>();

	// The kernel's names end at a NUL; JSON strings do not.
	const char *why = name.find('\0') != std::string::npos
				  ? "is not a valid NIC name"
				  : why_no_nic_name(name.data(), name.size());

	if (!why)
		return name;
	fault(path, value, why);
	return {};
}

std::optional<Address> Parser::address(const std::string &path, const Json &value)
{
	std::optional<Address> address;

	if (value.is_string())
		address = Address::parse(value.get<std::string>());
	if (!address)
		fault(path, value, "is not an IPv4 or IPv6 address in quotes");
	return address;
}

// Reads the settings of that place that the object has.
void Parser::settings(const std::string &path, const Json &value, Place place,
		      FullSettings &settings)
{
	for (const SettingInfo &setting : all_settings()) {
		const auto found = setting.place == place ? value.find(setting.key) : value.end();

		if (found == value.end())
			continue;
		if (const auto parsed = parse_setting(setting, *found))
			settings[setting.id] = *parsed;
		else
			fault(fmt::format("{}.{}", path, setting.key), *found,
			      why_not_json(setting));
	}
}

void Parser::bfd(const std::string &path, const Json &value, DeviceConfig &device)
{
	if (!object(path, value, {}, keys_of(Place::bfd, {"key"})))
		return;
	settings(path, value, Place::bfd, device.settings);
	if (const auto key = value.find("key"); key != value.end()) {
		const char *why = "is not a text in quotes";

		if (key->is_string())
			device.bfd_key = parse_bfd_key(key->get<std::string>(), &why);
		// The message must not contain the key, because messages get into logs.
		if (!device.bfd_key)
			faults_.push_back(fmt::format("{}.key: the key {}", path, why));
	}
	if (device.settings[Setting::bfd_auth] == MPLINK_BFD_AUTH_NONE &&
	    (device.bfd_key || device.settings[Setting::bfd_key_id]))
		faults_.push_back(fmt::format("{}: a key has no effect without authentication; "
					      "add \"auth\": \"sha1\", or meticulous-sha1",
					      path));
}

void Parser::tunnel(const std::string &path, const Json &value, DeviceConfig &device)
{
	if (!object(path, value, {}, keys_of(Place::tunnel, {})))
		return;
	settings(path, value, Place::tunnel, device.settings);

	const std::uint32_t least = device.settings[Setting::outoforder_min_us];
	const std::uint32_t most = device.settings[Setting::outoforder_max_us];

	if (least > most)
		faults_.push_back(
			fmt::format("{}: outoforder_min_us {} is above outoforder_max_us {}", path,
				    least, most));
}

void Parser::nics(const std::string &path, const Json &value, DeviceConfig &device)
{
	for (std::size_t i = 0; i < value.size(); i++) {
		const std::string at = fmt::format("{}[{}]", path, i);
		std::string name = nic_name(at, value[i]);

		if (!name.empty() && name == device.name)
			fault(at, value[i], "is the virtual NIC itself; remove it");
		if (!name.empty() &&
		    std::find(device.nics.begin(), device.nics.end(), name) != device.nics.end())
			fault(at, value[i], "is named twice; remove one");
		device.nics.push_back(std::move(name));
	}
	if (value.size() > MPLINK_MAX_NICS)
		faults_.push_back(fmt::format("{}: {} NICs are too many: {} at most", path,
					      value.size(), MPLINK_MAX_NICS));
}

std::optional<LinkConfig> Parser::link(const std::string &path, const Json &value,
				       const DeviceConfig &device, const Address &peer)
{
	LinkConfig link;

	if (!object(path, value, {"nic", "remote"}, keys_of(Place::link, {"local"})))
		return {};
	link.nic = nic_name(path + ".nic", value["nic"]);
	if (!link.nic.empty() &&
	    std::find(device.nics.begin(), device.nics.end(), link.nic) == device.nics.end())
		fault(path + ".nic", value["nic"],
		      "is not among the device's \"nics\"; add it there");
	if (const auto remote = address(path + ".remote", value["remote"])) {
		link.remote = *remote;
		if (const char *why = why_no_remote(remote->core(), peer.core()))
			fault(path + ".remote", value["remote"], why);
	}
	if (const auto local = value.find("local"); local != value.end()) {
		link.local = address(path + ".local", *local);
		if (link.local)
			if (const char *why = why_no_local(link.local->core(), link.remote.core()))
				fault(path + ".local", *local, why);
	}
	settings(path, value, Place::link, link.settings);
	return link;
}

void Parser::need_tunnel(const std::string &path, const Json &value, const DeviceConfig &device)
{
	if (device.settings[Setting::encap] == MPLINK_ENCAP_GRE_UDP)
		return;
	for (const Setting id :
	     {Setting::peer_key, Setting::peer_equalize, Setting::peer_duplicate}) {
		const SettingInfo &setting = info(id);
		const auto found = value.find(setting.key);

		// What is not valid has been reported.
		if (found != value.end() && parse_setting(setting, *found))
			fault(fmt::format("{}.{}", path, setting.key), *found,
			      "has no effect without \"encap\": \"gre-udp\"");
	}
}

// Key and remote together tell the packets of one peer from those of the others.
void Parser::distinct(const std::string &path, const Json &links, const PeerConfig &peer)
{
	const std::uint32_t key = peer.settings[Setting::peer_key];

	for (const LinkConfig &link : peer.links) {
		const auto [first, fresh] = senders_.emplace(std::pair(key, link.remote), path);

		if (!fresh && first->second != path)
			fault(path + ".links", links,
			      fmt::format("have the remote {} in common with {}, and both have the "
					  "key {}; give one another \"key\"",
					  link.remote.text(), first->second, key));
	}
}

void Parser::peers(const std::string &path, const Json &value, DeviceConfig &device)
{
	std::map<Address, std::size_t> seen;

	for (std::size_t i = 0; i < value.size(); i++) {
		const std::string at = fmt::format("{}[{}]", path, i);

		if (!object(at, value[i], {"address"}, keys_of(Place::peer, {"links"})))
			continue;

		const auto virtual_address = address(at + ".address", value[i]["address"]);

		if (!virtual_address)
			continue;

		PeerConfig peer{.address = *virtual_address, .settings = {}, .links = {}};

		settings(at, value[i], Place::peer, peer.settings);
		need_tunnel(at, value[i], device);
		if (const char *why = why_no_peer(peer.address.core()))
			fault(at + ".address", value[i]["address"], why);
		if (const auto [first, fresh] = seen.emplace(peer.address, i); !fresh)
			fault(at + ".address", value[i]["address"],
			      fmt::format("is {}[{}] already; remove one", path, first->second));

		const Json &links = list(at, value[i], "links");
		std::set<std::pair<std::string, Address>> taken;

		for (std::size_t k = 0; k < links.size(); k++) {
			const std::string there = fmt::format("{}.links[{}]", at, k);
			auto parsed = link(there, links[k], device, peer.address);

			if (!parsed)
				continue;
			if (!parsed->nic.empty() &&
			    !taken.emplace(parsed->nic, parsed->remote).second)
				fault(there + ".remote", links[k]["remote"],
				      "has a link of this peer over that NIC already; remove one");
			peer.links.push_back(std::move(*parsed));
		}
		if (links.size() > MPLINK_MAX_LINKS)
			faults_.push_back(fmt::format("{}.links: {} links are too many: {} at most",
						      at, links.size(), MPLINK_MAX_LINKS));
		if (device.settings[Setting::encap] == MPLINK_ENCAP_GRE_UDP)
			distinct(at, links, peer);
		device.peers.push_back(std::move(peer));
	}
}

DeviceConfig Parser::device(const std::string &path, const Json &value)
{
	DeviceConfig device;

	if (!object(path, value, {"name"},
		    keys_of(Place::device, {"bfd", "tunnel", "nics", "peers"})))
		return device;
	device.name = nic_name(path + ".name", value["name"]);
	settings(path, value, Place::device, device.settings);
	if (!value.contains(info(Setting::policy).key))
		device.settings[Setting::policy] = default_policy(device.settings[Setting::encap]);
	if (const auto wanted = value.find("bfd"); wanted != value.end())
		bfd(path + ".bfd", *wanted, device);
	if (const auto wanted = value.find("tunnel"); wanted != value.end())
		tunnel(path + ".tunnel", *wanted, device);
	nics(path + ".nics", list(path, value, "nics"), device);
	peers(path + ".peers", list(path, value, "peers"), device);
	return device;
}

std::vector<DeviceConfig> Parser::devices(const Json &root)
{
	std::vector<DeviceConfig> devices;
	std::set<std::string> names;

	if (!object("$", root, {"devices"}, {}))
		return devices;

	const Json &all = list("$", root, "devices");

	for (std::size_t i = 0; i < all.size(); i++) {
		const std::string at = fmt::format("$.devices[{}]", i);

		devices.push_back(device(at, all[i]));
		devices.back().where = at;
		if (!devices.back().name.empty() && !names.insert(devices.back().name).second)
			fault(at + ".name", all[i]["name"], "is a device already; remove one");
	}
	return devices;
}

} // namespace

std::vector<DeviceConfig> parse_config(std::string_view json)
{
	Parser parser;
	Json root;

	try {
		root = Json::parse(json, Watch(), true, true);
	} catch (const Json::parse_error &e) {
		// Cut off the library's tag in brackets; line, column and what was expected
		// follow.
		const std::string_view what = e.what();
		const std::size_t tag = what.find("] ");

		throw usage_error(
			fmt::format("not JSON: {}", what.substr(tag == what.npos ? 0 : tag + 2)));
	}

	std::vector<DeviceConfig> devices = parser.devices(root);

	parser.report();
	return devices;
}

namespace
{

Ordered link_json(const LinkStatus &link)
{
	Ordered json{{"nic", link.nic}, {"remote", link.remote ? link.remote->text() : ""}};

	if (link.local)
		json["local"] = link.local->text();
	put_settings(json, stated(link.settings, Place::link));
	return json;
}

} // namespace

std::string write_config(const std::vector<DeviceStatus> &devices)
{
	Ordered root{{"devices", Ordered::array()}};

	for (const DeviceStatus &device : devices) {
		Ordered nics = Ordered::array();
		Ordered peers = Ordered::array();

		for (const NicStatus &nic : device.nics)
			nics.push_back(nic.name);
		for (const PeerStatus &peer : device.peers) {
			Ordered links = Ordered::array();

			for (const LinkStatus &link : peer.links)
				links.push_back(link_json(link));

			Ordered json{{"address", peer.address.text()}};

			put_settings(json, stated(peer.settings, Place::peer));
			json["links"] = links;
			peers.push_back(json);
		}

		Ordered json{{"name", device.name}};

		put_settings(json, device.settings, Place::device);
		put_settings(json["bfd"], device.settings, Place::bfd);
		put_settings(json["tunnel"], device.settings, Place::tunnel);
		json["nics"] = nics;
		json["peers"] = peers;
		root["devices"].push_back(json);
	}
	try {
		return root.dump(2) + "\n";
	} catch (const Json::type_error &) {
		// The kernel accepts any byte in a name, JSON only UTF-8.
		throw failed("the name of a NIC is not UTF-8, and cannot be written as JSON: "
			     "rename that NIC (`mplink show` has it)");
	}
}

} // namespace mplink::cli
