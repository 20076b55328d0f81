/* SPDX-License-Identifier: GPL-2.0 */
/* Encap gre-udp: the way in. */
#ifndef MPLINK_TUNNEL_DECAP_H
#define MPLINK_TUNNEL_DECAP_H

#include <linux/skbuff.h>

struct sock;

/**
 * mplink_decap() - Receive a packet of the UDP port
 * @sk: the socket
 * @skb: the packet, at its UDP header; the UDP checksum is right; consumed
 *
 * The encap_rcv() of struct udp_sock.  Drops are counted.
 *
 * Context: Softirq, in an RCU read section.
 * Return: 0.
 */
int mplink_decap(struct sock *sk, struct sk_buff *skb);

#endif /* MPLINK_TUNNEL_DECAP_H */
