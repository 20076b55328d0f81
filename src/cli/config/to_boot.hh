// SPDX-License-Identifier: GPL-2.0
// `mplink save --to-boot`: a file for each device in the folder that is loaded at boot.
#pragma once
#include <string>
#include <vector>

#include "model/status.hh"

namespace mplink::cli
{

// Writes the devices to FOLDER/NAME.json, and returns what is to be said of that, a line for
// each.  A file that means the same already stays as it is, with its comments.
//
// Throws Failure, and has written nothing, if a file would lose what people wrote (replace
// overrules that), or if the folder could not be loaded afterwards.
std::string save_to_boot(const std::string &folder, const std::vector<DeviceStatus> &devices,
			 bool replace);

// What is to be said of files in the folder with devices that the host does not have.
std::string absent_devices(const std::string &folder, const std::vector<DeviceStatus> &present);

} // namespace mplink::cli
