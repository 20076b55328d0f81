/* SPDX-License-Identifier: GPL-2.0 */
/* The headers in which what the module itself sends goes out: UDP in IPv4 or IPv6. */
#ifndef MPLINK_OUTER_H
#define MPLINK_OUTER_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include "mplink.h"

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

/*
 * Sends the packet from the path's NIC to its remote.  skb->data is the UDP payload, and
 * before it there is room for both headers and the NIC's.  sk: for netfilter.  What is
 * lost from here on is counted where it happens.  Softirq disabled, in an RCU read
 * section.
 */
void mplink_outer_xmit(const struct mplink_path *path, struct sock *sk, struct sk_buff *skb,
		       const struct mplink_outer *outer);

#endif /* MPLINK_OUTER_H */
