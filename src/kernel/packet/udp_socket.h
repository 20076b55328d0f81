/* SPDX-License-Identifier: GPL-2.0 */
/* The module's UDP sockets: each takes the packets of a port, of one family. */
#ifndef MPLINK_UDP_SOCKET_H
#define MPLINK_UDP_SOCKET_H

#include <linux/net.h>
#include <linux/skbuff.h>

/* Binds the socket to the port, of its own family only.  0, or a negative errno. */
int mplink_udp_bind(struct socket *sock, u16 port);
/*
 * From here on receive() is given all packets, with user for rcu_dereference_sk_user_data(),
 * in softirq and an RCU read section, the UDP checksum verified; it returns 0.
 */
void mplink_udp_receive(struct socket *sock, void *user,
			int (*receive)(struct sock *sk, struct sk_buff *skb));
/* Nothing is given to receive() any more.  A grace period ends what it still does. */
void mplink_udp_silence(struct socket *sock);
/* After that grace period. */
void mplink_udp_close(struct socket *sock);

#endif /* MPLINK_UDP_SOCKET_H */
