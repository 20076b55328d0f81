/* SPDX-License-Identifier: GPL-2.0 */
/* Encap gre-udp: received packets are put in order. */
#ifndef MPLINK_TUNNEL_RESEQUENCE_H
#define MPLINK_TUNNEL_RESEQUENCE_H

#include <linux/skbuff.h>

#include "mplink/tunnel.h"

struct mplink_bucket;
struct mplink_far_end;

/**
 * mplink_resequence() - Deliver a packet after those that were sent before it
 * @end: the far end that sent it
 * @gre: its GRE header
 * @skb: the packet, at its inner IP header; consumed
 *
 * Context: Softirq, in an RCU read section.  Takes the lock of the flow bucket.
 */
void mplink_resequence(const struct mplink_far_end *end, const struct mplink_gre *gre,
		       struct sk_buff *skb);

/**
 * mplink_resequence_init() - Initialize a flow bucket
 * @bucket: memory that is zero
 * @index: its number, 0 to MPLINK_FLOW_BUCKETS - 1
 */
void mplink_resequence_init(struct mplink_bucket *bucket, u32 index);

/**
 * mplink_resequence_revisit() - Deliver held packets that need not wait any more
 * @bucket: the flow bucket
 *
 * Context: Process context.
 */
void mplink_resequence_revisit(struct mplink_bucket *bucket);

/**
 * mplink_resequence_close() - Deliver all held packets, and hold none from now on
 * @bucket: the flow bucket
 *
 * Context: Process context; waits for the timer.
 */
void mplink_resequence_close(struct mplink_bucket *bucket);

#endif /* MPLINK_TUNNEL_RESEQUENCE_H */
