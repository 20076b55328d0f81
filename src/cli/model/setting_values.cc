// SPDX-License-Identifier: GPL-2.0
#include "model/setting_values.hh"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "mplink/core.h"
#include "uapi/mplink_netlink.h"

namespace mplink::cli
{

namespace
{

// What the kinds of values in mplink_attributes.def mean.

SettingRange names(const char *(*name)(mplink_u32), std::uint32_t first, std::uint32_t last)
{
	SettingRange range;

	for (std::uint32_t i = first; i <= last; i++)
		range.names.push_back({name(i), i});
	return range;
}

SettingRange between(std::uint32_t least, std::uint32_t most)
{
	return {.names = {}, .least = least, .most = most};
}

SettingRange power_of_two(std::uint32_t least, std::uint32_t most)
{
	return {.names = {}, .least = least, .most = most, .power = true};
}

SettingRange on_off()
{
	return {.names = {{"off", 0}, {"on", 1}}, .boolean = true};
}

SettingRange rate(std::uint32_t least, std::uint32_t most)
{
	return {.names = {}, .least = least, .most = most, .rate = true};
}

// Passwords and MD5 are known, and refused.
SettingRange auth()
{
	return {.names = {{"none", MPLINK_BFD_AUTH_NONE},
			  {"sha1", MPLINK_BFD_AUTH_SHA1},
			  {"meticulous-sha1", MPLINK_BFD_AUTH_METICULOUS_SHA1}}};
}

#define RANGE_NUMBER(least, most) between(least, most)
#define RANGE_KEY_ID(least, most) between(least, most)
#define RANGE_POWER_OF_TWO(least, most) power_of_two(least, most)
#define RANGE_RATE(least, most) rate(least, most)
#define RANGE_SWITCH(least, most) on_off()
#define RANGE_POLICY(least, most) names(mplink_core_policy_name, least, most)
#define RANGE_ENCAP(least, most) names(mplink_core_encap_name, least, most)
#define RANGE_LIVENESS(least, most) names(mplink_core_liveness_name, least, most)
#define RANGE_EQUALIZE(least, most) names(mplink_core_equalize_name, least, most)
#define RANGE_DUPLICATE(least, most) names(mplink_core_duplicate_name, least, most)
#define RANGE_AUTH(least, most) auth()

// And how a setting is shown.

SettingShown plain()
{
	return {};
}

SettingShown implied(SettingShown shown = {})
{
	shown.implied = true;
	return shown;
}

SettingShown label()
{
	return {.metric = SettingShown::Metric::info_label};
}

SettingShown gauge(const char *name, const char *help)
{
	return {.metric = SettingShown::Metric::gauge, .name = name, .help = help};
}

// Milliseconds in the module, seconds in Prometheus.
SettingShown gauge_ms(const char *name, const char *help)
{
	return {.metric = SettingShown::Metric::gauge_ms, .name = name, .help = help};
}

// Kilobits per second in the module, bytes per second in Prometheus.
SettingShown gauge_kbit(const char *name, const char *help)
{
	return {.metric = SettingShown::Metric::gauge_kbit, .name = name, .help = help};
}

struct RateUnit {
	std::string_view name;
	std::uint32_t kbit;
};

constexpr RateUnit rate_units[] = {{"gbit", 1000000}, {"mbit", 1000}, {"kbit", 1}};

std::string rate_text(std::uint32_t kbit)
{
	for (const RateUnit &unit : rate_units)
		if (kbit && kbit % unit.kbit == 0)
			return std::to_string(kbit / unit.kbit) + std::string(unit.name);
	return std::to_string(kbit);
}

// Takes the unit off the end of the text.
std::uint32_t take_rate_unit(std::string_view &text)
{
	for (const RateUnit &unit : rate_units)
		if (text.ends_with(unit.name)) {
			text.remove_suffix(unit.name.size());
			return unit.kbit;
		}
	return 1;
}

std::string argument(Place place, std::string name)
{
	std::replace(name.begin(), name.end(), '_', '-');
	return place == Place::bfd ? "bfd-" + name : name;
}

std::vector<SettingInfo> make_all()
{
#define ENTRY(setting, place, attribute, name, bits, range, initial, shown)                        \
	{Setting::setting,                                                                         \
	 argument(Place::place, name),                                                             \
	 name,                                                                                     \
	 Place::place,                                                                             \
	 (bits) / 8,                                                                               \
	 attribute,                                                                                \
	 initial,                                                                                  \
	 range,                                                                                    \
	 shown},
	return {
#define MPLINK_DEVICE_SETTING(id, name, file, bits, values, least, most, initial, unit, what,      \
			      shown)                                                               \
	ENTRY(name, device, MPLINK_A_DEVICE_##id, #name, bits, RANGE_##values(least, most),        \
	      initial, shown)
#define MPLINK_BFD_SETTING(id, name, file, bits, values, least, most, initial, unit, what, shown)  \
	ENTRY(bfd_##name, bfd, MPLINK_A_BFD_##id, #name, bits, RANGE_##values(least, most),        \
	      initial, shown)
#define MPLINK_TUNNEL_SETTING(id, name, file, bits, values, least, most, initial, unit, what,      \
			      shown)                                                               \
	ENTRY(name, tunnel, MPLINK_A_TUNNEL_##id, #name, bits, RANGE_##values(least, most),        \
	      initial, shown)
#define MPLINK_PEER_SETTING(id, name, file, bits, values, least, most, initial, unit, what, shown) \
	ENTRY(peer_##name, peer, MPLINK_A_PEER_##id, #name, bits, RANGE_##values(least, most),     \
	      initial, shown)
#define MPLINK_LINK_SETTING(id, name, file, bits, values, least, most, initial, unit, what, shown) \
	ENTRY(link_##name, link, MPLINK_A_LINK_##id, #name, bits, RANGE_##values(least, most),     \
	      initial, shown)
#include "uapi/mplink_attributes.def"
	};
#undef ENTRY
}

std::optional<std::uint8_t> hexadecimal(std::string_view pair)
{
	std::uint8_t value = 0;
	const char *end = pair.data() + pair.size();
	const auto [stop, error] = std::from_chars(pair.data(), end, value, 16);

	if (error != std::errc() || stop != end || pair.size() != 2)
		return {};
	return value;
}

} // namespace

std::string SettingInfo::text(std::uint32_t value) const
{
	for (const NamedValue &named : range.names)
		if (named.value == value)
			return named.name;
	if (range.rate)
		return rate_text(value);
	return range.names.empty() ? std::to_string(value) : "?";
}

bool SettingInfo::takes(std::uint64_t value) const
{
	return value >= range.least && value <= range.most &&
	       !(range.power && (value & (value - 1)));
}

std::optional<std::uint32_t> SettingInfo::parse(std::string_view text) const
{
	for (const NamedValue &named : range.names)
		if (text == named.name)
			return named.value;
	if (!range.names.empty())
		return {};

	const std::uint32_t unit = range.rate ? take_rate_unit(text) : 1;
	std::uint32_t value = 0;
	const char *end = text.data() + text.size();
	const auto [stop, error] = std::from_chars(text.data(), end, value);

	if (error != std::errc() || stop != end || !takes(std::uint64_t{value} * unit))
		return {};
	return value * unit;
}

std::string SettingInfo::why_not() const
{
	if (range.boolean)
		return "is neither off nor on";
	if (range.rate)
		return fmt::format("is not a rate from {} to {} kbit/s, such as 20mbit",
				   range.least, range.most);
	if (range.names.empty())
		return fmt::format("is not a {} from {} to {}",
				   range.power ? "power of two" : "number", range.least,
				   range.most);
	return "is none of " + choices();
}

std::string SettingInfo::choices() const
{
	std::string list;

	for (const NamedValue &named : range.names)
		list += (list.empty() ? "" : ", ") + std::string(named.name);
	return list.empty() ? "a number" : list;
}

std::span<const SettingInfo> all_settings()
{
	static const std::vector<SettingInfo> all = make_all();

	return all;
}

const SettingInfo &info(Setting setting)
{
	return all_settings()[static_cast<std::size_t>(setting)];
}

std::string path_of(Place place)
{
	return place == Place::bfd ? "bfd." : place == Place::tunnel ? "tunnel." : "";
}

std::string usage(Place place)
{
	std::string text;

	for (const SettingInfo &setting : all_settings())
		if (setting.place == place)
			text += fmt::format(
				"{}[{} {}]", text.empty() ? "" : " ", setting.argument,
				setting.range.rate ? 'R'
				: setting.range.names.empty()
					? 'N'
					: static_cast<char>(std::toupper(setting.argument[0])));
	return text;
}

FullSettings::FullSettings(std::initializer_list<std::pair<Setting, std::uint32_t>> given)
{
	for (const SettingInfo &setting : all_settings())
		(*this)[setting.id] = setting.initial;
	for (const auto &[setting, value] : given)
		(*this)[setting] = value;
}

SettingValues differences(const FullSettings &from, const FullSettings &to)
{
	SettingValues values;

	for (const SettingInfo &setting : all_settings())
		if (from[setting.id] != to[setting.id])
			values[setting.id] = to[setting.id];
	return values;
}

SettingValues stated(const FullSettings &settings, Place place)
{
	SettingValues values;

	for (const SettingInfo &setting : all_settings())
		if (setting.place == place &&
		    !(setting.shown.implied && settings[setting.id] == setting.initial))
			values[setting.id] = settings[setting.id];
	return values;
}

std::string text(const SettingValues &values, const char *separator)
{
	std::string out;

	for (const auto &[setting, value] : values)
		out += fmt::format("{}{} {}", out.empty() ? "" : separator, info(setting).argument,
				   info(setting).text(value));
	return out;
}

std::optional<BfdKey> parse_bfd_key(std::string_view text, const char **why)
{
	BfdKey key;

	if (text.starts_with("0x")) {
		for (std::size_t i = 2; i < text.size(); i += 2) {
			const auto value = hexadecimal(text.substr(i, 2));

			if (!value) {
				*why = "has 0x in front, but not only pairs of hexadecimal digits "
				       "behind it";
				return {};
			}
			key.push_back(*value);
		}
	} else {
		key.assign(text.begin(), text.end());
	}
	if (key.empty())
		*why = "is empty";
	else if (key.size() > MPLINK_BFD_KEY_LEN)
		*why = "is too long: 20 bytes at most";
	else if (std::all_of(key.begin(), key.end(), [](std::uint8_t b) { return !b; }))
		*why = "has only zeros, which anyone can guess";
	else
		return key;
	return {};
}

} // namespace mplink::cli
