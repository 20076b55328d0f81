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

#include "addr.h"
#include "compat.h"
#include "device/vnic.h"
#include "mplink/core.h"
#include "mplink/tunnel.h"
#include "packet/path.h"
#include "tunnel/pmtu.h"
#include "tunnel/sockets.h"
#include "tunnel/tunnel.h"

/* IPv4's least (RFC 791): no link has less, and no router says so. */
#define MPLINK_MIN_MTU 68

/*
 * A router's answer may quote a packet that was sent a while ago, but not long ago: of a
 * flow bucket's last so many.
 */
#define MPLINK_QUOTED_NUMBERS BIT(20)

/* What an ICMP message quotes of a packet of ours, behind its IP header. */
struct mplink_quote {
	struct udphdr udp;
	u8 gre[MPLINK_GRE_LEN];
} __packed;

static void mplink_pmtu_addresses(const struct sock *sk, const struct sk_buff *skb,
				  struct mplink_addr *local, struct mplink_addr *remote)
{
	if (sk->sk_family == AF_INET6) {
		const struct ipv6hdr *ip6h = (struct ipv6hdr *)skb->data;

		*local = mplink_addr6(&ip6h->saddr);
		*remote = mplink_addr6(&ip6h->daddr);
	} else {
		const struct iphdr *iph = (struct iphdr *)skb->data;

		*local = mplink_addr4(iph->saddr);
		*remote = mplink_addr4(iph->daddr);
	}
}

/* False: it quotes too little, or something that was never sent. */
static bool mplink_pmtu_quote(const struct sock *sk, const struct sk_buff *skb,
			      struct mplink_gre *gre)
{
	struct mplink_quote quote;
	int offset;

	if (sk->sk_family == AF_INET6) {
		if (((struct ipv6hdr *)skb->data)->nexthdr != IPPROTO_UDP)
			return false;
		offset = sizeof(struct ipv6hdr);
	} else {
		offset = ((struct iphdr *)skb->data)->ihl * 4;
	}
	if (skb_copy_bits(skb, offset, &quote, sizeof(quote)) ||
	    ntohs(quote.udp.source) < MPLINK_SOURCE_PORT_MIN ||
	    quote.udp.dest != htons(MPLINK_GRE_UDP_PORT))
		return false;
	return !mplink_core_gre_read(quote.gre, sizeof(quote.gre), gre) && gre->sequenced;
}

/* Whether the message quotes what was sent: so who sent it has seen the packet. */
static bool mplink_pmtu_proven(const struct sock *sk, struct mplink_tunnel_socket *socket,
			       const struct sk_buff *skb)
{
	const struct mplink_far_end *end;
	struct mplink_addr local, remote;
	struct mplink_gre gre;

	if (!mplink_pmtu_quote(sk, skb, &gre))
		return false;
	mplink_pmtu_addresses(sk, skb, &local, &remote);
	hlist_for_each_entry_rcu(end, mplink_far_ends(socket, &remote), node) {
		const struct mplink_bucket *bucket = &end->tunnel->bucket[gre.bucket];

		if (mplink_addr_equal(&end->remote, &remote) && end->key == gre.key &&
		    (u32)atomic_read(&bucket->next) - 1 - gre.seq < MPLINK_QUOTED_NUMBERS)
			return true;
	}
	return false;
}

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
		/* Only time makes it more again (RFC 1191 3). */
		if (!path || !mplink_addr_equal(&path->local, local) ||
		    mtu >= mplink_path_mtu(path))
			continue;
		/* Packets read both: this order gives the new time to the old MTU at worst. */
		WRITE_ONCE(path->pmtu_until, jiffies + expires);
		WRITE_ONCE(path->pmtu, mtu);
		netdev_dbg(end->tunnel->vnic->dev, "%s: a router lets no more than %u bytes through\n",
			   path->dev->name, mtu);
	}
}

/*
 * Everybody can send an ICMP message with two addresses in it.  It is taken for a router's if
 * it quotes the ports, the key and a recent number.  RFC 792 asks for eight bytes only, which
 * is too little; RFC 1812 4.3.2.3 and RFC 4443 ask for more.
 */
int mplink_pmtu_lookup(struct sock *sk, struct sk_buff *skb)
{
	struct mplink_tunnel_socket *socket = rcu_dereference_sk_user_data(sk);

	if (!socket)
		return -ENOENT;
	if (mplink_pmtu_proven(sk, socket, skb))
		return 0;
	mplink_tunnel_count(socket, MPLINK_GRE_DROP_ICMP);
	return -ENOENT;
}

/* 0: the router says nothing that can be meant of a packet of that length. */
static u32 mplink_pmtu_check(u32 mtu, u32 least, u32 floor, u32 length)
{
	if (mtu < least)
		return 0;
	mtu = max(mtu, floor);
	return mtu < length ? mtu : 0;
}

static u32 mplink_pmtu_told4(const struct net *net, const struct sk_buff *skb)
{
	const struct iphdr *iph = (struct iphdr *)skb->data;

	return mplink_pmtu_check(ntohs(icmp_hdr(skb)->un.frag.mtu), MPLINK_MIN_MTU,
				 READ_ONCE(net->ipv4.ip_rt_min_pmtu), ntohs(iph->tot_len));
}

/* RFC 8201 4: less than IPv6's least is no router's answer. */
static u32 mplink_pmtu_told6(const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = (struct ipv6hdr *)skb->data;

	return mplink_pmtu_check(ntohl(icmp6_hdr(skb)->icmp6_mtu), IPV6_MIN_MTU, IPV6_MIN_MTU,
				 ntohs(ip6h->payload_len) + sizeof(*ip6h));
}

/*
 * skb->data is the packet that was too long, as far as the router has returned it, and has
 * been looked up before.
 */
MPLINK_ENCAP_ERR_RCV(mplink_pmtu_error)
{
	struct mplink_tunnel_socket *socket = rcu_dereference_sk_user_data(sk);
	const struct net *net = sock_net(sk);
	struct mplink_addr local, remote;
	u32 mtu, expires;

	if (!socket)
		return;
	if (sk->sk_family == AF_INET6) {
		if (icmp6_hdr(skb)->icmp6_type != ICMPV6_PKT_TOOBIG)
			return;
		mtu = mplink_pmtu_told6(skb);
		expires = READ_ONCE(net->ipv6.sysctl.ip6_rt_mtu_expires);
	} else {
		if (icmp_hdr(skb)->type != ICMP_DEST_UNREACH ||
		    icmp_hdr(skb)->code != ICMP_FRAG_NEEDED)
			return;
		mtu = mplink_pmtu_told4(net, skb);
		expires = READ_ONCE(net->ipv4.ip_rt_mtu_expires);
	}
	if (!mtu) {
		mplink_tunnel_count(socket, MPLINK_GRE_DROP_ICMP);
		return;
	}
	mplink_pmtu_addresses(sk, skb, &local, &remote);
	mplink_pmtu_learn(socket, &local, &remote, mtu, expires);
}
