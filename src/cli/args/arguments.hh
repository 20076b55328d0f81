// SPDX-License-Identifier: GPL-2.0
// Turns the arguments behind a verb into change requests.  The grammar follows iproute2:
//
//   [dev DEV] NIC...
//   [dev DEV] ADDRESS [liveness L] [key N]
//             [link NIC [[remote] REMOTE] [local LOCAL|auto] [weight N] [liveness L] |
//              addlink NIC ... | unlink NIC [[remote] REMOTE]]...
//   [[dev] DEV] [SETTING VALUE]...
//
// A NIC may have any name.  So "dev" has a meaning only in front of the rest, and the argument
// behind "link", "addlink" or "unlink" is always a NIC.  All functions throw Failure with
// Exit::usage.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "model/change_request.hh"

namespace mplink::cli
{

using Arguments = std::vector<std::string>;

struct ChangeRequests {
	std::optional<std::string> device;
	std::vector<ChangeRequest> requests;
};

// For verbs that take [[dev] DEV] only.
std::optional<std::string> parse_device_argument(const Arguments &arguments);

ChangeRequests parse_nic_arguments(ChangeRequest::Kind kind, const Arguments &arguments);
ChangeRequests parse_peer_arguments(ChangeRequest::Kind kind, const Arguments &arguments);
ChangeRequests parse_set_arguments(const Arguments &arguments);

// For usage messages.  All settings of a device: "policy, encap, liveness, ...".
std::string setting_list();
// What may follow the address of a peer: "[liveness L] [key N] [link NIC ...]...".
std::string peer_usage(ChangeRequest::Kind kind);

} // namespace mplink::cli
