// SPDX-License-Identifier: GPL-2.0
/*
 * tcpdump on a virtual NIC.  Packets that the hook gives to a NIC bypass the virtual NIC's
 * queue, where the kernel would show them to packet sockets.
 */
#include <linux/etherdevice.h>

#include "packet/tap.h"

void mplink_tap_deliver(const struct sk_buff *skb, struct net_device *dev)
{
	/*
	 * The copy has its own header: a socket may read it after the NIC has written its
	 * MAC header into the packet's.
	 */
	struct sk_buff *copy = __pskb_copy((struct sk_buff *)skb, skb_headroom(skb) + ETH_HLEN,
					   GFP_ATOMIC);
	struct ethhdr *eth;

	if (!copy)
		return;
	eth = skb_push(copy, ETH_HLEN);
	eth_zero_addr(eth->h_dest);
	ether_addr_copy(eth->h_source, dev->dev_addr);
	eth->h_proto = copy->protocol;
	copy->dev = dev;
	skb_reset_mac_header(copy);
	local_bh_disable(); /* as its other callers: it takes locks that softirqs take */
	dev_queue_xmit_nit(copy, dev);
	local_bh_enable();
	consume_skb(copy);
}

void mplink_tap_push_mac(struct sk_buff *skb, const struct net_device *dev)
{
	struct ethhdr *eth = skb_push(skb, ETH_HLEN);

	ether_addr_copy(eth->h_dest, dev->dev_addr);
	eth_zero_addr(eth->h_source);
	eth->h_proto = skb->protocol;
	skb_reset_mac_header(skb);
	skb_pull(skb, ETH_HLEN);
	skb_reset_mac_len(skb);
}
