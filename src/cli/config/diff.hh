// SPDX-License-Identifier: GPL-2.0
// The change requests that lead from the present state to the wanted one.  Loading a file twice
// changes nothing the second time.
#pragma once
#include <string>
#include <vector>

#include "config/file.hh"
#include "model/change_request.hh"
#include "model/status.hh"

namespace mplink::cli
{

// where: JSON path of the wanted device, for error messages.
//
// Additions come before removals, so that traffic always finds a link, and so that nothing is
// lost if the kernel refuses an addition.  Some removals must come first: NICs, if the device
// would have too many; a peer with the tunnel key and remote of a new peer; all peers, if encap
// changes.
std::vector<ChangeRequest> diff(const DeviceStatus &current, const DeviceConfig &wanted,
				const std::string &where);

} // namespace mplink::cli
