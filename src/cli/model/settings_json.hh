// SPDX-License-Identifier: GPL-2.0
// Settings as JSON: `mplink save` and `mplink -j show` write them alike.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>

#include "model/setting_values.hh"

namespace mplink::cli
{

// Adds the values to a JSON object.
void put_settings(nlohmann::ordered_json &json, const SettingValues &values);
// Adds all settings of that place.
void put_settings(nlohmann::ordered_json &json, const FullSettings &settings, Place place);

// Empty if the JSON value has another type than the setting, or is not valid.
std::optional<std::uint32_t> parse_setting(const SettingInfo &setting, const nlohmann::json &value);
// The end of an error message about a JSON value: "is neither true nor false".
std::string why_not_json(const SettingInfo &setting);

} // namespace mplink::cli
