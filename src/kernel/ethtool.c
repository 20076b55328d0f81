// SPDX-License-Identifier: GPL-2.0
/*
 * ethtool -i and -S.
 */
#include <linux/ethtool.h>
#include <linux/rtnetlink.h>

#include "mplink.h"

static const char *const mplink_tx_stats[] = { "tx_rescheduled", "tx_copies" };
static const char *const mplink_nic_stats[] = {
	"tx_packets", "tx_bytes", "rx_packets", "rx_bytes",
};

static int mplink_get_sset_count(struct net_device *dev, int sset)
{
	const u32 nics = mplink_vnic_count_nics(netdev_priv(dev));

	if (sset != ETH_SS_STATS)
		return -EOPNOTSUPP;
	return ARRAY_SIZE(mplink_tx_stats) + MPLINK_DROPS + nics * ARRAY_SIZE(mplink_nic_stats);
}

/* Here names are of one word: no_link, not no-link. */
static void mplink_add_drop_string(u8 **data, u32 drop)
{
	char name[ETH_GSTRING_LEN];

	strscpy(name, mplink_core_drop_name(drop), sizeof(name));
	strreplace(name, '-', '_');
	ethtool_sprintf(data, "drop_%s", name);
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
		mplink_add_drop_string(&data, i);
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
	u32 id, i;

	*data++ = mplink_core_rescheduled(vnic->core);
	*data++ = mplink_core_copies(vnic->core);
	for (i = 0; i < MPLINK_DROPS; i++)
		*data++ = mplink_core_drops(vnic->core, i);
	for (id = 0; id < MPLINK_MAX_NICS; id++) {
		const struct mplink_nic *nic = mplink_core_nic_at(vnic->core, id);
		struct mplink_counters sum;

		if (!nic)
			continue;
		mplink_core_nic_counters(nic, &sum);
		*data++ = sum.tx_packets;
		*data++ = sum.tx_bytes;
		*data++ = sum.rx_packets;
		*data++ = sum.rx_bytes;
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
