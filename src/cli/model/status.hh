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
	std::optional<Estimate> estimate;
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
#define MPLINK_DEVICE_COUNTER(id, name, ...) std::uint64_t name = 0;
#include "uapi/mplink_attributes.def"
	std::vector<DropCount> drops;
	std::vector<DropCount> bfd_drops;
	std::vector<DropCount> gre_drops; // of the whole network namespace
	bool carrier = false;             // from rtnetlink
	std::vector<NicStatus> nics;
	std::vector<PeerStatus> peers;
};

// A counter of a device, as the list in uapi/mplink_attributes.def describes it.
struct DeviceField {
	const char *key; // in JSON
	std::uint64_t DeviceStatus::*value;
	const char *metric;
	const char *help;
	const char *title; // in `mplink show`, if the counter is not 0; empty: not shown there
	std::uint16_t attribute;
	bool of_namespace; // all devices report the same: Prometheus gets it once
};

constexpr DeviceField device_fields[] = {
#define OF_NAMESPACE_CORE false
#define OF_NAMESPACE_BFD_RECEIVED false
#define OF_NAMESPACE_GRE_RECEIVED true
#define MPLINK_DEVICE_COUNTER(id, name, source, metric, help, title)                               \
	{#name, &DeviceStatus::name,  "mplink_" metric,     help,                                  \
	 title, MPLINK_A_DEVICE_##id, OF_NAMESPACE_##source},
#include "uapi/mplink_attributes.def"
#undef OF_NAMESPACE_CORE
#undef OF_NAMESPACE_BFD_RECEIVED
#undef OF_NAMESPACE_GRE_RECEIVED
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
