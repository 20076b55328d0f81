// SPDX-License-Identifier: GPL-2.0
#include "model/settings_json.hh"

namespace mplink::cli
{

void put_settings(nlohmann::ordered_json &json, const SettingValues &values)
{
	for (const auto &[id, value] : values) {
		const SettingInfo &setting = info(id);

		if (setting.range.boolean)
			json[setting.key] = value != 0;
		else if (setting.range.names.empty())
			json[setting.key] = value;
		else
			json[setting.key] = setting.text(value);
	}
}

void put_settings(nlohmann::ordered_json &json, const FullSettings &settings, Place place)
{
	SettingValues values;

	for (const SettingInfo &setting : all_settings())
		if (setting.place == place)
			values[setting.id] = settings[setting.id];
	put_settings(json, values);
}

std::optional<std::uint32_t> parse_setting(const SettingInfo &setting, const nlohmann::json &value)
{
	if (setting.range.boolean)
		return value.is_boolean() ? std::optional<std::uint32_t>(value.get<bool>())
					  : std::nullopt;
	if (!setting.range.names.empty())
		return value.is_string() ? setting.parse(value.get<std::string>()) : std::nullopt;
	if (!value.is_number_unsigned() || !setting.takes(value.get<std::uint64_t>()))
		return {};
	return value.get<std::uint32_t>();
}

std::string why_not_json(const SettingInfo &setting)
{
	return setting.range.boolean ? "is neither true nor false" : setting.why_not();
}

} // namespace mplink::cli
