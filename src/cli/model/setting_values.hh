// SPDX-License-Identifier: GPL-2.0
// Settings of devices, peers and links, as the lists in uapi/mplink_attributes.def describe them.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mplink::cli
{

enum class Setting {
#define MPLINK_DEVICE_SETTING(id, name, ...) name,
#define MPLINK_BFD_SETTING(id, name, ...) bfd_##name,
#define MPLINK_TUNNEL_SETTING(id, name, ...) name,
#define MPLINK_PEER_SETTING(id, name, ...) peer_##name,
#define MPLINK_LINK_SETTING(id, name, ...) link_##name,
#include "uapi/mplink_attributes.def"
	end
};

// Where a setting belongs: the JSON object and the netlink nest that hold it.  The settings
// of bfd and tunnel are settings of a device, too.
enum class Place { device, bfd, tunnel, peer, link };

struct NamedValue {
	const char *name;
	std::uint32_t value;
};

struct SettingRange {
	std::vector<NamedValue> names; // empty: the setting is a number
	std::uint32_t least = 0;
	std::uint32_t most = 0;
	bool power = false;   // only powers of two
	bool boolean = false; // true and false in JSON; off and on elsewhere
	bool rate = false;    // kbit/s; arguments may have another unit behind the number
};

// How a setting is shown.
struct SettingShown {
	// In Prometheus.
	enum class Metric { none, info_label, gauge, gauge_ms, gauge_kbit };

	Metric metric = Metric::none;
	const char *name = nullptr;
	const char *help = nullptr;
	bool implied = false; // files and commands leave the initial value out
};

struct SettingInfo {
	Setting id;
	std::string argument; // on the command line
	const char *key;      // in JSON
	Place place;
	unsigned width; // of the netlink attribute, in bytes
	std::uint16_t attribute;
	std::uint32_t initial;
	SettingRange range;
	SettingShown shown;

	// As the user writes the value.
	std::string text(std::uint32_t value) const;
	// Whether a number is within the range.
	bool takes(std::uint64_t value) const;
	// From an argument; empty if it is not a valid value.
	std::optional<std::uint32_t> parse(std::string_view text) const;
	// The end of an error message: "is none of off, bfd".
	std::string why_not() const;
	// The valid names, "off, bfd"; or "a number".
	std::string choices() const;
};

// In the order of Setting.
std::span<const SettingInfo> all_settings();
const SettingInfo &info(Setting setting);

// Where the object that holds a place's settings is in a device's JSON object, with a dot
// behind it: "bfd." or "".
std::string path_of(Place place);

// "[weight N] [liveness L]", for usage messages.
std::string usage(Place place);

// A value for every setting.  A device, a peer and a link each have one; settings of other
// places keep their initial values there.
class FullSettings
{
public:
	// The initial values, but for those given.
	FullSettings(std::initializer_list<std::pair<Setting, std::uint32_t>> given = {});

	std::uint32_t &operator[](Setting setting)
	{
		return values_[static_cast<std::size_t>(setting)];
	}
	std::uint32_t operator[](Setting setting) const
	{
		return values_[static_cast<std::size_t>(setting)];
	}
	friend bool operator==(const FullSettings &, const FullSettings &) = default;

private:
	std::array<std::uint32_t, static_cast<std::size_t>(Setting::end)> values_;
};

// Some settings with their values.
using SettingValues = std::map<Setting, std::uint32_t>;

// The values of `to` that differ from those of `from`.
SettingValues differences(const FullSettings &from, const FullSettings &to);
// What has to be said of a new object at that place: all values except implied ones.
SettingValues stated(const FullSettings &settings, Place place);
// "wtr-ms 100, bfd-multihop on"
std::string text(const SettingValues &values, const char *separator);

// The secret that authenticates BFD packets.  It must never appear in output or messages.
using BfdKey = std::vector<std::uint8_t>;

// Takes text, or 0x and hexadecimal digits.  Returns nothing if the key is not valid; *why
// is then the end of an error message.
std::optional<BfdKey> parse_bfd_key(std::string_view text, const char **why);

} // namespace mplink::cli
