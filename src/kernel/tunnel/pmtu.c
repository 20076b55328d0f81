// SPDX-License-Identifier: GPL-2.0
/*
 * Path MTU discovery of gre-udp (RFC 1191, RFC 8201).  A router's ICMP message reaches the
 * socket, and the link's path remembers the MTU.  The FIB's exceptions would not help: the
 * module makes the routes of paths itself.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/ip.h>
#include <net/udp.h>

#include "addr.h"
#include "compat.h"
#include "device/vnic.h"
#include "mplink/core.h"
#include "mplink/measure.h"
#include "mplink/tunnel.h"
#include "packet/path.h"
#include "tunnel/pmtu.h"
#include "tunnel/sockets.h"
#include "tunnel/tunnel.h"

/* IPv4's minimum (RFC 791): no router reports less. */
#define MPLINK_MIN_MTU 68

/*
 * A quoted packet must be among the last so many that we sent in its flow bucket.  More would
 * make a number easier to guess.
 */
#define MPLINK_QUOTED_NUMBERS BIT(20)

/* The part of our packet that an ICMP message must quote, behind the IP header. */
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

/* Returns false if the message quotes too little, or a packet that we never send. */
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
	return !mplink_core_gre_read(quote.gre, sizeof(quote.gre), gre);
}

/* Returns true if the sender of the error has seen a packet of ours. */
static bool mplink_pmtu_proven(const struct sock *sk, struct mplink_tunnel_socket *socket,
			       const struct sk_buff *skb, const struct mplink_gre *gre)
{
	const struct mplink_far_end *end;
	struct mplink_addr local, remote;

	if (!gre->sequenced)
		return false;
	mplink_pmtu_addresses(sk, skb, &local, &remote);
	hlist_for_each_entry_rcu(end, mplink_far_ends(socket, &remote), node) {
		const struct mplink_flows *flows = READ_ONCE(end->tunnel->flows);
		const struct mplink_sent_flow *sent = READ_ONCE(flows->sent[gre->bucket]);

		if (mplink_addr_equal(&end->remote, &remote) && end->key == gre->key && sent &&
		    (u32)atomic_read(&sent->next) - 1 - gre->seq < MPLINK_QUOTED_NUMBERS)
			return true;
	}
	return false;
}

/* Applies to all links between the two addresses, whichever peer they belong to. */
static void mplink_pmtu_learn(struct mplink_tunnel_socket *socket, const struct mplink_addr *local,
			      const struct mplink_addr *remote, u32 mtu, u32 expires)
{
	const struct mplink_far_end *end;

	hlist_for_each_entry_rcu(end, mplink_far_ends(socket, remote), node) {
		struct mplink_path *path;

		if (!mplink_addr_equal(&end->remote, remote))
			continue;
		path = mplink_core_peer_path(end->tunnel->peer, end->link);
		/* A message only lowers the MTU; only time raises it (RFC 1191 3). */
		if (!path || !mplink_addr_equal(&path->local, local) ||
		    mtu >= mplink_path_mtu(path))
			continue;
		/* Packets read both: at worst they see the old MTU with the new time. */
		WRITE_ONCE(path->pmtu_until, jiffies + expires);
		WRITE_ONCE(path->pmtu, mtu);
		netdev_dbg(end->tunnel->vnic->dev, "%s: a router lets no more than %u bytes through\n",
			   path->dev->name, mtu);
	}
}

/*
 * Anybody can forge an ICMP message that quotes two addresses, so it must also quote our
 * ports, key and a recent sequence number.  RFC 792 makes routers quote eight bytes only, too
 * few for that; RFC 1812 4.3.2.3 and RFC 4443 ask for more.
 */
int mplink_pmtu_lookup(struct sock *sk, struct sk_buff *skb)
{
	struct mplink_tunnel_socket *socket = rcu_dereference_sk_user_data(sk);
	struct mplink_gre gre;

	if (!socket)
		return -ENOENT;
	if (mplink_pmtu_quote(sk, skb, &gre)) {
		if (mplink_pmtu_proven(sk, socket, skb, &gre))
			return 0;
		/* A message is never too long, and one without a receiver is as usual. */
		if (gre.protocol == MPLINK_MESSAGES)
			return -ENOENT;
	}
	mplink_tunnel_count(socket, MPLINK_GRE_DROP_ICMP);
	return -ENOENT;
}

/* Returns 0 if no router can mean this MTU for a packet of this length. */
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

/* RFC 8201 4: ignore less than IPv6's minimum. */
static u32 mplink_pmtu_told6(const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = (struct ipv6hdr *)skb->data;

	return mplink_pmtu_check(ntohl(icmp6_hdr(skb)->icmp6_mtu), IPV6_MIN_MTU, IPV6_MIN_MTU,
				 ntohs(ip6h->payload_len) + sizeof(*ip6h));
}

/*
 * skb->data is the packet that was too long, as far as the router quotes it.
 * mplink_pmtu_lookup() has accepted it.
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
