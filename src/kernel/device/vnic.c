// SPDX-License-Identifier: GPL-2.0
/*
 * The virtual NIC: a network device of rtnl kind "mplink".
 */
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/if_arp.h>
#include <linux/if_macvlan.h>
#include <linux/inetdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/rtnetlink.h>

#include "addr.h"
#include "bfd/auth.h"
#include "compat.h"
#include "device/encap_settings.h"
#include "device/events.h"
#include "device/mtu.h"
#include "device/peers.h"
#include "device/port.h"
#include "device/vnic.h"
#include "device/watch.h"
#include "mplink/core.h"
#include "packet/output.h"
#include "packet/peer_table.h"
#include "report/listener.h"

/* Each event logs a line; this bounds the lines of a NIC that flaps. */
#define MPLINK_LOG_INTERVAL (5 * HZ)
#define MPLINK_LOG_BURST 100

static int mplink_vnic_init(struct net_device *dev)
{
	struct mplink_vnic *vnic = netdev_priv(dev);
	int err;

	vnic->dev = dev;
	INIT_LIST_HEAD(&vnic->dirs);
	ratelimit_state_init(&vnic->log, MPLINK_LOG_INTERVAL, MPLINK_LOG_BURST);

	err = mplink_peers_init(vnic);
	if (err)
		return err;
	err = -ENOMEM;
	vnic->core = mplink_core_device_create(dev);
	if (!vnic->core)
		goto err_peers;
	mplink_tunnel_copy(vnic);
	/* Last: from here on events and packets may come. */
	err = mplink_net_add(vnic);
	if (err)
		goto err_core;
	netif_carrier_off(dev);
	return 0;

err_core:
	mplink_core_device_free(vnic->core);
	vnic->core = NULL;
err_peers:
	mplink_peers_free(vnic);
	return err;
}

/*
 * The device is closed and no longer listed, but packets may still hold it.  They find no
 * peer; the table in which they look stays until ->priv_destructor.
 */
static void mplink_vnic_uninit(struct net_device *dev)
{
	struct mplink_vnic *vnic = netdev_priv(dev);

	mplink_listener->device_gone(vnic);
	mplink_net_remove(vnic);
	mplink_peers_clear(vnic);
	mplink_tunnel_end(vnic);
	mplink_core_device_clear(vnic->core);
}

/* The last reference to the device is gone, so no packet uses it any more. */
static void mplink_vnic_destroy(struct net_device *dev)
{
	struct mplink_vnic *vnic = netdev_priv(dev);

	/* Registration may have failed before ->ndo_init was done. */
	if (!vnic->core)
		return;
	mplink_core_device_free(vnic->core);
	mplink_peers_free(vnic);
}

static void mplink_vnic_stats(struct net_device *dev, struct rtnl_link_stats64 *stats)
{
	const struct mplink_vnic *vnic = netdev_priv(dev);
	struct mplink_counters sum;
	u32 drop;

	/* The sum over the links, as a bond shows the sum over its ports. */
	rcu_read_lock();
	mplink_core_counters(vnic->core, &sum);
	rcu_read_unlock();
	stats->tx_packets = sum.tx_packets;
	stats->tx_bytes = sum.tx_bytes;
	stats->rx_packets = sum.rx_packets;
	stats->rx_bytes = sum.rx_bytes;
	for (drop = 0; drop < MPLINK_DROPS; drop++)
		stats->tx_dropped += mplink_core_drops(vnic->core, drop);
}

static int mplink_vnic_change_mtu(struct net_device *dev, int mtu)
{
	struct mplink_vnic *vnic = netdev_priv(dev);

	if (!vnic->mtu_following)
		vnic->mtu_set = mtu;
	WRITE_ONCE(dev->mtu, mtu);
	return 0;
}

/*
 * ICMP redirects are for hosts that share a wire.  Here they would tell a spoke to reach
 * another spoke without the hub, where no path exists.  If the user turns them on again,
 * mplink_output() drops them.
 */
static int mplink_vnic_open(struct net_device *dev)
{
	struct in_device *in_dev = __in_dev_get_rtnl(dev);

	if (in_dev) {
		IN_DEV_CONF_SET(in_dev, SEND_REDIRECTS, 0);
		/* Redirects are on if either the device or "all" says so. */
		IPV4_DEVCONF_ALL(dev_net(dev), SEND_REDIRECTS) = 0;
	}
	mplink_ports_follow(dev);
	mplink_peers_measure(netdev_priv(dev));
	return 0;
}

static int mplink_vnic_stop(struct net_device *dev)
{
	mplink_ports_follow(dev);
	return 0;
}

static const struct net_device_ops mplink_vnic_netdev_ops = {
	.ndo_init = mplink_vnic_init,
	.ndo_open = mplink_vnic_open,
	.ndo_stop = mplink_vnic_stop,
	.ndo_uninit = mplink_vnic_uninit,
	.ndo_start_xmit = mplink_output,
	.ndo_get_stats64 = mplink_vnic_stats,
	.ndo_change_mtu = mplink_vnic_change_mtu,
	.ndo_set_mac_address = eth_mac_addr,
	.ndo_validate_addr = eth_validate_addr,
};

static const struct ethtool_ops *mplink_vnic_ethtool_ops __ro_after_init;

static void mplink_vnic_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &mplink_vnic_netdev_ops;
	dev->ethtool_ops = mplink_vnic_ethtool_ops;
	dev->needs_free_netdev = true;
	dev->priv_destructor = mplink_vnic_destroy;
	dev->max_mtu = ETH_MAX_MTU;

	/* Peers are found by IP address: there is nobody to ask for a MAC address. */
	dev->flags |= IFF_NOARP;
	dev->flags &= ~(IFF_BROADCAST | IFF_MULTICAST);
	/* No netpoll: it sends in hard interrupts, for which there is no lane. */
	dev->priv_flags |= IFF_NO_QUEUE | IFF_LIVE_ADDR_CHANGE | IFF_DISABLE_NETPOLL;
	/* Sending modifies the packet: pktgen must not send the same one again. */
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	netif_keep_dst(dev);

	/* If the chosen NIC lacks one of these, its xmit path does it in software. */
	dev->features |= NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HW_CSUM | NETIF_F_HIGHDMA |
			 NETIF_F_GSO_SOFTWARE;
	dev->hw_features |= dev->features;
	/* Links carry IP packets without VLAN tags.  Not in hw_features: users cannot change it. */
	dev->features |= NETIF_F_VLAN_CHALLENGED;
	/* NICs and hooks belong to the namespace in which the device was made. */
	mplink_set_netns_immutable(dev);
	mplink_set_lltx(dev);
	eth_hw_addr_random(dev);
}

static int mplink_vnic_add(struct net_device *dev, struct netlink_ext_ack *extack)
{
	struct mplink_vnic *vnic = netdev_priv(dev);
	int err;

	/* The hook checks the qdisc of one queue; with more, the root qdisc would be mq. */
	if (dev->num_tx_queues > 1) {
		NL_SET_ERR_MSG_MOD(extack,
				   "has no queues of its own, its NICs have them: leave out numtxqueues");
		return -EINVAL;
	}
	err = register_netdevice(dev);
	if (err)
		return err;
	err = mplink_listener->device_added(vnic);
	if (err)
		unregister_netdevice(dev);
	return err;
}

static MPLINK_NEWLINK(mplink_vnic_newlink)
{
	return mplink_vnic_add(dev, extack);
}

static struct rtnl_link_ops mplink_link_ops __read_mostly = {
	.kind = "mplink",
	.priv_size = sizeof(struct mplink_vnic),
	.setup = mplink_vnic_setup,
	.newlink = mplink_vnic_newlink,
};

int mplink_vnic_register(const struct ethtool_ops *ethtool_ops)
{
	mplink_netdev_ops = &mplink_vnic_netdev_ops;
	mplink_vnic_ethtool_ops = ethtool_ops;
	return rtnl_link_register(&mplink_link_ops);
}

void mplink_vnic_unregister(void)
{
	rtnl_link_unregister(&mplink_link_ops);
}

int mplink_vnic_set_policy(struct mplink_vnic *vnic, u32 policy)
{
	int err;

	ASSERT_RTNL();

	err = mplink_core_set_policy(vnic->core, policy);
	if (err)
		return err;
	mplink_peers_measure(vnic);
	mplink_listener->device_changed(vnic);
	return 0;
}

int mplink_vnic_set_liveness(struct mplink_vnic *vnic, const struct mplink_liveness_config *config,
			     const struct mplink_bfd_key *key, const char **why)
{
	struct mplink_bfd_key old = vnic->bfd_key;
	int err;

	ASSERT_RTNL();

	if (config->bfd.auth_type != MPLINK_BFD_AUTH_NONE) {
		err = mplink_bfd_auth_start();
		if (err) {
			*why = "this kernel has no SHA1 for BFD's authentication";
			return err;
		}
	}
	if (key)
		vnic->bfd_key = *key;
	err = mplink_core_set_liveness(vnic->core, config, why);
	if (err)
		vnic->bfd_key = old;
	else
		mplink_listener->device_changed(vnic);
	memzero_explicit(&old, sizeof(old));
	return err;
}

/* Adds a NIC, but does not look for its device yet. */
static int mplink_vnic_name_nic(struct mplink_vnic *vnic, const char *name, u32 *id,
				struct mplink_extack *extack)
{
	int err;

	if (!strcmp(name, vnic->dev->name)) {
		*extack = (struct mplink_extack){
			.why = "is the virtual NIC itself",
			.attr = MPLINK_EXTACK_NAME,
		};
		return -EINVAL;
	}
	err = mplink_core_nic_add(vnic->core, name, id, extack);
	if (err)
		return err;
	err = mplink_listener->nic_named(vnic, *id);
	if (err) {
		*extack = (struct mplink_extack){ .why = "memory is short" };
		mplink_core_nic_del(vnic->core, *id);
		return err;
	}
	vnic->generation++;
	return 0;
}

int mplink_vnic_add_nic(struct mplink_vnic *vnic, const char *name, struct mplink_extack *extack)
{
	struct mplink_nic_info info;
	u32 id;
	int err;

	ASSERT_RTNL();

	err = mplink_vnic_name_nic(vnic, name, &id, extack);
	if (err)
		return err;
	mplink_events_replay_nic(vnic, id, MPLINK_EVENT_REGISTER);
	mplink_core_nic_info(mplink_core_nic_at(vnic->core, id), &info);
	if (info.refused) {
		*extack = (struct mplink_extack){
			.why = info.refused,
			.attr = MPLINK_EXTACK_NAME,
		};
		mplink_vnic_del_nic(vnic, id);
		return -EBUSY;
	}
	mplink_listener->nic_added(vnic, id);
	return 0;
}

void mplink_vnic_del_nic(struct mplink_vnic *vnic, u32 id)
{
	ASSERT_RTNL();

	mplink_listener->nic_gone(vnic, id);
	mplink_peers_forget_nic(vnic, id);
	mplink_core_nic_del(vnic->core, id);
	mplink_peers_follow(vnic);
	mplink_vnic_follow_mtu(vnic);
	vnic->generation++;
}

u32 mplink_vnic_count_nics(const struct mplink_vnic *vnic)
{
	u32 id, n = 0;

	for (id = 0; id < MPLINK_MAX_NICS; id++)
		n += !!mplink_core_nic_at(vnic->core, id);
	return n;
}

static int mplink_vnic_configure_peer(struct mplink_vnic *vnic, const struct mplink_config *config,
				      struct mplink_extack *extack)
{
	struct mplink_link_config *links;
	struct mplink_peer_config peer;
	u32 i;
	int err;

	links = kcalloc(config->nr_nics, sizeof(*links), GFP_KERNEL_ACCOUNT);
	if (!links)
		return -ENOMEM;
	/* The device is new, so NIC ids count from 0 in the order of the parameter. */
	for (i = 0; i < config->nr_nics; i++)
		links[i] = (struct mplink_link_config){
			.nic_id = i,
			.weight = config->weights[i],
			.remote = config->remotes[i],
		};
	peer = (struct mplink_peer_config){
		.links = links,
		.nr_links = config->nr_nics,
		.key_given = config->encap == MPLINK_ENCAP_GRE_UDP,
		.key = config->key,
	};
	err = mplink_peers_add(vnic, &config->peer, &peer, extack);
	kfree(links);
	return err;
}

static int mplink_vnic_configure(struct mplink_vnic *vnic, const struct mplink_config *config)
{
	struct mplink_extack extack;
	const char *why;
	u32 i;
	int err;

	err = mplink_vnic_set_liveness(vnic, &config->liveness, NULL, &why);
	if (!err)
		err = mplink_vnic_set_tunnel(vnic, &config->tunnel, &why);
	if (!err) {
		err = mplink_vnic_set_encap(vnic, config->encap, &why);
		if (err)
			netdev_err(vnic->dev, "encap: %s\n", why);
	}
	/* A change of the encap may change the policy. */
	if (!err)
		err = mplink_vnic_set_policy(vnic, config->policy);
	for (i = 0; !err && i < config->nr_nics; i++) {
		u32 id;

		err = mplink_vnic_name_nic(vnic, config->nics[i], &id, &extack);
	}
	if (!err && !mplink_addr_none(&config->peer))
		err = mplink_vnic_configure_peer(vnic, config, &extack);
	if (err)
		return err;
	mplink_events_replay(vnic, MPLINK_EVENT_REGISTER);
	return 0;
}

int mplink_vnic_create(const struct mplink_config *config)
{
	struct net_device *dev;
	int err;

	ASSERT_RTNL();

	dev = alloc_netdev(sizeof(struct mplink_vnic), config->name, NET_NAME_USER,
			   mplink_vnic_setup);
	if (!dev)
		return -ENOMEM;
	dev->rtnl_link_ops = &mplink_link_ops;
	err = mplink_vnic_add(dev, NULL);
	if (err) {
		/* If that has unregistered the device, the kernel defers this. */
		free_netdev(dev);
		return err;
	}
	err = mplink_vnic_configure(netdev_priv(dev), config);
	if (err)
		unregister_netdevice(dev);
	return err;
}
