/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who is told when a virtual NIC or a part of it comes, changes or goes.  What is below
 * sysfs and netlink knows only this.
 */
#ifndef MPLINK_KERNEL_LISTENER_H
#define MPLINK_KERNEL_LISTENER_H

#include "device/vnic.h"
#include "mplink/core.h"
#include "packet/peer_table.h"

/**
 * struct mplink_listener - all of them are called under RTNL
 * @device_added: the virtual NIC is registered.  0, or a negative errno that undoes it.
 * @device_changed: one of its settings has changed.
 * @device_gone: it is being unregistered; its peers and NICs are still there.
 * @nic_named: the NIC of that id has been named.  0, or a negative errno that undoes it.
 * @nic_added: it is complete.
 * @nic_gone: it is about to go, with all links over it.
 * @peer_named: the peer is there with its links, but packets do not find it yet.  0, or a
 *	negative errno that undoes it.
 * @peer_added: packets find it.
 * @peer_changed: its settings or links have changed.
 * @peer_gone: it is about to go.
 * @link_named: the peer will have a link of that id.  0, or a negative errno.
 * @link_gone: the peer has no link of that id, or never got it; called for unused ids, too.
 * @nic_event: an event of a NIC, and what it did to it.
 * @link_event: the validity of a link has changed.
 */
struct mplink_listener {
	int (*device_added)(struct mplink_vnic *vnic);
	void (*device_changed)(struct mplink_vnic *vnic);
	void (*device_gone)(struct mplink_vnic *vnic);
	int (*nic_named)(struct mplink_vnic *vnic, u32 id);
	void (*nic_added)(struct mplink_vnic *vnic, u32 id);
	void (*nic_gone)(struct mplink_vnic *vnic, u32 id);
	int (*peer_named)(struct mplink_vnic *vnic, struct mplink_peer_node *peer);
	void (*peer_added)(struct mplink_vnic *vnic, const struct mplink_peer_node *peer);
	void (*peer_changed)(struct mplink_vnic *vnic, struct mplink_peer_node *peer);
	void (*peer_gone)(struct mplink_vnic *vnic, struct mplink_peer_node *peer);
	int (*link_named)(struct mplink_vnic *vnic, struct mplink_peer_node *peer, u32 id,
			  u32 nic_id, const struct mplink_addr *remote);
	void (*link_gone)(struct mplink_peer_node *peer, u32 id);
	void (*nic_event)(struct mplink_vnic *vnic, const struct mplink_nic_report *report);
	void (*link_event)(struct mplink_vnic *vnic, const struct mplink_link_report *report);
};

/* Set when the module is loaded, before there is anything to tell. */
extern const struct mplink_listener *mplink_listener;

#endif /* MPLINK_KERNEL_LISTENER_H */
