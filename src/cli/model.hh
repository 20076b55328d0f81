// SPDX-License-Identifier: GPL-2.0
// The module's state as the kernel reports it, in plain values.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "address.hh"

namespace mplink::cli
{

struct Counters {
	std::uint64_t tx_packets = 0;
	std::uint64_t tx_bytes = 0;
	std::uint64_t rx_packets = 0;
	std::uint64_t rx_bytes = 0;

	friend bool operator==(const Counters &, const Counters &) = default;
};

struct Nic {
	std::string name;
	std::uint32_t ifindex = 0;
	std::uint32_t reason = MPLINK_REASON_UNREGISTERED;
	bool carrier = false;
	std::optional<Address> address;
	std::uint32_t transitions = 0;
	std::uint64_t since_ms = 0;
	Counters counters;
};

struct Link {
	std::string nic;
	std::optional<Address> remote;
	std::uint16_t weight = 1;
	std::uint32_t reason = MPLINK_REASON_UNREGISTERED;
	Counters counters;
};

struct Peer {
	Address address;
	std::vector<Link> links;
};

struct Drop {
	std::uint32_t reason = 0;
	std::uint64_t packets = 0;
};

struct Device {
	std::string name;
	std::uint32_t ifindex = 0;
	std::uint32_t policy = 0;
	std::uint32_t encap = 0;
	std::uint64_t rescheduled = 0;
	std::uint64_t copies = 0;
	std::vector<Drop> drops;
	bool carrier = false; // of the network device: the family does not tell
	std::vector<Nic> nics;
	std::vector<Peer> peers;
};

inline bool valid(std::uint32_t reason)
{
	return reason == MPLINK_REASON_NONE;
}

} // namespace mplink::cli
