// SPDX-License-Identifier: GPL-2.0
/*
 * The encap of a virtual NIC, and the settings of gre-udp.
 */
#include <linux/rtnetlink.h>

#include "device/encap_settings.h"
#include "device/mtu.h"
#include "device/netns.h"
#include "device/port.h"
#include "device/vnic.h"
#include "mplink/core.h"
#include "mplink/tunnel.h"
#include "packet/peer_table.h"
#include "report/listener.h"
#include "tunnel/deliver.h"
#include "tunnel/sockets.h"
#include "tunnel/tunnel.h"

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
		/* From here on the NICs' handlers use the socket. */
		smp_store_release(&vnic->delivery, delivery);
		mplink_ports_follow(vnic->dev);
		/*
		 * Packets that passed the hook before this must not meet a peer with a tunnel:
		 * they would leave without its headers.
		 */
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
	/* Packets that found a peer before it was closed may still deliver and count. */
	synchronize_net();
	mplink_delivery_stop(vnic->delivery);
	/* vnic->socket stays: the NICs' handlers may use it until the last user has waited. */
	WRITE_ONCE(vnic->delivery, NULL);
	mplink_ports_follow(vnic->dev);
	mplink_tunnel_socket_put(dev_net(vnic->dev));
}

int mplink_vnic_set_encap(struct mplink_vnic *vnic, u32 encap, const char **why)
{
	const u32 before = mplink_core_get_encap(vnic->core);
	const u32 policy = mplink_core_get_policy(vnic->core);
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
			mplink_core_set_policy(vnic->core, policy);
			return err;
		}
	} else {
		mplink_tunnel_end(vnic);
	}
	mplink_vnic_follow_mtu(vnic);
	mplink_listener->device_changed(vnic);
	return 0;
}

void mplink_tunnel_copy(struct mplink_vnic *vnic)
{
	struct mplink_tunnel_config config;

	mplink_core_get_tunnel(vnic->core, &config);
#define MPLINK_TUNNEL_SETTING(id, name, file, ...) WRITE_ONCE(vnic->gre_udp.file, config.file);
#include "uapi/mplink_attributes.def"
	WRITE_ONCE(vnic->flow_mask, config.flow_buckets - 1);
}

int mplink_vnic_set_tunnel(struct mplink_vnic *vnic, const struct mplink_tunnel_config *config,
			   const char **why)
{
	const int err = mplink_core_set_tunnel(vnic->core, config, why);

	if (err)
		return err;
	mplink_tunnel_copy(vnic);
	mplink_listener->device_changed(vnic);
	return 0;
}

#define MPLINK_SUM_ADD(sum, one) ((sum) += (one))
#define MPLINK_SUM_MAX(sum, one) ((sum) = max(sum, one))

void mplink_tunnel_sum(const struct mplink_vnic *vnic, struct mplink_resequencer_counters *sum)
{
	struct mplink_resequencer_counters one;
	struct mplink_peer_node *peer;
	unsigned long cursor = 0;

	*sum = (struct mplink_resequencer_counters){};
	while ((peer = mplink_peers_next(vnic, &cursor))) {
		if (!mplink_tunnel_counters(peer, &one))
			continue;
#define MPLINK_RESEQUENCER_COUNTER(id, name, how, ...) \
		MPLINK_SUM_##how(sum->name, one.name);
#include "uapi/mplink_attributes.def"
	}
}
