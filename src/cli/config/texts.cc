// SPDX-License-Identifier: GPL-2.0
#include "config/texts.hh"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>
#include <map>
#include <sstream>

#include "common/failure.hh"
#include "common/files.hh"

namespace mplink::cli
{

namespace
{

// The lines of a text, each behind the name of the file that it is about.
std::vector<std::string> lines_about(const std::string &path, const std::string &text)
{
	std::vector<std::string> lines;
	std::istringstream in(text);

	for (std::string line; std::getline(in, line);)
		lines.push_back(fmt::format("{}: {}", path, line));
	return lines;
}

// A device or NIC that a later file names again.  Within a file, devices are distinct already.
std::vector<std::string> clashes(const std::vector<DeviceConfig> &devices)
{
	std::vector<std::string> faults;
	std::map<std::string, std::string> names;
	std::map<std::string, std::string> nics;

	for (const DeviceConfig &device : devices) {
		const auto [first, fresh] = names.emplace(device.name, device.where);

		if (!fresh) {
			faults.push_back(fmt::format("{}.name: \"{}\" is {} already; remove one",
						     device.where, device.name, first->second));
			continue;
		}
		for (std::size_t i = 0; i < device.nics.size(); i++) {
			const std::string at = fmt::format("{}.nics[{}]", device.where, i);
			const auto [owner, unused] = nics.emplace(device.nics[i], at);

			if (!unused)
				faults.push_back(fmt::format(
					"{}: \"{}\" is {} already, and a NIC can be in one "
					"device only; remove one",
					at, device.nics[i], owner->second));
		}
	}
	return faults;
}

} // namespace

std::vector<std::string> config_files(const std::string &folder)
{
	return list_folder(folder, ".json");
}

std::vector<DeviceConfig> parse_texts(const std::vector<ConfigText> &texts)
{
	std::vector<DeviceConfig> devices;
	std::vector<std::string> faults;

	for (const ConfigText &text : texts) {
		try {
			std::vector<DeviceConfig> parsed = parse_config(text.json);

			for (DeviceConfig &device : parsed)
				device.where = fmt::format("{}: {}", text.path, device.where);
			std::move(parsed.begin(), parsed.end(), std::back_inserter(devices));
		} catch (const Failure &failure) {
			const auto lines = lines_about(text.path, failure.what());

			faults.insert(faults.end(), lines.begin(), lines.end());
		}
	}

	const std::vector<std::string> shared = clashes(devices);

	faults.insert(faults.end(), shared.begin(), shared.end());
	if (!faults.empty())
		throw usage_error(fmt::format("{}", fmt::join(faults, "\n")));
	return devices;
}

} // namespace mplink::cli
