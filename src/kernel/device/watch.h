/* SPDX-License-Identifier: GPL-2.0 */
/* The virtual NICs of a namespace, the watch over its routes, and its works. */
#ifndef MPLINK_DEVICE_WATCH_H
#define MPLINK_DEVICE_WATCH_H

#include "device/netns.h"
#include "device/vnic.h"

/**
 * mplink_net_add() - Enter a virtual NIC into its namespace.
 * @vnic: the virtual NIC; its device has its namespace
 *
 * The first virtual NIC also registers the packet hooks and starts the watch over routes.
 *
 * Context: RTNL.
 * Return: 0, or a negative errno if the hooks cannot be registered.
 */
int mplink_net_add(struct mplink_vnic *vnic);

/**
 * mplink_net_remove() - Take a virtual NIC out of its namespace.
 * @vnic: the virtual NIC
 *
 * The last virtual NIC also unregisters the packet hooks.
 *
 * Context: RTNL.
 */
void mplink_net_remove(struct mplink_vnic *vnic);

/* For mplink_net_init(). */
extern const struct mplink_net_works mplink_watch_works;

#endif /* MPLINK_DEVICE_WATCH_H */
