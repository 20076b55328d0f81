/* SPDX-License-Identifier: GPL-2.0 */
/* The next hop for a remote over a NIC, as routing has it now. */
#ifndef MPLINK_NEXT_HOP_H
#define MPLINK_NEXT_HOP_H

#include "mplink/core.h"

struct mplink_next_hop {
	bool inet6;			/* gw6, else gw4 */
	__be32 gw4;
	struct in6_addr gw6;
	struct mplink_addr local;	/* where packets of our own come from; or none */
};

/**
 * mplink_next_hop_find - look up the way to a remote over one NIC
 * @dev: the NIC
 * @remote: where to
 * @local: from where; all zero: from the address that routing prefers
 * @hop: the answer
 *
 * Context: RTNL.
 * Return: enum mplink_reason: NONE, NO_ROUTE, or NO_ADDRESS if this host has no @local.
 */
u32 mplink_next_hop_find(struct net_device *dev, const struct mplink_addr *remote,
			 const struct mplink_addr *local, struct mplink_next_hop *hop);

#endif /* MPLINK_NEXT_HOP_H */
