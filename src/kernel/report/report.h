/* SPDX-License-Identifier: GPL-2.0 */
/* What the user is told in the log. */
#ifndef MPLINK_REPORT_REPORT_H
#define MPLINK_REPORT_REPORT_H

#include <linux/skbuff.h>

#include "device/vnic.h"
#include "mplink/core.h"

/*
 * Whether a line about the virtual NIC may be logged now.  Of what a user namespace can
 * cause, every line asks.  Any context.
 */
bool mplink_may_log(struct mplink_vnic *vnic);
/* Packets from that remote come that much later than others', and too late.  Any context. */
void mplink_report_slow(struct mplink_vnic *vnic, const struct mplink_addr *remote, u64 us);
void mplink_report_drop(struct mplink_vnic *vnic, struct sk_buff *skb, u32 drop);

#endif /* MPLINK_REPORT_REPORT_H */
