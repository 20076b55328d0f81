// SPDX-License-Identifier: GPL-2.0
/*
 * From a packet's address to the peer.
 */
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "mplink.h"
#include "peers.h"

int mplink_peers_init(struct mplink_vnic *vnic)
{
	return rhashtable_init(&vnic->peers, &mplink_peers_params);
}

int mplink_peers_add(struct mplink_vnic *vnic, const struct mplink_config *config)
{
	struct mplink_peer_node *node;
	u32 i;
	int err;

	ASSERT_RTNL();

	node = kzalloc(sizeof(*node), GFP_KERNEL);
	if (!node)
		return -ENOMEM;
	node->addr = config->peer;
	for (i = 0; i < config->nr_nics; i++)
		node->inet_remotes |= ipv6_addr_v4mapped(mplink_in6(&config->remotes[i]));

	err = mplink_core_peer_add(vnic->core, &node->addr, config->remotes, config->weights,
				   &node->core);
	if (err)
		goto err_free;
	err = mplink_sysfs_add_peer(vnic, node->core, &node->addr);
	if (err)
		goto err_free;
	/* The last step: from here on packets find the peer. */
	err = rhashtable_insert_fast(&vnic->peers, &node->node, mplink_peers_params);
	if (err)
		goto err_free;
	return 0;

err_free:
	/* The core's peer goes with the device, as does its directory. */
	kfree(node);
	return err;
}

static void mplink_peers_free(void *ptr, void *arg)
{
	struct mplink_peer_node *node = ptr;

	kfree_rcu(node, rcu);
}

void mplink_peers_clear(struct mplink_vnic *vnic)
{
	struct mplink_peer_node *node;
	struct rhashtable_iter iter;

	ASSERT_RTNL();

	rhashtable_walk_enter(&vnic->peers, &iter);
	rhashtable_walk_start(&iter);
	while ((node = rhashtable_walk_next(&iter))) {
		if (IS_ERR(node))
			continue;
		rhashtable_remove_fast(&vnic->peers, &node->node, mplink_peers_params);
		mplink_peers_free(node, NULL);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
}

void mplink_peers_destroy(struct mplink_vnic *vnic)
{
	rhashtable_free_and_destroy(&vnic->peers, mplink_peers_free, NULL);
}
