// SPDX-License-Identifier: GPL-2.0
#include "config/to_boot.hh"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "common/failure.hh"
#include "common/files.hh"
#include "config/diff.hh"
#include "config/texts.hh"

namespace mplink::cli
{

namespace
{

using Ordered = nlohmann::ordered_json;

// From paths to what is in the files.
using Texts = std::map<std::string, std::string>;

Texts read_folder(const std::string &folder)
{
	Texts texts;

	if (is_folder(folder))
		for (const std::string &path : config_files(folder))
			texts.emplace(path, read_file(path));
	return texts;
}

// The file's device, if it is a configuration of that device and of none else.
std::optional<DeviceConfig> only_device(const std::string &json, const std::string &name)
{
	try {
		std::vector<DeviceConfig> devices = parse_config(json);

		if (devices.size() == 1 && devices[0].name == name)
			return std::move(devices[0]);
	} catch (const Failure &) {
		// The caller says what to do about it.
	}
	return {};
}

// Whether to load it would change nothing, now and after a boot.
bool describes(DeviceConfig config, const DeviceStatus &device)
{
	// The order of NICs means something for policy active-backup, but no load changes it.
	const bool in_order = std::equal(
		config.nics.begin(), config.nics.end(), device.nics.begin(), device.nics.end(),
		[](const std::string &name, const NicStatus &nic) { return nic.name == name; });

	// Nobody can tell whether the key is the present one.
	config.bfd_key.reset();
	return in_order && diff(device, config, config.where).empty();
}

bool has_comments(const std::string &valid)
{
	return !Ordered::accept(valid);
}

// The kernel tells no key, so it would be lost with the old file.
std::string with_key_of(const std::string &old, const std::string &fresh)
{
	const Ordered from = Ordered::parse(old, nullptr, true, true)["devices"][0];
	Ordered to = Ordered::parse(fresh);
	Ordered &bfd = to["devices"][0]["bfd"];

	if (bfd["auth"] == "none" || !from.contains("bfd") || !from["bfd"].contains("key"))
		return fresh;
	bfd["key"] = from["bfd"]["key"];
	return to.dump(2) + "\n";
}

bool lacks_key(const std::string &json)
{
	const Ordered bfd = Ordered::parse(json)["devices"][0]["bfd"];

	return bfd["auth"] != "none" && !bfd.contains("key");
}

[[noreturn]] void refuse(const std::vector<std::string> &lines)
{
	throw failed(fmt::format("{}\nnothing was written", fmt::join(lines, "\n")));
}

// What a load of the folder would find.
std::vector<DeviceConfig> parse(const Texts &texts)
{
	std::vector<ConfigText> all;

	all.reserve(texts.size());
	for (const auto &[path, json] : texts)
		all.push_back({.path = path, .json = json});
	return parse_texts(all);
}

} // namespace

std::string save_to_boot(const std::string &folder, const std::vector<DeviceStatus> &devices,
			 bool replace)
{
	Texts texts = read_folder(folder);
	std::vector<std::string> written;
	std::vector<std::string> refused;
	std::string said;

	for (const DeviceStatus &device : devices) {
		const std::string path = fmt::format("{}/{}.json", folder, device.name);
		const auto old = texts.find(path);
		std::string json = write_config({device});

		if (device.name.starts_with('.'))
			refused.push_back(fmt::format("{}: the file would be hidden, and never "
						      "loaded; rename the device",
						      path));
		if (old != texts.end()) {
			const auto config = only_device(old->second, device.name);

			if (config && describes(*config, device)) {
				said += fmt::format("{}: is up to date\n", path);
				continue;
			}
			if (!config && !replace)
				refused.push_back(fmt::format(
					"{0}: is no valid configuration of {1} alone (mplink load "
					"--check {0}); move it away, or replace it with --force",
					path, device.name));
			else if (config && has_comments(old->second) && !replace)
				refused.push_back(fmt::format(
					"{0}: has comments, which would be lost; edit it by hand "
					"(mplink save {1} prints what is in force), or replace it "
					"with --force",
					path, device.name));
			if (config)
				json = with_key_of(old->second, json);
		}
		said += fmt::format("{}: written\n", path);
		if (lacks_key(json))
			said += fmt::format("{}: add the \"key\" to \"bfd\", for the kernel "
					    "does not tell it; without it, the load fails\n",
					    path);
		written.push_back(path);
		texts[path] = std::move(json);
	}
	if (!refused.empty())
		refuse(refused);
	try {
		parse(texts);
	} catch (const Failure &failure) {
		refuse({failure.what()});
	}
	make_folder(folder);
	for (const std::string &path : written)
		replace_file(path, texts[path]);
	return said;
}

std::string absent_devices(const std::string &folder, const std::vector<DeviceStatus> &present)
{
	std::string said;

	for (const DeviceConfig &config : parse(read_folder(folder)))
		if (std::none_of(present.begin(), present.end(), [&](const DeviceStatus &device) {
			    return device.name == config.name;
		    }))
			said += fmt::format("{}: {} does not exist now; if it shall not come back, "
					    "remove it from that file\n",
					    config.where, config.name);
	return said;
}

} // namespace mplink::cli
