/* SPDX-License-Identifier: GPL-2.0 */
/* The MTU of a virtual NIC. */
#ifndef MPLINK_DEVICE_MTU_H
#define MPLINK_DEVICE_MTU_H

#include "device/vnic.h"

/* The MTU that all member NICs can carry has changed.  RTNL. */
void mplink_vnic_follow_mtu(struct mplink_vnic *vnic);

#endif /* MPLINK_DEVICE_MTU_H */
