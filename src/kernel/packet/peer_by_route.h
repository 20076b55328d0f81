/* SPDX-License-Identifier: GPL-2.0 */
/* Networks behind peers. */
#ifndef MPLINK_PEER_BY_ROUTE_H
#define MPLINK_PEER_BY_ROUTE_H

#include <linux/in6.h>
#include <linux/types.h>

struct mplink_peer_node;
struct mplink_vnic;
struct net_device;

/**
 * mplink_peer_by_route4() - Find the peer that the answer to a received IPv4 packet goes to
 * @vnic: the virtual NIC
 * @nic: the NIC that received the packet
 * @saddr: source address of the packet
 * @daddr: destination address of the packet
 *
 * Looks up the FIB.
 *
 * Context: Softirq, in an RCU read section; the peer is valid until it ends.
 * Return: the peer, or NULL if the answer would not leave by @vnic, or @daddr is an address
 * of @nic.
 */
const struct mplink_peer_node *mplink_peer_by_route4(const struct mplink_vnic *vnic,
						     const struct net_device *nic, __be32 saddr,
						     __be32 daddr);
/**
 * mplink_peer_by_route6() - Find the peer that the answer to a received IPv6 packet goes to
 * @vnic: the virtual NIC
 * @nic: the NIC that received the packet
 * @saddr: source address of the packet
 * @daddr: destination address of the packet
 *
 * Looks up the FIB.
 *
 * Context: Softirq, in an RCU read section; the peer is valid until it ends.
 * Return: the peer, or NULL if the answer would not leave by @vnic, or @daddr is an address
 * of @nic.
 */
const struct mplink_peer_node *mplink_peer_by_route6(const struct mplink_vnic *vnic,
						     const struct net_device *nic,
						     const struct in6_addr *saddr,
						     const struct in6_addr *daddr);

#endif /* MPLINK_PEER_BY_ROUTE_H */
