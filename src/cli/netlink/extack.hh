// SPDX-License-Identifier: GPL-2.0
// The kernel's answer to a request: an acknowledgement, or why not.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "netlink/attributes.hh"
#include "netlink/message.hh"

namespace mplink::cli
{

struct ExtAck {
	int error = 0;                       // an errno; 0: done
	std::string why;                     // the extended acknowledgement's message
	std::optional<std::uint32_t> offset; // of the attribute it is about
};

// Of a message of type NLMSG_ERROR or NLMSG_DONE.
ExtAck parse_extack(const Received &message);

// One line: what was refused, the origin it is about, the reason, the remedy if there is one.
std::string explain(const Message &request, const ExtAck &answer);

} // namespace mplink::cli
