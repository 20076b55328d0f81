/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Looking up a peer, inlined where packets pass.
 */
#ifndef MPLINK_PEERS_H
#define MPLINK_PEERS_H

#include <linux/hash.h>

#include "mplink.h"

/*
 * Only the administrator puts peers into the table, so that nobody else can
 * make them collide: two multiplications do for a hash.
 */
static inline u32 mplink_peers_hash(const void *data, u32 len, u32 seed)
{
	const struct mplink_addr *addr = data;

	return hash_64(addr->word[0] ^ hash_64(addr->word[1] ^ seed, 64), 32);
}

static inline u32 mplink_peers_hash_node(const void *data, u32 len, u32 seed)
{
	const struct mplink_peer_node *node = data;

	return mplink_peers_hash(&node->addr, len, seed);
}

static inline int mplink_peers_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct mplink_peer_node *node = obj;
	const struct mplink_addr *addr = arg->key;

	return (node->addr.word[0] ^ addr->word[0]) | (node->addr.word[1] ^ addr->word[1]) ? 1 : 0;
}

static const struct rhashtable_params mplink_peers_params = {
	.head_offset = offsetof(struct mplink_peer_node, node),
	.key_offset = offsetof(struct mplink_peer_node, addr),
	.key_len = sizeof(struct mplink_addr),
	.hashfn = mplink_peers_hash,
	.obj_hashfn = mplink_peers_hash_node,
	.obj_cmpfn = mplink_peers_cmp,
	.automatic_shrinking = true,
};

/* NULL if there is none.  The answer holds until the RCU read section ends. */
static inline struct mplink_peer_node *mplink_peers_find(struct mplink_vnic *vnic,
							 const struct mplink_addr *addr)
{
	return rhashtable_lookup(&vnic->peers, addr, mplink_peers_params);
}

#endif /* MPLINK_PEERS_H */
