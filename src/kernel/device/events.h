/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's notifier chains, as far as they concern NICs. */
#ifndef MPLINK_DEVICE_EVENTS_H
#define MPLINK_DEVICE_EVENTS_H

#include "device/vnic.h"

/**
 * mplink_events_init() - Subscribe to the notifier chains of devices and addresses.
 *
 * The kernel at once replays the devices that exist.  Call after mplink_net_init() and
 * before mplink_vnic_register().
 *
 * Context: Process context, without RTNL.
 * Return: 0 or a negative errno; on error nothing stays subscribed.
 */
int mplink_events_init(void);

/**
 * mplink_events_exit() - Unsubscribe from all notifier chains.
 *
 * Context: Process context, without RTNL.
 */
void mplink_events_exit(void);

/**
 * mplink_events_replay() - Tell a virtual NIC the present state of all its NICs.
 * @vnic: the virtual NIC
 * @event: the reason, enum mplink_event
 *
 * NICs without a device are left out.
 *
 * Context: RTNL.
 */
void mplink_events_replay(struct mplink_vnic *vnic, u32 event);

/**
 * mplink_events_replay_nic() - Tell a virtual NIC the present state of one of its NICs.
 * @vnic: the virtual NIC
 * @nic_id: the id of an existing NIC, below MPLINK_MAX_NICS
 * @event: the reason, enum mplink_event
 *
 * Does nothing if no device bears the NIC's name.
 *
 * Context: RTNL.
 */
void mplink_events_replay_nic(struct mplink_vnic *vnic, u32 nic_id, u32 event);

#endif /* MPLINK_DEVICE_EVENTS_H */
