// SPDX-License-Identifier: GPL-2.0
/*
 * From a packet's address to the peer.
 */
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "mplink.h"
#include "peers.h"

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
	hlist_add_head_rcu(&node->node, &vnic->peers[mplink_peers_hash(node->addr)]);
	return 0;

err_free:
	/* The core's peer goes with the device, as does its directory. */
	kfree(node);
	return err;
}

void mplink_peers_clear(struct mplink_vnic *vnic)
{
	struct mplink_peer_node *node;
	struct hlist_node *next;
	u32 bucket;

	ASSERT_RTNL();

	hash_for_each_safe(vnic->peers, bucket, next, node, node) {
		hlist_del_rcu(&node->node);
		kfree_rcu(node, rcu);
	}
}
