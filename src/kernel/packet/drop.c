// SPDX-License-Identifier: GPL-2.0
/*
 * Dropping packets: counts each under a reason, and sends the ICMP errors that RFCs ask for.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ndisc.h>
#include <net/route.h>

#include "compat.h"
#include "device/vnic.h"
#include "lane.h"
#include "packet/drop.h"
#include "report/report.h"

void mplink_drop(struct mplink_vnic *vnic, struct sk_buff *skb, u32 drop)
{
	static const enum skb_drop_reason reasons[] = {
#define MPLINK_DROP(id, name, skb_reason, harmless) \
		[MPLINK_DROP_##id] = SKB_DROP_REASON_##skb_reason,
#include "uapi/mplink_drops.def"
	};

	mplink_count_drop(vnic->core, drop);
	mplink_report_drop(vnic, skb, drop);
	kfree_skb_reason(skb, reasons[drop]);
}

/*
 * The stack itself handles packets longer than the MTU.  One gets here if it bypassed the
 * stack, the MTU has just changed, or a router has a smaller one.
 */
void mplink_too_big(struct mplink_vnic *vnic, struct sk_buff *skb, u32 mtu, bool inet6)
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

bool mplink_to_many(const struct sk_buff *skb, const struct dst_entry *dst)
{
	__be32 daddr;

	if (ip_hdr(skb)->version == 6)
		return ipv6_addr_is_multicast(&ipv6_hdr(skb)->daddr);
	daddr = ip_hdr(skb)->daddr;
	return ipv4_is_multicast(daddr) || ipv4_is_lbcast(daddr) ||
	       (dst && dst->ops->family == AF_INET && dst_rtable(dst)->rt_type == RTN_BROADCAST);
}

u32 mplink_no_peer(const struct sk_buff *skb, const struct dst_entry *dst)
{
	return mplink_to_many(skb, dst) ? MPLINK_DROP_NO_PEER_MULTICAST : MPLINK_DROP_NO_PEER;
}

bool mplink_is_redirect4(const struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);
	const u8 *type;
	u8 buf;

	if (iph->frag_off & htons(IP_OFFSET))
		return false;
	type = skb_header_pointer(skb, skb_network_offset(skb) + iph->ihl * 4, 1, &buf);
	return type && *type == ICMP_REDIRECT;
}

bool mplink_is_redirect6(const struct sk_buff *skb)
{
	const u8 *type;
	u8 buf;

	/* RFC 4861 8.1: a redirect has no extension headers before it. */
	type = skb_header_pointer(skb, skb_network_offset(skb) + sizeof(struct ipv6hdr), 1, &buf);
	return type && *type == NDISC_REDIRECT;
}
