// SPDX-License-Identifier: GPL-2.0
/*
 * The sockets of gre-udp: one per address family in each namespace with a virtual NIC of that
 * encap.  By default (net.ipv4.udp_l3mdev_accept) such a socket receives nothing from a VRF,
 * so each VRF that contains NICs gets its own sockets.
 */
#include <linux/inetdevice.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/sock.h>
#include <net/udp.h>

#include "device/netns.h"
#include "device/vnic.h"
#include "packet/outer.h"
#include "packet/udp_socket.h"
#include "tunnel/decap.h"
#include "tunnel/pmtu.h"
#include "tunnel/sockets.h"

/* A VRF that contains NICs of virtual NICs.  RTNL. */
struct mplink_tunnel_vrf {
	struct list_head list;		/* mplink_tunnel_socket.vrfs */
	int ifindex;
	bool wanted;
	struct socket *sock[2];
};

static void mplink_tunnel_reuse(struct socket *sock, bool on)
{
	if (!sock)
		return;
	lock_sock(sock->sk);
	sock->sk->sk_reuse = on ? SK_CAN_REUSE : SK_NO_REUSE;
	release_sock(sock->sk);
}

/*
 * The namespace's socket already has the port.  Address reuse is on only while we bind, so
 * that no program can bind the port, too.
 */
static int mplink_tunnel_bind(struct socket *sock, struct socket *first, int vrf)
{
	int err = vrf ? sock_bindtoindex(sock->sk, vrf, true) : 0;

	if (err)
		return err;
	mplink_tunnel_reuse(first, true);
	mplink_tunnel_reuse(sock, !!first);
	err = mplink_udp_bind(sock, MPLINK_GRE_UDP_PORT);
	mplink_tunnel_reuse(sock, false);
	mplink_tunnel_reuse(first, false);
	return err;
}

/* vrf: its ifindex, or 0 for NICs outside VRFs. */
static int mplink_tunnel_open_sock(struct net *net, struct mplink_tunnel_socket *socket, bool inet6,
				   int vrf, struct socket **result)
{
	struct socket *sock;
	int err;

	err = sock_create_kern(net, inet6 ? AF_INET6 : AF_INET, SOCK_DGRAM, IPPROTO_UDP, &sock);
	if (err)
		return err;
	err = mplink_tunnel_bind(sock, socket->sock[inet6], vrf);
	if (err) {
		sock_release(sock);
		return err;
	}
	/* RFC 8086 6.2 allows a zero UDP checksum: the inner packet has its own. */
	udp_set_no_check6_rx(sock->sk, true);
	inet_inc_convert_csum(sock->sk);
	WRITE_ONCE(udp_sk(sock->sk)->encap_err_lookup, mplink_pmtu_lookup);
	WRITE_ONCE(udp_sk(sock->sk)->encap_err_rcv, mplink_pmtu_error);
	mplink_udp_receive(sock, socket, mplink_decap);
	*result = sock;
	return 0;
}

static void mplink_tunnel_silence(struct socket *const *sock)
{
	u32 i;

	for (i = 0; i < 2; i++)
		if (sock[i])
			mplink_udp_silence(sock[i]);
}

static void mplink_tunnel_close_socks(struct socket *const *sock)
{
	u32 i;

	for (i = 0; i < 2; i++)
		if (sock[i])
			mplink_udp_close(sock[i]);
}

static void mplink_tunnel_close_vrf(struct mplink_tunnel_vrf *vrf)
{
	list_del(&vrf->list);
	mplink_tunnel_close_socks(vrf->sock);
	kfree(vrf);
}

static void mplink_tunnel_socket_free(struct mplink_tunnel_socket *socket)
{
	struct mplink_tunnel_vrf *vrf, *next;

	mplink_tunnel_silence(socket->sock);
	list_for_each_entry(vrf, &socket->vrfs, list)
		mplink_tunnel_silence(vrf->sock);
	/* Wait for received packets that use the sockets, and peers that count in them. */
	synchronize_net();
	mplink_tunnel_close_socks(socket->sock);
	list_for_each_entry_safe(vrf, next, &socket->vrfs, list)
		mplink_tunnel_close_vrf(vrf);
	dst_release(socket->input);
	free_percpu(socket->stats);
	kvfree(socket);
}

/* --- VRFs ------------------------------------------------------------------------------ */

static int mplink_tunnel_open_vrf(struct net *net, struct mplink_tunnel_socket *socket, int ifindex)
{
	struct mplink_tunnel_vrf *vrf = kzalloc(sizeof(*vrf), GFP_KERNEL_ACCOUNT);
	int err;

	if (!vrf)
		return -ENOMEM;
	vrf->ifindex = ifindex;
	vrf->wanted = true;
	list_add(&vrf->list, &socket->vrfs);
	err = mplink_tunnel_open_sock(net, socket, false, ifindex, &vrf->sock[0]);
	if (!err && socket->sock[1])
		err = mplink_tunnel_open_sock(net, socket, true, ifindex, &vrf->sock[1]);
	if (!err)
		return 0;
	mplink_tunnel_silence(vrf->sock);
	synchronize_net();
	mplink_tunnel_close_vrf(vrf);
	return err;
}

static void mplink_tunnel_want_vrf(struct mplink_vnic *vnic, struct net_device *nic)
{
	struct mplink_tunnel_socket *socket = vnic->socket;
	const int ifindex = l3mdev_master_ifindex(nic);
	struct mplink_tunnel_vrf *vrf;
	int err;

	if (!ifindex)
		return;
	list_for_each_entry(vrf, &socket->vrfs, list)
		if (vrf->ifindex == ifindex) {
			vrf->wanted = true;
			return;
		}
	err = mplink_tunnel_open_vrf(dev_net(nic), socket, ifindex);
	if (err && __ratelimit(&vnic->log))
		netdev_err(vnic->dev,
			   "%s: cannot receive from its VRF: UDP port %u cannot be bound there (error %d); does another program use it?\n",
			   nic->name, MPLINK_GRE_UDP_PORT, err);
}

void mplink_tunnel_follow_vrfs(struct net *net)
{
	struct mplink_net *mn = mplink_net(net);
	struct mplink_tunnel_vrf *vrf, *next;
	struct net_device *nic;
	struct mplink_vnic *vnic;
	struct list_head *iter;
	bool unwanted = false;

	ASSERT_RTNL();

	if (!mn->tunnel)
		return;
	list_for_each_entry(vrf, &mn->tunnel->vrfs, list)
		vrf->wanted = false;
	list_for_each_entry(vnic, &mn->vnics, list)
		if (vnic->delivery)
			netdev_for_each_lower_dev(vnic->dev, nic, iter)
				mplink_tunnel_want_vrf(vnic, nic);
	list_for_each_entry(vrf, &mn->tunnel->vrfs, list)
		if (!vrf->wanted) {
			mplink_tunnel_silence(vrf->sock);
			unwanted = true;
		}
	if (!unwanted)
		return;
	synchronize_net();
	list_for_each_entry_safe(vrf, next, &mn->tunnel->vrfs, list)
		if (!vrf->wanted)
			mplink_tunnel_close_vrf(vrf);
}

/* --- namespace ------------------------------------------------------------------------- */

void mplink_tunnel_demux(const struct mplink_vnic *vnic, struct sk_buff *skb)
{
	const struct mplink_tunnel_socket *socket = vnic->socket;
	const struct iphdr *iph = (struct iphdr *)skb->data;
	const struct udphdr *uh = (struct udphdr *)(iph + 1);
	struct in_device *in_dev = __in_dev_get_rcu(skb->dev);
	struct net *net = dev_net(skb->dev);

	if (skb->protocol != htons(ETH_P_IP) || skb_headlen(skb) < sizeof(*iph) + sizeof(*uh) ||
	    iph->version != 4 || iph->ihl != 5 || iph->protocol != IPPROTO_UDP ||
	    uh->dest != htons(MPLINK_GRE_UDP_PORT) || ip_is_fragment(iph))
		return;
	/*
	 * Leave the packet to the stack if the source address has to be verified, a netfilter
	 * rule may redirect it, or an IPsec policy depends on its route.
	 */
	if (!in_dev || IN_DEV_RPFILTER(in_dev) || netif_is_l3_slave(skb->dev) ||
	    rcu_access_pointer(net->nf.hooks_ipv4[NF_INET_PRE_ROUTING]) ||
	    mplink_xfrm_policies(net, XFRM_POLICY_IN) ||
	    skb_shared(skb) || skb_dst(skb) ||
	    __ip_dev_find(net, iph->daddr, false) != skb->dev)
		return;
	/* Both outlive the RCU read section, so neither needs a reference. */
	skb_orphan(skb);
	skb_dst_set_noref(skb, socket->input);
	skb->sk = socket->sock[0]->sk;
	skb->destructor = sock_pfree;
}

int mplink_tunnel_socket_get(struct net *net, const char **why)
{
	struct mplink_net *mn = mplink_net(net);
	struct mplink_tunnel_socket *socket = mn->tunnel;
	struct rtable *input;
	int err = -ENOMEM;

	ASSERT_RTNL();

	if (socket) {
		socket->users++;
		return 0;
	}
	*why = "memory is short";
	socket = kvzalloc(sizeof(*socket), GFP_KERNEL_ACCOUNT);
	if (!socket)
		return -ENOMEM;
	socket->users = 1;
	INIT_LIST_HEAD(&socket->vrfs);
	socket->stats = alloc_percpu_gfp(struct mplink_tunnel_stats, GFP_KERNEL_ACCOUNT);
	/* Like the stack's own local routes, it belongs to the loopback device. */
	input = rt_dst_alloc(net->loopback_dev, RTCF_LOCAL, RTN_LOCAL, true);
	if (input)
		socket->input = &input->dst;
	if (socket->stats && input)
		err = mplink_tunnel_open_sock(net, socket, false, 0, &socket->sock[0]);
	if (!err && ipv6_mod_enabled())
		err = mplink_tunnel_open_sock(net, socket, true, 0, &socket->sock[1]);
	if (err) {
		if (err == -EADDRINUSE)
			*why = "gre-udp needs UDP port 4754, which another program uses";
		mplink_tunnel_socket_free(socket);
		return err;
	}
	mn->tunnel = socket;
	return 0;
}

void mplink_tunnel_socket_put(struct net *net)
{
	struct mplink_net *mn = mplink_net(net);
	struct mplink_tunnel_socket *socket = mn->tunnel;

	ASSERT_RTNL();

	if (--socket->users)
		return;
	mn->tunnel = NULL;
	mplink_tunnel_socket_free(socket);
}

u64 mplink_tunnel_drops(const struct net *net, u32 drop)
{
	const struct mplink_tunnel_socket *socket = mplink_net(net)->tunnel;
	u64 sum = 0;
	int cpu;

	ASSERT_RTNL();

	if (socket)
		for_each_possible_cpu(cpu)
			sum += READ_ONCE(per_cpu_ptr(socket->stats, cpu)->drops[drop]);
	return sum;
}
