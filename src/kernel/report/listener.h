/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The listener learns when a virtual NIC or a part of it comes, changes or goes.  The layers
 * below sysfs and netlink know only the listener.
 */
#ifndef MPLINK_KERNEL_LISTENER_H
#define MPLINK_KERNEL_LISTENER_H

#include "device/vnic.h"
#include "mplink/core.h"
#include "packet/peer_table.h"

/**
 * struct mplink_listener - what the layers below report
 * @device_added: The virtual NIC was registered.  A negative errno unregisters it.
 * @device_changed: A setting of the virtual NIC changed.
 * @device_gone: The virtual NIC is being unregistered; its peers and NICs still exist.
 * @nic_named: The NIC exists, but its device was not looked up yet.  A negative errno
 *	removes the NIC.
 * @nic_added: The NIC is complete.
 * @nic_gone: The NIC will be removed, with all links over it.
 * @peer_named: The peer exists with its links, but packets do not find it yet.  A negative
 *	errno removes the peer.
 * @peer_added: Packets find the peer.
 * @peer_changed: Settings or links of the peer changed.
 * @peer_measured: The links of the peer are measured.  Called again when far ends answer.
 * @peer_gone: The peer will be removed.
 * @link_named: The peer will get a link with this id.  A negative errno cancels the change.
 * @link_gone: The peer has no link with this id any more, or never got it.  Called for unused
 *	ids, too.
 * @nic_event: An event of a NIC, and its effect.
 * @link_event: The validity of a link changed.
 *
 * Context: All are called under RTNL and may sleep.  Pointers are valid during the call.
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
	void (*peer_measured)(struct mplink_vnic *vnic, struct mplink_peer_node *peer);
	void (*peer_gone)(struct mplink_vnic *vnic, struct mplink_peer_node *peer);
	int (*link_named)(struct mplink_vnic *vnic, struct mplink_peer_node *peer, u32 id,
			  u32 nic_id, const struct mplink_addr *remote);
	void (*link_gone)(struct mplink_peer_node *peer, u32 id);
	void (*nic_event)(struct mplink_vnic *vnic, const struct mplink_nic_report *report);
	void (*link_event)(struct mplink_vnic *vnic, const struct mplink_link_report *report);
};

/* Set when the module loads, before there is anything to report; then constant. */
extern const struct mplink_listener *mplink_listener;

#endif /* MPLINK_KERNEL_LISTENER_H */
