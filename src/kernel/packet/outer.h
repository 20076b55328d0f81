/* SPDX-License-Identifier: GPL-2.0 */
/* The outer headers of packets that the module itself sends: UDP in IPv4 or IPv6. */
#ifndef MPLINK_OUTER_H
#define MPLINK_OUTER_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <linux/xfrm.h>
#include <net/dst.h>
#include <net/net_namespace.h>

#include "packet/path.h"

/**
 * struct mplink_outer - Fields of the outer headers
 * @from: UDP source port
 * @to: UDP destination port
 * @tos: DSCP and ECN
 * @ttl: TTL or hop limit
 * @checksum: fill in the UDP checksum over IPv4, too; IPv6 always has one
 * @fragment: this host may fragment the packet, and routers, too, if it is IPv4
 */
struct mplink_outer {
	__be16 from;
	__be16 to;
	u8 tos;
	u8 ttl;
	bool checksum;
	bool fragment;
};

/**
 * mplink_outer_len() - Tell the length of the outer headers
 * @inet6: mplink_path.outer6
 *
 * Return: bytes of IP and UDP header.
 */
static inline u32 mplink_outer_len(bool inet6)
{
	return sizeof(struct udphdr) + (inet6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr));
}

/**
 * mplink_xfrm_policies() - Tell whether a namespace has IPsec policies
 * @net: the namespace
 * @dir: XFRM_POLICY_IN or XFRM_POLICY_OUT
 *
 * Context: Any.
 * Return: true if so.
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

/**
 * mplink_outer_dst_xfrm() - mplink_outer_dst() in a namespace with IPsec policies
 * @path: as there
 * @outer: as there
 * @mark: as there
 *
 * Context: As there.
 * Return: as there.
 */
unsigned long mplink_outer_dst_xfrm(const struct mplink_path *path,
				    const struct mplink_outer *outer, u32 mark);

/**
 * mplink_outer_dst() - Get the route by which a packet will leave
 * @path: the path to its remote; it has a local address
 * @outer: its headers; IPsec policies select by addresses and ports
 * @mark: its mark
 *
 * Context: Softirqs disabled, in an RCU read section.
 * Return: the route as in skb->_skb_refdst, for mplink_outer_xmit() or refdst_drop().  The
 * path's route has no reference: it is valid until the read section ends, and whoever keeps
 * the packet longer takes one.  A route that IPsec wants instead has a reference.  0 if a
 * policy forbids the packet or has no state yet.
 */
static inline unsigned long mplink_outer_dst(const struct mplink_path *path,
					     const struct mplink_outer *outer, u32 mark)
{
	if (unlikely(mplink_xfrm_policies(dev_net(path->dev), XFRM_POLICY_OUT)))
		return mplink_outer_dst_xfrm(path, outer, mark);
	return (unsigned long)mplink_path_dst(path, path->outer6) | SKB_DST_NOREF;
}

/**
 * mplink_outer_xmit() - Send a packet to the remote of a path
 * @path: the path
 * @refdst: from mplink_outer_dst(); becomes the packet's
 * @sk: the sending socket for netfilter, or NULL
 * @skb: the packet, at its UDP payload, with headroom for both headers and the NIC's; consumed
 * @outer: the headers
 *
 * The stack counts packets that it drops from here on.
 *
 * Context: Softirqs disabled, in an RCU read section.
 */
void mplink_outer_xmit(const struct mplink_path *path, unsigned long refdst, struct sock *sk,
		       struct sk_buff *skb, const struct mplink_outer *outer);

#endif /* MPLINK_OUTER_H */
