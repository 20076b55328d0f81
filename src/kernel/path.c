// SPDX-License-Identifier: GPL-2.0
/*
 * The way to a remote over one NIC.  The packet is addressed to the peer, but
 * its next hop is the remote: that is a route which no table holds, so it is
 * made here, as vrf and xfrm make theirs.
 *
 * These routes are not checked for staleness by packets.  They are replaced when
 * an event or a change of the FIB says that the way is another one.
 */
#include <linux/inetdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/dst.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/route.h>

#include "mplink.h"

/* The next hop for remote on dev, and whence, as things are now. */
struct mplink_next_hop {
	bool inet6;
	__be32 gw4;
	struct in6_addr gw6;
	struct mplink_addr local;
};

static bool mplink_lookup4(struct net_device *dev, __be32 remote, struct mplink_next_hop *hop)
{
	struct flowi4 fl4 = {
		.daddr = remote,
		.flowi4_oif = dev->ifindex,
		.flowi4_iif = LOOPBACK_IFINDEX,
		.flowi4_scope = RT_SCOPE_UNIVERSE,
	};
	const struct fib_nh_common *nhc;
	struct fib_result res;
	bool found = false;

	/*
	 * Not ip_route_output_key(): given a device, it takes any address for
	 * on-link when no route says so.
	 */
	rcu_read_lock();
	if (fib_lookup(dev_net(dev), &fl4, &res, FIB_LOOKUP_IGNORE_LINKSTATE) ||
	    res.type != RTN_UNICAST)
		goto out;
	nhc = FIB_RES_NHC(res);
	if (nhc->nhc_dev != dev)
		goto out;
	found = true;
	switch (nhc->nhc_gw_family) {
	case AF_INET6:
		hop->inet6 = true;
		hop->gw6 = nhc->nhc_gw.ipv6;
		break;
	case AF_INET:
		hop->gw4 = nhc->nhc_gw.ipv4;
		break;
	default:
		hop->gw4 = remote;
	}
out:
	rcu_read_unlock();
	return found;
}

static bool mplink_lookup6(struct net_device *dev, const struct in6_addr *remote,
			   struct mplink_next_hop *hop)
{
	struct flowi6 fl6 = {
		.daddr = *remote,
		.flowi6_oif = dev->ifindex,
	};
	struct dst_entry *dst;
	bool found;

	dst = ip6_route_output(dev_net(dev), NULL, &fl6);
	found = !dst->error && dst->dev == dev;
	if (found) {
		hop->inet6 = true;
		hop->gw6 = *rt6_nexthop(dst_rt6_info(dst), remote);
	}
	dst_release(dst);
	return found;
}

static bool mplink_lookup(struct net_device *dev, const struct mplink_addr *remote,
			  const struct mplink_addr *wanted, struct mplink_next_hop *hop)
{
	const struct in6_addr *in6 = mplink_in6(remote);
	const __be32 in = in6->s6_addr32[3];
	struct in6_addr local6;

	*hop = (struct mplink_next_hop){ .local = *wanted };
	if (ipv6_addr_v4mapped(in6)) {
		const __be32 local = inet_select_addr(dev, in, RT_SCOPE_LINK);

		if (local && mplink_addr_none(wanted))
			hop->local = mplink_addr4(local);
		return mplink_lookup4(dev, in, hop);
	}
	if (!ipv6_mod_enabled())
		return false;
	if (mplink_addr_none(wanted) &&
	    !ipv6_dev_get_saddr(dev_net(dev), dev, in6, 0, &local6))
		hop->local = mplink_addr6(&local6);
	return mplink_lookup6(dev, in6, hop);
}

/* Whether the address is one of this host's, that packets may come from. */
static bool mplink_is_ours(struct net_device *dev, const struct mplink_addr *addr)
{
	const struct in6_addr *in6 = mplink_in6(addr);

	if (ipv6_addr_v4mapped(in6))
		return inet_addr_type_dev_table(dev_net(dev), dev, in6->s6_addr32[3]) == RTN_LOCAL;
	return ipv6_mod_enabled() && ipv6_chk_addr(dev_net(dev), in6, dev, 0);
}

static bool mplink_path_has(const struct mplink_path *path, const struct mplink_next_hop *hop)
{
	if (path->inet6 != hop->inet6 || !mplink_addr_equal(&path->local, &hop->local))
		return false;
	if (path->inet6)
		return ipv6_addr_equal(&path->gw6, &hop->gw6);
	return path->gw4 == hop->gw4;
}

static struct dst_entry *mplink_path_dst4(const struct mplink_path *path)
{
	struct rtable *rt = rt_dst_alloc(path->dev, 0, RTN_UNICAST, false);

	if (!rt)
		return NULL;
	rt->rt_uses_gateway = 1;
	if (path->inet6) {
		rt->rt_gw_family = AF_INET6;
		rt->rt_gw6 = path->gw6;
	} else {
		rt->rt_gw_family = AF_INET;
		rt->rt_gw4 = path->gw4;
	}
	/* Valid until replaced: see above. */
	rt->dst.obsolete = DST_OBSOLETE_NONE;
	return &rt->dst;
}

static struct dst_entry *mplink_path_dst6(const struct mplink_path *path)
{
	struct rt6_info *rt = ip6_dst_alloc(dev_net(path->dev), path->dev, 0);

	if (!rt)
		return NULL;
	rt->rt6i_flags = RTF_UP | RTF_GATEWAY;
	rt->rt6i_gateway = path->gw6;
	rt->rt6i_idev = in6_dev_get(path->dev);
	rt->dst.output = ip6_output;
	rt->dst.obsolete = DST_OBSOLETE_NONE;
	return &rt->dst;
}

static void mplink_path_destroy(struct mplink_path *path)
{
	u32 i;

	for (i = 0; i < 2 * nr_cpu_ids; i++)
		dst_release(path->dst[i]);
	kfree(path);
}

static bool mplink_path_fill(struct mplink_path *path)
{
	u32 cpu;

	for_each_possible_cpu(cpu) {
		path->dst[2 * cpu] = mplink_path_dst4(path);
		if (!path->dst[2 * cpu])
			return false;
		if (!path->inet6)
			continue;
		path->dst[2 * cpu + 1] = mplink_path_dst6(path);
		if (!path->dst[2 * cpu + 1])
			return false;
	}
	return true;
}

struct mplink_path *mplink_path_create(struct mplink_port *port, const struct mplink_addr *remote,
				       const struct mplink_addr *local, u32 *reason)
{
	struct mplink_next_hop hop;
	struct mplink_path *path;

	ASSERT_RTNL();

	if (!mplink_addr_none(local) && !mplink_is_ours(port->dev, local)) {
		*reason = MPLINK_REASON_NO_ADDRESS;
		return NULL;
	}
	if (!mplink_lookup(port->dev, remote, local, &hop)) {
		*reason = MPLINK_REASON_NO_ROUTE;
		return NULL;
	}
	*reason = MPLINK_REASON_NONE;
	path = kzalloc(struct_size(path, dst, 2 * nr_cpu_ids), GFP_KERNEL_ACCOUNT);
	if (!path)
		return NULL;
	path->dev = port->dev;
	path->remote = *remote;
	path->wanted = *local;
	path->local = hop.local;
	path->pmtu = U32_MAX;
	path->outer6 = !ipv6_addr_v4mapped(mplink_in6(remote));
	path->inet6 = hop.inet6;
	if (hop.inet6)
		path->gw6 = hop.gw6;
	else
		path->gw4 = hop.gw4;
	if (!mplink_path_fill(path)) {
		mplink_path_destroy(path);
		return NULL;
	}
	return path;
}

static void mplink_path_free(struct rcu_head *rcu)
{
	mplink_path_destroy(container_of(rcu, struct mplink_path, rcu));
}

void mplink_path_retire(struct mplink_path *path)
{
	/*
	 * A packet that still takes a route from the path does so in its read
	 * section, and with a reference of its own; the last one frees it.
	 */
	if (path)
		call_rcu(&path->rcu, mplink_path_free);
}

int mplink_path_current(const struct mplink_path *path)
{
	struct mplink_next_hop hop;

	if (!mplink_addr_none(&path->wanted) && !mplink_is_ours(path->dev, &path->wanted))
		return false;
	return mplink_lookup(path->dev, &path->remote, &path->wanted, &hop) &&
	       mplink_path_has(path, &hop);
}
