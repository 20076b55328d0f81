// SPDX-License-Identifier: GPL-2.0
// From what is to what the file wants.  Loading a file twice changes nothing the
// second time.
#pragma once
#include <string>
#include <vector>

#include "config/file.hh"
#include "model/change_request.hh"
#include "model/status.hh"

namespace mplink::cli
{

// where: of the wanted device in the file.  What is new comes before what goes, so that
// traffic always finds a link, and a refusal finds all in place.  Before what is new go: NICs,
// where there are more than a device can have; a peer that has a tunnel's key and remote
// of one that comes; and all peers where encap changes.
std::vector<ChangeRequest> diff(const DeviceStatus &current, const DeviceConfig &wanted,
				const std::string &where);

} // namespace mplink::cli
