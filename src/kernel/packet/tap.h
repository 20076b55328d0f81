/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Showing packets that the hook takes to those who listen on the virtual NIC.
 */
#ifndef MPLINK_TAP_H
#define MPLINK_TAP_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>

void mplink_tap_deliver(const struct sk_buff *skb, struct net_device *dev);

/* Who listens on all devices sees the packet on its NIC. */
static inline bool mplink_tapped(const struct net_device *dev)
{
	return !list_empty(&dev->ptype_all);
}

/*
 * Puts a MAC header before a packet that begins with its IP header and has room for one:
 * a virtual NIC is Ethernet to those who listen on it.
 */
void mplink_tap_push_mac(struct sk_buff *skb, const struct net_device *dev);

#endif /* MPLINK_TAP_H */
