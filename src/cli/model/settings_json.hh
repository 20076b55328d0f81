// SPDX-License-Identifier: GPL-2.0
// The settings of a virtual NIC as JSON: `mplink save` writes them as `mplink -j show` does.
#pragma once
#include <nlohmann/json.hpp>

#include "model/device_settings.hh"

namespace mplink::cli
{

inline void put_settings(nlohmann::ordered_json &json, const DeviceSettings &settings, Nest nest)
{
	for (const SettingInfo &setting : all_settings()) {
		const std::uint32_t value = settings[setting.id];

		if (setting.nest != nest)
			continue;
		if (setting.boolean)
			json[setting.key] = value != 0;
		else if (setting.names.empty())
			json[setting.key] = value;
		else
			json[setting.key] = setting.text(value);
	}
}

} // namespace mplink::cli
