// SPDX-License-Identifier: GPL-2.0
/*
 * POST_ROUTING: a packet routed to a virtual NIC gets a link, and goes on
 * through the stack with that link's route.
 */
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/rtnetlink.h>
#include <net/ip6_route.h>
#include <net/route.h>

#include "mplink.h"
#include "peers.h"
#include "tap.h"

/* Gives the packet to the path: from here on it leaves by the path's NIC. */
static __always_inline void mplink_hook_take(struct sk_buff *skb, const struct mplink_path *path,
					     bool inet6)
{
	struct dst_entry *dst = mplink_path_dst(path, inet6);
	const unsigned long refdst = skb->_skb_refdst;

	/* neigh_output() follows skb->dev, the rest of the stack the route. */
	skb->dev = path->dev;
	dst_hold(dst);
	/* Not skb_dst_set(): that the packet has a route is marked in it already. */
	skb->_skb_refdst = (unsigned long)dst;
	refdst_drop(refdst);
}

/*
 * The path of a packet whose first choice is dead.  Of a broadcast, sends all
 * copies but the last, and returns where that one goes.
 */
static noinline const struct mplink_path *
mplink_hook_reselect(const struct mplink_peer_node *peer, struct sk_buff *skb,
		     const struct nf_hook_state *state, bool inet6)
{
	struct mplink_vnic *vnic = netdev_priv(state->out);
	struct mplink_choice choice;

	preempt_disable();
	choice = mplink_core_reselect(vnic->core, peer->core, skb->len, mplink_lane(),
				      skb_network_header(skb), skb_headlen(skb));
	preempt_enable();
	while (choice.more) {
		/* With a header of its own: each NIC writes another MAC header there. */
		struct sk_buff *copy = pskb_copy(skb, GFP_ATOMIC);

		if (copy) {
			mplink_hook_take(copy, choice.path, inet6);
			state->okfn(state->net, state->sk, copy);
		} else {
			mplink_count_drop(vnic->core, MPLINK_DROP_NO_MEMORY);
		}
		preempt_disable();
		choice = mplink_core_next(vnic->core, choice.more, skb->len, mplink_lane());
		preempt_enable();
	}
	return choice.path;
}

static noinline unsigned int mplink_hook_drop(struct sk_buff *skb,
					      const struct nf_hook_state *state, u32 drop)
{
	mplink_drop(netdev_priv(state->out), skb, drop);
	return NF_STOLEN;
}

/* What mplink_output() wraps, or sends without a route; it is seen there, too. */
static noinline unsigned int mplink_hook_pass(struct sk_buff *skb,
					      const struct nf_hook_state *state)
{
	if (netif_carrier_ok(state->out))
		return NF_ACCEPT;
	/* It would not arrive there, and no link works. */
	mplink_tap(skb, state->out);
	return mplink_hook_drop(skb, state, MPLINK_DROP_NO_LINK);
}

/*
 * nf_hook() is an RCU read section: the peer, the core's table and the path stay
 * until we return, and the packet leaves with a reference to its route.
 */
static __always_inline unsigned int mplink_hook_send(struct sk_buff *skb,
						     const struct nf_hook_state *state,
						     const struct mplink_peer_node *peer,
						     bool inet6)
{
	const struct mplink_path *path;

	if (unlikely(!peer)) {
		mplink_tap(skb, state->out);
		return mplink_hook_drop(skb, state, MPLINK_DROP_NO_PEER);
	}
	if (unlikely(peer->tunnel || (inet6 && READ_ONCE(peer->inet_remotes))))
		return mplink_hook_pass(skb, state);
	mplink_tap(skb, state->out);

	preempt_disable();
	path = mplink_core_select(peer->core, skb->len, mplink_lane(), skb_network_header(skb),
				  skb_headlen(skb));
	preempt_enable();
	if (unlikely(!path)) {
		path = mplink_hook_reselect(peer, skb, state, inet6);
		if (!path)
			return mplink_hook_drop(skb, state, MPLINK_DROP_NO_LINK);
	}
	mplink_hook_take(skb, path, inet6);
	return NF_ACCEPT;
}

/* To a network behind a peer. */
static noinline unsigned int mplink_hook4_via(struct sk_buff *skb,
					      const struct nf_hook_state *state)
{
	const struct mplink_addr hop = mplink_hop4(skb_rtable(skb), ip_hdr(skb)->daddr);

	return mplink_hook_send(skb, state, mplink_peers_find(netdev_priv(state->out), hop), false);
}

static noinline unsigned int mplink_hook4_send(struct sk_buff *skb,
					       const struct nf_hook_state *state)
{
	const struct mplink_vnic *vnic = netdev_priv(state->out);

	if (unlikely(skb_rtable(skb)->rt_gw_family))
		return mplink_hook4_via(skb, state);
	return mplink_hook_send(skb, state, mplink_peers_find4(vnic, ip_hdr(skb)->daddr), false);
}

static noinline unsigned int mplink_hook6_send(struct sk_buff *skb,
					       const struct nf_hook_state *state)
{
	const struct rt6_info *rt = dst_rt6_info(skb_dst(skb));
	const struct mplink_addr hop = mplink_addr6(rt6_nexthop(rt, &ipv6_hdr(skb)->daddr));

	return mplink_hook_send(skb, state, mplink_peers_find(netdev_priv(state->out), hop), true);
}

/* All that packets for other devices pay. */

static unsigned int mplink_hook4(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	return likely(!mplink_is_vnic(state->out)) ? NF_ACCEPT : mplink_hook4_send(skb, state);
}

static unsigned int mplink_hook6(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	return likely(!mplink_is_vnic(state->out)) ? NF_ACCEPT : mplink_hook6_send(skb, state);
}

/*
 * Behind what users hook, so that their rules see the virtual NIC, and NAT has
 * been done; before conntrack confirms, as for a packet that goes on as it is.
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
