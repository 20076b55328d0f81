/* SPDX-License-Identifier: GPL-2.0 */
/* Encap gre-udp: the way out. */
#ifndef MPLINK_TUNNEL_ENCAP_H
#define MPLINK_TUNNEL_ENCAP_H

#include <linux/skbuff.h>

struct mplink_peer_node;
struct mplink_vnic;

/**
 * mplink_encap() - Send a packet to a peer through its tunnel
 * @vnic: the virtual NIC that sends
 * @peer: the peer; it has a tunnel
 * @skb: the packet, at its IP header; may be a GSO packet; consumed
 * @inet6: the packet is IPv6
 *
 * Drops are counted.
 *
 * Context: Softirqs disabled, in an RCU read section.
 */
void mplink_encap(struct mplink_vnic *vnic, const struct mplink_peer_node *peer,
		  struct sk_buff *skb, bool inet6);

#endif /* MPLINK_TUNNEL_ENCAP_H */
