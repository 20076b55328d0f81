// SPDX-License-Identifier: GPL-2.0
// A whole configuration as JSON: what `mplink save` writes and `mplink load` makes so.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "address.hh"
#include "model.hh"

namespace mplink::cli
{

struct LinkConfig {
	std::string nic;
	Address remote;
	std::uint16_t weight = 1;
};

struct PeerConfig {
	Address address;
	std::vector<LinkConfig> links;
};

// The places in a list are those in the file, by which errors name them.
struct DeviceConfig {
	std::string name;
	std::uint32_t policy = MPLINK_POLICY_BALANCE_RR;
	std::uint32_t encap = MPLINK_ENCAP_NONE;
	std::vector<std::string> nics;
	std::vector<PeerConfig> peers;
};

// Throws Failure with Exit::usage and a line for each fault.
std::vector<DeviceConfig> parse_config(std::string_view json);

std::string write_config(const std::vector<Device> &devices);

} // namespace mplink::cli
