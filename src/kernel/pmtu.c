// SPDX-License-Identifier: GPL-2.0
/*
 * Path MTU of what gre-udp sends (RFC 1191, RFC 8201).  The router that a packet is too
 * long for tells the socket, and the link's path remembers it: its routes are of our own
 * making, so the FIB's exceptions are none of theirs.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/ip.h>
#include <net/udp.h>

#include "tunnel.h"

/* Of each link from the one address to the other, whichever peer's. */
static void mplink_pmtu_learn(struct mplink_tunnel_socket *socket, const struct mplink_addr *local,
			      const struct mplink_addr *remote, u32 mtu, u32 expires)
{
	const struct mplink_far_end *end;

	hlist_for_each_entry_rcu(end, mplink_far_ends(socket, remote), node) {
		struct mplink_path *path;

		if (!mplink_addr_equal(&end->remote, remote))
			continue;
		path = mplink_core_peer_path(end->tunnel->peer, end->link);
		if (!path || !mplink_addr_equal(&path->local, local))
			continue;
		/* Packets read both: this order gives the new time to the old MTU at worst. */
		WRITE_ONCE(path->pmtu_until, jiffies + expires);
		WRITE_ONCE(path->pmtu, mtu);
		netdev_dbg(end->tunnel->vnic->dev, "%s: a router lets no more than %u bytes through\n",
			   path->dev->name, mtu);
	}
}

int mplink_pmtu_lookup(struct sock *sk, struct sk_buff *skb)
{
	return 0;
}

/* skb->data is the packet that was too long, as far as the router has returned it. */
MPLINK_ENCAP_ERR_RCV(mplink_pmtu_error)
{
	struct mplink_tunnel_socket *socket = rcu_dereference_sk_user_data(sk);
	const struct net *net = sock_net(sk);
	struct mplink_addr local, remote;

	if (!socket)
		return;
	if (sk->sk_family == AF_INET6) {
		const struct ipv6hdr *ip6h = (struct ipv6hdr *)skb->data;

		if (icmp6_hdr(skb)->icmp6_type != ICMPV6_PKT_TOOBIG)
			return;
		local = mplink_addr6(&ip6h->saddr);
		remote = mplink_addr6(&ip6h->daddr);
		mplink_pmtu_learn(socket, &local, &remote,
				  max_t(u32, ntohl(icmp6_hdr(skb)->icmp6_mtu), IPV6_MIN_MTU),
				  READ_ONCE(net->ipv6.sysctl.ip6_rt_mtu_expires));
	} else {
		const struct iphdr *iph = (struct iphdr *)skb->data;

		if (icmp_hdr(skb)->type != ICMP_DEST_UNREACH ||
		    icmp_hdr(skb)->code != ICMP_FRAG_NEEDED)
			return;
		local = mplink_addr4(iph->saddr);
		remote = mplink_addr4(iph->daddr);
		mplink_pmtu_learn(socket, &local, &remote,
				  max_t(u32, ntohs(icmp_hdr(skb)->un.frag.mtu),
					READ_ONCE(net->ipv4.ip_rt_min_pmtu)),
				  READ_ONCE(net->ipv4.ip_rt_mtu_expires));
	}
}
