// SPDX-License-Identifier: GPL-2.0
// A change, as `mplink monitor` reports it: as a line of text, as a line of JSON, and in the
// environment of the command of --exec.
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
		nic, // an event of a NIC
		nic_added,
		nic_removed,
		peer_set, // added, or its settings or links changed
		peer_removed,
		link,   // the reason of a link changed
		netdev, // a network device changed
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
	SettingValues settings; // new values, for device_set
	std::string detail;     // text, for kinds that have no other fields
	std::optional<StagesReport> stages;
};

// One line, without the time.
std::string text(const Change &change);
std::string json(const Change &change);
// NAME=value entries.  Empty if --exec does not run its command for that change.
std::vector<std::string> environment(const Change &change);

} // namespace mplink::cli
