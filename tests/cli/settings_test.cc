// SPDX-License-Identifier: GPL-2.0
// Every setting of the lists in uapi/mplink_attributes.def must work in every part of the command.
#include <gtest/gtest.h>

#include <linux/genetlink.h>

#include <nlohmann/json.hpp>
#include <set>

#include "args/arguments.hh"
#include "config/diff.hh"
#include "netlink/replies.hh"
#include "netlink/requests.hh"
#include "sample.hh"
#include "show/render.hh"

namespace mplink::cli
{
namespace
{

using Kind = ChangeRequest::Kind;

constexpr Family family{.id = 28, .events = 3};

// A valid value that differs from the initial one.
std::uint32_t other_value(const SettingInfo &setting)
{
	for (const NamedValue &named : setting.range.names)
		if (named.value != setting.initial)
			return named.value;
	if (setting.range.power)
		return setting.initial / 2;
	return setting.takes(setting.initial + 1) ? setting.initial + 1 : setting.initial - 1;
}

FullSettings &settings_at(DeviceStatus &device, Place place)
{
	if (place == Place::peer)
		return device.peers[0].settings;
	if (place == Place::link)
		return device.peers[0].links[0].settings;
	return device.settings;
}

DeviceStatus with_other_value(const SettingInfo &setting)
{
	DeviceStatus device = sample();

	// Some settings of a peer need a tunnel, the ID of a BFD key needs authentication.
	if (setting.id == Setting::peer_key || setting.id == Setting::peer_equalize ||
	    setting.id == Setting::peer_duplicate)
		device.settings[Setting::encap] = MPLINK_ENCAP_GRE_UDP;
	if (setting.id == Setting::bfd_key_id)
		device.settings[Setting::bfd_auth] = MPLINK_BFD_AUTH_SHA1;
	settings_at(device, setting.place)[setting.id] = other_value(setting);
	return device;
}

ChangeRequest parse_arguments(const SettingInfo &setting)
{
	const std::string value = setting.text(other_value(setting));

	switch (setting.place) {
	case Place::peer:
		return parse_peer_arguments(Kind::peer_set, {"10.99.0.2", setting.argument, value})
			.requests.at(0);
	case Place::link:
		return parse_peer_arguments(Kind::peer_set,
					    {"10.99.0.2", "link", "eth1", setting.argument, value})
			.requests.at(0);
	default:
		return parse_set_arguments({setting.argument, value}).requests.at(0);
	}
}

TEST(Settings, FromArgumentsThroughMessages)
{
	for (const SettingInfo &setting : all_settings()) {
		const Message message = to_message(family, 7, "mpl0", parse_arguments(setting));
		const Bytes attributes =
			message.bytes().subspan(sizeof(nlmsghdr) + sizeof(genlmsghdr));
		DeviceStatus device;

		if (setting.place == Place::peer || setting.place == Place::link)
			device.peers.push_back(parse_peer(attributes).peer);
		else
			device = parse_device(attributes);
		EXPECT_EQ(settings_at(device, setting.place)[setting.id], other_value(setting))
			<< setting.argument;
	}
}

TEST(Settings, SavedAndLoaded)
{
	for (const SettingInfo &setting : all_settings()) {
		const DeviceStatus device = with_other_value(setting);
		const auto wanted = parse_config(write_config({device}));

		EXPECT_TRUE(diff(device, wanted.at(0), "$").empty()) << setting.argument;
		EXPECT_FALSE(diff(sample(), wanted.at(0), "$").empty()) << setting.argument;
	}
}

TEST(Settings, ShownAsJson)
{
	for (const SettingInfo &setting : all_settings()) {
		const auto all =
			nlohmann::json::parse(render_json({with_other_value(setting)}, false));
		const auto before = nlohmann::json::parse(render_json({sample()}, false));
		const std::string path = setting.place == Place::bfd      ? "/0/bfd/"
					 : setting.place == Place::tunnel ? "/0/tunnel/"
					 : setting.place == Place::peer   ? "/0/peers/0/"
					 : setting.place == Place::link   ? "/0/peers/0/links/0/"
									  : "/0/";
		const nlohmann::json::json_pointer at(path + setting.key);

		EXPECT_NE(all.at(at), before.at(at)) << setting.argument;
	}
}

TEST(Settings, AreDistinct)
{
	std::set<std::pair<Place, std::string>> keys, arguments;
	std::set<std::pair<Place, std::uint16_t>> attributes;

	for (const SettingInfo &setting : all_settings()) {
		EXPECT_TRUE(keys.emplace(setting.place, setting.key).second) << setting.key;
		EXPECT_TRUE(arguments.emplace(setting.place, setting.argument).second);
		EXPECT_TRUE(attributes.emplace(setting.place, setting.attribute).second)
			<< setting.argument;
		EXPECT_EQ(&info(setting.id), &setting);
	}
}

} // namespace
} // namespace mplink::cli
