/* SPDX-License-Identifier: GPL-2.0 */
/* ethtool. */
#ifndef MPLINK_CONTROL_ETHTOOL_H
#define MPLINK_CONTROL_ETHTOOL_H

extern const struct ethtool_ops mplink_ethtool_ops;

#endif /* MPLINK_CONTROL_ETHTOOL_H */
