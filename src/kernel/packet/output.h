/* SPDX-License-Identifier: GPL-2.0 */
/* ndo_start_xmit. */
#ifndef MPLINK_PACKET_OUTPUT_H
#define MPLINK_PACKET_OUTPUT_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>

/*
 * So many virtual NICs, or devices without a queue, may be above each other.  The stack allows
 * more; this limit comes first, so that drops are counted here.  A power of two.
 */
#define MPLINK_OUTPUT_DEPTH 4

/**
 * mplink_output() - Send a packet that the stack has given to a virtual NIC
 * @skb: the packet, at its MAC header; consumed
 * @dev: the virtual NIC
 *
 * The ndo_start_xmit() of virtual NICs.  Drops are counted.
 *
 * Context: Softirqs disabled.
 * Return: NETDEV_TX_OK.
 */
netdev_tx_t mplink_output(struct sk_buff *skb, struct net_device *dev);

#endif /* MPLINK_PACKET_OUTPUT_H */
