// SPDX-License-Identifier: GPL-2.0
// The settings of a virtual NIC as JSON: `mplink save` writes them as `mplink -j show` does.
#pragma once
#include <nlohmann/json.hpp>

#include "device_settings.hh"

namespace mplink::cli
{

// Those of BFD, or all others.
inline void put_settings(nlohmann::ordered_json &json, const Settings &settings, bool bfd)
{
	for (const SettingInfo &setting : all_settings()) {
		const std::uint32_t value = settings[setting.id];

		if (setting.bfd != bfd)
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
