// SPDX-License-Identifier: GPL-2.0
// The settings of a virtual NIC: what each is called on the command line, in a file and
// in a message, and what it may be.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mplink::cli
{

enum class Setting {
	policy,
	encap,
	liveness,
	wtr_ms,
	holdoff_ms,
	bfd_tx_us,
	bfd_rx_us,
	bfd_multiplier,
	bfd_multihop,
	bfd_auth,
	bfd_key_id,
	flow_buckets,
	outoforder_min_us,
	outoforder_max_us,
	max_perflow_buffer,
	max_peer_buffer,
	checksum,
};

// The object of a file, and the attribute of a message, that it is in.
enum class Nest { none, bfd, tunnel };

// "bfd", "tunnel"
const char *name(Nest nest);

struct Named {
	const char *name;
	std::uint32_t value;
};

struct SettingInfo {
	Setting id;
	const char *word; // on the command line
	const char *key;  // in a file
	Nest nest;
	std::uint16_t attribute;  // MPLINK_A_DEVICE_*, _BFD_* or _TUNNEL_*
	bool byte;                // a u8, not a u32
	bool power;               // a power of two
	bool boolean;             // in a file; the names are off and on
	std::vector<Named> names; // empty: it is a number
	std::uint32_t least;
	std::uint32_t most;

	std::string text(std::uint32_t value) const;
	// Whether the number may be.
	bool takes(std::uint64_t value) const;
	std::optional<std::uint32_t> parse(std::string_view text) const;
	// "is none of off, bfd"
	std::string why_not() const;
};

// In the order of Setting.
std::span<const SettingInfo> all_settings();
const SettingInfo &info(Setting setting);

// At first, as they are where nobody has asked for anything.
class DeviceSettings
{
public:
	DeviceSettings();
	std::uint32_t &operator[](Setting setting)
	{
		return values_[static_cast<std::size_t>(setting)];
	}
	std::uint32_t operator[](Setting setting) const
	{
		return values_[static_cast<std::size_t>(setting)];
	}
	friend bool operator==(const DeviceSettings &, const DeviceSettings &) = default;

private:
	std::array<std::uint32_t, 17> values_;
};

using SettingValues = std::map<Setting, std::uint32_t>;

// Those of to that are others in from.
SettingValues differences(const DeviceSettings &from, const DeviceSettings &to);
// "wtr-ms 100, bfd-multihop on"
std::string text(const SettingValues &values, const char *separator);

// What BFD's packets are authenticated with.  It is never shown, in no message either.
using BfdKey = std::vector<std::uint8_t>;

// From text, or 0x and hexadecimal digits.  If it is none, *why says so.
std::optional<BfdKey> parse_bfd_key(std::string_view text, const char **why);

} // namespace mplink::cli
