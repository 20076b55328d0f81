// SPDX-License-Identifier: GPL-2.0
/*
 * Passes changes on to sysfs and netlink.  When something goes, netlink tells before sysfs
 * removes it: a program that reads sysfs when told finds either all of it or nothing.
 */

#include "control/listener.h"
#include "control/netlink.h"
#include "control/sysfs.h"
#include "device/vnic.h"
#include "mplink/core.h"
#include "packet/peer_table.h"
#include "report/listener.h"

static void mplink_listener_nic_added(struct mplink_vnic *vnic, u32 id)
{
	mplink_notify_nic(vnic, id, NULL);
}

static void mplink_listener_nic_gone(struct mplink_vnic *vnic, u32 id)
{
	mplink_notify_nic_del(vnic, id);
	mplink_sysfs_remove_nic(vnic, id);
}

static void mplink_listener_nic_event(struct mplink_vnic *vnic,
				      const struct mplink_nic_report *report)
{
	mplink_notify_nic(vnic, mplink_core_nic_find(vnic->core, report->nic), report);
}

static void mplink_listener_peer_changed(struct mplink_vnic *vnic, struct mplink_peer_node *peer)
{
	mplink_sysfs_rename_links(peer);
	mplink_notify_peer(vnic, peer);
}

static void mplink_listener_peer_gone(struct mplink_vnic *vnic, struct mplink_peer_node *peer)
{
	mplink_notify_peer_del(vnic, peer);
	mplink_sysfs_remove_peer(peer);
}

const struct mplink_listener mplink_control_listener = {
	.device_added = mplink_sysfs_add_vnic,
	.device_changed = mplink_notify_device,
	.device_gone = mplink_sysfs_remove,
	.nic_named = mplink_sysfs_add_nic,
	.nic_added = mplink_listener_nic_added,
	.nic_gone = mplink_listener_nic_gone,
	.nic_event = mplink_listener_nic_event,
	.peer_named = mplink_sysfs_add_peer,
	.peer_added = mplink_notify_peer,
	.peer_changed = mplink_listener_peer_changed,
	.peer_measured = mplink_sysfs_add_estimates,
	.peer_gone = mplink_listener_peer_gone,
	.link_named = mplink_sysfs_add_link,
	.link_gone = mplink_sysfs_remove_link,
	.link_event = mplink_notify_link,
};
