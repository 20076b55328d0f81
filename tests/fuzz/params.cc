// SPDX-License-Identifier: GPL-2.0
// Parameters of any kind: either they mean something that can be, or the error
// names a part of what was given.
#include <cstring>
#include <vector>

#include "mplink/core.h"
#include "require.hh"

namespace
{

constexpr unsigned fields = sizeof(mplink_params) / sizeof(const char *);
// So many bytes tell which are given.
constexpr unsigned choice = 4;
static_assert(fields <= 8 * choice);

void check_config(const mplink_config &config)
{
	require(config.nr_nics <= MPLINK_MAX_NICS, "too many NICs");
	require(config.policy < MPLINK_POLICIES && config.encap < MPLINK_ENCAPS, "no such policy");
	for (mplink_u32 i = 0; i < config.nr_nics; i++) {
		require(config.nics[i][0] && !config.nics[i][MPLINK_NAME_LEN - 1], "bad name");
		require(std::strcmp(config.nics[i], config.name) != 0, "its own NIC");
		require(config.weights[i] > 0, "no weight");
		for (mplink_u32 j = 0; j < i; j++)
			require(std::strcmp(config.nics[i], config.nics[j]) != 0, "named twice");
	}
	require(!config.nr_nics || config.name[0], "no name");

	const mplink_liveness_config &liveness = config.liveness;

	require(liveness.mode == MPLINK_LIVENESS_OFF || liveness.mode == MPLINK_LIVENESS_BFD,
		"no such liveness");
	require(liveness.wtr_ms <= MPLINK_MAX_WAIT_MS && liveness.holdoff_ms <= MPLINK_MAX_WAIT_MS,
		"too long a wait");
	require(liveness.bfd.detect_mult && liveness.bfd.min_tx_us >= MPLINK_BFD_MIN_INTERVAL_US &&
			liveness.bfd.min_rx_us <= MPLINK_BFD_MAX_INTERVAL_US,
		"BFD out of bounds");

	const mplink_tunnel_config &tunnel = config.tunnel;

	require(config.key <= MPLINK_MAX_PEER_KEY && (!config.key || config.nr_nics),
		"no such key");
	require(tunnel.flow_buckets && tunnel.flow_buckets <= MPLINK_FLOW_BUCKETS &&
			!(tunnel.flow_buckets & (tunnel.flow_buckets - 1)),
		"no such number of flow buckets");
	require(tunnel.outoforder_min_us && tunnel.outoforder_min_us <= tunnel.outoforder_max_us &&
			tunnel.outoforder_max_us <= MPLINK_MAX_OUTOFORDER_US,
		"outoforder_timer out of bounds");
	require(tunnel.max_perflow_buffer && tunnel.max_peer_buffer &&
			tunnel.max_perflow_buffer <= MPLINK_MAX_PERFLOW_BUFFER &&
			tunnel.max_peer_buffer <= MPLINK_MAX_PEER_BUFFER,
		"buffers out of bounds");
	require(tunnel.replay <= 1 && tunnel.max_peer_replay &&
			tunnel.max_peer_replay <= MPLINK_MAX_PEER_REPLAY &&
			tunnel.max_peer_replay_kib >= MPLINK_MIN_PEER_REPLAY_KIB &&
			tunnel.max_peer_replay_kib <= MPLINK_MAX_PEER_REPLAY_KIB,
		"replay out of bounds");
	require(tunnel.duplicate <= MPLINK_DUPLICATE_ALL && tunnel.duplicate_dscp <= MPLINK_NO_DSCP,
		"duplicate out of bounds");
}

} // namespace

// Bytes that tell which are given, then their texts, each with its NUL.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
	std::vector<std::string> texts(fields);
	const char *given[fields] = {};
	mplink_config config;
	mplink_param_error error = {};

	unsigned which = 0;

	if (size < choice)
		return 0;
	for (unsigned i = 0; i < choice; i++)
		which |= static_cast<unsigned>(data[i]) << 8 * i;

	const unsigned char *p = data + choice;
	const unsigned char *end = data + size;

	for (unsigned i = 0; i < fields; i++) {
		while (p < end && *p)
			texts[i] += static_cast<char>(*p++);
		if (p < end)
			p++;
		texts[i].shrink_to_fit();
		if (which >> i & 1)
			given[i] = texts[i].c_str();
	}

	mplink_params params;

	static_assert(sizeof(params) == sizeof(given));
	std::memcpy(&params, given, sizeof(params));

	if (!mplink_core_parse_params(&params, &config, &error)) {
		check_config(config);
		return 0;
	}
	require(error.param && error.why && error.value, "an error without a reason");
	for (unsigned i = 0; i < fields; i++) {
		if (!given[i])
			continue;

		const char *text = given[i];

		if (error.value >= text && error.value + error.value_len <= text + texts[i].size())
			return 0;
	}
	// The default name is what the user did not write, and it is good.
	require(false, "the value is none of those given");
	return 0;
}
