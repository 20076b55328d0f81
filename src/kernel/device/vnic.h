/* SPDX-License-Identifier: GPL-2.0 */
/* The virtual NIC. */
#ifndef MPLINK_DEVICE_VNIC_H
#define MPLINK_DEVICE_VNIC_H

#include <linux/netdevice.h>
#include <linux/ratelimit.h>

#include "mplink/core.h"

struct mplink_dir;
struct mplink_peer_node;
struct mplink_peer_table;
struct mplink_delivery;
struct mplink_tunnel;
struct mplink_tunnel_socket;

/* Of BFD's keyed SHA1; all zero: there is none. */
struct mplink_bfd_key {
	u8 bytes[MPLINK_BFD_KEY_LEN];
};

/* netdev_priv() of a virtual NIC.  Guarded by RTNL unless said otherwise. */
struct mplink_vnic {
	/* Read by packets; set before the device is registered. */
	struct mplink_device *core;
	struct net_device *dev;

	struct list_head list;		/* in mplink_net.vnics */
	struct list_head dirs;		/* of mplink_dir, in order of creation */
	u32 generation;			/* counts changes of NICs, peers and links */
	struct mplink_dir *nics_dir;
	struct mplink_dir *peers_dir;
	struct ratelimit_state log;	/* of event lines */
	unsigned int mtu_set;		/* by the user: the most it may be; or 0 */
	bool mtu_following;		/* the change under way is our own */

	struct mplink_peer_table __rcu *peers;
	u32 nr_peers;			/* RTNL, as below */
	u32 most_links;			/* that a peer has ever had */

	/* Of encap gre-udp; else NULL.  Outlives all packets that its peers have received. */
	struct mplink_delivery *delivery;
	struct mplink_tunnel_socket *socket;	/* likewise */
	u32 flow_mask;			/* of a hash, to a flow bucket; read by packets */
	bool checksum;			/* of UDP over IPv4, too; likewise */
	u32 nr_outer6;			/* peers with an IPv6 remote: their headers are longer */

	struct mplink_bfd_key bfd_key;
	/* BFD packets that came, by enum mplink_bfd_drop: NONE counts those received. */
	atomic64_t bfd_drops[MPLINK_BFD_DROPS];
};

/* That of all virtual NICs. */
extern const struct net_device_ops *mplink_netdev_ops;

/* From then on users can make virtual NICs: 0, or a negative errno. */
int mplink_vnic_register(const struct ethtool_ops *ethtool_ops);
/* Deletes the virtual NICs of all namespaces. */
void mplink_vnic_unregister(void);

/* Creates and registers a virtual NIC in the initial namespace.  RTNL. */
int mplink_vnic_create(const struct mplink_config *config);
/*
 * Names a NIC, and takes its device if there is one.  0, or a negative errno and
 * *refusal: as mplink_core_nic_add(), or the device cannot be taken.  RTNL.
 */
int mplink_vnic_add_nic(struct mplink_vnic *vnic, const char *name, struct mplink_refusal *refusal);
/* Removes the NIC of that id with all links over it.  RTNL. */
void mplink_vnic_del_nic(struct mplink_vnic *vnic, u32 id);
/* How many NICs have been named.  RTNL. */
u32 mplink_vnic_count_nics(const struct mplink_vnic *vnic);
int mplink_vnic_set_policy(struct mplink_vnic *vnic, u32 policy);
/*
 * key: for config->bfd.auth_type; NULL: the one there is.  0, or a negative errno and
 * *why, a static text.  RTNL.
 */
int mplink_vnic_set_liveness(struct mplink_vnic *vnic, const struct mplink_liveness_config *config,
			     const struct mplink_bfd_key *key, const char **why);

static inline bool mplink_is_vnic(const struct net_device *dev)
{
	return dev->netdev_ops == mplink_netdev_ops;
}

#endif /* MPLINK_DEVICE_VNIC_H */
