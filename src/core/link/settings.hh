// SPDX-License-Identifier: GPL-2.0
// Settings of a virtual NIC, for all its peers.
#pragma once
#include "base/atomic.hh"
#include "mplink/types.h"

namespace mplink
{

// mplink_tunnel_config, which packets read while users change it, each number by itself.
class TunnelSettings
{
public:
	explicit TunnelSettings(const mplink_tunnel_config &config)
	{
		set(config);
	}
	void set(const mplink_tunnel_config &config);
	mplink_tunnel_config get() const;

	Shared<mplink_u32> flow_buckets;
	Shared<mplink_u32> outoforder_min_us;
	Shared<mplink_u32> outoforder_max_us;
	Shared<mplink_u32> max_perflow_buffer;
	Shared<mplink_u32> max_peer_buffer;
	Shared<mplink_u32> checksum;
};

struct Settings {
	void *owner; // for the platform's functions
	mplink_u32 policy;
	mplink_u32 encap;
	mplink_liveness_config liveness;
	TunnelSettings tunnel;
};

// The defaults.  3 times 50 ms is a detection time that a busy host still keeps.
constexpr mplink_liveness_config default_liveness()
{
	return {.mode = MPLINK_LIVENESS_OFF,
		.wtr_ms = 500,
		.holdoff_ms = 0,
		.bfd = {.min_tx_us = 50000,
			.min_rx_us = 50000,
			.detect_mult = 3,
			.auth_type = MPLINK_BFD_AUTH_NONE,
			.auth_key_id = 0,
			.multihop = 0}};
}

constexpr mplink_tunnel_config default_tunnel()
{
	return {.flow_buckets = MPLINK_FLOW_BUCKETS,
		.outoforder_min_us = 1000,
		.outoforder_max_us = 2000000,
		.max_perflow_buffer = 1024,
		.max_peer_buffer = 8192,
		.checksum = 0};
}

// Null if all values are in range, else a message that names the first wrong setting.
const char *why_no_liveness(const mplink_liveness_config &config);
const char *why_no_tunnel(const mplink_tunnel_config &config);

} // namespace mplink
