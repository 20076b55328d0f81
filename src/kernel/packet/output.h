/* SPDX-License-Identifier: GPL-2.0 */
/* ndo_start_xmit. */
#ifndef MPLINK_PACKET_OUTPUT_H
#define MPLINK_PACKET_OUTPUT_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>

netdev_tx_t mplink_output(struct sk_buff *skb, struct net_device *dev);

#endif /* MPLINK_PACKET_OUTPUT_H */
