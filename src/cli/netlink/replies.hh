// SPDX-License-Identifier: GPL-2.0
// Turns attributes of the family into statuses.  Ignores unknown attributes, which newer
// modules may send.  Throws Malformed if an attribute has the wrong length.
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
	// Only in notifications.  Without an event the NIC was added.
	std::optional<std::uint32_t> event;
	std::optional<std::uint32_t> was;
};

struct PeerMessage {
	std::uint32_t device = 0;
	PeerStatus peer;
	// Only in notifications that the reason of a link has changed.
	std::optional<std::uint32_t> event;
	std::optional<std::uint32_t> was;
};

DeviceStatus parse_device(Bytes attributes);
NicMessage parse_nic(Bytes attributes);
PeerMessage parse_peer(Bytes attributes);

} // namespace mplink::cli
