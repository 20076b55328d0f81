// SPDX-License-Identifier: GPL-2.0
/*
 * The table of a virtual NIC's peers.  Writers hold RTNL; packets read under RCU.
 */
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "device/vnic.h"
#include "mplink/core.h"
#include "packet/peer_table.h"

#define MPLINK_PEERS_MIN_BITS 4

struct mplink_peer_node mplink_peers_gone = {
	.addr = { .hi = U64_MAX, .lo = U64_MAX },
};

static struct mplink_peer_table *mplink_peers_table(const struct mplink_vnic *vnic)
{
	return rtnl_dereference(vnic->peers);
}

static struct mplink_peer_table *mplink_peers_alloc(u32 bits)
{
	struct mplink_peer_table *table;

	table = kvzalloc(struct_size(table, slot, BIT(bits)), GFP_KERNEL_ACCOUNT);
	if (table)
		table->shift = 64 - bits;
	return table;
}

static unsigned long mplink_peers_slots(const struct mplink_peer_table *table)
{
	return BIT(64 - table->shift);
}

static void mplink_peers_place(struct mplink_peer_table *table, struct mplink_peer_node *peer)
{
	unsigned long i = mplink_peers_first(table, peer->addr);

	while (rcu_access_pointer(table->slot[i]))
		i = mplink_peers_after(table, i);
	rcu_assign_pointer(table->slot[i], peer);
	table->used++;
}

/*
 * The new table leaves out mplink_peers_gone.  Readers find each peer in the old table and in
 * the new one.
 */
int mplink_peers_reserve(struct mplink_vnic *vnic)
{
	struct mplink_peer_table *old = mplink_peers_table(vnic), *table;
	u32 bits = MPLINK_PEERS_MIN_BITS;
	struct mplink_peer_node *peer;
	unsigned long cursor = 0;

	if (old->used < mplink_peers_slots(old) / 2)
		return 0;
	/* A quarter full at most, so that it does not soon grow again. */
	while (BIT(bits) / 4 <= vnic->nr_peers)
		bits++;
	table = mplink_peers_alloc(bits);
	if (!table)
		return -ENOMEM;
	while ((peer = mplink_peers_next(vnic, &cursor)))
		mplink_peers_place(table, peer);
	rcu_assign_pointer(vnic->peers, table);
	kvfree_rcu(old, rcu);
	return 0;
}

void mplink_peers_insert(struct mplink_vnic *vnic, struct mplink_peer_node *peer)
{
	mplink_peers_place(mplink_peers_table(vnic), peer);
	vnic->nr_peers++;
}

void mplink_peers_remove(struct mplink_vnic *vnic, const struct mplink_peer_node *peer)
{
	struct mplink_peer_table *table = mplink_peers_table(vnic);
	unsigned long i = mplink_peers_first(table, peer->addr);

	while (rcu_access_pointer(table->slot[i]) != peer)
		i = mplink_peers_after(table, i);
	rcu_assign_pointer(table->slot[i], &mplink_peers_gone);
	vnic->nr_peers--;
}

int mplink_peers_init(struct mplink_vnic *vnic)
{
	struct mplink_peer_table *table = mplink_peers_alloc(MPLINK_PEERS_MIN_BITS);

	RCU_INIT_POINTER(vnic->peers, table);
	return table ? 0 : -ENOMEM;
}

void mplink_peers_free(struct mplink_vnic *vnic)
{
	kvfree(rcu_dereference_protected(vnic->peers, true));
}

struct mplink_peer_node *mplink_peers_next(const struct mplink_vnic *vnic, unsigned long *cursor)
{
	const struct mplink_peer_table *table = mplink_peers_table(vnic);

	while (*cursor < mplink_peers_slots(table)) {
		struct mplink_peer_node *peer = rtnl_dereference(table->slot[(*cursor)++]);

		if (peer && peer != &mplink_peers_gone)
			return peer;
	}
	return NULL;
}

struct mplink_peer_node *mplink_peers_get(struct mplink_vnic *vnic, const struct mplink_addr *addr)
{
	struct mplink_peer_node *peer;

	ASSERT_RTNL();

	rcu_read_lock();
	peer = mplink_peers_find(vnic, *addr);
	rcu_read_unlock();
	return peer;
}

u32 mplink_peers_count(const struct mplink_vnic *vnic)
{
	return vnic->nr_peers;
}
