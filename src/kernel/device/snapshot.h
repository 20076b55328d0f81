/* SPDX-License-Identifier: GPL-2.0 */
/* Snapshots of a device's state. */
#ifndef MPLINK_DEVICE_SNAPSHOT_H
#define MPLINK_DEVICE_SNAPSHOT_H

#include <linux/netdevice.h>

#include "mplink/core.h"

/**
 * mplink_snapshot_read() - Read the present state and addresses of a device.
 * @dev: the device
 * @snapshot: filled completely; refers to @dev without holding it
 *
 * Context: RTNL.
 */
void mplink_snapshot_read(struct net_device *dev, struct mplink_snapshot *snapshot);

#endif /* MPLINK_DEVICE_SNAPSHOT_H */
