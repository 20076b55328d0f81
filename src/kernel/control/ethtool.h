/* SPDX-License-Identifier: GPL-2.0 */
/* ethtool -i and -S. */
#ifndef MPLINK_CONTROL_ETHTOOL_H
#define MPLINK_CONTROL_ETHTOOL_H

/* For mplink_vnic_register(). */
extern const struct ethtool_ops mplink_ethtool_ops;

#endif /* MPLINK_CONTROL_ETHTOOL_H */
