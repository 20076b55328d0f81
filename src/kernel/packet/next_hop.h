/* SPDX-License-Identifier: GPL-2.0 */
/* The next hop for a remote over a NIC, as routing has it now. */
#ifndef MPLINK_NEXT_HOP_H
#define MPLINK_NEXT_HOP_H

#include "mplink/core.h"

/**
 * struct mplink_next_hop - The next hop of a path
 * @inet6: the next hop is @gw6, else @gw4
 * @gw4: IPv4 address of the next hop
 * @gw6: IPv6 address of the next hop
 * @local: source address of packets that the module sends itself; all zero: none
 */
struct mplink_next_hop {
	bool inet6;
	__be32 gw4;
	struct in6_addr gw6;
	struct mplink_addr local;
};

/**
 * mplink_next_hop_find() - Look up the next hop to a remote over one NIC
 * @dev: the NIC
 * @remote: destination address
 * @local: source address; all zero: the address that routing prefers
 * @hop: set to the answer
 *
 * Context: Process context, RTNL.
 * Return: enum mplink_reason: NONE, NO_ROUTE, or NO_ADDRESS if this host has no @local.
 */
u32 mplink_next_hop_find(struct net_device *dev, const struct mplink_addr *remote,
			 const struct mplink_addr *local, struct mplink_next_hop *hop);

#endif /* MPLINK_NEXT_HOP_H */
