// SPDX-License-Identifier: GPL-2.0
// From the attributes of the family to the model.  Attributes of a newer module are
// passed over; those of a wrong length throw Malformed.
#pragma once
#include <cstdint>
#include <optional>

#include "model/status.hh"
#include "netlink/attributes.hh"

namespace mplink::cli
{

struct NicMessage {
	std::uint32_t device = 0;
	NicStatus nic;
	// Of a notification; without an event it tells that the NIC was added.
	std::optional<std::uint32_t> event;
	std::optional<std::uint32_t> was;
};

struct PeerMessage {
	std::uint32_t device = 0;
	PeerStatus peer;
	// Of a notification that a link's reason has changed.
	std::optional<std::uint32_t> event;
	std::optional<std::uint32_t> was;
};

DeviceStatus parse_device(Bytes attributes);
NicMessage parse_nic(Bytes attributes);
PeerMessage parse_peer(Bytes attributes);

} // namespace mplink::cli
