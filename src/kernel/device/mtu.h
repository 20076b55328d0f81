/* SPDX-License-Identifier: GPL-2.0 */
/* The MTU of a virtual NIC. */
#ifndef MPLINK_DEVICE_MTU_H
#define MPLINK_DEVICE_MTU_H

#include <linux/types.h>

struct mplink_vnic;

/**
 * mplink_vnic_follow_mtu() - Set the MTU to what all NICs can carry now
 * @vnic: the virtual NIC
 *
 * Context: Process context, RTNL.
 */
void mplink_vnic_follow_mtu(struct mplink_vnic *vnic);

/**
 * mplink_tunnel_overhead() - Tell how much of a NIC's MTU the outer headers take
 * @vnic: the virtual NIC
 *
 * Context: Process context, RTNL.
 * Return: bytes; 0 without gre-udp.
 */
u32 mplink_tunnel_overhead(const struct mplink_vnic *vnic);

#endif /* MPLINK_DEVICE_MTU_H */
