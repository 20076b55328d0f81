/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether an address is in a network behind a peer.
 */
#ifndef MPLINK_BEHIND_H
#define MPLINK_BEHIND_H

#include <linux/in6.h>
#include <linux/types.h>

struct mplink_peer_node;
struct mplink_vnic;
struct net_device;

/*
 * The peer over which the answer to a packet from saddr to daddr would leave; NULL: it
 * would not leave by that virtual NIC, or daddr is an address of the NIC the packet came
 * by.  Softirq, in an RCU read section, which the peer outlives.
 */
const struct mplink_peer_node *mplink_behind4(const struct mplink_vnic *vnic,
					      const struct net_device *nic, __be32 saddr,
					      __be32 daddr);
const struct mplink_peer_node *mplink_behind6(const struct mplink_vnic *vnic,
					      const struct net_device *nic,
					      const struct in6_addr *saddr,
					      const struct in6_addr *daddr);

#endif /* MPLINK_BEHIND_H */
