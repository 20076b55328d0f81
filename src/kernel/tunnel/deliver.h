/* SPDX-License-Identifier: GPL-2.0 */
/* Encap gre-udp: received packets go to the stack. */
#ifndef MPLINK_TUNNEL_DELIVER_H
#define MPLINK_TUNNEL_DELIVER_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>

struct mplink_delivery;

/**
 * mplink_delivery_start() - Create the receive queues of a virtual NIC
 * @dev: the virtual NIC
 *
 * Context: Process context, RTNL.
 * Return: the queues, or NULL if memory is short.  End them with mplink_delivery_stop().
 */
struct mplink_delivery *mplink_delivery_start(struct net_device *dev);

/**
 * mplink_delivery_stop() - Free the receive queues, and drop the packets in them
 * @delivery: the queues; nobody delivers to them any more
 *
 * Context: Process context, RTNL; waits for a grace period.
 */
void mplink_delivery_stop(struct mplink_delivery *delivery);

/**
 * mplink_deliver() - Queue a packet for the stack, behind those of its flow bucket
 * @delivery: the queues
 * @bucket: flow bucket, 0 to MPLINK_FLOW_BUCKETS - 1
 * @skb: the packet, at its IP header
 *
 * Context: Softirqs disabled.
 * Return: true if the queue took @skb; false if the queue is full and @skb is still the
 * caller's.
 */
bool mplink_deliver(struct mplink_delivery *delivery, u32 bucket, struct sk_buff *skb);

/**
 * mplink_delivery_claim() - Reserve the queue, so that a packet may skip it
 * @delivery: the queues
 * @bucket: flow bucket, 0 to MPLINK_FLOW_BUCKETS - 1
 * @skb: the packet, at its IP header
 *
 * Succeeds only if the queue is idle and GRO would not merge the packet.  Other packets
 * of the queue wait until mplink_deliver_claimed() ends.
 *
 * Context: Softirq.
 * Return: true if reserved: call mplink_deliver_claimed() with no lock held.
 */
bool mplink_delivery_claim(struct mplink_delivery *delivery, u32 bucket, const struct sk_buff *skb);

/**
 * mplink_deliver_claimed() - Hand a packet to the stack, and release the queue
 * @delivery: the queues
 * @bucket: flow bucket, as for mplink_delivery_claim()
 * @skb: the packet; consumed
 *
 * Context: Softirq, in an RCU read section, no lock held.
 */
void mplink_deliver_claimed(struct mplink_delivery *delivery, u32 bucket, struct sk_buff *skb);

#endif /* MPLINK_TUNNEL_DELIVER_H */
