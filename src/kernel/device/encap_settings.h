/* SPDX-License-Identifier: GPL-2.0 */
/* The encap of a virtual NIC and the settings of gre-udp. */
#ifndef MPLINK_DEVICE_ENCAP_SETTINGS_H
#define MPLINK_DEVICE_ENCAP_SETTINGS_H

#include <linux/types.h>

#include "mplink/tunnel.h"

struct mplink_vnic;

/**
 * mplink_vnic_set_encap() - Change the encap of a virtual NIC
 * @vnic: the virtual NIC
 * @encap: MPLINK_ENCAP_*
 * @why: on error, set to the reason, a static text
 *
 * The policy may change with it: see mplink_core_set_encap().
 *
 * Context: Process context, RTNL; may wait for packets under way.
 * Return: 0, or a negative errno; then nothing has changed.
 */
int mplink_vnic_set_encap(struct mplink_vnic *vnic, u32 encap, const char **why);

/**
 * mplink_vnic_set_tunnel() - Change the settings of gre-udp
 * @vnic: the virtual NIC, with any encap
 * @config: all settings
 * @why: on error, set to the reason, a static text
 *
 * Context: Process context, RTNL.
 * Return: 0, or a negative errno; then nothing has changed.
 */
int mplink_vnic_set_tunnel(struct mplink_vnic *vnic, const struct mplink_tunnel_config *config,
			   const char **why);

/**
 * mplink_tunnel_copy() - Copy the settings of gre-udp from the core to where packets read them
 * @vnic: the virtual NIC
 *
 * Context: Process context; RTNL, or nobody else knows @vnic yet.
 */
void mplink_tunnel_copy(struct mplink_vnic *vnic);

/**
 * mplink_tunnel_end() - Stop gre-udp on a virtual NIC that has no peers
 * @vnic: the virtual NIC; nothing happens if its encap is another
 *
 * Context: Process context, RTNL; waits for packets under way.
 */
void mplink_tunnel_end(struct mplink_vnic *vnic);

/**
 * mplink_tunnel_sum() - Add up the resequencer counters of all peers
 * @vnic: the virtual NIC
 * @sum: set to the sums, and for each maximum to the largest
 *
 * Context: Process context, RTNL.
 */
void mplink_tunnel_sum(const struct mplink_vnic *vnic, struct mplink_resequencer_counters *sum);

#endif /* MPLINK_DEVICE_ENCAP_SETTINGS_H */
