/* SPDX-License-Identifier: GPL-2.0 */
/* Log lines and tracepoints that other files of src/kernel request. */
#ifndef MPLINK_REPORT_REPORT_H
#define MPLINK_REPORT_REPORT_H

#include <linux/skbuff.h>

#include "device/vnic.h"
#include "mplink/core.h"

/**
 * mplink_may_log() - Whether a line about a virtual NIC may be logged now.
 * @vnic: the virtual NIC
 *
 * Call before each line that a user namespace can cause.
 *
 * Context: Any.
 * Return: False if the limit of log lines is reached.
 */
bool mplink_may_log(struct mplink_vnic *vnic);

/**
 * mplink_report_slow() - Log that a link is so slow that its packets are dropped as late.
 * @vnic: the virtual NIC
 * @remote: the link's remote
 * @us: how much later its packets come than those of other links, in microseconds
 *
 * Context: Any.
 */
void mplink_report_slow(struct mplink_vnic *vnic, const struct mplink_addr *remote, u64 us);

/**
 * mplink_report_drop() - Trace that a packet is dropped.
 * @vnic: the virtual NIC
 * @skb: the packet; stays the caller's
 * @drop: enum mplink_drop
 *
 * Context: Any.
 */
void mplink_report_drop(struct mplink_vnic *vnic, struct sk_buff *skb, u32 drop);

#endif /* MPLINK_REPORT_REPORT_H */
