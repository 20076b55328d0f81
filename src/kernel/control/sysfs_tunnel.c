// SPDX-License-Identifier: GPL-2.0
/*
 * sysfs: the files of encap gre-udp: settings, drops, and the resequencer of a peer.
 */
#include <linux/kernel.h>
#include <linux/rtnetlink.h>

#include "control/sysfs.h"
#include "device/encap.h"
#include "mplink/core.h"
#include "mplink/tunnel.h"
#include "tunnel/sockets.h"
#include "tunnel/tunnel.h"

/* --- tunnel: settings ---------------------------------------------------------------- */

static struct mplink_tunnel_config mplink_tunnel_read(const struct mplink_dir *dir)
{
	struct mplink_tunnel_config config;

	mplink_core_get_tunnel(dir->vnic->core, &config);
	return config;
}

static int mplink_tunnel_apply(const struct mplink_dir *dir,
			       const struct mplink_tunnel_config *config)
{
	const char *why;
	const int err = mplink_vnic_set_tunnel(dir->vnic, config, &why);

	if (err)
		mplink_err(dir->vnic, "settings of the tunnel: %s\n", why);
	return err;
}

/* A file for a number in struct mplink_tunnel_config. */
#define MPLINK_TUNNEL_FILE(file, least, most) \
	static int mplink_tunnel_##file(const struct mplink_dir *dir, char *buf) \
	{ \
		return sysfs_emit(buf, "%u\n", mplink_tunnel_read(dir).file); \
	} \
	static int mplink_tunnel_set_##file(const struct mplink_dir *dir, const char *buf, \
					    size_t len) \
	{ \
		struct mplink_tunnel_config config = mplink_tunnel_read(dir); \
		const int err = mplink_sysfs_number(dir, #file, buf, len, least, most, \
						    &config.file); \
		\
		return err ?: mplink_tunnel_apply(dir, &config); \
	} \
	MPLINK_FILE_RW(tunnel, file)

MPLINK_TUNNEL_FILE(flow_buckets, 1, MPLINK_FLOW_BUCKETS);
MPLINK_TUNNEL_FILE(outoforder_min_us, 1, MPLINK_MAX_OUTOFORDER_US);
MPLINK_TUNNEL_FILE(outoforder_max_us, 1, MPLINK_MAX_OUTOFORDER_US);
MPLINK_TUNNEL_FILE(max_perflow_buffer, 1, MPLINK_MAX_PERFLOW_BUFFER);
MPLINK_TUNNEL_FILE(max_peer_buffer, 1, MPLINK_MAX_PEER_BUFFER);
MPLINK_TUNNEL_FILE(checksum, 0, 1);

const struct attribute *const mplink_tunnel_attrs[] = {
	&mplink_tunnel_flow_buckets_file.attr,
	&mplink_tunnel_outoforder_min_us_file.attr,
	&mplink_tunnel_outoforder_max_us_file.attr,
	&mplink_tunnel_max_perflow_buffer_file.attr,
	&mplink_tunnel_max_peer_buffer_file.attr,
	&mplink_tunnel_checksum_file.attr,
	NULL,
};

/* --- gre_drops: counted per namespace, as in ethtool -S --------------------------- */

#define MPLINK_GRE_DROP(id, file) \
	static int mplink_gre_drops_##file(const struct mplink_dir *dir, char *buf); \
	MPLINK_FILE(gre_drops, file); \
	static int mplink_gre_drops_##file(const struct mplink_dir *dir, char *buf) \
	{ \
		return sysfs_emit(buf, "%llu\n", \
				  mplink_tunnel_drops(dev_net(dir->vnic->dev), \
						      MPLINK_GRE_DROP_##id)); \
	}
#include "uapi/mplink_drops.def"

const struct attribute *const mplink_gre_drops_attrs[] = {
/* MPLINK_GRE_DROP_NONE has no file. */
#define MPLINK_GRE_DROP(id, file) \
	[MPLINK_GRE_DROP_##id - 1] = &mplink_gre_drops_##file##_file.attr,
#include "uapi/mplink_drops.def"
	NULL,
};

/* --- peers/<peer>/resequencer ------------------------------------------------------ */

static struct mplink_resequencer_counters mplink_resequencer_count(const struct mplink_dir *dir)
{
	struct mplink_resequencer_counters sum = {};

	mplink_tunnel_counters(dir->peer, &sum);
	return sum;
}

MPLINK_COUNTER(resequencer, in_order);
MPLINK_COUNTER(resequencer, reordered);
MPLINK_COUNTER(resequencer, duplicates);
MPLINK_COUNTER(resequencer, late);
MPLINK_COUNTER(resequencer, lost_rule);
MPLINK_COUNTER(resequencer, lost_timer);
MPLINK_COUNTER(resequencer, lost_overflow);
MPLINK_COUNTER(resequencer, restarts);
MPLINK_COUNTER(resequencer, held);
MPLINK_COUNTER(resequencer, held_max);
MPLINK_COUNTER(resequencer, wait_us);
MPLINK_COUNTER(resequencer, wait_max_us);
MPLINK_COUNTER(resequencer, timer_us);

const struct attribute *const mplink_resequencer_attrs[] = {
	&mplink_resequencer_in_order_file.attr,
	&mplink_resequencer_reordered_file.attr,
	&mplink_resequencer_duplicates_file.attr,
	&mplink_resequencer_late_file.attr,
	&mplink_resequencer_lost_rule_file.attr,
	&mplink_resequencer_lost_timer_file.attr,
	&mplink_resequencer_lost_overflow_file.attr,
	&mplink_resequencer_restarts_file.attr,
	&mplink_resequencer_held_file.attr,
	&mplink_resequencer_held_max_file.attr,
	&mplink_resequencer_wait_us_file.attr,
	&mplink_resequencer_wait_max_us_file.attr,
	&mplink_resequencer_timer_us_file.attr,
	NULL,
};

static_assert(sizeof(struct mplink_resequencer_counters) / sizeof(u64) ==
	      ARRAY_SIZE(mplink_resequencer_attrs) - 1);
