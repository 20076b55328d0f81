/* SPDX-License-Identifier: GPL-2.0 */
/* Encap gre-udp: the way out. */
#ifndef MPLINK_TUNNEL_ENCAP_H
#define MPLINK_TUNNEL_ENCAP_H

#include <linux/skbuff.h>
#include <net/ip.h>

#include "device/vnic.h"
#include "packet/outer.h"
#include "tunnel/sockets.h"

struct mplink_tunnel;

/**
 * struct mplink_number - The sequence number that all copies of a packet carry
 * @taken: a copy has left with it
 * @seq: the number, if it is @taken
 */
struct mplink_number {
	bool taken;
	u32 seq;
};

/**
 * mplink_encap_outer() - Tell the outer headers that the settings ask for
 * @vnic: the virtual NIC that sends
 * @from: UDP source port
 * @tos: DSCP and ECN
 *
 * Context: Any.
 */
static __always_inline struct mplink_outer
mplink_encap_outer(const struct mplink_vnic *vnic, __be16 from, u8 tos)
{
	return (struct mplink_outer){
		.from = from,
		.to = htons(MPLINK_GRE_UDP_PORT),
		.tos = tos,
		.ttl = READ_ONCE(vnic->gre_udp.ttl),
		.checksum = READ_ONCE(vnic->gre_udp.checksum),
	};
}

/**
 * mplink_encap() - Send one packet through a tunnel by one link
 * @vnic: the virtual NIC that sends
 * @tunnel: the peer's tunnel
 * @path: the link's path
 * @skb: the packet, at its IP header; not a GSO packet; nobody else holds it; consumed
 * @number: shared with the other copies of the packet; NULL if there are none
 * @inet6: the packet is IPv6
 *
 * Drops are counted.
 *
 * Context: Softirqs disabled, in an RCU read section.
 */
void mplink_encap(struct mplink_vnic *vnic, struct mplink_tunnel *tunnel,
		  const struct mplink_path *path, struct sk_buff *skb,
		  struct mplink_number *number, bool inet6);

#endif /* MPLINK_TUNNEL_ENCAP_H */
