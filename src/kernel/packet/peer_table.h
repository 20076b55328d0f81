/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Looking up a peer, inlined where packets pass.
 *
 * rhashtable_lookup() costs 70 instructions here, and there are two lookups on a
 * packet's way from host to host; this one costs some fifteen.  Open addressing with
 * linear probing; never more than half full, so that a probe or two finds the peer
 * or its absence, whatever the number of peers.
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

struct mplink_peer_node {
	struct mplink_addr addr;
	struct mplink_peer *core;
	struct mplink_tunnel *tunnel;	/* of encap gre-udp; else NULL: for as long as it lives */
	/* A remote is an IPv4 address: IPv6 packets cannot go by a route. */
	bool inet_remotes;
	bool outer6;			/* a remote is an IPv6 address: RTNL */
	u32 key;			/* of gre-udp, 24 bits: RTNL */
	struct list_head dirs;		/* of mplink_dir, in order of creation */
	struct rcu_head rcu;
};

struct mplink_peer_table {
	u32 shift;			/* of a hash of 64 bits, to a slot's number */
	u32 used;			/* slots that are not NULL: RTNL */
	struct rcu_head rcu;
	struct mplink_peer_node __rcu *slot[];
};

/*
 * In the slot of a peer that has gone, so that those behind it are still found.  Its
 * address is one that an IPv6 packet may bear, and no IPv4 packet.
 */
extern struct mplink_peer_node mplink_peers_gone;

/*
 * Only the administrator puts peers into the table, so that nobody else can
 * make them collide: a multiplication does for a hash.
 */
static inline unsigned long mplink_peers_first(const struct mplink_peer_table *table,
					       struct mplink_addr addr)
{
	return ((addr.hi ^ addr.lo) * GOLDEN_RATIO_64) >> table->shift;
}

/* The slot to try after the i'th. */
static inline unsigned long mplink_peers_after(const struct mplink_peer_table *table,
					       unsigned long i)
{
	return (i + 1) & (~0UL >> table->shift);
}

/* What stands in the table under that address: perhaps mplink_peers_gone. */
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

/* NULL if there is none.  The answer holds until the RCU read section ends. */
static __always_inline struct mplink_peer_node *mplink_peers_find(const struct mplink_vnic *vnic,
								  struct mplink_addr addr)
{
	struct mplink_peer_node *node = mplink_peers_probe(vnic, addr);

	return likely(node != &mplink_peers_gone) ? node : NULL;
}

/* The same for an IPv4 address, in fewer instructions. */
static __always_inline struct mplink_peer_node *mplink_peers_find4(const struct mplink_vnic *vnic,
								   __be32 addr)
{
	return mplink_peers_probe(vnic, mplink_addr4(addr));
}

/* The peer that a packet to daddr is for: the route's next hop. */
static __always_inline struct mplink_addr mplink_hop4(const struct rtable *rt, __be32 daddr)
{
	if (likely(!rt->rt_gw_family))
		return mplink_addr4(daddr);
	return rt->rt_gw_family == AF_INET ? mplink_addr4(rt->rt_gw4) : mplink_addr6(&rt->rt_gw6);
}

/* Makes room for one more: 0 or -ENOMEM.  RTNL. */
int mplink_peers_reserve(struct mplink_vnic *vnic);
/* Packets find the peer from then on, or no longer.  RTNL. */
void mplink_peers_insert(struct mplink_vnic *vnic, struct mplink_peer_node *peer);
void mplink_peers_remove(struct mplink_vnic *vnic, const struct mplink_peer_node *peer);
int mplink_peers_init(struct mplink_vnic *vnic);
/* NULL if there is none. */
struct mplink_peer_node *mplink_peers_get(struct mplink_vnic *vnic, const struct mplink_addr *addr);
u32 mplink_peers_count(const struct mplink_vnic *vnic);
/*
 * The peer at *cursor, which begins with 0 and is moved on, or NULL at the end.  While
 * vnic->generation is the same, each peer comes just once.
 */
struct mplink_peer_node *mplink_peers_next(const struct mplink_vnic *vnic, unsigned long *cursor);
/* After the last packet. */
void mplink_peers_free(struct mplink_vnic *vnic);

#endif /* MPLINK_PEER_TABLE_H */
