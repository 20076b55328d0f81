// SPDX-License-Identifier: GPL-2.0
// A change that the user wants made of a device, before it is a message.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/address.hh"
#include "model/device_settings.hh"

namespace mplink::cli
{

// What is not given stays as it is, or is the default of a new link.
struct LinkRequest {
	std::string nic;
	std::optional<Address> remote;
	std::optional<std::uint16_t> weight;
	std::optional<std::uint32_t> liveness;
	std::optional<std::optional<Address>> local; // none: routing decides
	bool remove = false;
	bool add = false;  // beside those that there are over that NIC
	std::string where; // in the file, as a JSON path; empty: on the command line

	friend bool operator==(const LinkRequest &, const LinkRequest &) = default;
};

struct ChangeRequest {
	enum class Kind { device_set, nic_add, nic_del, peer_add, peer_set, peer_del };

	Kind kind;
	SettingValues settings;                // device_set
	std::optional<BfdKey> key;             // device_set
	std::string nic;                       // nic_*
	std::optional<Address> peer;           // peer_*
	std::optional<std::uint32_t> liveness; // peer_add, peer_set
	std::optional<std::uint32_t> peer_key; // likewise
	std::vector<LinkRequest> links;        // peer_add, peer_set
	std::string where;

	friend bool operator==(const ChangeRequest &, const ChangeRequest &) = default;
};

// For messages: "peer add 10.99.0.2".
std::string text(const ChangeRequest &request);

// Whether the request may remove a NIC, a peer or a link that traffic uses.
bool takes_away(const ChangeRequest &request);

} // namespace mplink::cli
