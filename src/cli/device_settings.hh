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
	liveness,
	wtr_ms,
	holdoff_ms,
	bfd_tx_us,
	bfd_rx_us,
	bfd_multiplier,
	bfd_multihop,
	bfd_auth,
	bfd_key_id,
};

struct Named {
	const char *name;
	std::uint32_t value;
};

struct SettingInfo {
	Setting id;
	const char *word; // on the command line
	const char *key;  // in a file; one of BFD's, in the object "bfd"
	bool bfd;
	std::uint16_t attribute;  // MPLINK_A_DEVICE_*, or MPLINK_A_BFD_*
	bool byte;                // a u8, not a u32
	bool boolean;             // in a file; the names are off and on
	std::vector<Named> names; // empty: it is a number
	std::uint32_t least;
	std::uint32_t most;

	std::string text(std::uint32_t value) const;
	std::optional<std::uint32_t> parse(std::string_view text) const;
	// "is none of off, bfd"
	std::string why_not() const;
};

// In the order of Setting.
std::span<const SettingInfo> all_settings();
const SettingInfo &info(Setting setting);

// At first, as they are where nobody has asked for anything.
class Settings
{
public:
	Settings();
	std::uint32_t &operator[](Setting setting)
	{
		return values_[static_cast<std::size_t>(setting)];
	}
	std::uint32_t operator[](Setting setting) const
	{
		return values_[static_cast<std::size_t>(setting)];
	}
	friend bool operator==(const Settings &, const Settings &) = default;

private:
	std::array<std::uint32_t, 10> values_;
};

using SettingValues = std::map<Setting, std::uint32_t>;

// Those of to that are others in from.
SettingValues differences(const Settings &from, const Settings &to);
// "wtr-ms 100, bfd-multihop on"
std::string text(const SettingValues &values, const char *separator);

// What BFD's packets are authenticated with.  It is never shown, in no message either.
using Key = std::vector<std::uint8_t>;

// From text, or 0x and hexadecimal digits.  If it is none, *why says so.
std::optional<Key> parse_key(std::string_view text, const char **why);

} // namespace mplink::cli
