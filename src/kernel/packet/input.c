// SPDX-License-Identifier: GPL-2.0
/*
 * Receiving with encap none.  A packet from a peer's virtual address, or from a network behind
 * a peer, that arrives on a member NIC belongs to the virtual NIC.  From here on taps, filters,
 * the reverse-path check and sockets see one device.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include "addr.h"
#include "device/port.h"
#include "device/vnic.h"
#include "lane.h"
#include "mplink/core.h"
#include "packet/input.h"
#include "packet/peer_by_route.h"
#include "packet/peer_table.h"
#include "packet/tap.h"
#include "tunnel/sockets.h"

static __always_inline rx_handler_result_t
mplink_input_accept(struct sk_buff *skb, const struct mplink_port *port,
		    const struct mplink_peer_node *peer)
{
	const u32 len = skb->len + port->dev->hard_header_len;

	/* READ_ONCE() loads it again, which costs less than a saved register. */
	skb->dev = READ_ONCE(port->upper);
	/* Last: a tail call saves no registers. */
	mplink_core_receive(port->nic, peer->core, len, mplink_lane_bh());
	return RX_HANDLER_ANOTHER;
}

/* For a packet that others share, or that has no Ethernet header. */
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
		mplink_tap_push_mac(skb, port->upper);
	}
	return mplink_input_accept(skb, port, peer);

no_memory:
	mplink_count_drop(vnic->core, MPLINK_DROP_NO_MEMORY);
	return RX_HANDLER_CONSUMED;
}

static rx_handler_result_t mplink_input_from(struct sk_buff **pskb, const struct mplink_port *port,
					     const struct mplink_peer_node *peer)
{
	if (!peer || unlikely(!netif_running(port->upper)))
		return RX_HANDLER_PASS;
	if (unlikely(skb_shared(*pskb) || port->dev->type != ARPHRD_ETHER))
		return mplink_input_convert(pskb, port, peer);
	return mplink_input_accept(*pskb, port, peer);
}

/*
 * For a sender that is not a peer.  If the route back leads over the virtual NIC to a peer, the
 * sender is in a network behind that peer.  The reverse-path check asks the same, and rules by
 * source give both the same answer.  Packets to an address of the NIC are the NIC's own
 * (sockets bound to it, other tunnels, BFD), even if a default route leads to a peer.  All
 * others cost a lookup of the FIB each.
 */
static noinline rx_handler_result_t mplink_input_by_route(struct sk_buff **pskb,
							  const struct mplink_port *port)
{
	const struct mplink_peer_node *peer = NULL;
	struct iphdr iph;

	if (!skb_copy_bits(*pskb, 0, &iph, sizeof(iph)))
		peer = mplink_peer_by_route4(netdev_priv(port->upper), port->dev, iph.saddr,
					     iph.daddr);
	return mplink_input_from(pskb, port, peer);
}

static rx_handler_result_t mplink_input_inet(struct sk_buff **pskb, const struct mplink_port *port)
{
	const struct mplink_peer_node *peer;
	__be32 saddr;

	if (skb_copy_bits(*pskb, offsetof(struct iphdr, saddr), &saddr, sizeof(saddr)))
		return RX_HANDLER_PASS;
	peer = mplink_peers_find4(netdev_priv(port->upper), saddr);
	if (!peer)
		return mplink_input_by_route(pskb, port);
	return mplink_input_from(pskb, port, peer);
}

static rx_handler_result_t mplink_input_inet6(struct sk_buff **pskb, const struct mplink_port *port)
{
	const struct mplink_vnic *vnic = netdev_priv(port->upper);
	const struct mplink_peer_node *peer;
	struct ipv6hdr ip6h;

	if (skb_copy_bits(*pskb, 0, &ip6h, sizeof(ip6h)))
		return RX_HANDLER_PASS;
	peer = mplink_peers_find(vnic, mplink_addr6(&ip6h.saddr));
	if (!peer)
		peer = mplink_peer_by_route6(vnic, port->dev, &ip6h.saddr, &ip6h.daddr);
	return mplink_input_from(pskb, port, peer);
}

/* For IPv6, and the few packets whose header is not linear. */
static noinline rx_handler_result_t mplink_input_other(struct sk_buff **pskb,
						       const struct mplink_port *port)
{
	switch ((*pskb)->protocol) {
	case htons(ETH_P_IP):
		return mplink_input_inet(pskb, port);
	case htons(ETH_P_IPV6):
		return mplink_input_inet6(pskb, port);
	default:
		return RX_HANDLER_PASS;
	}
}

/*
 * For a virtual NIC that is down, a NIC without MAC headers, and gre-udp, where all packets of
 * peers come through the tunnel.
 */
static noinline rx_handler_result_t mplink_input_special(struct sk_buff **pskb,
							 const struct mplink_port *port)
{
	struct mplink_vnic *vnic = netdev_priv(port->upper);

	/* Pairs with smp_store_release() in mplink_tunnel_begin(): vnic->socket is set. */
	if (!smp_load_acquire(&vnic->delivery))
		return mplink_input_other(pskb, port);
	mplink_tunnel_demux(vnic, *pskb);
	return RX_HANDLER_PASS;
}

/*
 * Everything but accepting IPv4 is in a tail call, so that this function saves no registers.
 */
rx_handler_result_t mplink_input(struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;
	const struct mplink_port *port = rcu_dereference(skb->dev->rx_handler_data);
	const struct mplink_peer_node *peer;

	if (unlikely(skb->pkt_type != PACKET_HOST))
		return RX_HANDLER_PASS;
	/* data_race(): a packet may arrive before a change or after it. */
	if (unlikely(data_race(port->special)))
		return mplink_input_special(pskb, port);
	if (unlikely(skb->protocol != htons(ETH_P_IP) || skb_headlen(skb) < sizeof(struct iphdr)))
		return mplink_input_other(pskb, port);
	peer = mplink_peers_find4(netdev_priv(port->upper), ((struct iphdr *)skb->data)->saddr);
	if (unlikely(!peer))
		return mplink_input_by_route(pskb, port);
	if (unlikely(skb_shared(skb)))
		return mplink_input_convert(pskb, port, peer);
	return mplink_input_accept(skb, port, peer);
}
