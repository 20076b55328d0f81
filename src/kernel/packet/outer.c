// SPDX-License-Identifier: GPL-2.0
/*
 * Writes UDP and IP headers, and sends a packet by a path's route.
 *
 * udp_tunnel.ko would do little of this.  Without it plain insmod suffices, because no other
 * module has to be loaded first.  The path has a route per CPU and the source address, so it
 * needs no dst_cache.
 */
#include <net/dst.h>
#include <net/flow.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_tunnel.h>
#include <net/udp.h>

#include "addr.h"
#include "packet/outer.h"
#include "packet/path.h"

static __always_inline void mplink_outer_udp(struct sk_buff *skb, const struct mplink_outer *outer)
{
	struct udphdr *uh = __skb_push(skb, sizeof(*uh));

	skb_reset_transport_header(skb);
	uh->source = outer->from;
	uh->dest = outer->to;
	uh->len = htons(skb->len);
	uh->check = 0;
}

static __always_inline void mplink_outer4(const struct mplink_path *path, struct sock *sk,
					  struct sk_buff *skb, const struct mplink_outer *outer)
{
	const __be32 daddr = mplink_in6(&path->remote)->s6_addr32[3];
	const __be32 saddr = mplink_in6(&path->local)->s6_addr32[3];
	struct iphdr *iph;

	if (outer->checksum)
		udp_set_csum(false, skb, saddr, daddr, skb->len);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	iph = __skb_push(skb, sizeof(*iph));
	skb_reset_network_header(skb);
	*iph = (struct iphdr){
		.version = 4,
		.ihl = sizeof(*iph) / 4,
		.tos = outer->tos,
		/* An atomic datagram needs no ID (RFC 6864), and an ID costs a hash. */
		.frag_off = htons(IP_DF),
		.ttl = outer->ttl,
		.protocol = IPPROTO_UDP,
		.saddr = saddr,
		.daddr = daddr,
	};
	if (unlikely(outer->fragment)) {
		iph->frag_off = 0;
		__ip_select_ident(dev_net(path->dev), iph, 1);
	}
	/* This fills in length and checksum. */
	ip_local_out(dev_net(path->dev), sk, skb);
}

static __always_inline void mplink_outer6(const struct mplink_path *path, struct sock *sk,
					  struct sk_buff *skb, const struct mplink_outer *outer)
{
	const struct in6_addr *daddr = mplink_in6(&path->remote);
	const struct in6_addr *saddr = mplink_in6(&path->local);
	struct ipv6hdr *ip6h;

	udp6_set_csum(false, skb, saddr, daddr, skb->len);
	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	ip6h = __skb_push(skb, sizeof(*ip6h));
	skb_reset_network_header(skb);
	ip6_flow_hdr(ip6h, outer->tos, 0);
	ip6h->payload_len = htons(skb->len - sizeof(*ip6h));
	ip6h->nexthdr = IPPROTO_UDP;
	ip6h->hop_limit = outer->ttl;
	ip6h->saddr = *saddr;
	ip6h->daddr = *daddr;
	if (unlikely(outer->fragment)) {
		/* The stack knows only the NIC's MTU; this is the size that gets through. */
		IP6CB(skb)->frag_max_size = mplink_path_mtu(path);
		skb->ignore_df = true;
	}
	ip6_local_out(dev_net(path->dev), sk, skb);
}

/*
 * Each packet needs a lookup and a new bundle: the kernel does not cache bundles per flow any
 * more, and selectors may name ports.
 */
unsigned long mplink_outer_dst_xfrm(const struct mplink_path *path,
				    const struct mplink_outer *outer, u32 mark)
{
	struct dst_entry *dst = mplink_path_dst(path, path->outer6);
	struct net *net = dev_net(path->dev);
	struct flowi fl;

	if (path->outer6)
		fl.u.ip6 = (struct flowi6){
			.daddr = *mplink_in6(&path->remote),
			.saddr = *mplink_in6(&path->local),
			.flowi6_oif = path->dev->ifindex,
			.flowi6_proto = IPPROTO_UDP,
			.flowi6_mark = mark,
			.fl6_sport = outer->from,
			.fl6_dport = outer->to,
		};
	else
		fl.u.ip4 = (struct flowi4){
			.daddr = mplink_in6(&path->remote)->s6_addr32[3],
			.saddr = mplink_in6(&path->local)->s6_addr32[3],
			.flowi4_oif = path->dev->ifindex,
			.flowi4_proto = IPPROTO_UDP,
			.flowi4_mark = mark,
			.fl4_sport = outer->from,
			.fl4_dport = outer->to,
		};
	dst_hold(dst);
	/* On failure xfrm_lookup() has dropped the reference. */
	dst = xfrm_lookup(net, dst, &fl, NULL, 0);
	return IS_ERR(dst) ? 0 : (unsigned long)dst;
}

void mplink_outer_xmit(const struct mplink_path *path, unsigned long refdst, struct sock *sk,
		       struct sk_buff *skb, const struct mplink_outer *outer)
{
	mplink_outer_udp(skb, outer);
	/* As skb_dst_set(), for a route with a reference or without. */
	skb->slow_gro = 1;
	skb->_skb_refdst = refdst;
	if (path->outer6)
		mplink_outer6(path, sk, skb, outer);
	else
		mplink_outer4(path, sk, skb, outer);
}
