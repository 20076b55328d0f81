/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Showing packets that the hook takes to those who listen on the virtual NIC.
 */
#ifndef MPLINK_TAP_H
#define MPLINK_TAP_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>

void mplink_tap_deliver(const struct sk_buff *skb, struct net_device *dev);

static inline void mplink_tap(const struct sk_buff *skb, struct net_device *dev)
{
	/* Who listens on all devices sees the packet on its NIC. */
	if (unlikely(!list_empty(&dev->ptype_all)))
		mplink_tap_deliver(skb, dev);
}

#endif /* MPLINK_TAP_H */
