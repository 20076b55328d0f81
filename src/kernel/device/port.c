// SPDX-License-Identifier: GPL-2.0
/*
 * Attaches NICs to a virtual NIC: the device reference, the receive handler, and the
 * upper/lower adjacency that ip and sysfs show.
 */
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "device/port.h"
#include "device/vnic.h"
#include "mplink/platform.h"

const struct net_device_ops *mplink_netdev_ops __ro_after_init;
rx_handler_func_t *mplink_port_handler __ro_after_init;

static void mplink_port_follow(struct mplink_port *port)
{
	const struct mplink_vnic *vnic = netdev_priv(port->upper);
	const bool ordinary = !vnic->delivery && netif_running(port->upper) &&
			      port->dev->type == ARPHRD_ETHER;

	WRITE_ONCE(port->special, !ordinary);
}

void mplink_ports_follow(struct net_device *upper)
{
	struct net_device *lower;
	struct list_head *iter;

	ASSERT_RTNL();

	netdev_for_each_lower_dev(upper, lower, iter)
		if (mplink_port_is(lower))
			mplink_port_follow(rtnl_dereference(lower->rx_handler_data));
}

int mplink_port_attach(void *owner, void *netdev, const struct mplink_nic *nic,
		       struct mplink_port **result, const char **why)
{
	struct net_device *dev = netdev;
	struct net_device *upper = owner;
	struct mplink_port *port;
	int err;

	ASSERT_RTNL();

	*why = NULL;
	port = kzalloc(sizeof(*port), GFP_KERNEL_ACCOUNT);
	if (!port)
		return -ENOMEM;
	port->dev = dev;
	port->upper = upper;
	port->nic = nic;
	mplink_port_follow(port);
	netdev_hold(dev, &port->tracker, GFP_KERNEL);

	err = netdev_upper_dev_link(dev, upper, NULL);
	if (err) {
		if (err != -ENOMEM)
			*why = "cannot be below the virtual NIC; is it above it?";
		goto err_put;
	}

	/* Last: from here on packets use the port. */
	err = netdev_rx_handler_register(dev, mplink_port_handler, port);
	if (err) {
		*why = err == -EBUSY ?
			"is in use by a bond, bridge, macvlan or the like; release it there" :
			"is of a kind whose packets no other device may receive";
		goto err_unlink;
	}
	*result = port;
	return 0;

err_unlink:
	netdev_upper_dev_unlink(dev, upper);
err_put:
	netdev_put(dev, &port->tracker);
	kfree(port);
	return err;
}

void mplink_port_detach(struct mplink_port *port)
{
	ASSERT_RTNL();

	/* Waits until no packet is in the handler with this port. */
	netdev_rx_handler_unregister(port->dev);
	netdev_upper_dev_unlink(port->dev, port->upper);
}

static void mplink_port_free(struct rcu_head *rcu)
{
	struct mplink_port *port = container_of(rcu, struct mplink_port, rcu);

	netdev_put(port->dev, &port->tracker);
	kfree(port);
}

void mplink_port_retire(struct mplink_port *port)
{
	/* Packets in an RCU read section may still find the device in an older table. */
	call_rcu(&port->rcu, mplink_port_free);
}

const unsigned long *mplink_port_state(const struct mplink_port *port, u32 *mask, u32 *want)
{
	/* The bits of netif_running(), netif_carrier_ok() and netif_dormant(), in one read. */
	*mask = BIT(__LINK_STATE_START) | BIT(__LINK_STATE_NOCARRIER) |
		BIT(__LINK_STATE_DORMANT) | BIT(__LINK_STATE_TESTING);
	*want = BIT(__LINK_STATE_START);
	return &port->dev->state;
}

u32 mplink_port_header_len(const struct mplink_port *port)
{
	return port->dev->hard_header_len;
}
