// SPDX-License-Identifier: GPL-2.0
/*
 * Implements those functions of include/mplink/platform.h that only call Linux.
 */
#include <linux/etherdevice.h>
#include <linux/inet.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include <net/sch_generic.h>

#include "addr.h"
#include "device/netns.h"
#include "lane.h"
#include "mplink/core.h"
#include "mplink/platform.h"

/* From this size on all slab caches are powers of two, and so aligned to a cache line. */
#define MPLINK_ALIGNED_SIZE 256

void *mplink_alloc(size_t size)
{
	if (size < SMP_CACHE_BYTES)
		size = SMP_CACHE_BYTES;
	else if (size < MPLINK_ALIGNED_SIZE)
		size = roundup_pow_of_two(size);
	return kvzalloc(size, GFP_KERNEL_ACCOUNT);
}

void *mplink_alloc_now(size_t size)
{
	return kzalloc(max_t(size_t, roundup_pow_of_two(size), SMP_CACHE_BYTES),
		       GFP_ATOMIC | __GFP_NOWARN | __GFP_ACCOUNT);
}

void mplink_free(void *p)
{
	kvfree(p);
}

u32 mplink_nr_lanes(void)
{
	return MPLINK_LANES * nr_cpu_ids;
}

u64 mplink_now_ms(void)
{
	return ktime_to_ms(ktime_get());
}

u64 mplink_now_us(void)
{
	return ktime_to_us(ktime_get());
}

u64 mplink_clock_ns(void)
{
	return ktime_get_mono_fast_ns();
}

void mplink_call_rcu(struct mplink_rcu *rcu, void (*free)(struct mplink_rcu *rcu))
{
	static_assert(sizeof(struct mplink_rcu) >= sizeof(struct rcu_head));
	call_rcu((struct rcu_head *)rcu, (rcu_callback_t)free);
}

void mplink_assert_rcu(void)
{
	RCU_LOCKDEP_WARN(!rcu_read_lock_held() && !rcu_read_lock_bh_held(),
			 "mplink: not in an RCU read section");
}

void mplink_assert_rtnl(void)
{
	ASSERT_RTNL();
}

int mplink_parse_addr(const char *text, size_t len, struct mplink_addr *addr)
{
	struct in6_addr in6;
	const char *end;
	__be32 in;

	if (len >= MPLINK_ADDR_LEN)
		return -EINVAL;
	if (in4_pton(text, len, (u8 *)&in, -1, &end) && end == text + len)
		*addr = mplink_addr4(in);
	else if (in6_pton(text, len, in6.s6_addr, -1, &end) && end == text + len)
		*addr = mplink_addr6(&in6);
	else
		return -EINVAL;
	return 0;
}

int mplink_is_loopback(const char *name, size_t len)
{
	char buf[IFNAMSIZ] = {};
	struct net_device *dev;
	int loopback;

	if (len >= sizeof(buf))
		return 0;
	memcpy(buf, name, len);
	rcu_read_lock();
	dev = dev_get_by_name_rcu(&init_net, buf);
	loopback = dev && (dev->flags & IFF_LOOPBACK);
	rcu_read_unlock();
	return loopback;
}

void mplink_set_carrier(void *owner, int on)
{
	struct net_device *dev = owner;

	if (!on) {
		netif_carrier_off(dev);
		return;
	}
	netif_carrier_on(dev);
	/* The kernel does this later, from a work item.  Until then it drops packets uncounted. */
	if (netif_running(dev))
		dev_activate(dev);
}

void mplink_request_refresh(void *owner)
{
	const struct net_device *dev = owner;

	mplink_net_refresh(dev_net(dev), HZ / 10);
}
