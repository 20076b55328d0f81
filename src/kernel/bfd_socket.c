// SPDX-License-Identifier: GPL-2.0
/*
 * BFD's sockets: one a NIC and family, bound to the NIC, so that a routing daemon of
 * the host's can hold sessions of its own over others.
 *
 * What udp_tunnel.ko would do for it is little, and is done here: the module needs no
 * other to be loaded first, so that plain insmod does.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/inetdevice.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_tunnel.h>
#include <net/udp.h>
#include <net/sock.h>
#include <net/udp_tunnel.h>

#include "bfd.h"

/* RFC 5881 4 and RFC 5883 5. */
#define MPLINK_BFD_PORT 3784
#define MPLINK_BFD_MULTIHOP_PORT 4784
#define MPLINK_BFD_SOURCE_PORT_MIN 49152
#define MPLINK_BFD_SOURCE_PORTS 16384
/* RFC 5881 5: what comes with less has come over a router. */
#define MPLINK_BFD_TTL 255
/* CS6, network control (RFC 2474): a full link must not look like a dead one. */
#define MPLINK_BFD_TOS 0xc0

struct mplink_bfd_socket {
	struct list_head list;		/* RTNL, as users */
	u32 users;
	const struct mplink_port *port;
	bool inet6;
	bool multihop;
	struct socket *sock;
};

static LIST_HEAD(mplink_bfd_sockets);

/* --- reception ------------------------------------------------------------------ */

static u32 mplink_bfd_take(const struct mplink_bfd_socket *socket, struct sk_buff *skb)
{
	struct mplink_addr from;
	u8 ttl;

	if (socket->inet6) {
		from = mplink_addr6(&ipv6_hdr(skb)->saddr);
		ttl = ipv6_hdr(skb)->hop_limit;
	} else {
		from = mplink_addr4(ip_hdr(skb)->saddr);
		ttl = ip_hdr(skb)->ttl;
	}
	if (!socket->multihop && ttl != MPLINK_BFD_TTL)
		return MPLINK_BFD_DROP_TTL;
	/* What does not fit into one piece is too long, or memory is too short. */
	if (skb_linearize(skb))
		return MPLINK_BFD_DROP_LENGTH_LARGE;
	return mplink_bfd_receive(socket->port, &from, skb->data + sizeof(struct udphdr),
				  skb->len - sizeof(struct udphdr));
}

/* Called with the checksum verified; takes all packets. */
static int mplink_bfd_encap_rcv(struct sock *sk, struct sk_buff *skb)
{
	const struct mplink_bfd_socket *socket = rcu_dereference_sk_user_data(sk);

	if (socket) {
		struct mplink_vnic *vnic = netdev_priv(socket->port->upper);

		atomic64_inc(&vnic->bfd_drops[mplink_bfd_take(socket, skb)]);
	}
	consume_skb(skb);
	return 0;
}

/* --- opening and closing ----------------------------------------------------------- */

static int mplink_bfd_bind(struct mplink_bfd_socket *socket)
{
	const u16 port = socket->multihop ? MPLINK_BFD_MULTIHOP_PORT : MPLINK_BFD_PORT;
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sock *sk = socket->sock->sk;
	int err;

	/* Beside a daemon that listens on all NICs: of two sockets the bound one is asked. */
	sock_set_reuseaddr(sk);
	err = sock_bindtoindex(sk, socket->port->dev->ifindex, true);
	if (err)
		return err;
	if (!socket->inet6)
		return kernel_bind(socket->sock, (struct sockaddr *)&in, sizeof(in));
	err = ip6_sock_set_v6only(sk);
	return err ?: kernel_bind(socket->sock, (struct sockaddr *)&in6, sizeof(in6));
}

static int mplink_bfd_open(struct mplink_bfd_socket *socket)
{
	const int family = socket->inet6 ? AF_INET6 : AF_INET;
	struct net *net = dev_net(socket->port->dev);
	struct sock *sk;
	int err;

	err = sock_create_kern(net, family, SOCK_DGRAM, IPPROTO_UDP, &socket->sock);
	if (err)
		return err;
	err = mplink_bfd_bind(socket);
	if (err) {
		sock_release(socket->sock);
		return err;
	}
	sk = socket->sock->sk;
	rcu_assign_sk_user_data(sk, socket);
	udp_sk(sk)->encap_type = 1;
	WRITE_ONCE(udp_sk(sk)->encap_rcv, mplink_bfd_encap_rcv);
	udp_tunnel_encap_enable(sk);
	return 0;
}

static struct mplink_bfd_socket *mplink_bfd_socket_open(struct mplink_port *port, bool inet6,
							bool multihop)
{
	struct mplink_bfd_socket *socket = kzalloc(sizeof(*socket), GFP_KERNEL);
	int err;

	if (!socket)
		return ERR_PTR(-ENOMEM);
	socket->users = 1;
	socket->port = port;
	socket->inet6 = inet6;
	socket->multihop = multihop;
	err = mplink_bfd_open(socket);
	if (err) {
		kfree(socket);
		return ERR_PTR(err);
	}
	list_add(&socket->list, &mplink_bfd_sockets);
	return socket;
}

struct mplink_bfd_socket *mplink_bfd_socket_get(struct mplink_port *port,
						const struct mplink_addr *remote, bool multihop)
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
	socket = mplink_bfd_socket_open(port, inet6, multihop);
	if (IS_ERR(socket) && PTR_ERR(socket) != -ENOMEM) {
		struct mplink_vnic *vnic = netdev_priv(port->upper);

		if (__ratelimit(&vnic->log))
			pr_err("%s: %s: no BFD: UDP port %u cannot be bound to the NIC (error %ld); does another program have it?\n",
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
	rcu_assign_sk_user_data(socket->sock->sk, NULL);
	synchronize_net();
	kernel_sock_shutdown(socket->sock, SHUT_RDWR);
	sock_release(socket->sock);
	kfree(socket);
}

/* --- sending ------------------------------------------------------------------------- */

static void mplink_bfd_push_udp(struct sk_buff *skb, __be16 from, __be16 to)
{
	struct udphdr *uh = __skb_push(skb, sizeof(*uh));

	skb_reset_transport_header(skb);
	uh->source = from;
	uh->dest = to;
	uh->len = htons(skb->len);
}

static bool mplink_bfd_xmit4(const struct mplink_bfd_socket *socket, const struct mplink_path *path,
			     struct dst_entry *dst, struct sk_buff *skb)
{
	const __be32 daddr = mplink_in6(&path->remote)->s6_addr32[3];
	const __be32 saddr = inet_select_addr(path->dev, daddr, RT_SCOPE_LINK);
	struct iphdr *iph;

	if (!saddr)
		return false;
	udp_set_csum(false, skb, saddr, daddr, skb->len);
	skb_dst_set(skb, dst);
	iph = __skb_push(skb, sizeof(*iph));
	skb_reset_network_header(skb);
	*iph = (struct iphdr){
		.version = 4,
		.ihl = sizeof(*iph) / 4,
		.tos = MPLINK_BFD_TOS,
		/* What is never fragmented needs no ID (RFC 6864), which takes a hash. */
		.frag_off = htons(IP_DF),
		.ttl = MPLINK_BFD_TTL,
		.protocol = IPPROTO_UDP,
		.saddr = saddr,
		.daddr = daddr,
	};
	/* Length and checksum are its to fill in; a loss is counted where it happens. */
	ip_local_out(dev_net(path->dev), socket->sock->sk, skb);
	return true;
}

static bool mplink_bfd_xmit6(const struct mplink_bfd_socket *socket, const struct mplink_path *path,
			     struct dst_entry *dst, struct sk_buff *skb)
{
	const struct in6_addr *daddr = mplink_in6(&path->remote);
	struct in6_addr saddr;
	struct ipv6hdr *ip6h;

	if (ipv6_dev_get_saddr(dev_net(path->dev), path->dev, daddr, 0, &saddr))
		return false;
	udp6_set_csum(false, skb, &saddr, daddr, skb->len);
	skb_dst_set(skb, dst);
	ip6h = __skb_push(skb, sizeof(*ip6h));
	skb_reset_network_header(skb);
	ip6_flow_hdr(ip6h, MPLINK_BFD_TOS, 0);
	ip6h->payload_len = htons(skb->len - sizeof(*ip6h));
	ip6h->nexthdr = IPPROTO_UDP;
	ip6h->hop_limit = MPLINK_BFD_TTL;
	ip6h->saddr = saddr;
	ip6h->daddr = *daddr;
	ip6tunnel_xmit(socket->sock->sk, skb, NULL);
	return true;
}

void mplink_bfd_xmit(const struct mplink_bfd_socket *socket, const struct mplink_path *path,
		     const u8 *bytes, u32 len, u32 discr)
{
	const __be16 from = htons(MPLINK_BFD_SOURCE_PORT_MIN + discr % MPLINK_BFD_SOURCE_PORTS);
	const __be16 to = htons(socket->multihop ? MPLINK_BFD_MULTIHOP_PORT : MPLINK_BFD_PORT);
	struct dst_entry *dst = mplink_path_dst(path, smp_processor_id(), socket->inet6);
	const u32 room = LL_RESERVED_SPACE(path->dev) + sizeof(struct ipv6hdr) +
			 sizeof(struct udphdr);
	struct sk_buff *skb;

	/*
	 * Nothing leaves, and who asks for the neighbour now, whom the kernel forgets with
	 * the carrier, asks again only a second later: when the cable may long be back.
	 */
	if (!netif_carrier_ok(path->dev))
		return;
	/* What is not sent is lost to the far end, which is prepared for losses. */
	skb = alloc_skb(room + len, GFP_ATOMIC);
	if (!skb)
		return;
	skb_reserve(skb, room);
	skb_put_data(skb, bytes, len);
	skb->priority = TC_PRIO_CONTROL;
	mplink_bfd_push_udp(skb, from, to);
	/* The packet's, from here on. */
	dst_hold(dst);
	if (!(socket->inet6 ? mplink_bfd_xmit6 : mplink_bfd_xmit4)(socket, path, dst, skb)) {
		dst_release(dst);
		kfree_skb(skb);
	}
}
