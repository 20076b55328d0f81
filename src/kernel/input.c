// SPDX-License-Identifier: GPL-2.0
/*
 * The way in: a packet from a peer's virtual address that arrives on a member
 * NIC belongs to the virtual NIC.  Everything behind this point (taps, filters,
 * the reverse-path check, sockets) sees one device.
 *
 * The handler is bound to its port, and thereby to one device: packets of other
 * devices never come here.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include "mplink.h"
#include "peers.h"
#include "tunnel.h"

void mplink_input_push_mac(struct sk_buff *skb, const struct net_device *dev)
{
	struct ethhdr *eth = skb_push(skb, ETH_HLEN);

	ether_addr_copy(eth->h_dest, dev->dev_addr);
	eth_zero_addr(eth->h_source);
	eth->h_proto = skb->protocol;
	skb_reset_mac_header(skb);
	skb_pull(skb, ETH_HLEN);
	skb_reset_mac_len(skb);
}

static __always_inline rx_handler_result_t
mplink_input_accept(struct sk_buff *skb, const struct mplink_port *port,
		    const struct mplink_peer_node *peer)
{
	const u32 len = skb->len + port->dev->hard_header_len;

	skb->dev = port->upper;
	/* Last, so that nothing need be kept meanwhile. */
	mplink_core_receive(port->nic, peer->core, len, mplink_lane_bh());
	return RX_HANDLER_ANOTHER;
}

/* A packet that must be made our own, and Ethernet, first. */
static noinline rx_handler_result_t mplink_input_convert(struct sk_buff **pskb,
							 const struct mplink_port *port,
							 const struct mplink_peer_node *peer)
{
	const struct mplink_vnic *vnic = netdev_priv(port->upper);
	struct sk_buff *skb = skb_share_check(*pskb, GFP_ATOMIC);

	*pskb = skb;
	if (unlikely(!skb))
		goto no_memory;
	if (port->dev->type != ARPHRD_ETHER) {
		if (skb_cow_head(skb, ETH_HLEN)) {
			kfree_skb_reason(skb, SKB_DROP_REASON_NOMEM);
			goto no_memory;
		}
		mplink_input_push_mac(skb, port->upper);
	}
	return mplink_input_accept(skb, port, peer);

no_memory:
	mplink_count_drop(vnic->core, MPLINK_DROP_NO_MEMORY);
	return RX_HANDLER_CONSUMED;
}

static __always_inline rx_handler_result_t mplink_input_from(struct sk_buff **pskb,
							     struct sk_buff *skb,
							     const struct mplink_port *port,
							     const struct mplink_peer_node *peer)
{
	if (!peer || unlikely(!netif_running(port->upper)))
		return RX_HANDLER_PASS;
	if (unlikely(skb_shared(skb) || port->dev->type != ARPHRD_ETHER))
		return mplink_input_convert(pskb, port, peer);
	return mplink_input_accept(skb, port, peer);
}

/* IPv6, and the few packets whose header lies scattered. */
static noinline rx_handler_result_t mplink_input_other(struct sk_buff **pskb,
						       const struct mplink_port *port)
{
	const struct mplink_vnic *vnic = netdev_priv(port->upper);
	struct sk_buff *skb = *pskb;
	struct in6_addr in6;
	__be32 in;

	switch (skb->protocol) {
	case htons(ETH_P_IP):
		if (skb_copy_bits(skb, offsetof(struct iphdr, saddr), &in, sizeof(in)))
			return RX_HANDLER_PASS;
		return mplink_input_from(pskb, skb, port, mplink_peers_find4(vnic, in));
	case htons(ETH_P_IPV6):
		if (skb_copy_bits(skb, offsetof(struct ipv6hdr, saddr), &in6, sizeof(in6)))
			return RX_HANDLER_PASS;
		return mplink_input_from(pskb, skb, port,
					 mplink_peers_find(vnic, mplink_addr6(&in6)));
	default:
		return RX_HANDLER_PASS;
	}
}

/* What is a peer's comes in the tunnel, and nothing else is. */
static noinline rx_handler_result_t mplink_input_tunnel(struct sk_buff *skb,
							struct net_device *upper)
{
	mplink_tunnel_demux(netdev_priv(upper), skb);
	return RX_HANDLER_PASS;
}

/*
 * Ends with a call wherever there is more to do than to accept IPv4, which thus needs no
 * register that would have to be saved.
 */
rx_handler_result_t mplink_input(struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;
	const struct mplink_port *port = rcu_dereference(skb->dev->rx_handler_data);
	const struct mplink_vnic *vnic = netdev_priv(port->upper);

	if (unlikely(skb->pkt_type != PACKET_HOST))
		return RX_HANDLER_PASS;
	/* Pairs with mplink_tunnel_begin(): who sees it sees what is in it. */
	if (unlikely(smp_load_acquire(&vnic->delivery)))
		return mplink_input_tunnel(skb, port->upper);
	if (unlikely(skb->protocol != htons(ETH_P_IP) || skb_headlen(skb) < sizeof(struct iphdr)))
		return mplink_input_other(pskb, port);
	return mplink_input_from(pskb, skb, port,
				 mplink_peers_find4(vnic, ((struct iphdr *)skb->data)->saddr));
}
