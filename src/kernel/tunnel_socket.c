// SPDX-License-Identifier: GPL-2.0
/*
 * The sockets of gre-udp: one of each family in a namespace that has a virtual NIC with
 * that encap.  They are bound to the port, and nothing else ever reaches what they call.
 */
#include <linux/inetdevice.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/route.h>
#include <net/sock.h>
#include <net/udp.h>

#include "outer.h"
#include "tunnel.h"
#include "udp_socket.h"

static int mplink_tunnel_open_sock(struct net *net, struct mplink_tunnel_socket *tunnel,
				   bool inet6)
{
	struct socket *sock;
	int err;

	err = sock_create_kern(net, inet6 ? AF_INET6 : AF_INET, SOCK_DGRAM, IPPROTO_UDP, &sock);
	if (err)
		return err;
	err = mplink_udp_bind(sock, MPLINK_GRE_UDP_PORT);
	if (err) {
		sock_release(sock);
		return err;
	}
	/* Who says nothing of the outer packet's sum (RFC 8086 6.2) has the inner one's. */
	udp_set_no_check6_rx(sock->sk, true);
	inet_inc_convert_csum(sock->sk);
	WRITE_ONCE(udp_sk(sock->sk)->encap_err_lookup, mplink_pmtu_lookup);
	WRITE_ONCE(udp_sk(sock->sk)->encap_err_rcv, mplink_pmtu_error);
	mplink_udp_receive(sock, tunnel, mplink_decap);
	tunnel->sock[inet6] = sock;
	return 0;
}

static void mplink_tunnel_free(struct mplink_tunnel_socket *tunnel)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(tunnel->sock); i++)
		if (tunnel->sock[i])
			mplink_udp_silence(tunnel->sock[i]);
	/* Packets that have seen it, and the peers that count in it, are done then. */
	synchronize_net();
	for (i = 0; i < ARRAY_SIZE(tunnel->sock); i++)
		if (tunnel->sock[i])
			mplink_udp_close(tunnel->sock[i]);
	dst_release(tunnel->input);
	free_percpu(tunnel->stats);
	kvfree(tunnel);
}

void mplink_tunnel_demux(const struct mplink_vnic *vnic, struct sk_buff *skb)
{
	const struct mplink_tunnel_socket *tunnel = vnic->socket;
	const struct iphdr *iph = (struct iphdr *)skb->data;
	const struct udphdr *uh = (struct udphdr *)(iph + 1);
	struct in_device *in_dev = __in_dev_get_rcu(skb->dev);
	struct net *net = dev_net(skb->dev);

	if (skb->protocol != htons(ETH_P_IP) || skb_headlen(skb) < sizeof(*iph) + sizeof(*uh) ||
	    iph->version != 4 || iph->ihl != 5 || iph->protocol != IPPROTO_UDP ||
	    uh->dest != htons(MPLINK_GRE_UDP_PORT) || ip_is_fragment(iph))
		return;
	/*
	 * Where the source is to be checked, a rule may yet send it elsewhere, or an IPsec
	 * policy asks by what route it came, the stack has to look for itself.
	 */
	if (!in_dev || IN_DEV_RPFILTER(in_dev) || netif_is_l3_slave(skb->dev) ||
	    rcu_access_pointer(net->nf.hooks_ipv4[NF_INET_PRE_ROUTING]) ||
	    mplink_xfrm_policies(net, XFRM_POLICY_IN) ||
	    skb_shared(skb) || skb_dst(skb) ||
	    __ip_dev_find(net, iph->daddr, false) != skb->dev)
		return;
	/* Both stay for the RCU read section; the kernel knows of such sockets. */
	skb_orphan(skb);
	skb_dst_set_noref(skb, tunnel->input);
	skb->sk = tunnel->sock[0]->sk;
	skb->destructor = sock_pfree;
}

int mplink_tunnel_socket_get(struct net *net, const char **why)
{
	struct mplink_net *mn = mplink_net(net);
	struct mplink_tunnel_socket *tunnel = mn->tunnel;
	struct rtable *input;
	int err = -ENOMEM;

	ASSERT_RTNL();

	if (tunnel) {
		tunnel->users++;
		return 0;
	}
	*why = "memory is short";
	tunnel = kvzalloc(sizeof(*tunnel), GFP_KERNEL_ACCOUNT);
	if (!tunnel)
		return -ENOMEM;
	tunnel->users = 1;
	tunnel->stats = alloc_percpu_gfp(struct mplink_tunnel_stats, GFP_KERNEL_ACCOUNT);
	/* As the stack's own: of the loopback, whatever NIC a packet comes by. */
	input = rt_dst_alloc(net->loopback_dev, RTCF_LOCAL, RTN_LOCAL, true);
	if (input)
		tunnel->input = &input->dst;
	if (tunnel->stats && input)
		err = mplink_tunnel_open_sock(net, tunnel, false);
	if (!err && ipv6_mod_enabled())
		err = mplink_tunnel_open_sock(net, tunnel, true);
	if (err) {
		if (err == -EADDRINUSE)
			*why = "gre-udp needs UDP port 4754, which another program here has";
		mplink_tunnel_free(tunnel);
		return err;
	}
	mn->tunnel = tunnel;
	return 0;
}

void mplink_tunnel_socket_put(struct net *net)
{
	struct mplink_net *mn = mplink_net(net);
	struct mplink_tunnel_socket *tunnel = mn->tunnel;

	ASSERT_RTNL();

	if (--tunnel->users)
		return;
	mn->tunnel = NULL;
	mplink_tunnel_free(tunnel);
}

u64 mplink_tunnel_drops(const struct net *net, u32 drop)
{
	const struct mplink_tunnel_socket *tunnel = mplink_net(net)->tunnel;
	u64 sum = 0;
	int cpu;

	ASSERT_RTNL();

	if (tunnel)
		for_each_possible_cpu(cpu)
			sum += READ_ONCE(per_cpu_ptr(tunnel->stats, cpu)->drops[drop]);
	return sum;
}
