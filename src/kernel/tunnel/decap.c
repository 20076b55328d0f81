// SPDX-License-Identifier: GPL-2.0
/*
 * Encap gre-udp, receiving: finds the far end that sent a datagram, and takes out the packet.
 */
#include <linux/if_vlan.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/addrconf.h>
#include <net/inet_ecn.h>
#include <net/ip_tunnels.h>
#include <net/udp.h>

#include "addr.h"
#include "device/port.h"
#include "device/vnic.h"
#include "lane.h"
#include "measure/measure.h"
#include "mplink/core.h"
#include "mplink/tunnel.h"
#include "packet/path.h"
#include "packet/tap.h"
#include "tunnel/decap.h"
#include "tunnel/resequence.h"
#include "tunnel/sockets.h"
#include "tunnel/unknown_sender.h"
#include "tunnel/tunnel.h"

/* Returns NULL if the device is not the NIC of a virtual NIC. */
static const struct mplink_port *mplink_decap_port(const struct net_device *dev)
{
	return mplink_port_is(dev) ? rcu_dereference(dev->rx_handler_data) : NULL;
}

/*
 * The stack may show an upper device: a VRF instead of its member, or a VLAN on the NIC.
 * Returns the device below, or NULL if it has just gone.
 */
static const struct net_device *mplink_decap_lower(const struct sk_buff *skb)
{
	const bool outer6 = skb->protocol == htons(ETH_P_IPV6);
	const int member = outer6 ? inet6_sdif(skb) : inet_sdif(skb);
	const struct net_device *dev = skb->dev;

	if (member)
		dev = dev_get_by_index_rcu(dev_net(dev), member);
	return dev && is_vlan_dev(dev) ? vlan_dev_real_dev(dev) : dev;
}

/* Returns true if the device has an address in the same subnet. */
static bool mplink_decap_on_link(const struct net_device *dev, const struct mplink_addr *addr)
{
	const struct in6_addr *in6 = mplink_in6(addr);
	const struct in_device *in_dev;
	const struct in_ifaddr *ifa;

	if (!ipv6_addr_v4mapped(in6))
		return ipv6_mod_enabled() && ipv6_chk_prefix(in6, (struct net_device *)dev);
	in_dev = __in_dev_get_rcu(dev);
	if (!in_dev)
		return false;
	in_dev_for_each_ifa_rcu(ifa, in_dev)
		if (inet_ifa_match(in6->s6_addr32[3], ifa))
			return true;
	return false;
}

/*
 * Two NICs in one network answer ARP for each other's addresses, so a packet may arrive on
 * either of them.  On any other device the sender has forged the remote's address.
 */
static bool mplink_decap_came_by(const struct mplink_far_end *end, const struct sk_buff *skb)
{
	const struct net_device *dev = mplink_decap_lower(skb);
	const struct mplink_port *port = dev ? mplink_decap_port(dev) : NULL;

	if (!port)
		return false;
	return end->nic == port->nic ||
	       (port->upper == end->tunnel->vnic->dev && mplink_decap_on_link(dev, &end->remote));
}

/* Compares the devices below skb->dev, and finds out why a packet has no far end. */
static noinline const struct mplink_far_end *
mplink_decap_find_slow(struct mplink_tunnel_socket *socket, const struct mplink_addr *from, u32 key,
		       const struct sk_buff *skb, u32 *drop)
{
	const struct mplink_far_end *end;

	*drop = MPLINK_GRE_DROP_SENDER;
	hlist_for_each_entry_rcu(end, mplink_far_ends(socket, from), node) {
		if (!mplink_addr_equal(&end->remote, from))
			continue;
		if (end->key == key && mplink_decap_came_by(end, skb))
			return end;
		if (end->key == key)
			*drop = MPLINK_GRE_DROP_NIC;
		else if (*drop == MPLINK_GRE_DROP_SENDER)
			*drop = MPLINK_GRE_DROP_KEY;
	}
	return NULL;
}

/*
 * Compares the NIC as well as address and key.  Otherwise a packet that a virtual NIC has
 * received could pass for one from a link.
 */
static const struct mplink_far_end *mplink_decap_find(struct mplink_tunnel_socket *socket,
						      const struct mplink_addr *from, u32 key,
						      const struct sk_buff *skb, u32 *drop)
{
	const struct mplink_port *port = mplink_decap_port(skb->dev);
	const struct mplink_far_end *end;

	if (likely(port))
		hlist_for_each_entry_rcu(end, mplink_far_ends(socket, from), node)
			if (mplink_addr_equal(&end->remote, from) && end->key == key &&
			    end->nic == port->nic)
				return end;
	return mplink_decap_find_slow(socket, from, key, skb, drop);
}

/* A congestion mark on the outer header goes to the inner one (RFC 6040 4.2). */
static __always_inline u32 mplink_decap_ecn(struct sk_buff *skb, const void *outer, bool outer6)
{
	const int err = outer6 ? IP6_ECN_decapsulate(outer, skb) : IP_ECN_decapsulate(outer, skb);

	return err > 1 ? MPLINK_GRE_DROP_ECN : MPLINK_GRE_DROP_NONE;
}

/*
 * Leaves the packet at its inner IP header, as if the virtual NIC had received it.  Always inline:
 * the second caller must not cost the first one a call.
 */
static __always_inline u32 mplink_decap_unwrap(struct sk_buff *skb, const struct mplink_gre *gre,
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
	/*
	 * A NIC's hash is of the outer headers, which differ by link.  GRO and RPS would lead
	 * packets of one flow different ways, out of order.  GRO finds a flow by the raw value;
	 * whoever needs a hash of the inner packet computes it.
	 */
	skb_set_hash(skb, gre->bucket, PKT_HASH_TYPE_L3);
	if (skb->len < len)
		return MPLINK_GRE_DROP_INNER;
	/* mplink_tap_push_mac() needs room: the NIC's MAC header is before the outer headers. */
	if (!pskb_may_pull(skb, len) || skb_cow_head(skb, ETH_HLEN))
		return MPLINK_GRE_DROP_NO_MEMORY;
	if (skb->data[0] >> 4 != (inet6 ? 6 : 4))
		return MPLINK_GRE_DROP_INNER;
	outer = skb_network_header(skb);
	skb_reset_network_header(skb);
	/* It points to the outer header.  NICs leave it unset. */
	skb->transport_header = (typeof(skb->transport_header))~0U;
	drop = mplink_decap_ecn(skb, outer, outer6);
	if (drop)
		return drop;
	skb->dev = dev;
	mplink_tap_push_mac(skb, dev);
	return MPLINK_GRE_DROP_NONE;
}

/*
 * RFC 2784 2.3.  A sender on this machine may have left the checksum to the NIC.  The kernel's
 * function knows that and skips the bytes.
 */
static bool mplink_decap_checksum_wrong(struct sk_buff *skb)
{
	bool wrong;

	skb_pull_rcsum(skb, sizeof(struct udphdr));
	wrong = skb_checksum_simple_validate(skb);
	skb_push_rcsum(skb, sizeof(struct udphdr));
	return wrong;
}

static noinline void mplink_decap_heard_slow(struct mplink_far_end *end,
					     const struct sk_buff *skb, u32 heard)
{
	const bool outer6 = skb->protocol == htons(ETH_P_IPV6);
	const struct mplink_addr to = outer6 ? mplink_addr6(&ipv6_hdr(skb)->daddr) :
					       mplink_addr4(ip_hdr(skb)->daddr);
	struct mplink_path *path = mplink_core_peer_path(end->tunnel->peer, end->link);

	if (path)
		WRITE_ONCE(end->heard, mplink_path_heard(path, &to) ? heard : ~heard);
}

/* Calls the slow way only if the far end sends to a new address, or paths have changed. */
static __always_inline void mplink_decap_heard(struct mplink_far_end *end,
					       const struct sk_buff *skb, bool outer6)
{
	u32 heard = READ_ONCE(mplink_path_generation);

	heard += outer6 ? ipv6_addr_hash(&ipv6_hdr(skb)->daddr) :
			  (__force u32)ip_hdr(skb)->daddr;
	if (unlikely(heard != READ_ONCE(end->heard)))
		mplink_decap_heard_slow(end, skb, heard);
}

/* One comparison: nothing else that mplink_core_gre_read() accepts is above IPv6. */
static bool mplink_decap_is_data(const struct mplink_gre *gre)
{
	static_assert(MPLINK_MESSAGES > ETH_P_IPV6 && MPLINK_REPLAYS > ETH_P_IPV6);
	return gre->protocol <= ETH_P_IPV6;
}

/* A far end that was set up first asks for this one; its questions tell of no mistake. */
static u32 mplink_decap_not_ready(const struct mplink_gre *gre, u32 drop)
{
	return gre->protocol == MPLINK_MESSAGES ? MPLINK_GRE_DROP_EARLY : drop;
}

/*
 * The GRE header of a replay does not tell the family.  The link has received it like any other
 * packet, but in no order.
 */
static noinline u32 mplink_decap_replay(const struct mplink_far_end *end, struct mplink_gre *gre,
					struct sk_buff *skb, u32 wire)
{
	const u32 at = sizeof(struct udphdr) + gre->len;
	u32 drop;

	if (skb->len <= at)
		return MPLINK_GRE_DROP_INNER;
	if (!pskb_may_pull(skb, at + 1))
		return MPLINK_GRE_DROP_NO_MEMORY;
	/* Any other version than 6 is taken for 4, and refused as such. */
	gre->protocol = skb->data[at] >> 4 == 6 ? ETH_P_IPV6 : ETH_P_IP;
	drop = mplink_decap_unwrap(skb, gre, end->tunnel->vnic->dev);
	if (drop)
		return drop;
	mplink_core_receive_link(end->nic, end->tunnel->peer, end->link, wire, mplink_lane_bh());
	return mplink_resequence_replay(end, gre, skb);
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
	end = mplink_decap_find(socket, &from, gre.key, skb, &drop);
	if (!end) {
		if (drop != MPLINK_GRE_DROP_SENDER)
			return drop;
		mplink_tunnel_unknown_sender(socket, &from, gre.key, skb->dev);
		return mplink_decap_not_ready(&gre, drop);
	}
	if (unlikely(gre.checksummed) && mplink_decap_checksum_wrong(skb))
		return MPLINK_GRE_DROP_CHECKSUM;
	vnic = end->tunnel->vnic;
	if (unlikely(!netif_running(vnic->dev)))
		return mplink_decap_not_ready(&gre, MPLINK_GRE_DROP_DOWN);
	mplink_decap_heard((struct mplink_far_end *)end, skb, outer6);
	if (unlikely(!mplink_decap_is_data(&gre)))
		return gre.protocol == MPLINK_REPLAYS ?
			       mplink_decap_replay(end, &gre, skb, wire) :
			       mplink_measure_receive((struct mplink_far_end *)end, skb,
						      sizeof(struct udphdr) + gre.len);
	drop = mplink_decap_unwrap(skb, &gre, vnic->dev);
	if (drop)
		return drop;
	mplink_core_receive_link(end->nic, end->tunnel->peer, end->link, wire, mplink_lane_bh());
	return mplink_resequence(end, &gre, skb);
}

int mplink_decap(struct sock *sk, struct sk_buff *skb)
{
	struct mplink_tunnel_socket *socket = rcu_dereference_sk_user_data(sk);
	u32 drop;

	/* The socket is being closed. */
	if (!socket) {
		kfree_skb(skb);
		return 0;
	}
	drop = mplink_decap_take(socket, skb);
	mplink_tunnel_count(socket, drop);
	if (drop == MPLINK_GRE_MESSAGE)
		consume_skb(skb);
	else if (drop)
		kfree_skb(skb);
	return 0;
}
