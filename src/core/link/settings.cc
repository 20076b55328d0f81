// SPDX-License-Identifier: GPL-2.0
#include "link/settings.hh"

#include "bfd/session.hh"

namespace mplink
{

void TunnelSettings::set(const mplink_tunnel_config &config)
{
	flow_buckets.write(config.flow_buckets);
	outoforder_min_us.write(config.outoforder_min_us);
	outoforder_max_us.write(config.outoforder_max_us);
	max_perflow_buffer.write(config.max_perflow_buffer);
	max_peer_buffer.write(config.max_peer_buffer);
	checksum.write(config.checksum);
}

mplink_tunnel_config TunnelSettings::get() const
{
	return {.flow_buckets = flow_buckets.read(),
		.outoforder_min_us = outoforder_min_us.read(),
		.outoforder_max_us = outoforder_max_us.read(),
		.max_perflow_buffer = max_perflow_buffer.read(),
		.max_peer_buffer = max_peer_buffer.read(),
		.checksum = checksum.read()};
}

const char *why_no_liveness(const mplink_liveness_config &config)
{
	if (config.mode != MPLINK_LIVENESS_OFF && config.mode != MPLINK_LIVENESS_BFD)
		return "liveness is neither bfd nor off";
	if (config.wtr_ms > MPLINK_MAX_WAIT_MS)
		return "the wait to restore is longer than an hour (3600000 ms)";
	if (config.holdoff_ms > MPLINK_MAX_WAIT_MS)
		return "the hold-off is longer than an hour (3600000 ms)";
	if (!config.bfd.detect_mult)
		return "BFD's multiplier is not from 1 to 255";
	if (!bfd_valid(config.bfd))
		return "BFD's interval is not from 3300 to 60000000 us";
	return nullptr;
}

const char *why_no_tunnel(const mplink_tunnel_config &config)
{
	const mplink_u32 buckets = config.flow_buckets;

	if (!buckets || buckets > MPLINK_FLOW_BUCKETS || (buckets & (buckets - 1)))
		return "the number of flow buckets is not a power of two from 1 to 256";
	if (!config.outoforder_min_us || config.outoforder_max_us > MPLINK_MAX_OUTOFORDER_US)
		return "the out-of-order timer's bounds are not from 1 to 10000000 us";
	if (config.outoforder_min_us > config.outoforder_max_us)
		return "the out-of-order timer's lower bound is above its upper bound";
	if (!config.max_perflow_buffer || config.max_perflow_buffer > MPLINK_MAX_PERFLOW_BUFFER)
		return "the buffer of a flow bucket is not from 1 to 65535 packets";
	if (!config.max_peer_buffer || config.max_peer_buffer > MPLINK_MAX_PEER_BUFFER)
		return "the buffer of a peer is not from 1 to 1048576 packets";
	if (config.checksum > 1)
		return "the checksum is neither on (1) nor off (0)";
	return nullptr;
}

} // namespace mplink
