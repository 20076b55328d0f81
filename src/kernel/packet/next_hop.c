// SPDX-License-Identifier: GPL-2.0
/*
 * Looks up the next hop to a remote over one NIC, and the source address.
 *
 * The lookup works as for a connected socket: first without a source, then from the source
 * that the route prefers, because rules (`ip rule from`) and IPv6 routes may depend on it.
 * If that finds no route, it tries the NIC's addresses in turn: with several providers, each
 * may have a table that only packets from its own address use.
 */
#include <linux/inetdevice.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/route.h>

#include "addr.h"
#include "compat.h"
#include "mplink/core.h"
#include "packet/next_hop.h"

/* How many addresses to try: a NIC may have thousands. */
#define MPLINK_CANDIDATES 64

/*
 * These functions look up the next hop of packets from one address to the remote.  from: all
 * zero for any.  *prefer: set to the source that the route prefers, or all zero.
 */
static bool mplink_route4(struct net_device *dev, __be32 remote, __be32 from,
			  struct mplink_next_hop *hop, struct mplink_addr *prefer)
{
	struct flowi4 fl4 = {
		.daddr = remote,
		.saddr = from,
		.flowi4_oif = dev->ifindex,
		.flowi4_iif = LOOPBACK_IFINDEX,
		.flowi4_scope = RT_SCOPE_UNIVERSE,
	};
	const struct fib_nh_common *nhc;
	struct fib_result res;
	__be32 local;

	/*
	 * Not ip_route_output_key(): given a device, it treats any address without a route
	 * as on-link.  The FIB skips next hops over other devices.
	 */
	if (fib_lookup(dev_net(dev), &fl4, &res, FIB_LOOKUP_IGNORE_LINKSTATE) ||
	    res.type != RTN_UNICAST)
		return false;
	nhc = FIB_RES_NHC(res);
	/* A path's packets would lack the headers of a light-weight tunnel (MPLS, SEG6). */
	if (nhc->nhc_dev != dev || nhc->nhc_lwtstate)
		return false;
	hop->inet6 = nhc->nhc_gw_family == AF_INET6;
	if (hop->inet6)
		hop->gw6 = nhc->nhc_gw.ipv6;
	else
		hop->gw4 = nhc->nhc_gw_family == AF_INET ? nhc->nhc_gw.ipv4 : remote;
	/* As fib_result_prefsrc(), which is not exported. */
	local = res.fi->fib_prefsrc;
	if (!local && !from)
		local = inet_select_addr(dev, hop->inet6 ? 0 : hop->gw4, res.fi->fib_scope);
	*prefer = local ? mplink_addr4(local) : (struct mplink_addr){};
	return true;
}

static bool mplink_route6(struct net_device *dev, const struct in6_addr *remote,
			  const struct in6_addr *from, struct mplink_next_hop *hop,
			  struct mplink_addr *prefer)
{
	struct flowi6 fl6 = {
		.daddr = *remote,
		.saddr = *from,
		.flowi6_oif = dev->ifindex,
	};
	struct in6_addr local = in6addr_any;
	const struct fib6_info *fib;
	struct dst_entry *dst;
	bool found;

	/* With a source address, the lookup enforces the device only with this flag. */
	dst = ip6_route_output_flags(dev_net(dev), NULL, &fl6, RT6_LOOKUP_F_IFACE);
	found = !dst->error && dst->dev == dev && !dst->lwtstate;
	if (found) {
		hop->inet6 = true;
		hop->gw6 = *rt6_nexthop(dst_rt6_info(dst), remote);
		fib = rcu_dereference(dst_rt6_info(dst)->from);
		if (fib && fib->fib6_prefsrc.plen)
			local = fib->fib6_prefsrc.addr;
		/* Not a temporary address: a link lives longer (RFC 8981). */
		else if (ipv6_addr_any(from))
			ipv6_dev_get_saddr(dev_net(dev), dev, remote, IPV6_PREFER_SRC_PUBLIC,
					   &local);
		*prefer = mplink_addr6(&local);
	}
	dst_release(dst);
	return found;
}

static bool mplink_route(struct net_device *dev, const struct mplink_addr *remote,
			 const struct mplink_addr *from, struct mplink_next_hop *hop,
			 struct mplink_addr *prefer)
{
	*hop = (struct mplink_next_hop){};
	if (!ipv6_addr_v4mapped(mplink_in6(remote)))
		return ipv6_mod_enabled() &&
		       mplink_route6(dev, mplink_in6(remote), mplink_in6(from), hop, prefer);
	return mplink_route4(dev, mplink_in6(remote)->s6_addr32[3],
			     mplink_in6(from)->s6_addr32[3], hop, prefer);
}

static bool mplink_route_from(struct net_device *dev, const struct mplink_addr *remote,
			      const struct mplink_addr *from, struct mplink_next_hop *hop)
{
	struct mplink_addr prefer;

	if (!mplink_route(dev, remote, from, hop, &prefer))
		return false;
	hop->local = *from;
	return true;
}

/* Nobody has asked for the address from, so the route's preference wins. */
static bool mplink_route_chosen(struct net_device *dev, const struct mplink_addr *remote,
				const struct mplink_addr *from, struct mplink_next_hop *hop)
{
	struct mplink_addr prefer;

	if (!mplink_route(dev, remote, from, hop, &prefer))
		return false;
	return (!mplink_addr_none(&prefer) && mplink_route_from(dev, remote, &prefer, hop)) ||
	       mplink_route_from(dev, remote, from, hop);
}

static bool mplink_route4_candidates(struct net_device *dev, const struct mplink_addr *remote,
				     struct mplink_next_hop *hop)
{
	const struct in_device *in_dev = __in_dev_get_rcu(dev);
	const struct in_ifaddr *ifa;
	u32 left = MPLINK_CANDIDATES;

	if (!in_dev)
		return false;
	in_dev_for_each_ifa_rcu(ifa, in_dev) {
		const struct mplink_addr from = mplink_addr4(ifa->ifa_local);

		if (!left--)
			break;
		if (mplink_route_chosen(dev, remote, &from, hop))
			return true;
	}
	return false;
}

static bool mplink_route6_candidates(struct net_device *dev, const struct mplink_addr *remote,
				     struct mplink_next_hop *hop)
{
	const int scope = ipv6_addr_type(mplink_in6(remote)) & IPV6_ADDR_LINKLOCAL;
	const struct inet6_dev *idev = __in6_dev_get(dev);
	const struct inet6_ifaddr *ifa;
	u32 left = MPLINK_CANDIDATES;

	if (!idev)
		return false;
	list_for_each_entry_rcu(ifa, &idev->addr_list, if_list) {
		const struct mplink_addr from = mplink_addr6(&ifa->addr);

		/* The kernel avoids these, too, while it has others. */
		if (ifa->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED | IFA_F_TEMPORARY |
				  IFA_F_DEPRECATED) ||
		    (ipv6_addr_type(&ifa->addr) & IPV6_ADDR_LINKLOCAL) != scope)
			continue;
		if (!left--)
			break;
		if (mplink_route_chosen(dev, remote, &from, hop))
			return true;
	}
	return false;
}

static bool mplink_route_any(struct net_device *dev, const struct mplink_addr *remote,
			     struct mplink_next_hop *hop)
{
	const struct mplink_addr any = {};
	struct mplink_addr prefer;

	if (mplink_route(dev, remote, &any, hop, &prefer) &&
	    (mplink_addr_none(&prefer) || mplink_route_from(dev, remote, &prefer, hop)))
		return true;
	if (ipv6_addr_v4mapped(mplink_in6(remote)))
		return mplink_route4_candidates(dev, remote, hop);
	return mplink_route6_candidates(dev, remote, hop);
}

/* Returns true if this host may send from the address, and its family fits. */
static bool mplink_is_ours(struct net_device *dev, const struct mplink_addr *addr, bool inet6)
{
	const struct in6_addr *in6 = mplink_in6(addr);

	if (inet6 != !ipv6_addr_v4mapped(in6))
		return false;
	if (!inet6)
		return inet_addr_type_dev_table(dev_net(dev), dev, in6->s6_addr32[3]) == RTN_LOCAL;
	/* Excludes tentative addresses, and link-local ones of other devices. */
	return ipv6_mod_enabled() && ipv6_chk_addr(dev_net(dev), in6, dev, 0);
}

u32 mplink_next_hop_find(struct net_device *dev, const struct mplink_addr *remote,
			 const struct mplink_addr *local, struct mplink_next_hop *hop)
{
	bool found;

	ASSERT_RTNL();

	if (!mplink_addr_none(local) &&
	    !mplink_is_ours(dev, local, !ipv6_addr_v4mapped(mplink_in6(remote))))
		return MPLINK_REASON_NO_ADDRESS;
	rcu_read_lock();
	if (mplink_addr_none(local))
		found = mplink_route_any(dev, remote, hop);
	else
		found = mplink_route_from(dev, remote, local, hop);
	rcu_read_unlock();
	return found ? MPLINK_REASON_NONE : MPLINK_REASON_NO_ROUTE;
}
