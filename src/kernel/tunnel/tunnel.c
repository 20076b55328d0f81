// SPDX-License-Identifier: GPL-2.0
/*
 * The tunnel of a peer: how it is created, follows the peer's links, and ends.
 *
 * In one RCU read section, a received packet finds a far end by sender and key, and through
 * it the tunnel, the core's peer and the NIC.  To remove one of these, first take the far
 * ends out of the table; free after a grace period.  The resequencer holds packets longer
 * than a read section: mplink_tunnel_close() releases them and stops the timers.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/memcontrol.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "addr.h"
#include "device/vnic.h"
#include "measure/measure.h"
#include "mplink/core.h"
#include "mplink/platform.h"
#include "mplink/tunnel.h"
#include "packet/outer.h"
#include "packet/peer_table.h"
#include "tunnel/resequence.h"
#include "tunnel/sockets.h"
#include "tunnel/tunnel.h"

/* --- far ends ---------------------------------------------------------------------- */

static bool mplink_far_end_is(const struct mplink_far_end *end, const struct mplink_addr *remote,
			      u32 key)
{
	return mplink_addr_equal(&end->remote, remote) && end->key == key;
}

static bool mplink_far_end_taken(const struct mplink_tunnel *tunnel,
				 const struct mplink_addr *remote, u32 key)
{
	const struct mplink_far_end *end;

	hlist_for_each_entry(end, mplink_far_ends(tunnel->vnic->socket, remote), node)
		if (mplink_far_end_is(end, remote, key) && end->tunnel != tunnel)
			return true;
	return false;
}

static void mplink_far_end_remove(struct mplink_tunnel *tunnel, u32 id)
{
	struct mplink_far_end *end = tunnel->ends[id];

	if (!end)
		return;
	WRITE_ONCE(tunnel->ends[id], NULL);
	mplink_measure_forget(tunnel, id);
	hlist_del_rcu(&end->node);
	kfree_rcu(end, rcu);
}

/* Returns NULL if mplink_tunnel_prepare() was not called for the change. */
static struct mplink_far_end *mplink_far_end_spare(struct mplink_tunnel *tunnel)
{
	struct mplink_far_end *end =
		hlist_entry_safe(tunnel->spare.first, struct mplink_far_end, node);

	if (end)
		hlist_del(&end->node);
	return end;
}

static void mplink_far_end_follow(struct mplink_tunnel *tunnel, u32 id, u32 nic_id,
				  const struct mplink_addr *remote, u32 key)
{
	struct mplink_far_end *end;

	if (tunnel->ends[id] && mplink_far_end_is(tunnel->ends[id], remote, key))
		return;
	mplink_far_end_remove(tunnel, id);
	end = mplink_far_end_spare(tunnel);
	if (WARN_ON_ONCE(!end))
		return;
	end->tunnel = tunnel;
	end->remote = *remote;
	end->key = key;
	end->link = id;
	end->nic = mplink_core_nic_at(tunnel->vnic->core, nic_id);
	WRITE_ONCE(tunnel->ends[id], end);
	hlist_add_head_rcu(&end->node, mplink_far_ends(tunnel->vnic->socket, remote));
}

static bool mplink_far_ends_provide(struct mplink_tunnel *tunnel, u32 count)
{
	struct mplink_far_end *end;

	for (; count; count--) {
		end = kzalloc(sizeof(*end), GFP_KERNEL_ACCOUNT);
		if (!end)
			return false;
		hlist_add_head(&end->node, &tunnel->spare);
	}
	return true;
}

static void mplink_far_ends_free(struct mplink_tunnel *tunnel)
{
	struct mplink_far_end *end;

	while ((end = mplink_far_end_spare(tunnel)))
		kfree(end);
}

/* --- peers --------------------------------------------------------------------------- */

/* Packets do not find it, and it has no flow buckets. */
static void mplink_tunnel_undo(struct mplink_tunnel *tunnel)
{
	if (tunnel->measure)
		mplink_measure_free(tunnel->measure);
	if (tunnel->core)
		mplink_core_resequencer_free(tunnel->core);
	kfree(tunnel);
}

struct mplink_tunnel *mplink_tunnel_open(struct mplink_vnic *vnic, const struct mplink_peer *peer)
{
	struct mplink_tunnel *tunnel;

	ASSERT_RTNL();

	tunnel = kzalloc(sizeof(*tunnel), GFP_KERNEL_ACCOUNT);
	if (!tunnel)
		return NULL;
	tunnel->vnic = vnic;
	tunnel->peer = peer;
	tunnel->flows = &mplink_no_flows;
	tunnel->duplicate = MPLINK_DUPLICATE_INHERIT;
	spin_lock_init(&tunnel->making);
	tunnel->core = mplink_core_resequencer_create(vnic->core);
	tunnel->measure = mplink_measure_open(tunnel);
	if (!tunnel->core || !tunnel->measure) {
		mplink_tunnel_undo(tunnel);
		return NULL;
	}
	tunnel->memcg = get_mem_cgroup_from_mm(current->mm);
	return tunnel;
}

static int mplink_tunnel_refuse(struct mplink_extack *extack, u32 link, u32 attr)
{
	*extack = (struct mplink_extack){
		.why = "belongs to another peer with the same key; give one of them another key",
		.link = link,
		.attr = attr,
	};
	return -EEXIST;
}

int mplink_tunnel_prepare(struct mplink_tunnel *tunnel, const struct mplink_changes *changes,
			  u32 key, struct mplink_extack *extack)
{
	struct mplink_link_plan plan;
	u32 needed = 0;
	u32 id;

	ASSERT_RTNL();

	for (id = 0; id < MPLINK_MAX_LINKS; id++) {
		const struct mplink_far_end *end = tunnel->ends[id];

		if (!mplink_core_changes_link(changes, id, &plan) ||
		    (end && mplink_far_end_is(end, &plan.remote, key)))
			continue;
		needed++;
		if (!mplink_far_end_taken(tunnel, &plan.remote, key))
			continue;
		/* If the link keeps its remote, the new key is at fault. */
		if (plan.entry == MPLINK_NO_ENTRY ||
		    (end && mplink_addr_equal(&end->remote, &plan.remote)))
			return mplink_tunnel_refuse(extack, 0, MPLINK_EXTACK_KEY);
		return mplink_tunnel_refuse(extack, plan.entry, MPLINK_EXTACK_REMOTE);
	}
	*extack = (struct mplink_extack){ .why = "memory is short" };
	return mplink_far_ends_provide(tunnel, needed) ? 0 : -ENOMEM;
}

void mplink_tunnel_follow(struct mplink_tunnel *tunnel, u32 key)
{
	bool outer6 = false;
	u32 id;

	ASSERT_RTNL();

	for (id = 0; id < MPLINK_MAX_LINKS; id++) {
		struct mplink_link_info info;

		if (mplink_core_link_exists(tunnel->peer, id)) {
			mplink_core_link_info(tunnel->peer, id, &info);
			mplink_far_end_follow(tunnel, id, info.nic_id, &info.remote, key);
			outer6 |= !ipv6_addr_v4mapped(mplink_in6(&info.remote));
		} else {
			mplink_far_end_remove(tunnel, id);
		}
	}
	mplink_far_ends_free(tunnel);
	WRITE_ONCE(tunnel->key, key);
	WRITE_ONCE(tunnel->overhead, mplink_outer_len(outer6) + MPLINK_GRE_LEN);
	mplink_measure_begin(tunnel);
}

void mplink_tunnel_forget_nic(struct mplink_tunnel *tunnel, u32 nic_id)
{
	const struct mplink_nic *nic = mplink_core_nic_at(tunnel->vnic->core, nic_id);
	u32 id;

	ASSERT_RTNL();

	for (id = 0; id < MPLINK_MAX_LINKS; id++)
		if (tunnel->ends[id] && tunnel->ends[id]->nic == nic)
			mplink_far_end_remove(tunnel, id);
}

void mplink_tunnel_revisit(struct mplink_tunnel *tunnel)
{
	const struct mplink_flows *flows = READ_ONCE(tunnel->flows);
	u32 i;

	for (i = 0; i < MPLINK_FLOW_BUCKETS; i++) {
		struct mplink_bucket *bucket = READ_ONCE(flows->received[i]);

		if (bucket)
			mplink_resequence_revisit(bucket);
	}
}

static void mplink_flows_free(struct mplink_flows *flows)
{
	u32 i;

	if (flows == &mplink_no_flows)
		return;
	for (i = 0; i < MPLINK_FLOW_BUCKETS; i++) {
		if (flows->received[i])
			mplink_resequence_free(flows->received[i]);
		mplink_free(flows->sent[i]);
	}
	mplink_free(flows);
}

static void mplink_tunnel_free(struct rcu_head *rcu)
{
	struct mplink_tunnel *tunnel = container_of(rcu, struct mplink_tunnel, rcu);

	mplink_flows_free(tunnel->flows);
	mem_cgroup_put(tunnel->memcg);
	mplink_tunnel_undo(tunnel);
}

void mplink_tunnel_close(struct mplink_tunnel *tunnel)
{
	const struct mplink_flows *flows;
	u32 i;

	ASSERT_RTNL();

	for (i = 0; i < MPLINK_MAX_LINKS; i++)
		mplink_far_end_remove(tunnel, i);
	mplink_far_ends_free(tunnel);
	mplink_measure_close(tunnel);
	/* Packets that have found a far end already create no more buckets. */
	spin_lock_bh(&tunnel->making);
	tunnel->closed = true;
	flows = tunnel->flows;
	spin_unlock_bh(&tunnel->making);
	for (i = 0; i < MPLINK_FLOW_BUCKETS; i++)
		if (flows->received[i])
			mplink_resequence_close(flows->received[i]);
	/* Until then senders take numbers from it, and received packets may have found it. */
	call_rcu(&tunnel->rcu, mplink_tunnel_free);
}

/* --- counters --------------------------------------------------------------------------------- */

bool mplink_tunnel_counters(const struct mplink_peer_node *peer,
			    struct mplink_resequencer_counters *sum)
{
	const struct mplink_tunnel *tunnel = peer->tunnel;
	const struct mplink_flows *flows;
	u32 i;

	if (!tunnel)
		return false;
	mplink_core_resequencer_counters(tunnel->core, sum);
	flows = READ_ONCE(tunnel->flows);
	for (i = 0; i < MPLINK_FLOW_BUCKETS; i++) {
		struct mplink_bucket *bucket = READ_ONCE(flows->received[i]);

		if (bucket)
			mplink_core_bucket_counters(mplink_bucket_core(bucket), sum);
	}
	mplink_measure_counters(peer->tunnel, sum);
	return true;
}
