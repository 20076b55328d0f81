// SPDX-License-Identifier: GPL-2.0
/*
 * The module's UDP sockets.  udp_tunnel.ko could do this, but see outer.c.
 */
#include <net/sock.h>
#include <net/udp.h>
#include <net/udp_tunnel.h>

#include "compat.h"
#include "packet/udp_socket.h"

int mplink_udp_bind(struct socket *sock, u16 port)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
	int err;

	if (sock->sk->sk_family == AF_INET)
		return kernel_bind(sock, (MPLINK_BOUND_ADDR *)&in, sizeof(in));
	err = ip6_sock_set_v6only(sock->sk);
	return err ?: kernel_bind(sock, (MPLINK_BOUND_ADDR *)&in6, sizeof(in6));
}

void mplink_udp_receive(struct socket *sock, void *user,
			int (*receive)(struct sock *sk, struct sk_buff *skb))
{
	struct sock *sk = sock->sk;

	rcu_assign_sk_user_data(sk, user);
	udp_sk(sk)->encap_type = 1;
	WRITE_ONCE(udp_sk(sk)->encap_rcv, receive);
	udp_tunnel_encap_enable(sk);
}

/*
 * A packet with a reference to the socket may wait in a netfilter queue until after the
 * module is unloaded.  Without encap_rcv the kernel treats it as a program's packet.
 */
void mplink_udp_silence(struct socket *sock)
{
	struct sock *sk = sock->sk;

	WRITE_ONCE(udp_sk(sk)->encap_rcv, NULL);
	rcu_assign_sk_user_data(sk, NULL);
}

void mplink_udp_close(struct socket *sock)
{
	kernel_sock_shutdown(sock, SHUT_RDWR);
	sock_release(sock);
}
