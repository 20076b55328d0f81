// SPDX-License-Identifier: GPL-2.0
// The module's state as the kernel reports it, in plain values.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/address.hh"
#include "model/device_settings.hh"
#include "model/resequencer_counters.hh"

namespace mplink::cli
{

struct Counters {
	std::uint64_t tx_packets = 0;
	std::uint64_t tx_bytes = 0;
	std::uint64_t rx_packets = 0;
	std::uint64_t rx_bytes = 0;

	friend bool operator==(const Counters &, const Counters &) = default;
};

// Since when each has held, by stage, in milliseconds of a clock that they share.
template <std::size_t n>
using StageTimes = std::array<std::optional<std::uint64_t>, n>;

struct NicStatus {
	std::string name;
	std::uint32_t ifindex = 0;
	std::uint32_t reason = MPLINK_REASON_UNREGISTERED;
	bool carrier = false;
	std::optional<Address> address;
	std::uint32_t transitions = 0;
	std::uint64_t since_ms = 0;
	Counters counters;
	StageTimes<MPLINK_NIC_STAGES> stages;
};

// A BFD session.
struct SessionStatus {
	std::uint32_t state = MPLINK_BFD_DOWN;
	std::uint32_t diag = MPLINK_BFD_DIAG_NONE;
	std::uint32_t remote_state = MPLINK_BFD_DOWN;
	std::uint32_t remote_diag = MPLINK_BFD_DIAG_NONE;
	std::uint32_t discr = 0;
	std::uint32_t remote_discr = 0;
	std::uint32_t tx_us = 0;
	std::uint32_t rx_us = 0;
	std::uint64_t detection_us = 0;
};

struct LinkStatus {
	std::string nic;
	std::optional<Address> remote;
	std::optional<Address> local;  // as the user wants it; else routing decides
	std::optional<Address> source; // in use
	std::uint16_t weight = 1;
	std::uint32_t reason = MPLINK_REASON_UNREGISTERED;
	Counters counters;
	std::uint32_t liveness = MPLINK_LIVENESS_INHERIT;
	std::optional<SessionStatus> session;
	StageTimes<MPLINK_LINK_STAGES> stages;
};

struct PeerStatus {
	Address address;
	std::uint32_t liveness = MPLINK_LIVENESS_INHERIT;
	std::uint32_t key = 0;
	bool key_hidden = false; // from who may not administrate the network
	std::optional<ResequencerCounters> resequencer;
	std::vector<LinkStatus> links;
};

struct DropCount {
	std::uint32_t reason = 0;
	std::uint64_t packets = 0;
};

struct DeviceStatus {
	std::string name;
	std::uint32_t ifindex = 0;
	DeviceSettings settings;
	std::uint64_t rescheduled = 0;
	std::uint64_t copies = 0;
	std::vector<DropCount> drops;
	std::uint64_t bfd_received = 0;
	std::vector<DropCount> bfd_drops;
	std::uint64_t gre_received = 0; // in the namespace, as the next
	std::vector<DropCount> gre_drops;
	bool carrier = false; // of the network device: the family does not tell
	std::vector<NicStatus> nics;
	std::vector<PeerStatus> peers;
};

// As sysfs and the log call it: the remote is named where the NIC does not tell which of
// the peer's links it is.
std::string link_name(const std::string &nic, const std::optional<Address> &remote, bool shared);
// Whether the peer has other links over the link's NIC.
bool shared(const PeerStatus &peer, const LinkStatus &link);

inline bool valid(std::uint32_t reason)
{
	return reason == MPLINK_REASON_NONE;
}

} // namespace mplink::cli
