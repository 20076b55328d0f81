/* SPDX-License-Identifier: GPL-2.0 */
/* Sending a packet to a peer. */
#ifndef MPLINK_PACKET_SEND_H
#define MPLINK_PACKET_SEND_H

#include <linux/skbuff.h>

struct mplink_peer_node;
struct mplink_vnic;

/**
 * mplink_send() - Send a packet to a peer
 * @vnic: the virtual NIC that sends
 * @peer: the peer
 * @skb: the packet, at its IP header; may be a GSO packet; consumed
 * @inet6: the packet is IPv6
 *
 * Chooses a link, or several for policy broadcast.  Drops are counted.
 *
 * Context: Softirqs disabled, in an RCU read section.
 */
void mplink_send(struct mplink_vnic *vnic, const struct mplink_peer_node *peer,
		 struct sk_buff *skb, bool inet6);

#endif /* MPLINK_PACKET_SEND_H */
