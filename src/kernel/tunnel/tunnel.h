/* SPDX-License-Identifier: GPL-2.0 */
/* Encap gre-udp (RFC 8086): the tunnel of one peer. */
#ifndef MPLINK_TUNNEL_TUNNEL_H
#define MPLINK_TUNNEL_TUNNEL_H

#include <linux/atomic.h>
#include <linux/hrtimer.h>
#include <linux/spinlock.h>

#include "mplink/core.h"
#include "mplink/tunnel.h"
#include "tunnel/flows.h"

struct mplink_far_end;
struct mplink_measure;
struct mplink_peer_node;
struct mplink_replay;
struct mplink_vnic;

/**
 * struct mplink_bucket - Puts the received packets of a flow bucket in order
 * @timer: fires when a held packet has waited long enough; armed under @lock
 * @tunnel: the tunnel that the bucket belongs to
 * @index: number of this bucket, 0 to MPLINK_FLOW_BUCKETS - 1
 * @closed: the bucket holds no packets any more; under @lock
 * @lock: guards the core's state of this bucket; take it with softirqs disabled
 * @core: the core's state, of mplink_core_bucket_size() bytes
 *
 * Packets in order touch one cache line: it starts with @tunnel, and ends in @core.
 */
struct mplink_bucket {
	struct hrtimer timer;
	struct mplink_tunnel *tunnel;
	u16 index;
	bool closed;
	spinlock_t lock;	/* softirq off */
	u8 core[] __aligned(8);
};

static inline struct mplink_flow_bucket *mplink_bucket_core(struct mplink_bucket *bucket)
{
	return (struct mplink_flow_bucket *)bucket->core;
}

/**
 * struct mplink_tunnel - The tunnel of one peer
 * @vnic: the peer's virtual NIC
 * @peer: the core's peer
 * @core: the core's resequencer; owned
 * @flows: its flow buckets, or mplink_no_flows until its first packet; packets read it
 * @key: GRE key of the peer, 24 bits; packets read it
 * @overhead: upper bound of the outer headers' length in bytes; packets read it
 * @duplicate: enum mplink_duplicate: the peer's own; packets read it
 * @attention: the next packet is to call mplink_measure_notice(); packets read it
 * @tick: grows by one each few milliseconds while packets are sent, and wraps; packets read it
 * @replay: what is kept to be sent once more, or NULL; @measure owns it; packets read it
 * @measure: what is measured of the links; owned
 * @memcg: memory that packets ask for is charged to it; a reference
 * @ends: by link id, the far ends that packets find; RTNL
 * @spare: far ends that are about to be published; RTNL
 * @rcu: frees the tunnel after a grace period
 * @making: guards the creation of buckets; take it with softirqs disabled
 * @closed: no bucket is created any more; under @making
 *
 * Packets reach a tunnel through a peer or a far end, in an RCU read section.
 */
struct mplink_tunnel {
	struct mplink_vnic *vnic;
	const struct mplink_peer *peer;
	struct mplink_resequencer *core;
	struct mplink_flows *flows;
	u32 key;
	u32 overhead;
	u32 duplicate;
	bool attention;
	u16 tick;
	struct mplink_replay *replay;
	struct mplink_measure *measure;
	struct mem_cgroup *memcg;
	struct mplink_far_end *ends[MPLINK_MAX_LINKS];
	struct hlist_head spare;
	struct rcu_head rcu;
	spinlock_t making;	/* softirq off */
	bool closed;
};

/**
 * mplink_tunnel_open() - Create the tunnel of a new peer
 * @vnic: the virtual NIC, with encap gre-udp
 * @peer: the core's peer; it has no links yet, and packets do not find it yet
 *
 * Context: Process context, RTNL.
 * Return: the tunnel, or NULL if memory is short.  End it with mplink_tunnel_close().
 */
struct mplink_tunnel *mplink_tunnel_open(struct mplink_vnic *vnic, const struct mplink_peer *peer);

/**
 * mplink_tunnel_prepare() - Check a change of links or key, and allocate for it
 * @tunnel: the peer's tunnel
 * @changes: the change of links that the core has planned
 * @key: GRE key after the change, 24 bits
 * @extack: on error, set to what is wrong
 *
 * Call mplink_tunnel_follow() afterwards, even if this fails or the change is cancelled:
 * it frees what is left over.
 *
 * Context: Process context, RTNL.
 * Return: 0, -ENOMEM, or -EEXIST if another peer of the namespace has the same key and
 * one of the remotes.
 */
int mplink_tunnel_prepare(struct mplink_tunnel *tunnel, const struct mplink_changes *changes,
			  u32 key, struct mplink_extack *extack);

/**
 * mplink_tunnel_follow() - Receive from the links that the core has now
 * @tunnel: the peer's tunnel
 * @key: GRE key, 24 bits
 *
 * Cannot fail, because mplink_tunnel_prepare() has allocated what is needed.
 *
 * Context: Process context, RTNL.
 */
void mplink_tunnel_follow(struct mplink_tunnel *tunnel, u32 key);

/**
 * mplink_tunnel_forget_nic() - Stop receiving from all links over a NIC
 * @tunnel: the peer's tunnel
 * @nic_id: the core's id of the NIC
 *
 * Call it before the core removes the NIC: far ends point to it.
 *
 * Context: Process context, RTNL.
 */
void mplink_tunnel_forget_nic(struct mplink_tunnel *tunnel, u32 nic_id);

/**
 * mplink_tunnel_revisit() - Deliver what waits only for a link that is no longer valid
 * @tunnel: the peer's tunnel
 *
 * Context: Process context, RTNL.
 */
void mplink_tunnel_revisit(struct mplink_tunnel *tunnel);

/**
 * mplink_tunnel_close() - End the tunnel of a peer
 * @tunnel: the tunnel; freed after a grace period
 *
 * Packets that arrive do not find the peer any more; packets that were held are
 * delivered.  Call it before the core removes the peer.
 *
 * Context: Process context, RTNL.
 */
void mplink_tunnel_close(struct mplink_tunnel *tunnel);

/**
 * mplink_tunnel_counters() - Read the counters of a peer's resequencer
 * @peer: the peer
 * @sum: set to the sums over its flow buckets
 *
 * Context: Process context, RTNL.
 * Return: false if the virtual NIC has no tunnels; then @sum stays as it was.
 */
bool mplink_tunnel_counters(const struct mplink_peer_node *peer,
			    struct mplink_resequencer_counters *sum);

#endif /* MPLINK_TUNNEL_TUNNEL_H */
