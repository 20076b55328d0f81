// SPDX-License-Identifier: GPL-2.0
// Something that happened, as `mplink monitor` tells of it: to people in a line, to
// programs in a line of JSON, to --exec's command in its environment.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/address.hh"
#include "common/format.hh"
#include "model/setting_values.hh"
#include "monitor/stages.hh"

namespace mplink::cli
{

struct Change {
	enum class Kind {
		device_added,
		device_set,
		device_removed,
		nic, // an event of a member NIC
		nic_added,
		nic_removed,
		peer_set, // added, or its links were changed
		peer_removed,
		link,   // a link's reason
		netdev, // of rtnetlink
		stages,
		overrun,
	};

	Kind kind;
	WallTime time;
	std::string device;
	std::string nic;
	std::optional<Address> peer;
	std::optional<Address> remote;
	bool shared = false; // the peer has other links over that NIC
	std::optional<std::uint32_t> event;
	std::optional<std::uint32_t> was;
	std::optional<std::uint32_t> reason;
	SettingValues settings; // that were set
	std::string detail;     // what the kind says in words
	std::optional<StagesReport> stages;
};

// Without the time.
std::string text(const Change &change);
std::string json(const Change &change);
// NAME=value; nothing of what --exec's command is not run for.
std::vector<std::string> environment(const Change &change);

} // namespace mplink::cli
