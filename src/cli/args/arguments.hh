// SPDX-License-Identifier: GPL-2.0
// The arguments behind a verb, in iproute2's manner:
//
//   [dev DEV] NIC...
//   [dev DEV] ADDRESS [liveness L] [key N]
//             [link NIC [[remote] REMOTE] [local LOCAL|auto] [weight N] [liveness L] |
//              addlink NIC ... | unlink NIC [[remote] REMOTE]]...
//   [[dev] DEV] [SETTING VALUE]...
//
// A NIC's name can be any word, so "dev" counts only in front of the rest, and the word
// behind "link" and "unlink" is always a NIC.  Throws Failure with Exit::usage.
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

// [[dev] DEV]
std::optional<std::string> parse_device_argument(const Arguments &arguments);

ChangeRequests parse_nic_arguments(ChangeRequest::Kind kind, const Arguments &arguments);
ChangeRequests parse_peer_arguments(ChangeRequest::Kind kind, const Arguments &arguments);
ChangeRequests parse_set_arguments(const Arguments &arguments);

// "balance-rr, balance-xor, active-backup, broadcast"
std::string policy_list();
// "inherit, off, bfd"
std::string liveness_list();
// "policy, liveness, wtr-ms", and so on
std::string setting_list();

} // namespace mplink::cli
