/* SPDX-License-Identifier: GPL-2.0 */
/* The virtual NICs of a namespace, and the work that is asked for from below. */
#ifndef MPLINK_DEVICE_WATCH_H
#define MPLINK_DEVICE_WATCH_H

#include "device/netns.h"
#include "device/vnic.h"

/* A virtual NIC enters or leaves its namespace.  RTNL. */
int mplink_net_add(struct mplink_vnic *vnic);
void mplink_net_remove(struct mplink_vnic *vnic);

/* What is done when work has been asked for. */
extern const struct mplink_net_works mplink_watch_works;

#endif /* MPLINK_DEVICE_WATCH_H */
