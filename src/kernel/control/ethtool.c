// SPDX-License-Identifier: GPL-2.0
/*
 * ethtool -i and -S.
 */
#include <linux/ethtool.h>
#include <linux/rtnetlink.h>

#include "control/ethtool.h"
#include "device/encap_settings.h"
#include "device/vnic.h"
#include "mplink/core.h"
#include "mplink/tunnel.h"
#include "tunnel/sockets.h"

/* What the core counts of a device; other sources follow with the drops. */
#define MPLINK_STAT_CORE(name) "tx_" #name,
#define MPLINK_STAT_BFD_RECEIVED(name)
#define MPLINK_STAT_GRE_RECEIVED(name)

static const char *const mplink_tx_stats[] = {
#define MPLINK_DEVICE_COUNTER(id, name, source, ...) MPLINK_STAT_##source(name)
#include "uapi/mplink_attributes.def"
};

static const char *const mplink_nic_stats[] = {
#define MPLINK_TRAFFIC_COUNTER(id, name, ...) #name,
#include "uapi/mplink_attributes.def"
};

static const char *const mplink_resequencer_stats[] = {
#define MPLINK_RESEQUENCER_COUNTER(id, name, ...) #name,
#include "uapi/mplink_attributes.def"
};

/* Copies a struct of counters; returns the place behind it. */
#define MPLINK_PUT_STATS(data, counters) \
	(memcpy(data, &(counters), sizeof(counters)) + sizeof(counters))

static int mplink_get_sset_count(struct net_device *dev, int sset)
{
	const u32 nics = mplink_vnic_count_nics(netdev_priv(dev));

	if (sset != ETH_SS_STATS)
		return -EOPNOTSUPP;
	/* Index NONE of the BFD and GRE drops counts accepted packets, so it counts here, too. */
	return ARRAY_SIZE(mplink_tx_stats) + MPLINK_DROPS + MPLINK_BFD_DROPS + MPLINK_GRE_DROPS +
	       ARRAY_SIZE(mplink_resequencer_stats) + nics * ARRAY_SIZE(mplink_nic_stats);
}

/* Names of statistics are one word by convention: no_link, not no-link. */
static void mplink_add_drop_string(u8 **data, const char *prefix, const char *drop)
{
	char name[ETH_GSTRING_LEN];

	strscpy(name, drop, sizeof(name));
	strreplace(name, '-', '_');
	ethtool_sprintf(data, "%s_%s", prefix, name);
}

static void mplink_get_strings(struct net_device *dev, u32 sset, u8 *data)
{
	const struct mplink_vnic *vnic = netdev_priv(dev);
	u32 id, i;

	if (sset != ETH_SS_STATS)
		return;
	for (i = 0; i < ARRAY_SIZE(mplink_tx_stats); i++)
		ethtool_sprintf(&data, "%s", mplink_tx_stats[i]);
	for (i = 0; i < MPLINK_DROPS; i++)
		mplink_add_drop_string(&data, "drop", mplink_core_drop_name(i));
	ethtool_sprintf(&data, "bfd_received");
	for (i = MPLINK_BFD_DROP_NONE + 1; i < MPLINK_BFD_DROPS; i++)
		mplink_add_drop_string(&data, "bfd_drop", mplink_core_bfd_drop_name(i));
	ethtool_sprintf(&data, "gre_received");
	for (i = MPLINK_GRE_DROP_NONE + 1; i < MPLINK_GRE_DROPS; i++)
		mplink_add_drop_string(&data, "gre_drop", mplink_core_gre_drop_name(i));
	for (i = 0; i < ARRAY_SIZE(mplink_resequencer_stats); i++)
		ethtool_sprintf(&data, "reseq_%s", mplink_resequencer_stats[i]);
	for (id = 0; id < MPLINK_MAX_NICS; id++) {
		const struct mplink_nic *nic = mplink_core_nic_at(vnic->core, id);
		struct mplink_nic_info info;

		if (!nic)
			continue;
		mplink_core_nic_info(nic, &info);
		for (i = 0; i < ARRAY_SIZE(mplink_nic_stats); i++)
			ethtool_sprintf(&data, "%s_%s", info.name, mplink_nic_stats[i]);
	}
}

static void mplink_get_ethtool_stats(struct net_device *dev, struct ethtool_stats *stats, u64 *data)
{
	const struct mplink_vnic *vnic = netdev_priv(dev);
	struct mplink_resequencer_counters resequencer;
	struct mplink_device_counters device;
	u32 id, i;

	mplink_core_device_counters(vnic->core, &device);
	data = MPLINK_PUT_STATS(data, device);
	for (i = 0; i < MPLINK_DROPS; i++)
		*data++ = mplink_core_drops(vnic->core, i);
	for (i = 0; i < MPLINK_BFD_DROPS; i++)
		*data++ = atomic64_read(&vnic->bfd_drops[i]);
	/* Counted per namespace, because its virtual NICs share the sockets. */
	for (i = 0; i < MPLINK_GRE_DROPS; i++)
		*data++ = mplink_tunnel_drops(dev_net(dev), i);
	mplink_tunnel_sum(vnic, &resequencer);
	data = MPLINK_PUT_STATS(data, resequencer);
	for (id = 0; id < MPLINK_MAX_NICS; id++) {
		const struct mplink_nic *nic = mplink_core_nic_at(vnic->core, id);
		struct mplink_counters sum;

		if (!nic)
			continue;
		mplink_core_nic_counters(nic, &sum);
		data = MPLINK_PUT_STATS(data, sum);
	}
}

static void mplink_get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	strscpy(info->driver, KBUILD_MODNAME, sizeof(info->driver));
}

const struct ethtool_ops mplink_ethtool_ops = {
	.get_drvinfo = mplink_get_drvinfo,
	.get_link = ethtool_op_get_link,
	.get_sset_count = mplink_get_sset_count,
	.get_strings = mplink_get_strings,
	.get_ethtool_stats = mplink_get_ethtool_stats,
};
