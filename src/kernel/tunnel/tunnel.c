// SPDX-License-Identifier: GPL-2.0
/*
 * What a virtual NIC and each of its peers have of gre-udp, and how they come and go.
 *
 * A packet that comes in finds, by its sender and its key, a far end, and by it the
 * tunnel, the core's peer and NIC: all in one RCU read section.  So whoever takes one
 * of these away first takes the far ends out of the table, and frees after a grace
 * period.  What the resequencer holds beyond the read section is let go by
 * mplink_tunnel_close(), and so are its timers.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "control/netlink.h"
#include "packet/outer.h"
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
	tunnel->ends[id] = NULL;
	hlist_del_rcu(&end->node);
	kfree_rcu(end, rcu);
}

/* The link is over that NIC to that remote; its spare has been provided. */
static void mplink_far_end_follow(struct mplink_tunnel *tunnel, u32 id, u32 nic_id,
				  const struct mplink_addr *remote, u32 key)
{
	struct mplink_far_end *end = tunnel->spare[id];

	if (tunnel->ends[id] && mplink_far_end_is(tunnel->ends[id], remote, key))
		return;
	mplink_far_end_remove(tunnel, id);
	if (WARN_ON_ONCE(!end))
		return;
	tunnel->spare[id] = NULL;
	end->tunnel = tunnel;
	end->remote = *remote;
	end->key = key;
	end->link = id;
	end->nic = mplink_core_nic_at(tunnel->vnic->core, nic_id);
	tunnel->ends[id] = end;
	hlist_add_head_rcu(&end->node, mplink_far_ends(tunnel->vnic->socket, remote));
}

static struct mplink_vnic *mplink_key_owner(struct mplink_tunnel_socket *socket, u32 key)
{
	const struct mplink_far_end *end;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(socket->far_ends); i++)
		hlist_for_each_entry_rcu(end, &socket->far_ends[i], node)
			if (end->key == key)
				return end->tunnel->vnic;
	return NULL;
}

void mplink_tunnel_stranger(struct mplink_tunnel_socket *socket, const struct mplink_addr *from,
			    u32 key, const struct net_device *dev)
{
	/* Of everybody's, for anybody can send such packets; and the search is long. */
	static struct ratelimit_state limit =
		RATELIMIT_STATE_INIT_FLAGS(limit, 30 * HZ, 1, RATELIMIT_MSG_ON_RELEASE);
	struct mplink_vnic *vnic;
	char addr[MPLINK_ADDR_LEN];

	if (!__ratelimit(&limit))
		return;
	vnic = mplink_key_owner(socket, key);
	if (!vnic || !mplink_may_log(vnic))
		return;
	mplink_format_addr(addr, sizeof(addr), from);
	pr_notice("%s: packets from %s by %s are dropped: they have the key of a peer without that remote; if they are that peer's: mplink peer set PEER addlink NIC %s\n",
		  vnic->dev->name, addr, dev->name, addr);
}

/* --- peers --------------------------------------------------------------------------- */

struct mplink_tunnel *mplink_tunnel_open(struct mplink_vnic *vnic, const struct mplink_peer *peer)
{
	struct mplink_tunnel *tunnel;
	u32 i;

	ASSERT_RTNL();

	tunnel = kvzalloc(sizeof(*tunnel), GFP_KERNEL_ACCOUNT);
	if (!tunnel)
		return NULL;
	tunnel->vnic = vnic;
	tunnel->peer = peer;
	tunnel->core = mplink_core_resequencer_create(vnic->core);
	if (!tunnel->core) {
		kvfree(tunnel);
		return NULL;
	}
	for (i = 0; i < MPLINK_FLOW_BUCKETS; i++)
		mplink_resequence_init(&tunnel->bucket[i], i);
	return tunnel;
}

static bool mplink_tunnel_provide(struct mplink_tunnel *tunnel, u32 id)
{
	if (!tunnel->spare[id])
		tunnel->spare[id] = kzalloc(sizeof(*tunnel->spare[id]), GFP_KERNEL_ACCOUNT);
	return tunnel->spare[id];
}

static int mplink_tunnel_taken(struct mplink_refusal *refusal, u32 link, u32 attr)
{
	*refusal = (struct mplink_refusal){
		.why = "is another peer's with the same key; give one of them another key",
		.link = link,
		.attr = attr,
	};
	return -EEXIST;
}

int mplink_tunnel_prepare(struct mplink_tunnel *tunnel, const struct mplink_changes *changes,
			  u32 key, struct mplink_refusal *refusal)
{
	struct mplink_link_plan plan;
	u64 ids = 0;
	u32 id;

	ASSERT_RTNL();

	for (id = 0; id < MPLINK_MAX_LINKS; id++) {
		const struct mplink_far_end *end = tunnel->ends[id];

		if (!mplink_core_changes_link(changes, id, &plan) ||
		    (end && mplink_far_end_is(end, &plan.remote, key)))
			continue;
		ids |= BIT_ULL(id);
		if (!mplink_far_end_taken(tunnel, &plan.remote, key))
			continue;
		/* A link that stays where it is only comes along to the new key. */
		if (plan.entry == MPLINK_NO_ENTRY ||
		    (end && mplink_addr_equal(&end->remote, &plan.remote)))
			return mplink_tunnel_taken(refusal, 0, MPLINK_REFUSED_KEY);
		return mplink_tunnel_taken(refusal, plan.entry, MPLINK_REFUSED_REMOTE);
	}
	*refusal = (struct mplink_refusal){ .why = "memory is short" };
	for (id = 0; id < MPLINK_MAX_LINKS; id++)
		if (ids & BIT_ULL(id) && !mplink_tunnel_provide(tunnel, id))
			return -ENOMEM;
	return mplink_core_resequencer_cover(tunnel->core, ids);
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
		kfree(tunnel->spare[id]);
		tunnel->spare[id] = NULL;
	}
	WRITE_ONCE(tunnel->key, key);
	WRITE_ONCE(tunnel->overhead, mplink_outer_len(outer6) + MPLINK_GRE_LEN);
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
	u32 i;

	for (i = 0; i < MPLINK_FLOW_BUCKETS; i++)
		mplink_resequence_revisit(&tunnel->bucket[i]);
}

static void mplink_tunnel_free(struct rcu_head *rcu)
{
	struct mplink_tunnel *tunnel = container_of(rcu, struct mplink_tunnel, rcu);

	mplink_core_resequencer_free(tunnel->core);
	kvfree(tunnel);
}

void mplink_tunnel_close(struct mplink_tunnel *tunnel)
{
	u32 i;

	ASSERT_RTNL();

	for (i = 0; i < MPLINK_MAX_LINKS; i++) {
		mplink_far_end_remove(tunnel, i);
		kfree(tunnel->spare[i]);
	}
	for (i = 0; i < MPLINK_FLOW_BUCKETS; i++)
		mplink_resequence_close(&tunnel->bucket[i]);
	/* Packets on their way out number themselves by it, and those in may still find it. */
	call_rcu(&tunnel->rcu, mplink_tunnel_free);
}

/* --- virtual NICs ------------------------------------------------------------------------- */

u32 mplink_tunnel_overhead(const struct mplink_vnic *vnic)
{
	if (!vnic->delivery)
		return 0;
	return mplink_outer_len(vnic->nr_outer6) + MPLINK_GRE_LEN;
}

static int mplink_tunnel_begin(struct mplink_vnic *vnic, const char **why)
{
	struct mplink_delivery *delivery;
	int err;

	err = mplink_tunnel_socket_get(dev_net(vnic->dev), why);
	if (err)
		return err;
	vnic->socket = mplink_net(dev_net(vnic->dev))->tunnel;
	delivery = mplink_delivery_start(vnic->dev);
	if (delivery) {
		/* From here on its NICs look at the socket. */
		smp_store_release(&vnic->delivery, delivery);
		mplink_ports_follow(vnic->dev);
		/* A packet that passed the hook as untunnelled must meet no peer with a tunnel. */
		synchronize_net();
		mplink_tunnel_follow_vrfs(dev_net(vnic->dev));
		return 0;
	}
	*why = "memory is short";
	vnic->socket = NULL;
	mplink_tunnel_socket_put(dev_net(vnic->dev));
	return -ENOMEM;
}

void mplink_tunnel_end(struct mplink_vnic *vnic)
{
	ASSERT_RTNL();

	if (!vnic->delivery)
		return;
	/* Packets that found a peer before it was closed deliver, and count, until then. */
	synchronize_net();
	mplink_delivery_stop(vnic->delivery);
	/* The NICs' handlers may look at the socket for as long as its last user waits. */
	WRITE_ONCE(vnic->delivery, NULL);
	mplink_ports_follow(vnic->dev);
	mplink_tunnel_socket_put(dev_net(vnic->dev));
}

int mplink_vnic_set_encap(struct mplink_vnic *vnic, u32 encap, const char **why)
{
	const u32 before = mplink_core_get_encap(vnic->core);
	int err;

	ASSERT_RTNL();

	err = mplink_core_set_encap(vnic->core, encap, why);
	if (err || encap == before)
		return err;
	if (encap == MPLINK_ENCAP_GRE_UDP) {
		err = mplink_tunnel_begin(vnic, why);
		if (err) {
			const char *ignored;

			mplink_core_set_encap(vnic->core, before, &ignored);
			return err;
		}
	} else {
		mplink_tunnel_end(vnic);
	}
	mplink_vnic_follow_mtu(vnic);
	mplink_notify_device(vnic);
	return 0;
}

int mplink_vnic_set_tunnel(struct mplink_vnic *vnic, const struct mplink_tunnel_config *config,
			   const char **why)
{
	const int err = mplink_core_set_tunnel(vnic->core, config, why);

	if (err)
		return err;
	WRITE_ONCE(vnic->flow_mask, config->flow_buckets - 1);
	WRITE_ONCE(vnic->checksum, config->checksum);
	mplink_notify_device(vnic);
	return 0;
}

/* --- counters --------------------------------------------------------------------------------- */

bool mplink_tunnel_counters(const struct mplink_peer_node *peer,
			    struct mplink_resequencer_counters *sum)
{
	if (!peer->tunnel)
		return false;
	mplink_core_resequencer_counters(peer->tunnel->core, sum);
	return true;
}

void mplink_tunnel_sum(const struct mplink_vnic *vnic, struct mplink_resequencer_counters *sum)
{
	struct mplink_resequencer_counters one;
	struct mplink_peer_node *peer;
	unsigned long cursor = 0;

	*sum = (struct mplink_resequencer_counters){};
	while ((peer = mplink_peers_next(vnic, &cursor))) {
		if (!mplink_tunnel_counters(peer, &one))
			continue;
		sum->in_order += one.in_order;
		sum->reordered += one.reordered;
		sum->duplicates += one.duplicates;
		sum->late += one.late;
		sum->lost_rule += one.lost_rule;
		sum->lost_timer += one.lost_timer;
		sum->lost_overflow += one.lost_overflow;
		sum->restarts += one.restarts;
		sum->held += one.held;
		sum->wait_us += one.wait_us;
		sum->held_max = max(sum->held_max, one.held_max);
		sum->wait_max_us = max(sum->wait_max_us, one.wait_max_us);
		sum->timer_us = max(sum->timer_us, one.timer_us);
	}
}
