/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Encap gre-udp, sending: what both a packet and its replay need before they get their GRE header.
 * Inline, because each packet passes here.
 */
#ifndef MPLINK_TUNNEL_ENCAP_READY_H
#define MPLINK_TUNNEL_ENCAP_READY_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/dsfield.h>
#include <net/ip_tunnels.h>

#include "addr.h"
#include "device/vnic.h"
#include "mplink/core.h"
#include "mplink/tunnel.h"
#include "packet/drop.h"
#include "packet/outer.h"
#include "packet/path.h"
#include "tunnel/encap.h"
#include "tunnel/flows.h"
#include "tunnel/tunnel.h"

static inline u8 mplink_encap_dsfield(const struct sk_buff *skb, bool inet6)
{
	return inet6 ? ipv6_get_dsfield(ipv6_hdr(skb)) : ipv4_get_dsfield(ip_hdr(skb));
}

/*
 * The sender of a packet that may be fragmented gets no ICMP error, and no link may ask IPv6
 * for less than its minimum MTU (RFC 4213 3.2.2, RFC 2473 7.1).  So the outer packet is
 * fragmented instead, under one sequence number.
 */
static inline bool mplink_encap_in_pieces(const struct sk_buff *skb, bool inet6)
{
	return inet6 ? skb->len <= IPV6_MIN_MTU : !(ip_hdr(skb)->frag_off & htons(IP_DF));
}

/*
 * Prepares a packet that nobody else holds for the path.  Returns its route, see
 * mplink_outer_dst(), or 0 if the packet has been dropped.
 */
static __always_inline unsigned long mplink_encap_ready(struct mplink_vnic *vnic,
							struct sk_buff *skb,
							const struct mplink_path *path,
							struct mplink_outer *outer, bool inet6)
{
	const u32 headers = mplink_outer_len(path->outer6) + MPLINK_GRE_LEN;
	const struct dst_entry *dst;
	unsigned long refdst;
	int mtu;

	if (unlikely(mplink_addr_none(&path->local))) {
		mplink_drop(vnic, skb, MPLINK_DROP_NO_LINK);
		return 0;
	}
	refdst = mplink_outer_dst(path, outer, skb->mark);
	if (unlikely(!refdst)) {
		mplink_drop(vnic, skb, MPLINK_DROP_POLICY);
		return 0;
	}
	dst = (const struct dst_entry *)(refdst & SKB_DST_PTRMASK);
	mtu = mplink_path_mtu(path);
	/* IPsec adds headers of its own. */
	if (unlikely(dst_xfrm(dst)))
		mtu = min_t(int, mtu, dst_mtu(dst));
	mtu -= headers;
	outer->fragment = (int)skb->len > mtu;
	if (unlikely(outer->fragment && !mplink_encap_in_pieces(skb, inet6))) {
		mplink_too_big(vnic, skb, max(mtu, 0), inet6);
		goto release;
	}
	if (skb_cow_head(skb, LL_RESERVED_SPACE(path->dev) + headers) ||
	    iptunnel_handle_offloads(skb, 0)) {
		mplink_drop(vnic, skb, MPLINK_DROP_NO_MEMORY);
		goto release;
	}
	return refdst;

release:
	refdst_drop(refdst);
	return 0;
}

/* What is sent in the flow bucket, or NULL if memory is short. */
static __always_inline struct mplink_sent_flow *mplink_encap_sent(struct mplink_tunnel *tunnel,
								  u32 bucket)
{
	struct mplink_sent_flow *sent = READ_ONCE(READ_ONCE(tunnel->flows)->sent[bucket]);

	return likely(sent) ? sent : mplink_flows_begin_sent(tunnel, bucket);
}

/* The flow bucket of a packet.  @hash: of its flow. */
static __always_inline u8 mplink_encap_bucket(const struct mplink_vnic *vnic, u32 hash)
{
	return (hash >> 24) & READ_ONCE(vnic->flow_mask);
}

/* @hash: of the packet's flow. */
static __always_inline struct mplink_outer mplink_encap_headers(const struct mplink_vnic *vnic,
								const struct sk_buff *skb,
								u32 hash, bool inet6)
{
	const u16 from = MPLINK_SOURCE_PORT_MIN + (hash >> 16) % MPLINK_SOURCE_PORTS;

	/* RFC 6040 4.1, normal mode: copied with its ECN bits. */
	return mplink_encap_outer(vnic, htons(from), mplink_encap_dsfield(skb, inet6));
}

#endif /* MPLINK_TUNNEL_ENCAP_READY_H */
