/* SPDX-License-Identifier: GPL-2.0 */
/* Encap gre-udp: path MTU discovery. */
#ifndef MPLINK_TUNNEL_PMTU_H
#define MPLINK_TUNNEL_PMTU_H

#include <linux/skbuff.h>

#include "compat.h"

struct sock;

/**
 * mplink_pmtu_lookup() - Tell whether an ICMP message quotes a packet that we sent
 * @sk: the socket
 * @skb: the message, at the IP header of the quoted packet
 *
 * The encap_err_lookup() of struct udp_sock.  Counts messages that it turns down.
 *
 * Context: Softirq, in an RCU read section.
 * Return: 0 if so, or -ENOENT.
 */
int mplink_pmtu_lookup(struct sock *sk, struct sk_buff *skb);

/*
 * mplink_pmtu_error() - Learn the path MTU from a router's "too big" (RFC 1191, RFC 8201)
 *
 * The encap_err_rcv() of struct udp_sock; its parameters depend on the kernel version.
 * The stack calls it after mplink_pmtu_lookup() has accepted the message.
 * Context: Softirq, in an RCU read section.
 */
MPLINK_ENCAP_ERR_RCV(mplink_pmtu_error);

#endif /* MPLINK_TUNNEL_PMTU_H */
