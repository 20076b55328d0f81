// SPDX-License-Identifier: GPL-2.0
/*
 * The way in: from a UDP datagram to the packet in it, and to whose it is.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/inet_ecn.h>
#include <net/ip_tunnels.h>
#include <net/udp.h>

#include "tunnel.h"

/* NULL: the device is no NIC of a virtual NIC's. */
static const struct mplink_nic *mplink_decap_nic(const struct net_device *dev)
{
	const struct mplink_port *port;

	if (rcu_access_pointer(dev->rx_handler) != mplink_input)
		return NULL;
	port = rcu_dereference(dev->rx_handler_data);
	return port->nic;
}

/*
 * The link by which it came: a far end's link is the address it sends from.  Where links
 * over several NICs have the same remote, the NIC decides.
 */
static const struct mplink_far_end *mplink_decap_find(struct mplink_tunnel_socket *socket,
						      const struct mplink_addr *from, u32 key,
						      const struct net_device *dev, u32 *drop)
{
	const struct mplink_nic *nic = mplink_decap_nic(dev);
	const struct mplink_far_end *end, *found = NULL;
	bool known = false;

	hlist_for_each_entry_rcu(end, mplink_far_ends(socket, from), node) {
		if (!mplink_addr_equal(&end->remote, from))
			continue;
		known = true;
		if (end->key != key)
			continue;
		found = end;
		if (end->nic == nic)
			break;
	}
	*drop = found ? MPLINK_GRE_DROP_NONE : known ? MPLINK_GRE_DROP_KEY : MPLINK_GRE_DROP_SENDER;
	return found;
}

/* RFC 6040: congestion on the way is congestion of the packet. */
static u32 mplink_decap_ecn(struct sk_buff *skb, const void *outer, bool outer6)
{
	const int err = outer6 ? IP6_ECN_decapsulate(outer, skb) : IP_ECN_decapsulate(outer, skb);

	return err > 1 ? MPLINK_GRE_DROP_ECN : MPLINK_GRE_DROP_NONE;
}

/* Leaves the packet at its inner IP header, as one that the virtual NIC has received. */
static u32 mplink_decap_unwrap(struct sk_buff *skb, const struct mplink_gre *gre,
			       struct net_device *dev)
{
	const bool outer6 = skb->protocol == htons(ETH_P_IPV6);
	const bool inet6 = gre->protocol == ETH_P_IPV6;
	const u32 len = inet6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
	const void *outer;
	u32 drop;

	if (iptunnel_pull_header(skb, sizeof(struct udphdr) + gre->len, htons(gre->protocol),
				 false))
		return MPLINK_GRE_DROP_NO_MEMORY;
	if (skb->len < len)
		return MPLINK_GRE_DROP_INNER;
	/* With room for a MAC header of our own: the NIC's lies before the outer one. */
	if (!pskb_may_pull(skb, len) || skb_cow_head(skb, ETH_HLEN))
		return MPLINK_GRE_DROP_NO_MEMORY;
	if (skb->data[0] >> 4 != (inet6 ? 6 : 4))
		return MPLINK_GRE_DROP_INNER;
	outer = skb_network_header(skb);
	skb_reset_network_header(skb);
	drop = mplink_decap_ecn(skb, outer, outer6);
	if (drop)
		return drop;
	skb->dev = dev;
	mplink_input_push_mac(skb, dev);
	return MPLINK_GRE_DROP_NONE;
}

static u32 mplink_decap_take(struct mplink_tunnel_socket *socket, struct sk_buff *skb)
{
	const bool outer6 = skb->protocol == htons(ETH_P_IPV6);
	const u32 wire = skb->len - skb_network_offset(skb) + skb->dev->hard_header_len;
	const struct mplink_far_end *end;
	struct mplink_addr from;
	struct mplink_vnic *vnic;
	struct mplink_gre gre;
	u32 len, drop;

	len = min_t(u32, skb->len - sizeof(struct udphdr), MPLINK_GRE_MAX_LEN);
	if (!pskb_may_pull(skb, sizeof(struct udphdr) + len))
		return MPLINK_GRE_DROP_NO_MEMORY;
	drop = mplink_core_gre_read(skb->data + sizeof(struct udphdr), len, &gre);
	if (drop)
		return drop;
	from = outer6 ? mplink_addr6(&ipv6_hdr(skb)->saddr) : mplink_addr4(ip_hdr(skb)->saddr);
	end = mplink_decap_find(socket, &from, gre.key, skb->dev, &drop);
	if (!end)
		return drop;
	if (unlikely(gre.checksummed) &&
	    csum_fold(skb_checksum(skb, sizeof(struct udphdr), skb->len - sizeof(struct udphdr), 0)))
		return MPLINK_GRE_DROP_CHECKSUM;
	vnic = end->tunnel->vnic;
	if (unlikely(!netif_running(vnic->dev)))
		return MPLINK_GRE_DROP_DOWN;
	drop = mplink_decap_unwrap(skb, &gre, vnic->dev);
	if (drop)
		return drop;
	mplink_core_receive(end->nic, end->tunnel->peer, wire, mplink_lane_bh());
	mplink_resequence(end->tunnel, &gre, end->nic_id, skb);
	return MPLINK_GRE_DROP_NONE;
}

/*
 * Called in softirq, in an RCU read section, with skb->data at the UDP header, whose
 * checksum is right.  Takes all packets.
 */
int mplink_decap(struct sock *sk, struct sk_buff *skb)
{
	struct mplink_tunnel_socket *socket = rcu_dereference_sk_user_data(sk);
	u32 drop;

	/* It is being closed. */
	if (!socket) {
		kfree_skb(skb);
		return 0;
	}
	drop = mplink_decap_take(socket, skb);
	mplink_tunnel_count(socket, drop);
	if (drop)
		kfree_skb(skb);
	return 0;
}
