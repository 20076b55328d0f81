/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of a virtual NIC's peers.
 *
 * rhashtable_lookup() costs 70 instructions here, and a packet from host to host takes two
 * lookups; this one costs some fifteen.  The table uses open addressing with linear probing.
 * It is never more than half full, so one or two probes suffice.
 */
#ifndef MPLINK_PEER_TABLE_H
#define MPLINK_PEER_TABLE_H

#include <linux/hash.h>
#include <linux/rcupdate.h>
#include <net/route.h>

#include "addr.h"
#include "device/vnic.h"
#include "mplink/core.h"

struct mplink_tunnel;

/**
 * struct mplink_peer_node - A peer
 * @addr: its virtual address
 * @core: the core's peer
 * @tunnel: its tunnel, set once, or NULL without gre-udp
 * @inet_remotes: a remote is an IPv4 address, so IPv6 packets cannot leave by a route
 * @outer6: a remote is an IPv6 address; RTNL
 * @key: GRE key, 24 bits; RTNL
 * @dirs: list of struct mplink_dir, in order of creation; RTNL
 * @rcu: frees it after a grace period
 */
struct mplink_peer_node {
	struct mplink_addr addr;
	struct mplink_peer *core;
	struct mplink_tunnel *tunnel;
	bool inet_remotes;
	bool outer6;
	u32 key;
	struct list_head dirs;
	struct rcu_head rcu;
};

/**
 * struct mplink_peer_table - The table of a virtual NIC's peers
 * @shift: a 64 bit hash >> @shift is a slot's number
 * @used: number of slots that are not NULL; RTNL
 * @rcu: frees it after a grace period
 * @slot: a peer, mplink_peers_gone, or NULL
 */
struct mplink_peer_table {
	u32 shift;
	u32 used;
	struct rcu_head rcu;
	struct mplink_peer_node __rcu *slot[];
};

/*
 * Takes the slot of a removed peer, so that probes go on to the peers behind it.  Its address
 * may occur in an IPv6 packet, but not in an IPv4 packet.
 */
extern struct mplink_peer_node mplink_peers_gone;

/**
 * mplink_peers_first() - Find the slot to try first
 * @table: the table
 * @addr: virtual address of the peer
 *
 * A multiplication is hash enough: only the administrator adds peers, so nobody else can
 * make them collide.
 *
 * Return: the number of the slot.
 */
static inline unsigned long mplink_peers_first(const struct mplink_peer_table *table,
					       struct mplink_addr addr)
{
	return ((addr.hi ^ addr.lo) * GOLDEN_RATIO_64) >> table->shift;
}

/**
 * mplink_peers_after() - Find the slot to try next
 * @table: the table
 * @i: number of the last slot
 *
 * Return: the number of the next slot.
 */
static inline unsigned long mplink_peers_after(const struct mplink_peer_table *table,
					       unsigned long i)
{
	return (i + 1) & (~0UL >> table->shift);
}

/**
 * mplink_peers_probe() - Find the entry of an address
 * @vnic: the virtual NIC
 * @addr: the address
 *
 * Context: RCU read section.
 * Return: a peer, mplink_peers_gone, or NULL; valid until the section ends.
 */
static __always_inline struct mplink_peer_node *mplink_peers_probe(const struct mplink_vnic *vnic,
								   struct mplink_addr addr)
{
	const struct mplink_peer_table *table = rcu_dereference(vnic->peers);
	unsigned long i = mplink_peers_first(table, addr);
	struct mplink_peer_node *node;

	while ((node = rcu_dereference(table->slot[i]))) {
		if (likely(mplink_addr_equal(&node->addr, &addr)))
			return node;
		i = mplink_peers_after(table, i);
	}
	return NULL;
}

/**
 * mplink_peers_find() - Find a peer by its virtual address
 * @vnic: the virtual NIC
 * @addr: the address
 *
 * Context: RCU read section.
 * Return: the peer, or NULL; valid until the section ends.
 */
static __always_inline struct mplink_peer_node *mplink_peers_find(const struct mplink_vnic *vnic,
								  struct mplink_addr addr)
{
	struct mplink_peer_node *node = mplink_peers_probe(vnic, addr);

	return likely(node != &mplink_peers_gone) ? node : NULL;
}

/**
 * mplink_peers_find4() - Find a peer by its IPv4 address, in fewer instructions
 * @vnic: the virtual NIC
 * @addr: the address
 *
 * Context: RCU read section.
 * Return: as mplink_peers_find().
 */
static __always_inline struct mplink_peer_node *mplink_peers_find4(const struct mplink_vnic *vnic,
								   __be32 addr)
{
	return mplink_peers_probe(vnic, mplink_addr4(addr));
}

/**
 * mplink_hop4() - Find the address of the peer that a packet goes to
 * @rt: the route of the packet
 * @daddr: its destination address
 *
 * Return: the route's gateway, or @daddr if it has none.
 */
static __always_inline struct mplink_addr mplink_hop4(const struct rtable *rt, __be32 daddr)
{
	if (likely(!rt->rt_gw_family))
		return mplink_addr4(daddr);
	return rt->rt_gw_family == AF_INET ? mplink_addr4(rt->rt_gw4) : mplink_addr6(&rt->rt_gw6);
}

/**
 * mplink_peers_reserve() - Make room for one more peer
 * @vnic: the virtual NIC
 *
 * Context: Process context, RTNL.
 * Return: 0 or -ENOMEM.
 */
int mplink_peers_reserve(struct mplink_vnic *vnic);
/**
 * mplink_peers_insert() - Let packets find a peer
 * @vnic: the virtual NIC
 * @peer: the peer; mplink_peers_reserve() has made room
 *
 * Context: Process context, RTNL.
 */
void mplink_peers_insert(struct mplink_vnic *vnic, struct mplink_peer_node *peer);
/**
 * mplink_peers_remove() - Hide a peer from packets
 * @vnic: the virtual NIC
 * @peer: the peer; it is in the table, and readers may use it for a grace period
 *
 * Context: Process context, RTNL.
 */
void mplink_peers_remove(struct mplink_vnic *vnic, const struct mplink_peer_node *peer);
/**
 * mplink_peers_init() - Create the table of a new virtual NIC
 * @vnic: the virtual NIC
 *
 * Context: Process context, RTNL.
 * Return: 0 or -ENOMEM.
 */
int mplink_peers_init(struct mplink_vnic *vnic);
/**
 * mplink_peers_get() - Find a peer under RTNL
 * @vnic: the virtual NIC
 * @addr: its virtual address
 *
 * Context: Process context, RTNL.
 * Return: the peer, or NULL.
 */
struct mplink_peer_node *mplink_peers_get(struct mplink_vnic *vnic, const struct mplink_addr *addr);
/**
 * mplink_peers_count() - Count the peers
 * @vnic: the virtual NIC
 *
 * Context: Process context, RTNL.
 * Return: their number.
 */
u32 mplink_peers_count(const struct mplink_vnic *vnic);
/**
 * mplink_peers_next() - Iterate over the peers
 * @vnic: the virtual NIC
 * @cursor: 0 at the start; moved on by each call
 *
 * Each peer comes exactly once as long as vnic->generation does not change.
 *
 * Context: Process context, RTNL.
 * Return: the next peer, or NULL at the end.
 */
struct mplink_peer_node *mplink_peers_next(const struct mplink_vnic *vnic, unsigned long *cursor);
/**
 * mplink_peers_free() - Free the table
 * @vnic: a virtual NIC that no packet uses any more
 *
 * Context: Process context.
 */
void mplink_peers_free(struct mplink_vnic *vnic);

#endif /* MPLINK_PEER_TABLE_H */
