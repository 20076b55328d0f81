/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Looking up a peer, inlined where packets pass.
 */
#ifndef MPLINK_PEERS_H
#define MPLINK_PEERS_H

#include <linux/hash.h>
#include <linux/rculist.h>

#include "mplink.h"

/*
 * Only the administrator puts peers into the table, so that nobody else can
 * make them collide: a multiplication does for a hash.
 */
static inline u32 mplink_peers_hash(struct mplink_addr addr)
{
	return hash_64(addr.hi ^ addr.lo, MPLINK_PEERS_BITS);
}

/* NULL if there is none.  The answer holds until the RCU read section ends. */
static __always_inline struct mplink_peer_node *mplink_peers_find(struct mplink_vnic *vnic,
								  struct mplink_addr addr)
{
	struct mplink_peer_node *node;

	hlist_for_each_entry_rcu(node, &vnic->peers[mplink_peers_hash(addr)], node)
		if (node->addr.hi == addr.hi && node->addr.lo == addr.lo)
			return node;
	return NULL;
}

#endif /* MPLINK_PEERS_H */
