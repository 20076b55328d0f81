/* SPDX-License-Identifier: GPL-2.0 */
/* Encap gre-udp: received packets are put in order. */
#ifndef MPLINK_TUNNEL_RESEQUENCE_H
#define MPLINK_TUNNEL_RESEQUENCE_H

#include <linux/skbuff.h>

#include "mplink/tunnel.h"

struct mplink_bucket;
struct mplink_far_end;
struct mplink_tunnel;

/**
 * mplink_resequence() - Deliver a packet after those that were sent before it
 * @end: the far end that sent it
 * @gre: its GRE header
 * @skb: the packet, at its inner IP header; consumed if this succeeds
 *
 * The first packet of a flow bucket allocates the bucket.
 *
 * Context: Softirq, in an RCU read section.  Takes the lock of the flow bucket.
 * Return: MPLINK_GRE_DROP_NONE, or why the caller must drop the packet: memory is short, or
 * the peer has just gone.
 */
u32 mplink_resequence(const struct mplink_far_end *end, const struct mplink_gre *gre,
		      struct sk_buff *skb);

/**
 * mplink_resequence_replay() - Fill a gap with a packet that was sent once more
 * @end: the far end that sent it
 * @gre: its GRE header, with a number
 * @skb: the packet, at its inner IP header; consumed if this succeeds
 *
 * The first packet of a flow bucket allocates the bucket.
 *
 * Context: As mplink_resequence().
 * Return: As mplink_resequence().
 */
u32 mplink_resequence_replay(const struct mplink_far_end *end, const struct mplink_gre *gre,
			     struct sk_buff *skb);

/**
 * mplink_resequence_refused() - The far end does not send packets once more
 * @tunnel: the peer's tunnel
 * @nack: which packets
 *
 * Context: As mplink_resequence().
 */
void mplink_resequence_refused(struct mplink_tunnel *tunnel, const struct mplink_nack *nack);

/**
 * mplink_resequence_review() - Decide of which flow buckets the packets are held back
 * @tunnel: the peer's tunnel
 *
 * Call it once a second while marks come.
 *
 * Context: Softirq, in an RCU read section.  Takes the locks of all flow buckets, one at a time.
 */
void mplink_resequence_review(struct mplink_tunnel *tunnel);

/**
 * mplink_resequence_look() - Held packets may wait for less than they did
 * @tunnel: the peer's tunnel
 * @at: when to look at the flow buckets that hold some, as mplink_now_us()
 *
 * Context: As mplink_resequence_review().
 */
void mplink_resequence_look(struct mplink_tunnel *tunnel, u64 at);

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

/**
 * mplink_resequence_free() - Free a flow bucket
 * @bucket: the flow bucket, after mplink_resequence_close() and a grace period
 *
 * Context: Any.
 */
void mplink_resequence_free(struct mplink_bucket *bucket);

#endif /* MPLINK_TUNNEL_RESEQUENCE_H */
