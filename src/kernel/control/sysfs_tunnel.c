// SPDX-License-Identifier: GPL-2.0
/*
 * sysfs: the files of encap gre-udp: settings, drops, and the resequencer of a peer.
 */
#include <linux/kernel.h>
#include <linux/rtnetlink.h>

#include "control/sysfs.h"
#include "device/encap_settings.h"
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

#define MPLINK_TUNNEL_SETTING(id, name, file, bits, values, least, most, ...) \
	MPLINK_SETTING(tunnel, tunnel, file, file, least, most)
#include "uapi/mplink_attributes.def"

const struct attribute *const mplink_tunnel_attrs[] = {
#define MPLINK_TUNNEL_SETTING(id, name, file, ...) &mplink_tunnel_##file##_file.attr,
#include "uapi/mplink_attributes.def"
	NULL,
};

/* --- gre_drops: counted per namespace, as in ethtool -S --------------------------- */

#define MPLINK_GRE_DROP(id, file, harmless) \
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
#define MPLINK_GRE_DROP(id, file, harmless) \
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

#define MPLINK_RESEQUENCER_COUNTER(id, name, ...) MPLINK_COUNTER(resequencer, name)
#define MPLINK_REPLAY_COUNTER(...)
#include "uapi/mplink_attributes.def"

const struct attribute *const mplink_resequencer_attrs[] = {
#define MPLINK_RESEQUENCER_COUNTER(id, name, ...) &mplink_resequencer_##name##_file.attr,
#define MPLINK_REPLAY_COUNTER(...)
#include "uapi/mplink_attributes.def"
	NULL,
};
