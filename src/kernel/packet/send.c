// SPDX-License-Identifier: GPL-2.0
/*
 * Sending a packet to a peer: the core chooses a link, each further link of a broadcast gets
 * a copy, a second one may get one by the setting duplicate, and each packet leaves as the encap
 * says.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/arp.h>
#include <net/ndisc.h>
#include <net/neighbour.h>
#include <net/route.h>

#include "compat.h"
#include "device/vnic.h"
#include "lane.h"
#include "mplink/core.h"
#include "packet/choose.h"
#include "packet/drop.h"
#include "packet/path.h"
#include "packet/peer_table.h"
#include "packet/send.h"
#include "tunnel/duplicate.h"
#include "tunnel/encap.h"
#include "tunnel/tunnel.h"

/* If a NIC lacks one of these behind our headers, the stack does it in software. */
#define MPLINK_SEGMENT_FEATURES (NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HW_CSUM | NETIF_F_HIGHDMA)

/*
 * Encap none: sends one packet, which nobody else holds, by one link.  The neighbour is the
 * path's next hop; its family may differ from the packet's.
 */
static void mplink_send_none(struct mplink_vnic *vnic, struct sk_buff *skb,
			     const struct mplink_path *path, bool inet6)
{
	struct dst_entry *dst = mplink_path_dst(path, inet6);
	struct net_device *dev = path->dev;
	const u32 mtu = READ_ONCE(dev->mtu);
	struct neighbour *neigh;

	if (skb->len > mtu && !(skb_is_gso(skb) && skb_gso_validate_network_len(skb, mtu))) {
		mplink_too_big(vnic, skb, mtu, inet6);
		return;
	}
	if (skb_cow_head(skb, LL_RESERVED_SPACE(dev))) {
		mplink_drop(vnic, skb, MPLINK_DROP_NO_MEMORY);
		return;
	}
	if (path->inet6)
		neigh = ip_neigh_gw6(dev, &path->gw6);
	else
		neigh = ip_neigh_gw4(dev, path->gw4);
	if (IS_ERR(neigh)) {
		mplink_drop(vnic, skb, MPLINK_DROP_NO_NEIGHBOUR);
		return;
	}
	skb_dst_drop(skb);
	/* If the NIC is a virtual NIC, the route tells it which peer is meant. */
	if (dst)
		skb_dst_set_noref(skb, dst);
	skb->dev = dev;
	/* The neighbour's cached MAC header contains the neighbour's own family. */
	neigh_output(neigh, skb, path->inet6 != inet6);
}

static __always_inline void mplink_send_by(struct mplink_vnic *vnic,
					   const struct mplink_peer_node *peer,
					   const struct mplink_path *path, struct sk_buff *skb,
					   struct mplink_number *number, bool inet6)
{
	if (peer->tunnel)
		mplink_encap(vnic, peer->tunnel, path, skb, number, inet6);
	else
		mplink_send_none(vnic, skb, path, inet6);
}

/* The first copy to come counts.  Without memory for it, or another link, there is only one. */
static noinline void mplink_send_twice(struct mplink_vnic *vnic,
				       const struct mplink_peer_node *peer,
				       const struct mplink_path *path, struct sk_buff *skb,
				       u32 len, bool inet6)
{
	const struct mplink_path *other = mplink_duplicate_path(peer->tunnel, path, skb, len);
	struct sk_buff *copy = other ? pskb_copy(skb, GFP_ATOMIC) : NULL;
	struct mplink_number number = {};

	mplink_send_by(vnic, peer, path, skb, &number, inet6);
	if (copy)
		mplink_send_by(vnic, peer, other, copy, &number, inet6);
	else if (other)
		mplink_count_drop(vnic->core, MPLINK_DROP_NO_MEMORY);
}

/* By the link that was chosen for it, and perhaps by another one. */
static __always_inline void mplink_send_chosen(struct mplink_vnic *vnic,
					       const struct mplink_peer_node *peer,
					       const struct mplink_path *path, struct sk_buff *skb,
					       u32 len, bool inet6)
{
	if (unlikely(peer->tunnel && mplink_duplicates(peer->tunnel)))
		mplink_send_twice(vnic, peer, path, skb, len, inet6);
	else
		mplink_send_by(vnic, peer, path, skb, NULL, inet6);
}

/* Policy broadcast, or the first choice is dead. */
static noinline void mplink_send_copies(struct mplink_vnic *vnic,
					const struct mplink_peer_node *peer, struct sk_buff *skb,
					u32 len, bool inet6)
{
	struct mplink_number number = {};
	struct mplink_choice choice;
	bool broadcast;

	preempt_disable();
	choice = mplink_core_reselect(vnic->core, peer->core, len, mplink_lane(), skb->data,
				      skb_headlen(skb));
	preempt_enable();
	if (!choice.path) {
		mplink_drop(vnic, skb, MPLINK_DROP_NO_LINK);
		return;
	}
	broadcast = choice.more;
	while (choice.more) {
		struct sk_buff *copy = pskb_copy(skb, GFP_ATOMIC);

		if (copy)
			mplink_send_by(vnic, peer, choice.path, copy, &number, inet6);
		else
			mplink_count_drop(vnic->core, MPLINK_DROP_NO_MEMORY);
		preempt_disable();
		choice = mplink_core_next(vnic->core, choice.more, len, mplink_lane());
		preempt_enable();
	}
	if (broadcast)
		mplink_send_by(vnic, peer, choice.path, skb, &number, inet6);
	else
		mplink_send_chosen(vnic, peer, choice.path, skb, len, inet6);
}

static void mplink_send_packet(struct mplink_vnic *vnic, const struct mplink_peer_node *peer,
			       struct sk_buff *skb, u32 headers, bool inet6)
{
	const u32 len = skb->len + headers;
	const struct mplink_path *path = mplink_choose(peer, len, skb->data, skb_headlen(skb));

	if (likely(path))
		mplink_send_chosen(vnic, peer, path, skb, len, inet6);
	else
		mplink_send_copies(vnic, peer, skb, len, inet6);
}

/* With gre-udp each segment needs its own number, so a NIC cannot cut the packet later. */
static noinline void mplink_send_segments(struct mplink_vnic *vnic,
					  const struct mplink_peer_node *peer, struct sk_buff *skb,
					  u32 headers, bool inet6)
{
	struct sk_buff *segments = skb_gso_segment(skb, MPLINK_SEGMENT_FEATURES), *next;

	if (IS_ERR(segments)) {
		mplink_drop(vnic, skb, PTR_ERR(segments) == -ENOMEM ? MPLINK_DROP_NO_MEMORY :
								      MPLINK_DROP_MALFORMED);
		return;
	}
	if (!segments) {
		mplink_send_packet(vnic, peer, skb, headers, inet6);
		return;
	}
	consume_skb(skb);
	skb_list_walk_safe(segments, skb, next) {
		skb_mark_not_on_list(skb);
		mplink_send_packet(vnic, peer, skb, headers, inet6);
	}
}

void mplink_send(struct mplink_vnic *vnic, const struct mplink_peer_node *peer,
		 struct sk_buff *skb, bool inet6)
{
	const u32 headers = peer->tunnel ? READ_ONCE(peer->tunnel->overhead) : 0;

	if (unlikely(peer->tunnel && skb_is_gso(skb)))
		mplink_send_segments(vnic, peer, skb, headers, inet6);
	else
		mplink_send_packet(vnic, peer, skb, headers, inet6);
}
