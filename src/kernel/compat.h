/* SPDX-License-Identifier: GPL-2.0 */
/* All differences between kernel versions.  Each comment names the version that changed. */
#ifndef MPLINK_COMPAT_H
#define MPLINK_COMPAT_H

#include <linux/hrtimer.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/version.h>
#include <net/dst.h>
#include <net/genetlink.h>

/* 6.12 moved the header of get_unaligned(). */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#include <asm/unaligned.h>
#else
#include <linux/unaligned.h>
#endif

/* 6.5 moved segmentation to its own header. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#endif

/* 6.12 replaced NETIF_F_LLTX ("transmits without a lock") by a bit in net_device. */
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

/*
 * 6.12 replaced NETIF_F_NETNS_LOCAL ("stays in its namespace") likewise.  6.15 renamed the
 * bit, and some stable kernels before it; see Kbuild.
 */
#ifdef NETIF_F_NETNS_LOCAL
static inline void mplink_set_netns_immutable(struct net_device *dev)
{
	dev->features |= NETIF_F_NETNS_LOCAL;
}
#else
static inline void mplink_set_netns_immutable(struct net_device *dev)
{
	dev->MPLINK_NETNS_IMMUTABLE = true;
}
#endif

/* 6.10 added accessors for route types; Debian's 6.1 has one of the two. */
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

/* 6.10 removed the source from __assign_str(), which now remembers that of __string(). */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#define mplink_assign_str(dst, src) __assign_str(dst, src)
#else
#define mplink_assign_str(dst, src) __assign_str(dst)
#endif

/*
 * Returns not 0 if something filters a device's packets on their way out.  Since 6.6 tc
 * filters and BPF programs are in one list.  data_race() instead of READ_ONCE(), which
 * costs an instruction each: only whether the pointers are NULL matters.
 */
static inline unsigned long mplink_egress_filters(const struct net_device *dev)
{
	unsigned long filters = 0;

#ifdef CONFIG_NETFILTER_EGRESS
	/* data_race(): see above */
	filters |= (unsigned long)data_race(dev->nf_hooks_egress);
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#ifdef CONFIG_NET_XGRESS
	/* data_race(): see above */
	filters |= (unsigned long)data_race(dev->tcx_egress);
#endif
#elif defined(CONFIG_NET_CLS_ACT)
	/* data_race(): see above */
	filters |= (unsigned long)data_race(dev->miniq_egress);
#endif
	return filters;
}

/*
 * Takes another reference to a route on which somebody else holds one during the call.
 * Before 6.4 dst_hold() loops to check for that, which costs each packet more.
 */
static inline void mplink_dst_hold_more(struct dst_entry *dst)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
	atomic_inc(&dst->__refcnt);
#else
	dst_hold(dst);
#endif
}

/* 6.2 added arguments to a tunnel's error handler; the packet contains all of them. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define MPLINK_ENCAP_ERR_RCV(name) \
	void name(struct sock *sk, struct sk_buff *skb, unsigned int udp_offset)
#else
#define MPLINK_ENCAP_ERR_RCV(name) \
	void name(struct sock *sk, struct sk_buff *skb, int err, __be16 port, u32 info, u8 *payload)
#endif

/* 6.7 moved the attributes of dumps into struct genl_info, as in other requests. */
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

/* 6.2 made the argument of kobj_type.get_ownership const. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define MPLINK_OWNED_KOBJ struct kobject
#else
#define MPLINK_OWNED_KOBJ const struct kobject
#endif

/* 6.13 put a timer's function into the call that prepares it. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void mplink_hrtimer_setup(struct hrtimer *timer,
					enum hrtimer_restart (*function)(struct hrtimer *),
					enum hrtimer_mode mode)
{
	hrtimer_init(timer, CLOCK_MONOTONIC, mode);
	timer->function = function;
}
#else
static inline void mplink_hrtimer_setup(struct hrtimer *timer,
					enum hrtimer_restart (*function)(struct hrtimer *),
					enum hrtimer_mode mode)
{
	hrtimer_setup(timer, function, CLOCK_MONOTONIC, mode);
}
#endif

/* 6.15 put the arguments of rtnl_link_ops.newlink into a struct. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
#define MPLINK_NEWLINK(name) \
	int name(struct net *src_net, struct net_device *dev, struct nlattr *tb[], \
		 struct nlattr *data[], struct netlink_ext_ack *extack)
#else
#define MPLINK_NEWLINK(name) \
	int name(struct net_device *dev, struct rtnl_newlink_params *params, \
		 struct netlink_ext_ack *extack)
#endif

/* 6.17 renamed system_wq, whose work runs on the CPU that queues it. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define mplink_system_wq system_wq
#else
#define mplink_system_wq system_percpu_wq
#endif

/* 6.19 gave the addresses that sockets are bound to a type of their own. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
#define MPLINK_BOUND_ADDR struct sockaddr
#else
#define MPLINK_BOUND_ADDR struct sockaddr_unsized
#endif

/* Between 6.19 and 7.3 ipv6_stub went: IPv6 is no module of its own any more.  See Kbuild. */
#ifdef MPLINK_IPV6_STUB
#include <net/ipv6_stubs.h>
#define mplink_fib6_lookup (ipv6_stub->fib6_lookup)
#else
#include <net/ip6_fib.h>
#define mplink_fib6_lookup fib6_lookup
#endif

#endif /* MPLINK_COMPAT_H */
