/* SPDX-License-Identifier: GPL-2.0 */
/* The way to a remote over one NIC. */
#ifndef MPLINK_PACKET_PATH_H
#define MPLINK_PACKET_PATH_H

#include <linux/netdevice.h>

#include <linux/percpu.h>

#include "mplink/core.h"
#include "mplink/platform.h"

struct mplink_route;

struct mplink_path {
	struct net_device *dev;		/* the port's */
	struct dst_entry *const *dst;	/* the route's copies */
	bool inet6;			/* the next hop is an IPv6 address */
	union {
		__be32 gw4;
		struct in6_addr gw6;
	};
	bool outer6;			/* the remote is one */
	u32 pmtu;			/* no more bytes get through; U32_MAX: unknown */
	unsigned long pmtu_until;	/* jiffies: then it may have changed */
	struct mplink_addr remote;
	struct mplink_addr wanted;	/* as local, by the user; or none */
	struct mplink_addr local;	/* what packets of our own come from; or none */
	struct mplink_route *route;	/* a share of it */
	bool heard;			/* the far end has sent something to local */
	bool learned;			/* local is where it sends to, not the route's choice */
	u8 strays;			/* packets in a row to one and the same other address */
	struct rcu_head rcu;
};

DECLARE_PER_CPU(u32, mplink_slot);

/*
 * The route for an IPv4 or IPv6 packet.  Each CPU has a copy, so that no two count
 * references in one cache line; but any copy will do, and so may preemption.  NULL for
 * IPv6 if the next hop is an IPv4 address: the stack knows no such route.
 */
static inline struct dst_entry *mplink_path_dst(const struct mplink_path *path, bool inet6)
{
	return path->dst[2 * (size_t)raw_cpu_read(mplink_slot) + inet6];
}

/* Before the first path. */
void mplink_path_init(void);

/* Counts paths created: whoever remembers something of one sees that there may be another. */
extern u32 mplink_path_generation;

/**
 * mplink_path_heard() - the remote has sent a packet by this path's NIC
 * @path: to the sender, which has proven what it can: its address, NIC and key
 * @to: the address of ours that it sent to
 *
 * A far end that knows us by a second address of the NIC, or by one of a loopback, refuses
 * what comes from another.  So we answer from where it sends to, unless the user has set
 * the address.  A new path takes the first packet's word, one in use that of eight in a row.
 *
 * Context: softirq, in an RCU read section.
 * Return: false if the next such packet is to be told as well.
 */
bool mplink_path_heard(struct mplink_path *path, const struct mplink_addr *to);

/* The longest IP packet of our own that is known to fit. */
static inline u32 mplink_path_mtu(const struct mplink_path *path)
{
	const u32 mtu = READ_ONCE(path->dev->mtu), pmtu = READ_ONCE(path->pmtu);

	if (likely(mtu <= pmtu) || time_after(jiffies, READ_ONCE(path->pmtu_until)))
		return mtu;
	return pmtu;
}

#endif /* MPLINK_PACKET_PATH_H */
