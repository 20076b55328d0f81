// SPDX-License-Identifier: GPL-2.0
// A whole configuration as JSON: what `mplink save` writes and `mplink load` makes so.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/address.hh"
#include "model/device_settings.hh"
#include "model/status.hh"

namespace mplink::cli
{

struct LinkConfig {
	std::string nic;
	Address remote;
	std::uint16_t weight = 1;
	std::uint32_t liveness = MPLINK_LIVENESS_INHERIT;
	std::optional<Address> local;
};

struct PeerConfig {
	Address address;
	std::uint32_t liveness = MPLINK_LIVENESS_INHERIT;
	std::uint32_t key = 0;
	std::vector<LinkConfig> links;
};

// The places in a list are those in the file, by which errors name them.
struct DeviceConfig {
	std::string name;
	DeviceSettings settings;
	std::optional<BfdKey> key;
	std::vector<std::string> nics;
	std::vector<PeerConfig> peers;
};

// Throws Failure with Exit::usage and a line for each fault.
std::vector<DeviceConfig> parse_config(std::string_view json);

std::string write_config(const std::vector<DeviceStatus> &devices);

} // namespace mplink::cli
