/* SPDX-License-Identifier: GPL-2.0 */
/* The peers of a virtual NIC: how they come, change and go. */
#ifndef MPLINK_DEVICE_PEERS_H
#define MPLINK_DEVICE_PEERS_H

#include "device/vnic.h"
#include "mplink/core.h"
#include "packet/peer_table.h"

/* What the user wants of a peer: what is not given stays as it is. */
struct mplink_peer_config {
	const struct mplink_link_config *links;
	u32 nr_links;
	bool liveness_given;
	u32 liveness;			/* enum mplink_liveness */
	bool key_given;
	u32 key;			/* 0 to MPLINK_MAX_PEER_KEY */
};

/*
 * As mplink_core_peer_add(), _set() and _del(), with what users see of the peer; or
 * -EEXIST, if there is such a peer.  All of config or nothing.  RTNL.
 */
int mplink_peers_add(struct mplink_vnic *vnic, const struct mplink_addr *addr,
		     const struct mplink_peer_config *config, struct mplink_refusal *refusal);
int mplink_peers_set(struct mplink_vnic *vnic, struct mplink_peer_node *peer,
		     const struct mplink_peer_config *config, struct mplink_refusal *refusal);
void mplink_peers_del(struct mplink_vnic *vnic, struct mplink_peer_node *peer);
/* Before a NIC goes, with links of any peers, and after it. */
void mplink_peers_forget_nic(struct mplink_vnic *vnic, u32 nic_id);
void mplink_peers_follow(struct mplink_vnic *vnic);
/* A link of the peer's, if there is such a peer, is valid no more. */
void mplink_peers_revisit(struct mplink_vnic *vnic, const struct mplink_addr *addr);
/* Packets find no peer any more; the core's peers stay.  RTNL. */
void mplink_peers_clear(struct mplink_vnic *vnic);

#endif /* MPLINK_DEVICE_PEERS_H */
