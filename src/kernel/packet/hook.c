// SPDX-License-Identifier: GPL-2.0
/*
 * POST_ROUTING: a packet routed to a virtual NIC gets a link, and goes on through the stack
 * with that link's route.  If its route cannot be replaced, the packet takes the slower way
 * through the device; see output.c.
 */
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/rtnetlink.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/route.h>
#include <net/sch_generic.h>

#include "addr.h"
#include "compat.h"
#include "device/vnic.h"
#include "mplink/core.h"
#include "packet/choose.h"
#include "packet/drop.h"
#include "packet/hook.h"
#include "packet/output.h"
#include "packet/path.h"
#include "packet/peer_table.h"
#include "packet/tap.h"

/*
 * Returns nonzero if the packet's route must not be replaced.  All reasons are in one word, so
 * that a single test suffices.
 *
 * lwtstate adds headers (MPLS, SEG6) or runs programs (BPF); a new route would lose both.  A
 * qdisc or an egress filter of the virtual NIC sees a packet only on the way through the
 * device; a device without a queue has no ->enqueue.  gre-udp takes that way, too.  Call inside
 * an RCU read section.
 */
static __always_inline unsigned long mplink_hook_obstacles(const struct net_device *dev,
							   const struct dst_entry *dst)
{
	const struct mplink_vnic *vnic = netdev_priv(dev);
	/* data_race(): any value but NULL will do, and READ_ONCE() costs an instruction. */
	const unsigned long queue = (unsigned long)data_race(rcu_dereference(dev->qdisc)->enqueue);

	return (unsigned long)dst->lwtstate | (unsigned long)READ_ONCE(vnic->delivery) | queue |
	       mplink_egress_filters(dev);
}

/*
 * A NIC may be a tunnel whose packets come back to the virtual NIC: mplink_output() drops and
 * counts them, while the stack would report a dead loop and count them nowhere.
 */
static __always_inline bool mplink_hook_loops(void)
{
	return dev_recursion_level() >= MPLINK_OUTPUT_DEPTH;
}

/*
 * Returns true if the route has no metrics of its own, such as an MTU.  The linker computes
 * the sum, because the metrics are aligned.
 */
static __always_inline bool mplink_hook_no_metrics(const struct dst_entry *dst)
{
	return dst->_metrics ==
	       (unsigned long)dst_default_metrics.metrics + DST_METRICS_READ_ONLY;
}

static bool mplink_hook_fits(const struct sk_buff *skb, u32 mtu)
{
	return skb->len <= mtu || (skb_is_gso(skb) && skb_gso_validate_network_len(skb, mtu));
}

static __always_inline void mplink_hook_take(struct sk_buff *skb, const struct mplink_path *path,
					     bool inet6)
{
	struct dst_entry *dst = mplink_path_dst(path, inet6);
	const unsigned long refdst = skb->_skb_refdst;

	/* neigh_output() follows skb->dev, the rest of the stack the route. */
	skb->dev = path->dev;
	mplink_dst_hold_more(dst);
	/* Not skb_dst_set(): the packet is already marked as one with a route. */
	skb->_skb_refdst = (unsigned long)dst;
	refdst_drop(refdst);
}

static noinline unsigned int mplink_hook_show(struct sk_buff *skb, struct net_device *dev,
					      const struct mplink_path *path, bool inet6)
{
	mplink_tap_deliver(skb, dev);
	mplink_hook_take(skb, path, inet6);
	return NF_ACCEPT;
}

static noinline unsigned int mplink_hook_drop(struct sk_buff *skb, struct net_device *dev, u32 drop)
{
	if (mplink_tapped(dev))
		mplink_tap_deliver(skb, dev);
	mplink_drop(netdev_priv(dev), skb, drop);
	return NF_STOLEN;
}

/* The slower way: mplink_output() sends the packet, or drops it with a reason. */
static noinline unsigned int mplink_hook_pass(struct sk_buff *skb, struct net_device *dev)
{
	/*
	 * Without a carrier the stack would drop the packet uncounted.  A multicast or
	 * broadcast may be the copy for this host, which looks the same and must go on.
	 */
	if (netif_carrier_ok(dev) || mplink_to_many(skb, skb_dst(skb)))
		return NF_ACCEPT;
	return mplink_hook_drop(skb, dev, MPLINK_DROP_NO_LINK);
}

static noinline unsigned int mplink_hook_no_peer(struct sk_buff *skb, struct net_device *dev)
{
	return mplink_hook_drop(skb, dev, mplink_no_peer(skb, skb_dst(skb)));
}

/*
 * nf_hook() is an RCU read section: the peer, the core's table and the path are valid until
 * we return, and the packet leaves with a reference to its route.  l3, len: the packet's IP
 * header and length, which the caller already has in registers.
 */
static __always_inline unsigned int mplink_hook_send(struct sk_buff *skb, struct net_device *dev,
						     const struct mplink_peer_node *peer,
						     const void *l3, u32 len, bool inet6)
{
	const struct mplink_path *path;

	if (unlikely(!peer))
		return mplink_hook_no_peer(skb, dev);
	if (inet6 && unlikely(READ_ONCE(peer->inet_remotes)))
		return mplink_hook_pass(skb, dev);

	path = mplink_choose(peer, len, l3, len - skb->data_len);
	/* Policy broadcast, or the first choice is dead. */
	if (unlikely(!path))
		return mplink_hook_pass(skb, dev);
	/* A tail call, so that no register has to be saved for the path. */
	if (unlikely(mplink_tapped(dev)))
		return mplink_hook_show(skb, dev, path, inet6);
	mplink_hook_take(skb, path, inet6);
	return NF_ACCEPT;
}

/*
 * Packets to a network behind a peer, and those whose route must say whether they fit.  The
 * slower way keeps the route, so the stack can fragment or refuse a packet that is too long.
 */
static noinline unsigned int mplink_hook4_ask(struct sk_buff *skb,
					      const struct nf_hook_state *state)
{
	const struct mplink_addr hop = mplink_hop4(skb_rtable(skb), ip_hdr(skb)->daddr);
	const struct mplink_vnic *vnic = netdev_priv(state->out);

	if (!mplink_hook_fits(skb, ip_skb_dst_mtu(state->sk, skb)) ||
	    (ip_hdr(skb)->protocol == IPPROTO_ICMP && mplink_is_redirect4(skb)))
		return mplink_hook_pass(skb, state->out);
	return mplink_hook_send(skb, state->out, mplink_peers_find(vnic, hop), ip_hdr(skb),
				skb->len, false);
}

/*
 * Only a plain route may be replaced.  ->output is another function if xfrm has yet to
 * encrypt, a copy of a multicast is looped back, or a light-weight tunnel comes first.
 */
static noinline unsigned int mplink_hook4_send(struct sk_buff *skb,
					       const struct nf_hook_state *state)
{
	const struct mplink_vnic *vnic = netdev_priv(state->out);
	const struct rtable *rt = skb_rtable(skb);
	struct net_device *dev = state->out;
	const struct iphdr *iph = ip_hdr(skb);
	/* data_race(): during a change, the old MTU and the new one are both right. */
	const u32 mtu = data_race(dev->mtu);
	const u32 len = skb->len;

	if (unlikely(rt->dst.output != ip_output || mplink_hook_obstacles(dev, &rt->dst) ||
		     mplink_hook_loops()))
		return mplink_hook_pass(skb, dev);
	if (unlikely(rt->rt_gw_family || rt->rt_pmtu || !mplink_hook_no_metrics(&rt->dst) ||
		     len > mtu || iph->protocol == IPPROTO_ICMP))
		return mplink_hook4_ask(skb, state);
	return mplink_hook_send(skb, dev, mplink_peers_find4(vnic, iph->daddr), iph, len, false);
}

/*
 * After this hook the stack loops IPv6 multicasts back through the device in the route, which
 * must be the virtual NIC.  So multicasts keep their route.
 */
static noinline unsigned int mplink_hook6_send(struct sk_buff *skb,
					       const struct nf_hook_state *state)
{
	const struct rt6_info *rt = dst_rt6_info(skb_dst(skb));
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	struct net_device *dev = state->out;
	struct mplink_addr hop;

	if (unlikely(rt->dst.output != ip6_output || ipv6_addr_is_multicast(&ip6h->daddr) ||
		     mplink_hook_obstacles(dev, &rt->dst) || mplink_hook_loops()))
		return mplink_hook_pass(skb, dev);
	if (unlikely(!rt->rt6i_idev || skb->len > READ_ONCE(rt->rt6i_idev->cnf.mtu6) ||
		     !mplink_hook_no_metrics(&rt->dst)) &&
	    !mplink_hook_fits(skb, ip6_skb_dst_mtu(skb)))
		return mplink_hook_pass(skb, dev);
	if (unlikely(ip6h->nexthdr == IPPROTO_ICMPV6) && mplink_is_redirect6(skb))
		return mplink_hook_pass(skb, dev);
	hop = mplink_addr6(rt6_nexthop(rt, &ip6h->daddr));
	return mplink_hook_send(skb, dev, mplink_peers_find(netdev_priv(dev), hop), ip6h, skb->len,
				true);
}

/* The next two functions are all that packets for other devices pay. */

static unsigned int mplink_hook4(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	return likely(!mplink_is_vnic(state->out)) ? NF_ACCEPT : mplink_hook4_send(skb, state);
}

static unsigned int mplink_hook6(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	return likely(!mplink_is_vnic(state->out)) ? NF_ACCEPT : mplink_hook6_send(skb, state);
}

/*
 * These run after users' hooks, so that rules see the virtual NIC and NAT is done, and before
 * conntrack confirms, which must see every packet.
 */
static const struct nf_hook_ops mplink_hooks[] = {
	{
		.hook = mplink_hook4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = NF_IP_PRI_CONNTRACK_CONFIRM - 1,
	},
	{
		.hook = mplink_hook6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = NF_IP6_PRI_LAST - 1,
	},
};

int mplink_hook_register(struct net *net)
{
	return nf_register_net_hooks(net, mplink_hooks, ARRAY_SIZE(mplink_hooks));
}

void mplink_hook_unregister(struct net *net)
{
	nf_unregister_net_hooks(net, mplink_hooks, ARRAY_SIZE(mplink_hooks));
}
