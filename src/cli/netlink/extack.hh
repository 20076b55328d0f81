// SPDX-License-Identifier: GPL-2.0
// Netlink errors: the kernel's acknowledgement of a request, with the extended acknowledgement
// that says why the kernel refused it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "netlink/attributes.hh"
#include "netlink/message.hh"

namespace mplink::cli
{

struct ExtAck {
	int error = 0;                       // an errno; 0: success
	std::string why;                     // message of the kernel
	std::optional<std::uint32_t> offset; // of the attribute that is wrong
};

// Takes a message of type NLMSG_ERROR or NLMSG_DONE.
ExtAck parse_extack(const Received &message);

// One line: the request, the part of it that is wrong, the reason and, if known, the remedy.
std::string explain(const Message &request, const ExtAck &answer);

} // namespace mplink::cli
