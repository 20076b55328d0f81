// SPDX-License-Identifier: GPL-2.0
/*
 * Paths and their routes.  A packet is addressed to the peer, but its next hop is the remote.
 * No routing table holds such a route, so it is made here, as vrf and xfrm make theirs.
 *
 * Packets do not check whether a route is stale.  The path is replaced when a lookup gives
 * another next hop: see device/watch.c.
 *
 * A route depends only on the NIC and the next hop, so all peers behind one router share it.
 * With a copy per CPU, routes are most of a path's memory.
 */
#include <linux/cpu.h>
#include <linux/hash.h>
#include <linux/inetdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/dst.h>
#include <net/ip6_route.h>
#include <net/route.h>

#include "addr.h"
#include "device/port.h"
#include "mplink/core.h"
#include "mplink/platform.h"
#include "packet/next_hop.h"
#include "packet/path.h"

/* --- slots ---------------------------------------------------------------------------- */

/*
 * Only CPUs that are online when the module is loaded have slots of their own, because there
 * may be a hundred more possible ones.  A CPU that comes later shares a slot.
 *
 * Not DEFINE_PER_CPU_READ_MOSTLY(): the module loader knows only one per-CPU section.
 */
DEFINE_PER_CPU(u32, mplink_slot);
static u32 mplink_slots __read_mostly = 1;

u32 mplink_path_generation __read_mostly;

void mplink_path_init(void)
{
	u32 cpu, next = 0;

	cpus_read_lock();
	mplink_slots = num_online_cpus();
	for_each_possible_cpu(cpu)
		per_cpu(mplink_slot, cpu) = cpu_online(cpu) ? next++ : cpu % mplink_slots;
	cpus_read_unlock();
}

/* --- routes ---------------------------------------------------------------------------- */

struct mplink_route {
	struct hlist_node node;
	u32 users;			/* mplink_routes_lock */
	struct net_device *dev;
	const struct inet6_dev *idev;	/* the NIC's when the route was made; or NULL */
	bool inet6;			/* gw6, else gw4 */
	__be32 gw4;
	struct in6_addr gw6;
	struct dst_entry *dst[];	/* an IPv4 and an IPv6 route per slot */
};

#define MPLINK_ROUTE_BITS 8

static struct hlist_head mplink_routes[1 << MPLINK_ROUTE_BITS];
static DEFINE_SPINLOCK(mplink_routes_lock);

static struct hlist_head *mplink_route_bucket(const struct net_device *dev,
					      const struct mplink_next_hop *hop)
{
	const u32 gw = hop->inet6 ? ipv6_addr_hash(&hop->gw6) : (__force u32)hop->gw4;

	return &mplink_routes[hash_64((unsigned long)dev ^ ((u64)gw << 32 | gw),
				      MPLINK_ROUTE_BITS)];
}

static bool mplink_route_is(const struct mplink_route *route, const struct net_device *dev,
			    const struct mplink_next_hop *hop)
{
	if (route->dev != dev || route->inet6 != hop->inet6)
		return false;
	if (!route->inet6)
		return route->gw4 == hop->gw4;
	/* IPv6 may have been switched off and on again. */
	return route->idev == __in6_dev_get(dev) && ipv6_addr_equal(&route->gw6, &hop->gw6);
}

static struct dst_entry *mplink_route_dst4(const struct mplink_route *route)
{
	struct rtable *rt = rt_dst_alloc(route->dev, 0, RTN_UNICAST, false);

	if (!rt)
		return NULL;
	rt->rt_uses_gateway = 1;
	if (route->inet6) {
		rt->rt_gw_family = AF_INET6;
		rt->rt_gw6 = route->gw6;
	} else {
		rt->rt_gw_family = AF_INET;
		rt->rt_gw4 = route->gw4;
	}
	/* Valid until replaced: see above. */
	rt->dst.obsolete = DST_OBSOLETE_NONE;
	return &rt->dst;
}

static struct dst_entry *mplink_route_dst6(const struct mplink_route *route)
{
	/* Does not count against the limit of the routing cache. */
	struct rt6_info *rt = ip6_dst_alloc(dev_net(route->dev), route->dev, DST_NOCOUNT);

	if (!rt)
		return NULL;
	/*
	 * RTF_PCPU makes the kernel write a path MTU into a clone of the FIB's route, not
	 * into this one.  Where it does that all the same, see mplink_path_forget_mtus().
	 */
	rt->rt6i_flags = RTF_UP | RTF_GATEWAY | RTF_PCPU;
	rt->rt6i_gateway = route->gw6;
	rt->rt6i_idev = in6_dev_get(route->dev);
	rt->dst.output = ip6_output;
	rt->dst.obsolete = DST_OBSOLETE_NONE;
	return &rt->dst;
}

/* Drops the references to the NIC, too, because packets in queues may keep the routes. */
static void mplink_route_free(struct mplink_route *route)
{
	u32 i;

	for (i = 0; i < 2 * mplink_slots; i++) {
		if (!route->dst[i])
			continue;
		dst_dev_put(route->dst[i]);
		dst_release(route->dst[i]);
	}
	kfree(route);
}

static bool mplink_route_fill(struct mplink_route *route)
{
	u32 slot;

	for (slot = 0; slot < mplink_slots; slot++) {
		route->dst[2 * slot] = mplink_route_dst4(route);
		if (!route->dst[2 * slot])
			return false;
		if (!route->inet6)
			continue;
		route->dst[2 * slot + 1] = mplink_route_dst6(route);
		if (!route->dst[2 * slot + 1])
			return false;
	}
	return true;
}

static struct mplink_route *mplink_route_make(struct net_device *dev,
					      const struct mplink_next_hop *hop)
{
	struct mplink_route *route = kzalloc(struct_size(route, dst, 2 * mplink_slots),
					     GFP_KERNEL_ACCOUNT);

	if (!route)
		return NULL;
	route->users = 1;
	route->dev = dev;
	route->inet6 = hop->inet6;
	if (hop->inet6) {
		route->idev = __in6_dev_get(dev);
		route->gw6 = hop->gw6;
	} else {
		route->gw4 = hop->gw4;
	}
	if (!mplink_route_fill(route)) {
		mplink_route_free(route);
		return NULL;
	}
	return route;
}

/* Returns NULL if memory is short.  RTNL, so nobody else adds the same route meanwhile. */
static struct mplink_route *mplink_route_get(struct net_device *dev,
					     const struct mplink_next_hop *hop)
{
	struct hlist_head *bucket = mplink_route_bucket(dev, hop);
	struct mplink_route *route;

	spin_lock_bh(&mplink_routes_lock);
	hlist_for_each_entry(route, bucket, node) {
		if (mplink_route_is(route, dev, hop)) {
			route->users++;
			spin_unlock_bh(&mplink_routes_lock);
			return route;
		}
	}
	spin_unlock_bh(&mplink_routes_lock);
	route = mplink_route_make(dev, hop);
	if (route) {
		spin_lock_bh(&mplink_routes_lock);
		hlist_add_head(&route->node, bucket);
		spin_unlock_bh(&mplink_routes_lock);
	}
	return route;
}

/* Call after a grace period: by then packets that use the route have their own reference. */
static void mplink_route_put(struct mplink_route *route)
{
	bool last;

	spin_lock_bh(&mplink_routes_lock);
	last = !--route->users;
	if (last)
		hlist_del(&route->node);
	spin_unlock_bh(&mplink_routes_lock);
	if (last)
		mplink_route_free(route);
}

static void mplink_route_forget_mtus(const struct mplink_route *route)
{
	u32 slot;

	for (slot = 0; slot < mplink_slots; slot++) {
		struct dst_entry *dst = route->dst[2 * slot + 1];

		/* Metrics that nobody has written are shared by all routes, and read-only. */
		if (dst && !(READ_ONCE(dst->_metrics) & DST_METRICS_READ_ONLY))
			dst_metric_set(dst, RTAX_MTU, 0);
	}
}

void mplink_path_forget_mtus(const struct net *net)
{
	const struct mplink_route *route;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(mplink_routes); i++) {
		spin_lock_bh(&mplink_routes_lock);
		hlist_for_each_entry(route, &mplink_routes[i], node)
			if (net_eq(dev_net(route->dev), net))
				mplink_route_forget_mtus(route);
		spin_unlock_bh(&mplink_routes_lock);
	}
}

/* --- paths ----------------------------------------------------------------------------- */

struct mplink_path *mplink_path_create(struct mplink_port *port, const struct mplink_addr *remote,
				       const struct mplink_addr *local, u32 link, u32 *reason)
{
	struct mplink_next_hop hop;
	struct mplink_path *path;

	ASSERT_RTNL();

	*reason = mplink_next_hop_find(port->dev, remote, local, &hop);
	if (*reason)
		return NULL;
	path = kzalloc(sizeof(*path), GFP_KERNEL_ACCOUNT);
	if (!path)
		return NULL;
	path->route = mplink_route_get(port->dev, &hop);
	if (!path->route) {
		kfree(path);
		return NULL;
	}
	WRITE_ONCE(mplink_path_generation, mplink_path_generation + 1);
	path->dst = path->route->dst;
	path->dev = port->dev;
	path->remote = *remote;
	path->wanted = *local;
	path->local = hop.local;
	path->link = link;
	path->pmtu = U32_MAX;
	path->outer6 = !ipv6_addr_v4mapped(mplink_in6(remote));
	path->inet6 = hop.inet6;
	if (hop.inet6)
		path->gw6 = hop.gw6;
	else
		path->gw4 = hop.gw4;
	return path;
}

static void mplink_path_free(struct rcu_head *rcu)
{
	struct mplink_path *path = container_of(rcu, struct mplink_path, rcu);

	mplink_route_put(path->route);
	kfree(path);
}

void mplink_path_retire(struct mplink_path *path)
{
	/*
	 * Packets take routes from a path only in a read section, and with a reference of
	 * their own.
	 */
	if (path)
		call_rcu(&path->rcu, mplink_path_free);
}

/* How many packets in a row make a path answer from another address. */
#define MPLINK_PATH_STRAYS 8

/* An address of another NIC belongs to another link, whichever NIC received the packet. */
static bool mplink_path_owns(const struct mplink_path *path, const struct mplink_addr *addr)
{
	const struct in6_addr *in6 = mplink_in6(addr);
	struct net *net = dev_net(path->dev);
	const struct net_device *dev;

	if (!ipv6_addr_v4mapped(in6))
		return ipv6_chk_addr(net, in6, path->dev, 1) ||
		       ipv6_chk_addr(net, in6, net->loopback_dev, 1);
	dev = __ip_dev_find(net, in6->s6_addr32[3], false);
	return dev && (dev == path->dev || dev->flags & IFF_LOOPBACK);
}

bool mplink_path_may_answer_from(const struct mplink_path *path, const struct mplink_addr *addr)
{
	return mplink_addr_none(&path->wanted) && mplink_path_owns(path, addr);
}

void mplink_path_learn(struct mplink_path *path, const struct mplink_addr *addr)
{
	path->heard = true;
	path->strays = 0;
	if (mplink_addr_equal(&path->local, addr))
		return;
	WRITE_ONCE(path->learned, true);
	/* An IPv6 packet that leaves now may mix both addresses; the far end drops it. */
	WRITE_ONCE(path->local.hi, addr->hi);
	WRITE_ONCE(path->local.lo, addr->lo);
}

bool mplink_path_heard(struct mplink_path *path, const struct mplink_addr *to)
{
	if (!mplink_addr_none(&path->wanted))
		return true;
	if (mplink_addr_equal(&path->local, to)) {
		path->heard = true;
		path->strays = 0;
		return true;
	}
	if (!mplink_path_owns(path, to))
		return true;
	if (path->heard && ++path->strays < MPLINK_PATH_STRAYS)
		return false;
	mplink_path_learn(path, to);
	return true;
}

int mplink_path_current(const struct mplink_path *path)
{
	const struct mplink_addr local = READ_ONCE(path->learned) ? path->local : path->wanted;
	struct mplink_next_hop hop;

	return !mplink_next_hop_find(path->dev, &path->remote, &local, &hop) &&
	       mplink_addr_equal(&path->local, &hop.local) &&
	       mplink_route_is(path->route, path->dev, &hop);
}
