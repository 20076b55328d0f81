/* SPDX-License-Identifier: GPL-2.0 */
/* Packet sockets on a virtual NIC. */
#ifndef MPLINK_TAP_H
#define MPLINK_TAP_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>

/**
 * mplink_tap_deliver() - Show a packet to the packet sockets on a virtual NIC
 * @skb: the packet, at its IP header; a copy is delivered
 * @dev: the virtual NIC
 *
 * Context: Any but hard interrupts.
 */
void mplink_tap_deliver(const struct sk_buff *skb, struct net_device *dev);

/**
 * mplink_tapped() - Tell whether there are packet sockets on a virtual NIC
 * @dev: the virtual NIC
 *
 * A socket on all devices does not count: it sees the packet on its NIC.
 *
 * Context: Any.
 * Return: true if so.
 */
static inline bool mplink_tapped(const struct net_device *dev)
{
	return !list_empty(&dev->ptype_all);
}

/**
 * mplink_tap_push_mac() - Put an Ethernet header before a received packet
 * @skb: the packet, at its IP header, with ETH_HLEN bytes of headroom; stays there
 * @dev: the virtual NIC
 *
 * Packet sockets expect one, because a virtual NIC is an Ethernet device.
 *
 * Context: Any.
 */
void mplink_tap_push_mac(struct sk_buff *skb, const struct net_device *dev);

#endif /* MPLINK_TAP_H */
