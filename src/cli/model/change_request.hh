// SPDX-License-Identifier: GPL-2.0
// What the user wants changed on a device.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/address.hh"
#include "model/setting_values.hh"

namespace mplink::cli
{

// One link of a peer.  Unset fields keep their value, or get the initial value of a new link.
struct LinkRequest {
	std::string nic;
	std::optional<Address> remote;
	std::optional<std::optional<Address>> local; // empty inside: routing decides
	SettingValues settings;
	bool remove = false;
	bool add = false;  // a new link in addition to those over that NIC
	std::string where; // JSON path in the file; empty: from the command line

	friend bool operator==(const LinkRequest &, const LinkRequest &) = default;
};

struct ChangeRequest {
	enum class Kind { device_set, nic_add, nic_del, peer_add, peer_set, peer_del };

	Kind kind;
	SettingValues settings;         // device_set, peer_add, peer_set
	std::optional<BfdKey> bfd_key;  // device_set
	std::string nic;                // nic_*
	std::optional<Address> peer;    // peer_*
	std::vector<LinkRequest> links; // peer_add, peer_set
	std::string where;              // as that of a link

	friend bool operator==(const ChangeRequest &, const ChangeRequest &) = default;
};

// For messages: "peer add 10.99.0.2".
std::string text(const ChangeRequest &request);

// Whether the request may remove a NIC, a peer or a link that traffic uses.
bool takes_away(const ChangeRequest &request);

} // namespace mplink::cli
