/* SPDX-License-Identifier: GPL-2.0 */
/* What is true of a device now. */
#ifndef MPLINK_DEVICE_SNAPSHOT_H
#define MPLINK_DEVICE_SNAPSHOT_H

#include <linux/netdevice.h>

#include "mplink/core.h"

/* What is true of the device now.  RTNL. */
void mplink_snapshot_read(struct net_device *dev, struct mplink_snapshot *snapshot);

#endif /* MPLINK_DEVICE_SNAPSHOT_H */
