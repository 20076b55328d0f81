// SPDX-License-Identifier: GPL-2.0
/*
 * ndo_start_xmit: packets whose route the hook could not replace.  AF_PACKET and tc write to
 * the virtual NIC directly.  IPv6 has no routes over IPv4 neighbours.  Qdiscs and egress
 * filters of the virtual NIC must see each packet.  Fragments, policy broadcast, gre-udp, and
 * packets whose first choice of a link is dead come this way, too.
 */
#include <linux/etherdevice.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/route.h>

#include "addr.h"
#include "compat.h"
#include "device/vnic.h"
#include "mplink/core.h"
#include "packet/drop.h"
#include "packet/output.h"
#include "packet/peer_table.h"
#include "packet/send.h"

/* How many nested calls of mplink_output() this CPU is in. */
static DEFINE_PER_CPU(unsigned int, mplink_output_depth);

/* Leaves the packet at its IP header.  Returns false if it is malformed. */
static bool mplink_output_parse(struct sk_buff *skb, struct mplink_addr *hop, bool *inet6)
{
	const struct dst_entry *dst = skb_dst(skb);
	const struct ipv6hdr *ip6h;
	const struct iphdr *iph;
	__be16 protocol;

	/* Peers have no VLANs: a tag would be lost. */
	if (skb_vlan_tag_present(skb) || !pskb_may_pull(skb, ETH_HLEN))
		return false;
	protocol = ((const struct ethhdr *)skb->data)->h_proto;
	__skb_pull(skb, ETH_HLEN);
	skb_reset_network_header(skb);
	/* A route over another device says nothing about our peers. */
	if (dst && dst->dev != skb->dev)
		dst = NULL;

	/* Not by the first bits: an MPLS label may look like an IP header. */
	switch (protocol) {
	case htons(ETH_P_IP):
		if (!pskb_may_pull(skb, sizeof(*iph)))
			return false;
		iph = ip_hdr(skb);
		if (iph->version != 4 || iph->ihl < 5 || ntohs(iph->tot_len) < iph->ihl * 4 ||
		    (ntohs(iph->tot_len) > skb->len && !skb_is_gso(skb)))
			return false;
		*inet6 = false;
		if (dst && dst->ops->family == AF_INET)
			*hop = mplink_hop4(dst_rtable(dst), iph->daddr);
		else
			*hop = mplink_addr4(iph->daddr);
		skb->protocol = htons(ETH_P_IP);
		return true;
	case htons(ETH_P_IPV6):
		if (!pskb_may_pull(skb, sizeof(*ip6h)))
			return false;
		ip6h = ipv6_hdr(skb);
		if (ip6h->version != 6)
			return false;
		if (ntohs(ip6h->payload_len) + sizeof(*ip6h) > skb->len && !skb_is_gso(skb))
			return false;
		*inet6 = true;
		if (dst && dst->ops->family == AF_INET6)
			*hop = mplink_addr6(rt6_nexthop(dst_rt6_info(dst), &ip6h->daddr));
		else
			*hop = mplink_addr6(&ip6h->daddr);
		skb->protocol = htons(ETH_P_IPV6);
		return true;
	default:
		return false;
	}
}

/*
 * A redirect would make the hosts behind a hub look for each other directly, but this device
 * leads only to the hub.
 */
static bool mplink_output_is_redirect(const struct sk_buff *skb, bool inet6)
{
	if (inet6)
		return ipv6_hdr(skb)->nexthdr == IPPROTO_ICMPV6 && mplink_is_redirect6(skb);
	return ip_hdr(skb)->protocol == IPPROTO_ICMP && mplink_is_redirect4(skb);
}

static void mplink_output_one(struct mplink_vnic *vnic, struct sk_buff *skb)
{
	const struct mplink_peer_node *peer;
	struct mplink_addr hop;
	bool inet6;

	rcu_read_lock();
	if (!mplink_output_parse(skb, &hop, &inet6)) {
		mplink_drop(vnic, skb, MPLINK_DROP_MALFORMED);
		goto out;
	}
	if (unlikely(mplink_output_is_redirect(skb, inet6))) {
		mplink_drop(vnic, skb, MPLINK_DROP_REDIRECT);
		goto out;
	}
	peer = mplink_peers_find(vnic, hop);
	if (!peer)
		mplink_drop(vnic, skb, mplink_no_peer(skb, skb_dst(skb)));
	else
		mplink_send(vnic, peer, skb, inet6);
out:
	rcu_read_unlock();
}

/*
 * A NIC may be a virtual NIC, or a tunnel that leads back to one, so calls may nest.  The
 * stack's own limit does not see devices with a qdisc, and does not count drops for any device.
 */
netdev_tx_t mplink_output(struct sk_buff *skb, struct net_device *dev)
{
	struct mplink_vnic *vnic = netdev_priv(dev);

	if (likely(__this_cpu_inc_return(mplink_output_depth) <= MPLINK_OUTPUT_DEPTH &&
		   dev_recursion_level() <= MPLINK_OUTPUT_DEPTH))
		mplink_output_one(vnic, skb);
	else
		mplink_drop(vnic, skb, MPLINK_DROP_LOOP);
	__this_cpu_dec(mplink_output_depth);
	return NETDEV_TX_OK;
}
