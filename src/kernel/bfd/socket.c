// SPDX-License-Identifier: GPL-2.0
/*
 * BFD's sockets: one per NIC and address family, bound to the NIC, so that a routing daemon
 * on this host can have its own sessions over other NICs.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/ip.h>
#include <net/udp.h>
#include <net/sock.h>

#include "addr.h"
#include "bfd/socket.h"
#include "device/port.h"
#include "device/vnic.h"
#include "mplink/core.h"
#include "packet/drop.h"
#include "packet/outer.h"
#include "packet/path.h"
#include "packet/udp_socket.h"
#include "report/report.h"

/* RFC 5881 4 and RFC 5883 5. */
#define MPLINK_BFD_PORT 3784
#define MPLINK_BFD_MULTIHOP_PORT 4784
#define MPLINK_BFD_SOURCE_PORT_MIN 49152
#define MPLINK_BFD_SOURCE_PORTS 16384
/* RFC 5881 5: a lower TTL means that a router has forwarded the packet. */
#define MPLINK_BFD_TTL 255
/* CS6, network control (RFC 2474): a full link must not look like a dead one. */
#define MPLINK_BFD_TOS 0xc0

struct mplink_bfd_socket {
	struct list_head list;		/* RTNL, as users */
	u32 users;
	const struct mplink_port *port;
	bool inet6;
	bool multihop;
	mplink_bfd_receiver *receive;
	struct socket *sock;
};

static LIST_HEAD(mplink_bfd_sockets);

/* --- reception ------------------------------------------------------------------ */

static u32 mplink_bfd_socket_take(const struct mplink_bfd_socket *socket, struct sk_buff *skb)
{
	struct mplink_addr from, to;
	u8 ttl;

	if (socket->inet6) {
		from = mplink_addr6(&ipv6_hdr(skb)->saddr);
		to = mplink_addr6(&ipv6_hdr(skb)->daddr);
		ttl = ipv6_hdr(skb)->hop_limit;
	} else {
		from = mplink_addr4(ip_hdr(skb)->saddr);
		to = mplink_addr4(ip_hdr(skb)->daddr);
		ttl = ip_hdr(skb)->ttl;
	}
	if (!socket->multihop && ttl != MPLINK_BFD_TTL)
		return MPLINK_BFD_DROP_TTL;
	/* BFD packets are short: this fails only for a long packet, or without memory. */
	if (skb_linearize(skb))
		return MPLINK_BFD_DROP_LENGTH_LARGE;
	return socket->receive(socket->port, &from, &to, skb->data + sizeof(struct udphdr),
			       skb->len - sizeof(struct udphdr));
}

static int mplink_bfd_encap_rcv(struct sock *sk, struct sk_buff *skb)
{
	const struct mplink_bfd_socket *socket = rcu_dereference_sk_user_data(sk);

	if (socket) {
		struct mplink_vnic *vnic = netdev_priv(socket->port->upper);

		atomic64_inc(&vnic->bfd_drops[mplink_bfd_socket_take(socket, skb)]);
	}
	consume_skb(skb);
	return 0;
}

/* --- opening and closing ----------------------------------------------------------- */

static int mplink_bfd_bind(struct mplink_bfd_socket *socket)
{
	const u16 port = socket->multihop ? MPLINK_BFD_MULTIHOP_PORT : MPLINK_BFD_PORT;
	struct sock *sk = socket->sock->sk;
	int err;

	/* A daemon may listen on all NICs: the kernel prefers the socket bound to this one. */
	sock_set_reuseaddr(sk);
	err = sock_bindtoindex(sk, socket->port->dev->ifindex, true);
	return err ?: mplink_udp_bind(socket->sock, port);
}

static int mplink_bfd_open(struct mplink_bfd_socket *socket)
{
	const int family = socket->inet6 ? AF_INET6 : AF_INET;
	struct net *net = dev_net(socket->port->dev);
	int err;

	err = sock_create_kern(net, family, SOCK_DGRAM, IPPROTO_UDP, &socket->sock);
	if (err)
		return err;
	err = mplink_bfd_bind(socket);
	if (err) {
		sock_release(socket->sock);
		return err;
	}
	mplink_udp_receive(socket->sock, socket, mplink_bfd_encap_rcv);
	return 0;
}

static struct mplink_bfd_socket *mplink_bfd_socket_open(struct mplink_port *port, bool inet6,
							bool multihop,
							mplink_bfd_receiver *receive)
{
	struct mplink_bfd_socket *socket = kzalloc(sizeof(*socket), GFP_KERNEL_ACCOUNT);
	int err;

	if (!socket)
		return ERR_PTR(-ENOMEM);
	socket->users = 1;
	socket->port = port;
	socket->inet6 = inet6;
	socket->multihop = multihop;
	socket->receive = receive;
	err = mplink_bfd_open(socket);
	if (err) {
		kfree(socket);
		return ERR_PTR(err);
	}
	list_add(&socket->list, &mplink_bfd_sockets);
	return socket;
}

struct mplink_bfd_socket *mplink_bfd_socket_get(struct mplink_port *port,
						const struct mplink_addr *remote, bool multihop,
						mplink_bfd_receiver *receive)
{
	const bool inet6 = !ipv6_addr_v4mapped(mplink_in6(remote));
	struct mplink_bfd_socket *socket;

	ASSERT_RTNL();

	list_for_each_entry(socket, &mplink_bfd_sockets, list)
		if (socket->port == port && socket->inet6 == inet6 &&
		    socket->multihop == multihop) {
			socket->users++;
			return socket;
		}
	socket = mplink_bfd_socket_open(port, inet6, multihop, receive);
	if (IS_ERR(socket) && PTR_ERR(socket) != -ENOMEM) {
		struct mplink_vnic *vnic = netdev_priv(port->upper);

		if (mplink_may_log(vnic))
			pr_err("%s: %s: no BFD: UDP port %u cannot be bound to the NIC (error %ld); does another program use it?\n",
			       port->upper->name, port->dev->name,
			       multihop ? MPLINK_BFD_MULTIHOP_PORT : MPLINK_BFD_PORT,
			       PTR_ERR(socket));
	}
	return socket;
}

void mplink_bfd_socket_put(struct mplink_bfd_socket *socket)
{
	ASSERT_RTNL();

	if (--socket->users)
		return;
	list_del(&socket->list);
	mplink_udp_silence(socket->sock);
	synchronize_net();
	mplink_udp_close(socket->sock);
	kfree(socket);
}

/* --- sending ------------------------------------------------------------------------- */

void mplink_bfd_xmit(const struct mplink_bfd_socket *socket, const struct mplink_path *path,
		     const u8 *bytes, u32 len, u32 discr)
{
	const struct mplink_outer outer = {
		.from = htons(MPLINK_BFD_SOURCE_PORT_MIN + discr % MPLINK_BFD_SOURCE_PORTS),
		.to = htons(socket->multihop ? MPLINK_BFD_MULTIHOP_PORT : MPLINK_BFD_PORT),
		.tos = MPLINK_BFD_TOS,
		.ttl = MPLINK_BFD_TTL,
		.checksum = true,
	};
	const u32 room = LL_RESERVED_SPACE(path->dev) + mplink_outer_len(path->outer6);
	unsigned long refdst;
	struct sk_buff *skb;

	/*
	 * Without a carrier nothing leaves.  A neighbour request would fail, too, and the kernel
	 * would repeat it only after a second, when the cable may long be back.
	 */
	if (!netif_carrier_ok(path->dev) || mplink_addr_none(&path->local))
		return;
	/* BFD copes with lost packets. */
	skb = alloc_skb(room + len, GFP_ATOMIC);
	if (!skb)
		return;
	skb_reserve(skb, room);
	skb_put_data(skb, bytes, len);
	skb->priority = TC_PRIO_CONTROL;
	refdst = mplink_outer_dst(path, &outer, skb->mark);
	if (refdst)
		mplink_outer_xmit(path, refdst, socket->sock->sk, skb, &outer);
	else
		mplink_drop(netdev_priv(socket->port->upper), skb, MPLINK_DROP_POLICY);
}
