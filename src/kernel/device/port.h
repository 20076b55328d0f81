/* SPDX-License-Identifier: GPL-2.0 */
/* Ports: NICs attached to a virtual NIC. */
#ifndef MPLINK_DEVICE_PORT_H
#define MPLINK_DEVICE_PORT_H

#include <linux/netdevice.h>

/**
 * struct mplink_port - a NIC attached to a virtual NIC
 * @dev: the NIC; the port holds a reference
 * @upper: the virtual NIC; outlives the attachment
 * @nic: the core's NIC; outlives the attachment
 * @special: the receive handler must look closer: the NIC is not Ethernet, or the virtual
 *	NIC is down or has an encap.  Written under RTNL, read by packets.
 * @tracker: of the reference to @dev
 * @rcu: frees the port after a grace period
 */
struct mplink_port {
	struct net_device *dev;
	struct net_device *upper;
	const struct mplink_nic *nic;
	bool special;
	netdevice_tracker tracker;
	struct rcu_head rcu;
};

/* The receive handler of attached NICs.  Set when the module loads, then constant. */
extern rx_handler_func_t *mplink_port_handler;

/**
 * mplink_port_is() - Whether a device is attached to a virtual NIC.
 * @dev: the device
 *
 * Context: RTNL, or an RCU read section.
 * Return: If true, @dev->rx_handler_data is a struct mplink_port.
 */
static inline bool mplink_port_is(const struct net_device *dev)
{
	return rcu_access_pointer(dev->rx_handler) == mplink_port_handler;
}

/**
 * mplink_ports_follow() - Recompute mplink_port.special of all NICs of a virtual NIC.
 * @upper: the virtual NIC, after it was opened or closed or changed its encap
 *
 * Context: RTNL.
 */
void mplink_ports_follow(struct net_device *upper);

#endif /* MPLINK_DEVICE_PORT_H */
