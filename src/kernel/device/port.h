/* SPDX-License-Identifier: GPL-2.0 */
/* Attached NICs. */
#ifndef MPLINK_DEVICE_PORT_H
#define MPLINK_DEVICE_PORT_H

#include <linux/netdevice.h>

struct mplink_port {
	struct net_device *dev;		/* the NIC; held */
	struct net_device *upper;	/* the virtual NIC; outlives the attachment */
	const struct mplink_nic *nic;	/* the core's; outlives the attachment */
	/* What comes is not just Ethernet for a running virtual NIC of encap none. */
	bool special;
	netdevice_tracker tracker;
	struct rcu_head rcu;
};

/* Takes what attached NICs receive.  Set when the module is loaded. */
extern rx_handler_func_t *mplink_port_handler;

/* Whether the device is attached.  RTNL, or an RCU read section. */
static inline bool mplink_port_is(const struct net_device *dev)
{
	return rcu_access_pointer(dev->rx_handler) == mplink_port_handler;
}

/* The virtual NIC has been opened or closed, or has another encap.  RTNL. */
void mplink_ports_follow(struct net_device *upper);

#endif /* MPLINK_DEVICE_PORT_H */
