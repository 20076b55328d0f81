// SPDX-License-Identifier: GPL-2.0
// Requests to the family "mplink", and to the controller that knows its number.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "model/change_request.hh"
#include "netlink/attributes.hh"
#include "netlink/message.hh"

namespace mplink::cli
{

struct Family {
	std::uint16_t id = 0;
	std::uint32_t events = 0; // number of the multicast group
	std::uint32_t version = 0;
};

Message get_family();
// Takes the attributes of the controller's answer.
Family parse_family(Bytes attributes);

Message list_devices(const Family &family);
Message list_nics(const Family &family, std::uint32_t device);
Message list_peers(const Family &family, std::uint32_t device);

Message to_message(const Family &family, std::uint32_t device, const std::string &name,
		   const ChangeRequest &change);

} // namespace mplink::cli
