/* SPDX-License-Identifier: GPL-2.0 */
/* All differences between kernel versions. */
#ifndef MPLINK_COMPAT_H
#define MPLINK_COMPAT_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/version.h>
#include <net/dst.h>
#include <net/genetlink.h>

/* 6.12 moved it. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#include <asm/unaligned.h>
#else
#include <linux/unaligned.h>
#endif

/* 6.5 gave segmentation a header of its own. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#endif

/* 6.12 made "transmits without a lock" a bit of its own. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
static inline void mplink_set_lltx(struct net_device *dev)
{
	dev->features |= NETIF_F_LLTX;
}
#else
static inline void mplink_set_lltx(struct net_device *dev)
{
	dev->lltx = true;
}
#endif

/* 6.12 made "stays in its namespace" one too. */
#ifdef NETIF_F_NETNS_LOCAL
static inline void mplink_set_netns_immutable(struct net_device *dev)
{
	dev->features |= NETIF_F_NETNS_LOCAL;
}
#else
static inline void mplink_set_netns_immutable(struct net_device *dev)
{
	dev->netns_immutable = true;
}
#endif

/* 6.10 gave the route types accessors; Debian's 6.1 has one of the two. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#include <net/ip6_fib.h>
#include <net/route.h>
#ifndef dst_rtable
#define dst_rtable(dst) ((struct rtable *)(dst))
#endif
#ifndef dst_rt6_info
#define dst_rt6_info(dst) ((struct rt6_info *)(dst))
#endif
#endif

/* 6.10 lets __assign_str() remember what __string() was given. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#define mplink_assign_str(dst, src) __assign_str(dst, src)
#else
#define mplink_assign_str(dst, src) __assign_str(dst)
#endif

/*
 * What filters a device's packets on their way out; 0: nothing does.  6.6 keeps tc's
 * filters and BPF's programs in one list.  No READ_ONCE(), which costs an instruction
 * each: whether they are there is all that is asked.
 */
static inline unsigned long mplink_egress_filters(const struct net_device *dev)
{
	unsigned long filters = 0;

#ifdef CONFIG_NETFILTER_EGRESS
	/* data_race(): see above, as below */
	filters |= (unsigned long)data_race(dev->nf_hooks_egress);
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#ifdef CONFIG_NET_XGRESS
	/* data_race(): likewise */
	filters |= (unsigned long)data_race(dev->tcx_egress);
#endif
#elif defined(CONFIG_NET_CLS_ACT)
	/* data_race(): likewise */
	filters |= (unsigned long)data_race(dev->miniq_egress);
#endif
	return filters;
}

/*
 * One more reference to a route that somebody holds for as long as the caller looks: then
 * dst_hold() need not see whether there is any.  Since 6.4 it does so without a loop.
 */
static inline void mplink_dst_hold_more(struct dst_entry *dst)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
	atomic_inc(&dst->__refcnt);
#else
	dst_hold(dst);
#endif
}

/* 6.2 tells a tunnel's error handler more, all of which is in the packet, too. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define MPLINK_ENCAP_ERR_RCV(name) \
	void name(struct sock *sk, struct sk_buff *skb, unsigned int udp_offset)
#else
#define MPLINK_ENCAP_ERR_RCV(name) \
	void name(struct sock *sk, struct sk_buff *skb, int err, __be16 port, u32 info, u8 *payload)
#endif

/* 6.7 put a dump's attributes where those of other requests are. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
static inline struct nlattr **mplink_dump_attrs(struct netlink_callback *cb)
{
	return genl_dumpit_info(cb)->attrs;
}
#else
static inline struct nlattr **mplink_dump_attrs(struct netlink_callback *cb)
{
	return genl_dumpit_info(cb)->info.attrs;
}
#endif

/* 6.2 made the object that is asked for its owner const. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define MPLINK_OWNED_KOBJ struct kobject
#else
#define MPLINK_OWNED_KOBJ const struct kobject
#endif

#endif /* MPLINK_COMPAT_H */
