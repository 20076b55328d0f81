// SPDX-License-Identifier: GPL-2.0
/*
 * The peers of a virtual NIC: how they come, change and go.
 */
#include <linux/rtnetlink.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "addr.h"
#include "device/mtu.h"
#include "device/peers.h"
#include "device/vnic.h"
#include "measure/measure.h"
#include "mplink/core.h"
#include "packet/peer_table.h"
#include "report/listener.h"
#include "tunnel/tunnel.h"

static void mplink_peers_set_outer6(struct mplink_vnic *vnic, struct mplink_peer_node *peer,
				    bool outer6)
{
	const u32 before = mplink_tunnel_overhead(vnic);

	vnic->nr_outer6 += outer6 - peer->outer6;
	peer->outer6 = outer6;
	if (mplink_tunnel_overhead(vnic) != before)
		mplink_vnic_follow_mtu(vnic);
}

/* Recomputes what depends on all links of a peer together. */
static void mplink_peers_summarize(struct mplink_vnic *vnic, struct mplink_peer_node *peer)
{
	bool inet = false, inet6 = false;
	u8 ids[MPLINK_MAX_LINKS];
	u32 i, n;

	n = mplink_core_link_ids(peer->core, ids);
	vnic->most_links = max(vnic->most_links, n);
	for (i = 0; i < n; i++) {
		struct mplink_link_info info;

		mplink_core_link_info(peer->core, ids[i], &info);
		if (ipv6_addr_v4mapped(mplink_in6(&info.remote)))
			inet = true;
		else
			inet6 = true;
	}
	WRITE_ONCE(peer->inet_remotes, inet);
	mplink_peers_set_outer6(vnic, peer, inet6);
}

/*
 * Does the part of a change that can fail, except for sysfs: returns 0 and *changes, or an
 * error and *extack.  Also serves new peers, whose links are changes to a peer without any.
 */
static int mplink_peers_prepare(struct mplink_vnic *vnic, struct mplink_peer_node *peer,
				const struct mplink_peer_config *config,
				struct mplink_changes **changes, struct mplink_extack *extack)
{
	const u32 key = config->key_given ? config->key : peer->key;
	int err;

	if (!peer->tunnel &&
	    (config->key_given || config->equalize_given || config->duplicate_given)) {
		*extack = (struct mplink_extack){
			.why = "has no effect without encap gre-udp",
			.attr = config->key_given	? MPLINK_EXTACK_KEY :
				config->equalize_given	? MPLINK_EXTACK_EQUALIZE :
							  MPLINK_EXTACK_DUPLICATE,
		};
		return -EINVAL;
	}
	err = mplink_core_peer_prepare(vnic->core, peer->core, config->links, config->nr_links,
				       changes, extack);
	if (err || !peer->tunnel)
		return err;
	err = mplink_tunnel_prepare(peer->tunnel, *changes, key, extack);
	if (err)
		mplink_core_changes_cancel(*changes);
	return err;
}

/* Follows the links that the core now has, whether or not it took the change. */
static void mplink_peers_follow_one(struct mplink_vnic *vnic, struct mplink_peer_node *peer,
				    u32 key)
{
	peer->key = key;
	if (peer->tunnel)
		mplink_tunnel_follow(peer->tunnel, key);
	mplink_peers_summarize(vnic, peer);
}

static void mplink_peers_set_tunnel(struct mplink_peer_node *peer,
				    const struct mplink_peer_config *config)
{
	if (config->equalize_given)
		mplink_core_resequencer_set_equalize(peer->tunnel->core, config->equalize);
	if (config->duplicate_given)
		WRITE_ONCE(peer->tunnel->duplicate, config->duplicate);
}

static int mplink_peers_create(struct mplink_vnic *vnic, struct mplink_peer_node *peer,
			       const struct mplink_peer_config *config,
			       struct mplink_extack *extack)
{
	struct mplink_changes *changes;
	int err;

	err = mplink_core_peer_add(vnic->core, &peer->addr, NULL, 0, &peer->core, extack);
	if (err)
		return err;
	if (mplink_core_get_encap(vnic->core) == MPLINK_ENCAP_GRE_UDP) {
		err = -ENOMEM;
		peer->tunnel = mplink_tunnel_open(vnic, peer->core);
		if (!peer->tunnel)
			goto err_core;
	}
	err = mplink_peers_prepare(vnic, peer, config, &changes, extack);
	if (err)
		goto err_tunnel;
	/*
	 * Before the links: they then start with BFD, and must wait for the first answer.
	 * A link that was already valid without BFD may stay valid until then.
	 */
	if (config->liveness_given)
		mplink_core_peer_set_liveness(vnic->core, peer->core, config->liveness);
	mplink_peers_set_tunnel(peer, config);
	mplink_core_changes_commit(vnic->core, peer->core, changes);
	return 0;

err_tunnel:
	if (peer->tunnel)
		mplink_tunnel_close(peer->tunnel);
err_core:
	mplink_core_peer_del(vnic->core, peer->core);
	return err;
}

int mplink_peers_add(struct mplink_vnic *vnic, const struct mplink_addr *addr,
		     const struct mplink_peer_config *config, struct mplink_extack *extack)
{
	struct mplink_peer_node *peer;
	int err = -ENOMEM;

	ASSERT_RTNL();

	if (mplink_peers_get(vnic, addr)) {
		*extack = (struct mplink_extack){
			.why = "is a peer of this device already",
			.attr = MPLINK_EXTACK_ADDRESS,
		};
		return -EEXIST;
	}
	*extack = (struct mplink_extack){ .why = "memory is short" };
	peer = kzalloc(sizeof(*peer), GFP_KERNEL_ACCOUNT);
	if (!peer || mplink_peers_reserve(vnic))
		goto err_free;
	peer->addr = *addr;
	INIT_LIST_HEAD(&peer->dirs);
	err = mplink_peers_create(vnic, peer, config, extack);
	if (err)
		goto err_free;
	err = mplink_listener->peer_named(vnic, peer);
	if (err)
		goto err_core;
	mplink_peers_follow_one(vnic, peer, config->key_given ? config->key : 0);
	/* Last: from here on packets find the peer. */
	mplink_peers_insert(vnic, peer);
	vnic->generation++;
	mplink_listener->peer_added(vnic, peer);
	return 0;

err_core:
	if (peer->tunnel)
		mplink_tunnel_close(peer->tunnel);
	mplink_core_peer_del(vnic->core, peer->core);
err_free:
	kfree(peer);
	return err;
}

/* Removes the directories of links that went, or that were never committed. */
static void mplink_peers_undo_dirs(struct mplink_peer_node *peer)
{
	u32 id;

	for (id = 0; id < MPLINK_MAX_LINKS; id++)
		if (!mplink_core_link_exists(peer->core, id))
			mplink_listener->link_gone(peer, id);
}

/*
 * Adds the directories of new links.  This comes before the commit, because it can fail
 * and a commit cannot be undone.  Readers need RTNL, so nobody reads them too early.
 */
static int mplink_peers_add_dirs(struct mplink_vnic *vnic, struct mplink_peer_node *peer,
				 const struct mplink_changes *changes)
{
	struct mplink_link_plan plan;
	int err = 0;
	u32 id;

	for (id = 0; !err && id < MPLINK_MAX_LINKS; id++)
		if (mplink_core_changes_link(changes, id, &plan) && plan.fresh)
			err = mplink_listener->link_named(vnic, peer, id, plan.nic_id,
							  &plan.remote);
	return err;
}

static bool mplink_peers_ask_inet(const struct mplink_changes *changes)
{
	struct mplink_link_plan plan;
	u32 id;

	for (id = 0; id < MPLINK_MAX_LINKS; id++)
		if (mplink_core_changes_link(changes, id, &plan) &&
		    ipv6_addr_v4mapped(mplink_in6(&plan.remote)))
			return true;
	return false;
}

/* Commits or cancels the changes, and so frees them. */
static int mplink_peers_set_links(struct mplink_vnic *vnic, struct mplink_peer_node *peer,
				  struct mplink_changes *changes, struct mplink_extack *extack)
{
	int err;

	err = mplink_peers_add_dirs(vnic, peer, changes);
	if (err) {
		*extack = (struct mplink_extack){ .why = "memory is short" };
		mplink_core_changes_cancel(changes);
	} else {
		/*
		 * An IPv6 packet cannot leave by the route of an IPv4 remote.  Packets under
		 * way may have seen inet_remotes false, so they must end before such a link
		 * exists.
		 */
		if (!peer->inet_remotes && mplink_peers_ask_inet(changes)) {
			WRITE_ONCE(peer->inet_remotes, true);
			synchronize_net();
		}
		mplink_core_changes_commit(vnic->core, peer->core, changes);
	}
	mplink_peers_undo_dirs(peer);
	return err;
}

int mplink_peers_set(struct mplink_vnic *vnic, struct mplink_peer_node *peer,
		     const struct mplink_peer_config *config, struct mplink_extack *extack)
{
	struct mplink_changes *changes;
	int err;

	ASSERT_RTNL();

	err = mplink_peers_prepare(vnic, peer, config, &changes, extack);
	if (!err) {
		if (config->nr_links)
			err = mplink_peers_set_links(vnic, peer, changes, extack);
		else
			mplink_core_changes_cancel(changes);
	}
	mplink_peers_follow_one(vnic, peer, !err && config->key_given ? config->key : peer->key);
	if (err)
		return err;
	/* Last, because it cannot fail and so need not be undone. */
	if (config->liveness_given)
		mplink_core_peer_set_liveness(vnic->core, peer->core, config->liveness);
	mplink_peers_set_tunnel(peer, config);
	vnic->generation++;
	mplink_listener->peer_changed(vnic, peer);
	return 0;
}

u32 mplink_peers_equalize(const struct mplink_peer_node *peer)
{
	return peer->tunnel ? mplink_core_resequencer_get_equalize(peer->tunnel->core) :
			      MPLINK_EQUALIZE_INHERIT;
}

u32 mplink_peers_duplicate(const struct mplink_peer_node *peer)
{
	return peer->tunnel ? READ_ONCE(peer->tunnel->duplicate) : MPLINK_DUPLICATE_INHERIT;
}

void mplink_peers_del(struct mplink_vnic *vnic, struct mplink_peer_node *peer)
{
	ASSERT_RTNL();

	mplink_listener->peer_gone(vnic, peer);
	mplink_peers_remove(vnic, peer);
	vnic->generation++;
	mplink_peers_set_outer6(vnic, peer, false);
	if (peer->tunnel)
		mplink_tunnel_close(peer->tunnel);
	mplink_core_peer_del(vnic->core, peer->core);
	kfree_rcu(peer, rcu);
}

void mplink_peers_forget_nic(struct mplink_vnic *vnic, u32 nic_id)
{
	struct mplink_peer_node *peer;
	unsigned long cursor = 0;

	ASSERT_RTNL();

	while ((peer = mplink_peers_next(vnic, &cursor)))
		if (peer->tunnel)
			mplink_tunnel_forget_nic(peer->tunnel, nic_id);
}

void mplink_peers_measure(struct mplink_vnic *vnic)
{
	struct mplink_peer_node *peer;
	unsigned long cursor = 0;

	ASSERT_RTNL();

	while ((peer = mplink_peers_next(vnic, &cursor)))
		if (peer->tunnel)
			mplink_measure_begin(peer->tunnel);
}

void mplink_peers_tell_measured(struct mplink_vnic *vnic)
{
	struct mplink_peer_node *peer;
	unsigned long cursor = 0;

	ASSERT_RTNL();

	while ((peer = mplink_peers_next(vnic, &cursor))) {
		struct mem_cgroup *before;

		if (!peer->tunnel || !mplink_measure_begun(peer->tunnel))
			continue;
		before = set_active_memcg(peer->tunnel->memcg);
		mplink_listener->peer_measured(vnic, peer);
		set_active_memcg(before);
	}
}

void mplink_peers_follow(struct mplink_vnic *vnic)
{
	struct mplink_peer_node *peer;
	unsigned long cursor = 0;

	while ((peer = mplink_peers_next(vnic, &cursor)))
		mplink_peers_summarize(vnic, peer);
}

void mplink_peers_revisit(struct mplink_vnic *vnic, const struct mplink_addr *addr)
{
	const struct mplink_peer_node *peer = mplink_peers_get(vnic, addr);

	if (!peer || !peer->tunnel)
		return;
	mplink_tunnel_revisit(peer->tunnel);
	mplink_measure_confirm(peer->tunnel);
}

void mplink_peers_clear(struct mplink_vnic *vnic)
{
	struct mplink_peer_node *peer;
	unsigned long cursor = 0;

	ASSERT_RTNL();

	while ((peer = mplink_peers_next(vnic, &cursor))) {
		mplink_peers_remove(vnic, peer);
		if (peer->tunnel)
			mplink_tunnel_close(peer->tunnel);
		kfree_rcu(peer, rcu);
	}
}
