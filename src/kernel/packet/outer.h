/* SPDX-License-Identifier: GPL-2.0 */
/* The headers in which what the module itself sends goes out: UDP in IPv4 or IPv6. */
#ifndef MPLINK_OUTER_H
#define MPLINK_OUTER_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <linux/xfrm.h>
#include <net/dst.h>
#include <net/net_namespace.h>

#include "packet/path.h"

struct mplink_outer {
	__be16 from;	/* UDP ports */
	__be16 to;
	u8 tos;		/* DSCP and ECN */
	u8 ttl;
	bool checksum;	/* also in IPv4; IPv6 always has one */
	bool fragment;	/* it may be: here, and if IPv4 on the way, too */
};

/* Bytes of both headers; inet6: IPv6's, as before a packet on a path that is outer6. */
static inline u32 mplink_outer_len(bool inet6)
{
	return sizeof(struct udphdr) + (inet6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr));
}

/**
 * mplink_xfrm_policies() - whether IPsec policies may have a say
 * @net: of this namespace
 * @dir: XFRM_POLICY_IN or XFRM_POLICY_OUT
 *
 * Context: any.
 */
static inline bool mplink_xfrm_policies(const struct net *net, int dir)
{
#ifdef CONFIG_XFRM
	return READ_ONCE(net->xfrm.policy_count[dir]) ||
	       READ_ONCE(net->xfrm.policy_default[dir]) == XFRM_USERPOLICY_BLOCK;
#else
	return false;
#endif
}

/* mplink_outer_dst() where there are IPsec policies. */
struct dst_entry *mplink_outer_dst_xfrm(const struct mplink_path *path,
					const struct mplink_outer *outer, u32 mark);

/**
 * mplink_outer_dst() - the route by which a packet will leave
 * @path: to its remote
 * @outer: its headers: IPsec policies select by addresses and ports
 * @mark: the packet's
 *
 * Context: softirq disabled, in an RCU read section; the path has a local address.
 * Return: a route with a reference, that of IPsec if a policy wants it.  NULL: no packet
 * may leave, for a policy forbids it or has no state yet.
 */
static inline struct dst_entry *mplink_outer_dst(const struct mplink_path *path,
						 const struct mplink_outer *outer, u32 mark)
{
	struct dst_entry *dst;

	if (unlikely(mplink_xfrm_policies(dev_net(path->dev), XFRM_POLICY_OUT)))
		return mplink_outer_dst_xfrm(path, outer, mark);
	dst = mplink_path_dst(path, path->outer6);
	dst_hold(dst);
	return dst;
}

/**
 * mplink_outer_xmit() - sends a packet from the path's NIC to its remote
 * @path: the path
 * @dst: from mplink_outer_dst(); the reference becomes the packet's
 * @sk: for netfilter; or NULL
 * @skb: its data is the UDP payload; before it there is room for both headers and the NIC's
 * @outer: the headers
 *
 * What is lost from here on is counted where it happens.
 *
 * Context: softirq disabled, in an RCU read section.
 */
void mplink_outer_xmit(const struct mplink_path *path, struct dst_entry *dst, struct sock *sk,
		       struct sk_buff *skb, const struct mplink_outer *outer);

#endif /* MPLINK_OUTER_H */
