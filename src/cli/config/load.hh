// SPDX-License-Identifier: GPL-2.0
// `mplink load`: brings the devices of the host to the configuration of files.
#pragma once
#include <string>
#include <vector>

#include "config/file.hh"
#include "netlink/client.hh"

namespace mplink::cli
{

// Creates devices that do not exist yet, and changes the others.  Stops at the first device
// that the kernel refuses something for.  Requests that remove something are sent only if
// all requests before them succeeded.  Throws Failure, which says what was not tried.
void load(Client &client, const std::vector<DeviceConfig> &wanted);

// The commands that would do the same, one per line.  Changes nothing.
std::string dry_run(Client &client, const std::vector<DeviceConfig> &wanted);

} // namespace mplink::cli
