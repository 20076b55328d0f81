// SPDX-License-Identifier: GPL-2.0
// A configuration as JSON: `mplink save` writes it, `mplink load` reads it.  People write such
// files, too, so comments (// and /* */) are allowed.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/address.hh"
#include "model/setting_values.hh"
#include "model/status.hh"

namespace mplink::cli
{

struct LinkConfig {
	std::string nic;
	Address remote;
	std::optional<Address> local;
	FullSettings settings;
};

struct PeerConfig {
	Address address;
	FullSettings settings;
	std::vector<LinkConfig> links;
};

// Lists keep the order of the file, because error messages name entries by their index.
struct DeviceConfig {
	std::string name;
	FullSettings settings;
	std::optional<BfdKey> bfd_key;
	std::vector<std::string> nics;
	std::vector<PeerConfig> peers;
	// Where it was read, for error messages: $.devices[0], behind the name of the file if
	// there is one.
	std::string where;
};

// Throws Failure with Exit::usage, and one line for each fault.
std::vector<DeviceConfig> parse_config(std::string_view json);

// Throws Failure if the name of a NIC is not UTF-8.
std::string write_config(const std::vector<DeviceStatus> &devices);

} // namespace mplink::cli
