// SPDX-License-Identifier: GPL-2.0
/*
 * Encap gre-udp, sending: a packet gets a sequence number, and leaves in GRE in UDP.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/dsfield.h>
#include <net/icmp.h>
#include <net/ip_tunnels.h>
#include <net/udp.h>

#include "addr.h"
#include "device/vnic.h"
#include "measure/measure.h"
#include "mplink/core.h"
#include "mplink/tunnel.h"
#include "packet/drop.h"
#include "packet/outer.h"
#include "packet/path.h"
#include "tunnel/encap.h"
#include "tunnel/flows.h"
#include "tunnel/sockets.h"
#include "tunnel/tunnel.h"

static u8 mplink_encap_dsfield(const struct sk_buff *skb, bool inet6)
{
	return inet6 ? ipv6_get_dsfield(ipv6_hdr(skb)) : ipv4_get_dsfield(ip_hdr(skb));
}

/*
 * The sender of a packet that may be fragmented gets no ICMP error, and no link may ask IPv6
 * for less than its minimum MTU (RFC 4213 3.2.2, RFC 2473 7.1).  So the outer packet is
 * fragmented instead, under one sequence number.
 */
static bool mplink_encap_in_pieces(const struct sk_buff *skb, bool inet6)
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

/* Take a number only for a packet that will leave: the far end waits for each number. */
static __always_inline atomic_t *mplink_encap_numbers(struct mplink_tunnel *tunnel, u32 bucket)
{
	atomic_t *next = READ_ONCE(READ_ONCE(tunnel->flows)->next[bucket]);

	return likely(next) ? next : mplink_flows_begin_numbers(tunnel, bucket);
}

/* The first copy that leaves takes the number. */
static u32 mplink_encap_number(struct mplink_number *number, atomic_t *next)
{
	if (!number->taken)
		*number = (struct mplink_number){
			.taken = true,
			.seq = (u32)atomic_fetch_inc_relaxed(next),
		};
	return number->seq;
}

void mplink_encap(struct mplink_vnic *vnic, struct mplink_tunnel *tunnel,
		  const struct mplink_path *path, struct sk_buff *skb,
		  struct mplink_number *number, bool inet6)
{
	const u32 hash = mplink_core_flow_hash(skb->data, skb_headlen(skb));
	const u16 from = MPLINK_SOURCE_PORT_MIN + (hash >> 16) % MPLINK_SOURCE_PORTS;
	/* RFC 6040 4.1, normal mode: copied with its ECN bits. */
	const u8 tos = mplink_encap_dsfield(skb, inet6);
	struct mplink_outer outer = mplink_encap_outer(vnic, htons(from), tos);
	struct mplink_gre gre = {
		.key = READ_ONCE(tunnel->key),
		.bucket = (hash >> 24) & READ_ONCE(vnic->flow_mask),
		.protocol = inet6 ? ETH_P_IPV6 : ETH_P_IP,
	};
	atomic_t *const next = mplink_encap_numbers(tunnel, gre.bucket);
	unsigned long refdst;

	if (unlikely(!next)) {
		mplink_drop(vnic, skb, MPLINK_DROP_NO_MEMORY);
		return;
	}
	refdst = mplink_encap_ready(vnic, skb, path, &outer, inet6);
	if (unlikely(!refdst))
		return;
	gre.seq = unlikely(number) ? mplink_encap_number(number, next) :
				     (u32)atomic_fetch_inc_relaxed(next);
	if (unlikely(READ_ONCE(tunnel->attention)))
		mplink_measure_notice(tunnel, outer.from, gre.bucket);
	skb_scrub_packet(skb, false);
	mplink_core_gre_write(__skb_push(skb, MPLINK_GRE_LEN), &gre);
	mplink_outer_xmit(path, refdst, NULL, skb, &outer);
}
