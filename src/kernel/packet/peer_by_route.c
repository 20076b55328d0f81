// SPDX-License-Identifier: GPL-2.0
/*
 * Networks behind peers, as the FIB has them.
 */
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/ip6_fib.h>
#include <net/ip_fib.h>
#include <net/l3mdev.h>
#include <net/nexthop.h>

#include "addr.h"
#include "compat.h"
#include "device/vnic.h"
#include "mplink/core.h"
#include "packet/peer_by_route.h"
#include "packet/peer_table.h"

static bool mplink_is_own4(const struct net_device *nic, __be32 daddr)
{
	const struct in_device *in_dev = __in_dev_get_rcu(nic);
	const struct in_ifaddr *ifa;

	if (!in_dev)
		return false;
	in_dev_for_each_ifa_rcu(ifa, in_dev)
		if (ifa->ifa_local == daddr)
			return true;
	return false;
}

/* Returns the peer that is the next hop of this route to addr, or NULL. */
static const struct mplink_peer_node *mplink_peer_by_hop(const struct mplink_vnic *vnic,
							 const struct fib_nh_common *nhc,
							 struct mplink_addr addr)
{
	if (nhc->nhc_dev != vnic->dev)
		return NULL;
	if (nhc->nhc_gw_family == AF_INET)
		addr = mplink_addr4(nhc->nhc_gw.ipv4);
	else if (nhc->nhc_gw_family == AF_INET6)
		addr = mplink_addr6(&nhc->nhc_gw.ipv6);
	return mplink_peers_find(vnic, addr);
}

const struct mplink_peer_node *mplink_peer_by_route4(const struct mplink_vnic *vnic,
						     const struct net_device *nic, __be32 saddr,
						     __be32 daddr)
{
	struct flowi4 fl4 = {
		.daddr = saddr,
		.saddr = daddr,
		.flowi4_iif = LOOPBACK_IFINDEX,
		.flowi4_l3mdev = l3mdev_master_ifindex_rcu(vnic->dev),
		.flowi4_scope = RT_SCOPE_UNIVERSE,
	};
	const struct mplink_peer_node *peer = NULL;
	struct fib_result res;
	int i;

	if (mplink_is_own4(nic, daddr) || fib_lookup(dev_net(vnic->dev), &fl4, &res, 0) ||
	    res.type != RTN_UNICAST)
		return NULL;
	/* With several next hops, any peer will do. */
	for (i = 0; !peer && i < fib_info_num_path(res.fi); i++)
		peer = mplink_peer_by_hop(vnic, fib_info_nhc(res.fi, i), mplink_addr4(saddr));
	return peer;
}

const struct mplink_peer_node *mplink_peer_by_route6(const struct mplink_vnic *vnic,
						     const struct net_device *nic,
						     const struct in6_addr *saddr,
						     const struct in6_addr *daddr)
{
	const int master = l3mdev_master_ifindex_rcu(vnic->dev);
	struct net *net = dev_net(vnic->dev);
	struct flowi6 fl6 = {
		.daddr = *saddr,
		.saddr = *daddr,
		.flowi6_iif = LOOPBACK_IFINDEX,
		.flowi6_l3mdev = master,
	};
	const struct mplink_peer_node *peer;
	const struct fib6_info *sibling;
	struct fib6_result res = {};

	/* A kernel that was told ipv6.disable=1 has nothing to look up in. */
	if (!ipv6_mod_enabled() || ipv6_addr_type(saddr) & IPV6_ADDR_LINKLOCAL ||
	    ipv6_chk_addr(net, daddr, nic, 1) || mplink_fib6_lookup(net, 0, &fl6, &res, 0) ||
	    res.fib6_type != RTN_UNICAST || res.fib6_flags & RTF_REJECT)
		return NULL;
	peer = mplink_peer_by_hop(vnic, &res.nh->nh_common, mplink_addr6(saddr));
	if (peer || res.f6i->nh)
		return peer;
	list_for_each_entry_rcu(sibling, &res.f6i->fib6_siblings, fib6_siblings) {
		peer = mplink_peer_by_hop(vnic, &sibling->fib6_nh->nh_common, mplink_addr6(saddr));
		if (peer)
			break;
	}
	return peer;
}
