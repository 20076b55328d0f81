/* SPDX-License-Identifier: GPL-2.0 */
/* The flow buckets of a tunnel, which take memory when packets come. */
#ifndef MPLINK_TUNNEL_FLOWS_H
#define MPLINK_TUNNEL_FLOWS_H

#include <linux/atomic.h>
#include <linux/types.h>

#include "mplink/core.h"

struct mplink_bucket;
struct mplink_tunnel;

/**
 * struct mplink_sent_flow - What is sent in a flow bucket
 * @next: the sequence number of the next packet (RFC 2890 2.2)
 * @rate: how much is sent, see mplink_core_copy()
 */
struct mplink_sent_flow {
	atomic_t next;
	u32 rate;
};

/**
 * struct mplink_flows - The flow buckets of a tunnel
 * @received: puts received packets in order
 * @sent: what is sent
 *
 * Most peers use few flow buckets.  An entry is NULL until the first packet of the flow
 * bucket, which allocates it; it is freed with the tunnel.  Only packets of accepted far
 * ends allocate an entry of @received.
 */
struct mplink_flows {
	struct mplink_bucket *received[MPLINK_FLOW_BUCKETS];
	struct mplink_sent_flow *sent[MPLINK_FLOW_BUCKETS];
};

/*
 * The flows of all tunnels that have had no packet yet, so that packets need not check whether
 * a tunnel has any.  All entries stay NULL.
 */
extern struct mplink_flows mplink_no_flows;

/**
 * mplink_flows_alloc() - Allocate what a tunnel's packets need
 * @tunnel: the peer's tunnel
 * @size: bytes
 *
 * The memory is charged to the creator of the peer.
 *
 * Context: Any but hard interrupts.
 * Return: zeroed memory, to be freed by mplink_free(), or NULL if memory is short.
 */
void *mplink_flows_alloc(const struct mplink_tunnel *tunnel, size_t size);

/**
 * mplink_flows_begin() - Get the flows of a tunnel, to change them
 * @tunnel: the peer's tunnel
 *
 * The first packet of a tunnel allocates them.
 *
 * Context: Softirqs disabled, in an RCU read section.
 * Return: @tunnel->flows, or NULL if memory is short.
 */
struct mplink_flows *mplink_flows_begin(struct mplink_tunnel *tunnel);

/**
 * mplink_flows_begin_sent() - Allocate what is to be known of a flow bucket that is sent
 * @tunnel: the peer's tunnel
 * @bucket: number of the flow bucket
 *
 * It has a cache line of its own, because other flow buckets may belong to other CPUs.
 *
 * Context: Softirqs disabled, in an RCU read section.
 * Return: @tunnel->flows->sent[@bucket], or NULL if memory is short.
 */
struct mplink_sent_flow *mplink_flows_begin_sent(struct mplink_tunnel *tunnel, u32 bucket);

#endif /* MPLINK_TUNNEL_FLOWS_H */
