// SPDX-License-Identifier: GPL-2.0
// Several files as one configuration.
#pragma once
#include <string>
#include <vector>

#include "config/file.hh"

namespace mplink::cli
{

struct ConfigText {
	std::string path;
	std::string json;
};

// The files of a folder that belong to its configuration: all *.json, sorted.
std::vector<std::string> config_files(const std::string &folder);

// Throws Failure with Exit::usage and the faults of all files, each with the name of its file.
// It is a fault, too, if two files have the same device, or two devices the same NIC.
std::vector<DeviceConfig> parse_texts(const std::vector<ConfigText> &texts);

} // namespace mplink::cli
