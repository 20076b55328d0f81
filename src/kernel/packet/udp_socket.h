/* SPDX-License-Identifier: GPL-2.0 */
/* The module's UDP sockets: each receives one port of one address family. */
#ifndef MPLINK_UDP_SOCKET_H
#define MPLINK_UDP_SOCKET_H

#include <linux/net.h>
#include <linux/skbuff.h>

/**
 * mplink_udp_bind() - Bind a socket to a port
 * @sock: the socket; an IPv6 one becomes IPv6 only
 * @port: in host byte order
 *
 * Context: Process context.
 * Return: 0, or a negative errno.
 */
int mplink_udp_bind(struct socket *sock, u16 port);
/**
 * mplink_udp_receive() - Receive all packets of a socket in the kernel
 * @sock: the socket
 * @user: for rcu_dereference_sk_user_data() in @receive
 * @receive: consumes a packet and returns 0; called in softirq, in an RCU read section,
 *	with skb->data at the UDP header and the UDP checksum verified
 *
 * Context: Process context.
 */
void mplink_udp_receive(struct socket *sock, void *user,
			int (*receive)(struct sock *sk, struct sk_buff *skb));
/**
 * mplink_udp_silence() - Stop receiving
 * @sock: the socket
 *
 * The receive function may still run until a grace period has passed.
 *
 * Context: Process context.
 */
void mplink_udp_silence(struct socket *sock);
/**
 * mplink_udp_close() - Free a socket
 * @sock: the socket, silent for a grace period
 *
 * Context: Process context.
 */
void mplink_udp_close(struct socket *sock);

#endif /* MPLINK_UDP_SOCKET_H */
