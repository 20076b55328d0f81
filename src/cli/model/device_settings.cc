// SPDX-License-Identifier: GPL-2.0
#include "model/device_settings.hh"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "link/settings.hh"
#include "mplink/core.h"
#include "uapi/mplink_netlink.h"

namespace mplink::cli
{

namespace
{

std::vector<Named> names(const char *(*name)(mplink_u32), std::uint32_t first, std::uint32_t end)
{
	std::vector<Named> all;

	for (std::uint32_t i = first; i < end; i++)
		all.push_back({name(i), i});
	return all;
}

SettingInfo choice(Setting id, const char *word, const char *key, std::uint16_t attribute,
		   std::vector<Named> choices)
{
	return {.id = id,
		.word = word,
		.key = key,
		.attribute = attribute,
		.names = std::move(choices)};
}

SettingInfo milliseconds(Setting id, const char *word, const char *key, std::uint16_t attribute)
{
	return {.id = id,
		.word = word,
		.key = key,
		.attribute = attribute,
		.least = 0,
		.most = MPLINK_MAX_WAIT_MS};
}

SettingInfo interval(Setting id, const char *word, const char *key, std::uint16_t attribute)
{
	return {.id = id,
		.word = word,
		.key = key,
		.nest = Nest::bfd,
		.attribute = attribute,
		.least = MPLINK_BFD_MIN_INTERVAL_US,
		.most = MPLINK_BFD_MAX_INTERVAL_US};
}

SettingInfo byte(Setting id, const char *word, const char *key, std::uint16_t attribute,
		 std::uint32_t least)
{
	return {.id = id,
		.word = word,
		.key = key,
		.nest = Nest::bfd,
		.attribute = attribute,
		.byte = true,
		.least = least,
		.most = 255};
}

SettingInfo tunnel(Setting id, const char *word, const char *key, std::uint16_t attribute,
		   std::uint32_t most)
{
	return {.id = id,
		.word = word,
		.key = key,
		.nest = Nest::tunnel,
		.attribute = attribute,
		.least = 1,
		.most = most};
}

std::vector<SettingInfo> make_all()
{
	std::vector<SettingInfo> all{
		choice(Setting::policy, "policy", "policy", MPLINK_A_DEVICE_POLICY,
		       names(mplink_core_policy_name, 0, MPLINK_POLICIES)),
		choice(Setting::encap, "encap", "encap", MPLINK_A_DEVICE_ENCAP,
		       names(mplink_core_encap_name, 0, MPLINK_ENCAPS)),
		choice(Setting::liveness, "liveness", "liveness", MPLINK_A_DEVICE_LIVENESS,
		       names(mplink_core_liveness_name, MPLINK_LIVENESS_OFF, MPLINK_LIVENESSES)),
		milliseconds(Setting::wtr_ms, "wtr-ms", "wtr_ms", MPLINK_A_DEVICE_WTR_MS),
		milliseconds(Setting::holdoff_ms, "holdoff-ms", "holdoff_ms",
			     MPLINK_A_DEVICE_HOLDOFF_MS),
		interval(Setting::bfd_tx_us, "bfd-tx-us", "tx_us", MPLINK_A_BFD_MIN_TX_US),
		interval(Setting::bfd_rx_us, "bfd-rx-us", "rx_us", MPLINK_A_BFD_MIN_RX_US),
		byte(Setting::bfd_multiplier, "bfd-multiplier", "multiplier",
		     MPLINK_A_BFD_DETECT_MULT, 1),
		{.id = Setting::bfd_multihop,
		 .word = "bfd-multihop",
		 .key = "multihop",
		 .nest = Nest::bfd,
		 .attribute = MPLINK_A_BFD_MULTIHOP,
		 .byte = true,
		 .boolean = true,
		 .names = {{"off", 0}, {"on", 1}}},
		{.id = Setting::bfd_auth,
		 .word = "bfd-auth",
		 .key = "auth",
		 .nest = Nest::bfd,
		 .attribute = MPLINK_A_BFD_AUTH,
		 .names = {{"none", MPLINK_BFD_AUTH_NONE},
			   {"sha1", MPLINK_BFD_AUTH_SHA1},
			   {"meticulous-sha1", MPLINK_BFD_AUTH_METICULOUS_SHA1}}},
		byte(Setting::bfd_key_id, "bfd-key-id", "key_id", MPLINK_A_BFD_KEY_ID, 0),
		{.id = Setting::flow_buckets,
		 .word = "flow-buckets",
		 .key = "flow_buckets",
		 .nest = Nest::tunnel,
		 .attribute = MPLINK_A_TUNNEL_FLOW_BUCKETS,
		 .power = true,
		 .least = 1,
		 .most = MPLINK_FLOW_BUCKETS},
		tunnel(Setting::outoforder_min_us, "outoforder-min-us", "outoforder_min_us",
		       MPLINK_A_TUNNEL_OUTOFORDER_MIN_US, MPLINK_MAX_OUTOFORDER_US),
		tunnel(Setting::outoforder_max_us, "outoforder-max-us", "outoforder_max_us",
		       MPLINK_A_TUNNEL_OUTOFORDER_MAX_US, MPLINK_MAX_OUTOFORDER_US),
		tunnel(Setting::max_perflow_buffer, "max-perflow-buffer", "max_perflow_buffer",
		       MPLINK_A_TUNNEL_MAX_PERFLOW_BUFFER, MPLINK_MAX_PERFLOW_BUFFER),
		tunnel(Setting::max_peer_buffer, "max-peer-buffer", "max_peer_buffer",
		       MPLINK_A_TUNNEL_MAX_PEER_BUFFER, MPLINK_MAX_PEER_BUFFER),
		{.id = Setting::checksum,
		 .word = "checksum",
		 .key = "checksum",
		 .nest = Nest::tunnel,
		 .attribute = MPLINK_A_TUNNEL_CHECKSUM,
		 .boolean = true,
		 .names = {{"off", 0}, {"on", 1}}},
	};

	return all;
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

const char *name(Nest nest)
{
	switch (nest) {
	case Nest::none:
		break;
	case Nest::bfd:
		return "bfd";
	case Nest::tunnel:
		return "tunnel";
	}
	return "";
}

std::string SettingInfo::text(std::uint32_t value) const
{
	for (const Named &named : names)
		if (named.value == value)
			return named.name;
	return names.empty() ? std::to_string(value) : "?";
}

bool SettingInfo::takes(std::uint64_t value) const
{
	return value >= least && value <= most && !(power && (value & (value - 1)));
}

std::optional<std::uint32_t> SettingInfo::parse(std::string_view text) const
{
	for (const Named &named : names)
		if (text == named.name)
			return named.value;
	if (!names.empty())
		return {};

	std::uint32_t value = 0;
	const char *end = text.data() + text.size();
	const auto [stop, error] = std::from_chars(text.data(), end, value);

	if (error != std::errc() || stop != end || !takes(value))
		return {};
	return value;
}

std::string SettingInfo::why_not() const
{
	if (boolean)
		return "is neither off nor on";
	if (names.empty())
		return fmt::format("is not a {} from {} to {}", power ? "power of two" : "number",
				   least, most);

	std::string list;

	for (const Named &named : names)
		list += (list.empty() ? "" : ", ") + std::string(named.name);
	return "is none of " + list;
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

DeviceSettings::DeviceSettings()
{
	constexpr mplink_liveness_config usual = default_liveness();
	constexpr mplink_tunnel_config tunnel = default_tunnel();

	values_ = {MPLINK_POLICY_BALANCE_RR,
		   MPLINK_ENCAP_NONE,
		   usual.mode,
		   usual.wtr_ms,
		   usual.holdoff_ms,
		   usual.bfd.min_tx_us,
		   usual.bfd.min_rx_us,
		   usual.bfd.detect_mult,
		   usual.bfd.multihop,
		   usual.bfd.auth_type,
		   usual.bfd.auth_key_id,
		   tunnel.flow_buckets,
		   tunnel.outoforder_min_us,
		   tunnel.outoforder_max_us,
		   tunnel.max_perflow_buffer,
		   tunnel.max_peer_buffer,
		   tunnel.checksum};
}

SettingValues differences(const DeviceSettings &from, const DeviceSettings &to)
{
	SettingValues values;

	for (const SettingInfo &setting : all_settings())
		if (from[setting.id] != to[setting.id])
			values[setting.id] = to[setting.id];
	return values;
}

std::string text(const SettingValues &values, const char *separator)
{
	std::string out;

	for (const auto &[setting, value] : values)
		out += fmt::format("{}{} {}", out.empty() ? "" : separator, info(setting).word,
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
		*why = "is nothing but zeros, which anyone can guess";
	else
		return key;
	return {};
}

} // namespace mplink::cli
