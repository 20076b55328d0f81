// SPDX-License-Identifier: GPL-2.0
/*
 * The way out: a packet is given a number and a link, and goes out in GRE in UDP.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/dsfield.h>
#include <net/icmp.h>
#include <net/ip_tunnels.h>
#include <net/udp.h>

#include "outer.h"
#include "peers.h"
#include "tunnel.h"

/* RFC 8086 3.1: the flow's entropy, in the range for ports of nobody's own. */
#define MPLINK_SOURCE_PORT_MIN 49152
#define MPLINK_SOURCE_PORTS 16384

/* What a NIC cannot do of these, with our headers before it, the stack does for it. */
#define MPLINK_SEGMENT_FEATURES (NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HW_CSUM | NETIF_F_HIGHDMA)

static u8 mplink_encap_dsfield(const struct sk_buff *skb, bool inet6)
{
	return inet6 ? ipv6_get_dsfield(ipv6_hdr(skb)) : ipv4_get_dsfield(ip_hdr(skb));
}

/*
 * The stack cuts or refuses what is longer than the MTU: this one came past it, or before,
 * or a router on the way has less.
 */
static void mplink_encap_too_big(struct mplink_vnic *vnic, struct sk_buff *skb, u32 mtu, bool inet6)
{
	if (inet6)
		mtu = max_t(u32, mtu, IPV6_MIN_MTU);
	skb_dst_update_pmtu_no_confirm(skb, mtu);
	if (inet6)
		icmpv6_ndo_send(skb, ICMPV6_PKT_TOOBIG, 0, mtu);
	else if (ip_hdr(skb)->frag_off & htons(IP_DF))
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, htonl(mtu));
	mplink_drop(vnic, skb, MPLINK_DROP_TOO_BIG);
}

/*
 * Of what may be fragmented nobody would be told, and of IPv6 no link may ask for less than
 * its least (RFC 4213 3.2.2, RFC 2473 7.1): that goes in pieces outside, under one number.
 */
static bool mplink_encap_in_pieces(const struct sk_buff *skb, bool inet6)
{
	return inet6 ? skb->len <= IPV6_MIN_MTU : !(ip_hdr(skb)->frag_off & htons(IP_DF));
}

/* Puts the headers before the packet, which is ours alone, and sends it. */
static void mplink_encap_send(struct mplink_vnic *vnic, struct sk_buff *skb,
			      const struct mplink_path *path, const struct mplink_gre *gre,
			      const struct mplink_outer *outer, bool inet6)
{
	const u32 headers = mplink_outer_len(path->outer6) + MPLINK_GRE_LEN;
	const int mtu = (int)mplink_path_mtu(path) - (int)headers;
	struct mplink_outer in_pieces;

	if (unlikely((int)skb->len > mtu)) {
		if (!mplink_encap_in_pieces(skb, inet6)) {
			mplink_encap_too_big(vnic, skb, max(mtu, 0), inet6);
			return;
		}
		in_pieces = *outer;
		in_pieces.fragment = true;
		outer = &in_pieces;
	}
	if (unlikely(mplink_addr_none(&path->local))) {
		mplink_drop(vnic, skb, MPLINK_DROP_NO_LINK);
		return;
	}
	if (skb_cow_head(skb, LL_RESERVED_SPACE(path->dev) + headers) ||
	    iptunnel_handle_offloads(skb, 0)) {
		mplink_drop(vnic, skb, MPLINK_DROP_NO_MEMORY);
		return;
	}
	skb_scrub_packet(skb, false);
	mplink_core_gre_write(__skb_push(skb, MPLINK_GRE_LEN), gre);
	mplink_outer_xmit(path, NULL, skb, outer);
}

/* A packet, or a segment of one. */
static void mplink_encap_one(struct mplink_vnic *vnic, const struct mplink_peer_node *peer,
			     struct sk_buff *skb, bool inet6)
{
	struct mplink_tunnel *tunnel = peer->tunnel;
	const u32 hash = mplink_core_flow_hash(skb->data, skb_headlen(skb));
	const u32 len = skb->len + READ_ONCE(tunnel->overhead);
	const struct mplink_outer outer = {
		.from = htons(MPLINK_SOURCE_PORT_MIN + (hash >> 16) % MPLINK_SOURCE_PORTS),
		.to = htons(MPLINK_GRE_UDP_PORT),
		/* RFC 6040 4.1, normal mode: as it is, congestion, too. */
		.tos = mplink_encap_dsfield(skb, inet6),
		.ttl = IPDEFTTL,
	};
	struct mplink_gre gre = {
		.key = READ_ONCE(tunnel->key),
		.bucket = (hash >> 24) & READ_ONCE(vnic->flow_mask),
		.protocol = inet6 ? ETH_P_IPV6 : ETH_P_IP,
	};
	struct mplink_choice choice = mplink_choose(vnic, peer, skb, len);

	if (unlikely(!choice.path)) {
		mplink_drop(vnic, skb, MPLINK_DROP_NO_LINK);
		return;
	}
	/* No sooner: a number that nothing bears is a gap, for which the far end waits. */
	gre.seq = (u32)atomic_fetch_inc_relaxed(&tunnel->bucket[gre.bucket].next);
	while (choice.more) {
		struct sk_buff *copy = pskb_copy(skb, GFP_ATOMIC);

		if (copy)
			mplink_encap_send(vnic, copy, choice.path, &gre, &outer, inet6);
		else
			mplink_count_drop(vnic->core, MPLINK_DROP_NO_MEMORY);
		choice = mplink_choose_next(vnic, choice.more, len);
	}
	mplink_encap_send(vnic, skb, choice.path, &gre, &outer, inet6);
}

void mplink_encap(struct mplink_vnic *vnic, const struct mplink_peer_node *peer,
		  struct sk_buff *skb, bool inet6)
{
	struct sk_buff *segments, *next;

	if (!skb_is_gso(skb)) {
		mplink_encap_one(vnic, peer, skb, inet6);
		return;
	}
	/* Each segment has a number of its own: this is as late as they can be cut. */
	segments = skb_gso_segment(skb, MPLINK_SEGMENT_FEATURES);
	if (IS_ERR(segments)) {
		mplink_drop(vnic, skb, PTR_ERR(segments) == -ENOMEM ? MPLINK_DROP_NO_MEMORY :
								      MPLINK_DROP_MALFORMED);
		return;
	}
	if (!segments) {
		mplink_encap_one(vnic, peer, skb, inet6);
		return;
	}
	consume_skb(skb);
	skb_list_walk_safe(segments, skb, next) {
		skb_mark_not_on_list(skb);
		mplink_encap_one(vnic, peer, skb, inet6);
	}
}
