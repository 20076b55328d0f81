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

/**
 * struct mplink_bfd_key - the key of BFD's keyed SHA1 (RFC 5880 6.7.4)
 * @bytes: the key, padded with zeros; all zero: there is no key
 */
struct mplink_bfd_key {
	u8 bytes[MPLINK_BFD_KEY_LEN];
};

/**
 * struct mplink_vnic - a virtual NIC: netdev_priv() of its device
 * @core: the core's device.  Packets read it; set before the device is registered.
 * @dev: the network device.  Packets read it; set before the device is registered.
 * @list: in mplink_net.vnics
 * @dirs: its sysfs directories, by mplink_dir.list, parents before children
 * @generation: counts changes of NICs, peers and links; dumps compare it
 * @nics_dir: sysfs directory nics/
 * @peers_dir: sysfs directory peers/
 * @log: limits the log lines about this virtual NIC; any context
 * @mtu_set: the largest MTU that the user wants, in bytes; 0: no limit
 * @mtu_following: the module itself is changing the MTU, not the user
 * @peers: the peers by address.  RTNL to write, RCU to read.
 * @nr_peers: number of peers
 * @most_links: the most links that any peer has ever had
 * @delivery: delivers what tunnels receive; NULL unless encap is gre-udp.  Outlives all
 *	packets that the peers have received.  Packets read it.
 * @socket: the namespace's sockets of gre-udp; valid as long as @delivery
 * @flow_mask: number of flow buckets less one.  Packets read it.
 * @gre_udp: a copy of the settings of gre-udp, which packets read
 * @nr_outer6: number of peers with an IPv6 remote, whose outer headers are longer
 * @bfd_key: the key for new and present BFD sessions
 * @bfd_drops: received BFD packets by enum mplink_bfd_drop; NONE counts accepted ones.
 *	Any context.
 *
 * RTNL guards all members unless their line says otherwise.
 */
struct mplink_vnic {
	struct mplink_device *core;
	struct net_device *dev;

	struct list_head list;
	struct list_head dirs;
	u32 generation;
	struct mplink_dir *nics_dir;
	struct mplink_dir *peers_dir;
	struct ratelimit_state log;
	unsigned int mtu_set;
	bool mtu_following;

	struct mplink_peer_table __rcu *peers;
	u32 nr_peers;
	u32 most_links;

	struct mplink_delivery *delivery;
	struct mplink_tunnel_socket *socket;
	u32 flow_mask;
	struct mplink_tunnel_config gre_udp;
	u32 nr_outer6;

	struct mplink_bfd_key bfd_key;
	atomic64_t bfd_drops[MPLINK_BFD_DROPS];
};

/* The device operations of all virtual NICs, by which mplink_is_vnic() knows them. */
extern const struct net_device_ops *mplink_netdev_ops;

/**
 * mplink_vnic_register() - Register the rtnl kind: from now on users can make virtual NICs.
 * @ethtool_ops: for all virtual NICs; stays valid until mplink_vnic_unregister() returns
 *
 * Context: Process context, without RTNL.
 * Return: 0 or a negative errno.
 */
int mplink_vnic_register(const struct ethtool_ops *ethtool_ops);

/**
 * mplink_vnic_unregister() - Delete all virtual NICs in all namespaces, and the rtnl kind.
 *
 * Context: Process context, without RTNL; waits until the last reference is dropped.
 */
void mplink_vnic_unregister(void);

/**
 * mplink_vnic_create() - Create and configure a virtual NIC in the initial namespace.
 * @config: the module's parameters
 *
 * Context: RTNL; may sleep.
 * Return: 0; -EEXIST if the name is taken; or another negative errno.
 */
int mplink_vnic_create(const struct mplink_config *config);

/**
 * mplink_vnic_add_nic() - Add a NIC, and attach its device if there is one.
 * @vnic: the virtual NIC
 * @name: the NIC's name; the device may appear later
 * @extack: why it failed, set on error
 *
 * Context: RTNL; may sleep.
 * Return: 0; -EBUSY if the device cannot be attached; else as mplink_core_nic_add().
 */
int mplink_vnic_add_nic(struct mplink_vnic *vnic, const char *name, struct mplink_extack *extack);

/**
 * mplink_vnic_del_nic() - Remove a NIC with all links over it.
 * @vnic: the virtual NIC
 * @id: the id of an existing NIC
 *
 * Context: RTNL; may sleep.
 */
void mplink_vnic_del_nic(struct mplink_vnic *vnic, u32 id);

/**
 * mplink_vnic_count_nics() - The number of NICs, with or without a device.
 * @vnic: the virtual NIC
 *
 * Context: RTNL.
 * Return: 0 to MPLINK_MAX_NICS.
 */
u32 mplink_vnic_count_nics(const struct mplink_vnic *vnic);

/**
 * mplink_vnic_set_policy() - Set how packets are spread over links.
 * @vnic: the virtual NIC
 * @policy: enum mplink_policy
 *
 * Context: RTNL; may sleep.
 * Return: 0, or -EINVAL if there is no such policy.
 */
int mplink_vnic_set_policy(struct mplink_vnic *vnic, u32 policy);

/**
 * mplink_vnic_set_liveness() - Set how links prove that they work.
 * @vnic: the virtual NIC
 * @config: all settings of liveness
 * @key: for @config->bfd.auth_type; NULL keeps the present key
 * @why: why it failed, a static text; set on error
 *
 * Context: RTNL; may sleep.
 * Return: 0 or a negative errno; on error nothing has changed.
 */
int mplink_vnic_set_liveness(struct mplink_vnic *vnic, const struct mplink_liveness_config *config,
			     const struct mplink_bfd_key *key, const char **why);

/**
 * mplink_is_vnic() - Whether a device is a virtual NIC of this module.
 * @dev: the device
 *
 * Context: Any.
 * Return: If true, netdev_priv() is a struct mplink_vnic.
 */
static inline bool mplink_is_vnic(const struct net_device *dev)
{
	return dev->netdev_ops == mplink_netdev_ops;
}

#endif /* MPLINK_DEVICE_VNIC_H */
