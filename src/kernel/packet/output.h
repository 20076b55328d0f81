/* SPDX-License-Identifier: GPL-2.0 */
/* ndo_start_xmit. */
#ifndef MPLINK_PACKET_OUTPUT_H
#define MPLINK_PACKET_OUTPUT_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>

/*
 * So many virtual NICs may be above each other, and so many devices without a queue.  Less
 * than the stack itself allows, so that what is dropped is counted here.  A power of two.
 */
#define MPLINK_OUTPUT_DEPTH 4

netdev_tx_t mplink_output(struct sk_buff *skb, struct net_device *dev);

#endif /* MPLINK_PACKET_OUTPUT_H */
