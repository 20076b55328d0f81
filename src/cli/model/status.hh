// SPDX-License-Identifier: GPL-2.0
// The state of the module as the kernel reports it.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/address.hh"
#include "model/counters.hh"
#include "model/setting_values.hh"
#include "mplink/core.h"

namespace mplink::cli
{

// When each stage was reached, in milliseconds of the host's monotonic clock.  Empty: the
// stage is not reached now.
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
	TrafficCounters counters;
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
	std::optional<Address> local;  // set by the user; empty: routing decides
	std::optional<Address> source; // in use now
	FullSettings settings;         // those of Place::link
	std::uint32_t reason = MPLINK_REASON_UNREGISTERED;
	TrafficCounters counters;
	std::optional<SessionStatus> session;
	StageTimes<MPLINK_LINK_STAGES> stages;
};

struct PeerStatus {
	Address address;
	FullSettings settings;   // those of Place::peer
	bool key_hidden = false; // the user lacks CAP_NET_ADMIN: peer_key is not known
	std::optional<ResequencerCounters> resequencer;
	std::vector<LinkStatus> links;
};

struct DeviceStatus {
	std::string name;
	std::uint32_t ifindex = 0;
	FullSettings settings; // those of Place::device, bfd and tunnel
	std::uint64_t rescheduled = 0;
	std::uint64_t copies = 0;
	std::vector<DropCount> drops;
	std::uint64_t bfd_received = 0;
	std::vector<DropCount> bfd_drops;
	std::uint64_t gre_received = 0;   // of the whole network namespace
	std::vector<DropCount> gre_drops; // likewise
	bool carrier = false;             // from rtnetlink
	std::vector<NicStatus> nics;
	std::vector<PeerStatus> peers;
};

// A counter of a device.  To add one, add its attribute to include/uapi/mplink_netlink.h, a
// field above and a line below.
struct DeviceField {
	const char *key; // in JSON
	std::uint64_t DeviceStatus::*value;
	const char *metric;
	const char *help;
	const char *title; // in `mplink show`, if the counter is not 0; nullptr: not shown there
	std::uint16_t attribute;
	bool of_namespace; // all devices report the same: Prometheus gets it once
};

constexpr DeviceField device_fields[] = {
	{"rescheduled", &DeviceStatus::rescheduled, "mplink_device_rescheduled_packets_total",
	 "Packets that changed to another link because the first choice had failed.",
	 "rescheduled packets", MPLINK_A_DEVICE_RESCHEDULED, false},
	{"copies", &DeviceStatus::copies, "mplink_device_copied_packets_total",
	 "Copies that broadcast sent in addition to the first of each packet.",
	 "copies by broadcast", MPLINK_A_DEVICE_COPIES, false},
	{"bfd_received", &DeviceStatus::bfd_received, "mplink_device_bfd_received_packets_total",
	 "BFD packets accepted.", nullptr, MPLINK_A_DEVICE_BFD_RECEIVED, false},
	{"gre_received", &DeviceStatus::gre_received, "mplink_gre_received_packets_total",
	 "gre-udp packets received in the namespace.", nullptr, MPLINK_A_DEVICE_GRE_RECEIVED, true},
};

// Counters of dropped packets, by reason.  The core names the reasons, so a new reason needs
// nothing here.
struct DropField {
	const char *key; // in JSON
	std::uint16_t attribute;
	std::vector<DropCount> DeviceStatus::*value;
	const char *(*reason_name)(mplink_u32);
	const char *metric;
	const char *help;
	bool of_namespace;
};

constexpr DropField drop_fields[] = {
	{"drops", MPLINK_A_DEVICE_DROP, &DeviceStatus::drops, mplink_core_drop_name,
	 "mplink_device_dropped_packets_total", "Packets dropped, by reason.", false},
	{"bfd_drops", MPLINK_A_DEVICE_BFD_DROP, &DeviceStatus::bfd_drops, mplink_core_bfd_drop_name,
	 "mplink_device_bfd_refused_packets_total", "BFD packets refused, by reason.", false},
	{"gre_drops", MPLINK_A_DEVICE_GRE_DROP, &DeviceStatus::gre_drops, mplink_core_gre_drop_name,
	 "mplink_gre_undelivered_packets_total",
	 "gre-udp packets received in the namespace and not delivered, by reason.", true},
};

// The link's name in sysfs and in the log: the NIC, and "@" and the remote if the peer has
// several links over that NIC (shared).
std::string link_name(const std::string &nic, const std::optional<Address> &remote, bool shared);
// Whether the peer has other links over the link's NIC.
bool shared(const PeerStatus &peer, const LinkStatus &link);

inline bool valid(std::uint32_t reason)
{
	return reason == MPLINK_REASON_NONE;
}

} // namespace mplink::cli
