/* SPDX-License-Identifier: GPL-2.0 */
/* Notifiers of the kernel. */
#ifndef MPLINK_DEVICE_EVENTS_H
#define MPLINK_DEVICE_EVENTS_H

#include "device/vnic.h"

int mplink_events_init(void);
void mplink_events_exit(void);
/* Tells a virtual NIC of its NICs' devices as they are now, with this event.  RTNL. */
void mplink_events_replay(struct mplink_vnic *vnic, u32 event);
/* The same for one NIC. */
void mplink_events_replay_nic(struct mplink_vnic *vnic, u32 nic_id, u32 event);

#endif /* MPLINK_DEVICE_EVENTS_H */
