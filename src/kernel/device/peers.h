/* SPDX-License-Identifier: GPL-2.0 */
/* The peers of a virtual NIC: how they come, change and go. */
#ifndef MPLINK_DEVICE_PEERS_H
#define MPLINK_DEVICE_PEERS_H

#include "device/vnic.h"
#include "mplink/core.h"
#include "packet/peer_table.h"

/**
 * struct mplink_peer_config - a change of a peer as the user wants it
 * @links: links to add, change or remove; links that it does not name stay as they are
 * @nr_links: their number, 0 to 2 * MPLINK_MAX_LINKS
 * @liveness_given: whether @liveness is to be set
 * @liveness: enum mplink_liveness, for links that inherit it
 * @key_given: whether @key is to be set; only with encap gre-udp
 * @key: 0 to MPLINK_MAX_PEER_KEY (RFC 2890, upper 24 bits of the Key field)
 * @equalize_given: whether @equalize is to be set; only with encap gre-udp
 * @equalize: enum mplink_equalize
 * @duplicate_given: whether @duplicate is to be set; only with encap gre-udp
 * @duplicate: enum mplink_duplicate
 */
struct mplink_peer_config {
	const struct mplink_link_config *links;
	u32 nr_links;
	bool liveness_given;
	u32 liveness;
	bool key_given;
	u32 key;
	bool equalize_given;
	u32 equalize;
	bool duplicate_given;
	u32 duplicate;
};

/**
 * mplink_peers_add() - Create a peer with its links.
 * @vnic: the virtual NIC, which owns the peer
 * @addr: the peer's virtual address, not all zero
 * @config: what to set; read during the call only
 * @extack: why it failed, set on error
 *
 * Does all of @config or nothing.
 *
 * Context: RTNL; may sleep.
 * Return: 0; -EEXIST if @vnic has such a peer; else as mplink_core_peer_add().
 */
int mplink_peers_add(struct mplink_vnic *vnic, const struct mplink_addr *addr,
		     const struct mplink_peer_config *config, struct mplink_extack *extack);

/**
 * mplink_peers_set() - Change a peer and its links.
 * @vnic: the virtual NIC
 * @peer: one of its peers
 * @config: what to set; read during the call only
 * @extack: why it failed, set on error
 *
 * Does all of @config or nothing.
 *
 * Context: RTNL; may sleep.
 * Return: 0, or an error as mplink_core_peer_set().
 */
int mplink_peers_set(struct mplink_vnic *vnic, struct mplink_peer_node *peer,
		     const struct mplink_peer_config *config, struct mplink_extack *extack);

/**
 * mplink_peers_equalize() - Read a peer's own setting of the delay equaliser.
 * @peer: a peer
 *
 * Context: RTNL.
 * Return: enum mplink_equalize; MPLINK_EQUALIZE_INHERIT without encap gre-udp.
 */
u32 mplink_peers_equalize(const struct mplink_peer_node *peer);

/**
 * mplink_peers_duplicate() - Read which packets for a peer leave twice, by its own setting
 * @peer: a peer
 *
 * Context: RTNL.
 * Return: enum mplink_duplicate; MPLINK_DUPLICATE_INHERIT without encap gre-udp.
 */
u32 mplink_peers_duplicate(const struct mplink_peer_node *peer);

/**
 * mplink_peers_del() - Remove a peer with its links.
 * @vnic: the virtual NIC
 * @peer: one of its peers; freed after a grace period
 *
 * Context: RTNL; may sleep.
 */
void mplink_peers_del(struct mplink_vnic *vnic, struct mplink_peer_node *peer);

/**
 * mplink_peers_forget_nic() - Make all tunnels forget a NIC, before the core removes it.
 * @vnic: the virtual NIC
 * @nic_id: the NIC's id
 *
 * Context: RTNL.
 */
void mplink_peers_forget_nic(struct mplink_vnic *vnic, u32 nic_id);

/**
 * mplink_peers_measure() - Ask all far ends about links, and measure if the policy does.
 * @vnic: the virtual NIC, which has a new policy or has come up
 *
 * Context: RTNL.
 */
void mplink_peers_measure(struct mplink_vnic *vnic);

/**
 * mplink_peers_tell_measured() - Tell the listener which peers have measured links.
 * @vnic: the virtual NIC; far ends of its peers have answered
 *
 * Context: RTNL; may sleep.
 */
void mplink_peers_tell_measured(struct mplink_vnic *vnic);

/**
 * mplink_peers_follow() - Recompute what depends on links, after a NIC took some with it.
 * @vnic: the virtual NIC
 *
 * Context: RTNL.
 */
void mplink_peers_follow(struct mplink_vnic *vnic);

/**
 * mplink_peers_revisit() - Have a tunnel reconsider what it waits for: a link has changed.
 * @vnic: the virtual NIC
 * @addr: the peer's address; an unknown peer is ignored
 *
 * Context: RTNL.
 */
void mplink_peers_revisit(struct mplink_vnic *vnic, const struct mplink_addr *addr);

/**
 * mplink_peers_clear() - Take all peers from the packet path; the core keeps its own.
 * @vnic: the virtual NIC, which is being unregistered
 *
 * Context: RTNL; may sleep.
 */
void mplink_peers_clear(struct mplink_vnic *vnic);

#endif /* MPLINK_DEVICE_PEERS_H */
