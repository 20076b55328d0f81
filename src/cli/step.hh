// SPDX-License-Identifier: GPL-2.0
// A change that the user wants made of a device, before it is a message.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "address.hh"

namespace mplink::cli
{

// What is not given stays as it is, or is the default of a new link.
struct LinkChange {
	std::string nic;
	std::optional<Address> remote;
	std::optional<std::uint16_t> weight;
	bool remove = false;
	std::string where; // in the file, as a JSON path; empty: on the command line

	friend bool operator==(const LinkChange &, const LinkChange &) = default;
};

struct Step {
	enum class Kind { set_policy, nic_add, nic_del, peer_add, peer_set, peer_del };

	Kind kind;
	std::uint32_t policy = 0;      // set_policy
	std::string nic;               // nic_*
	std::optional<Address> peer;   // peer_*
	std::vector<LinkChange> links; // peer_add, peer_set
	std::string where;

	friend bool operator==(const Step &, const Step &) = default;
};

// For messages: "peer add 10.99.0.2".
std::string text(const Step &step);

} // namespace mplink::cli
