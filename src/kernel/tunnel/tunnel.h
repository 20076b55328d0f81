/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Encap gre-udp (RFC 8086): what its files share.  Each has one section below.
 */
#ifndef MPLINK_KERNEL_TUNNEL_H
#define MPLINK_KERNEL_TUNNEL_H

#include <linux/hrtimer.h>
#include <linux/spinlock.h>

#include "compat.h"
#include "device/vnic.h"
#include "mplink/core.h"
#include "mplink/tunnel.h"
#include "packet/peer_table.h"

/* --- tunnel.c: a virtual NIC's tunnel, and what each peer has of it ----------------- */

struct mplink_far_end;

/*
 * A flow bucket of a peer's: the number of the next packet that is sent, and what puts
 * those of the far end back in order.  They are different CPUs', perhaps: a cache line
 * for each.
 */
struct mplink_bucket {
	atomic_t next ____cacheline_aligned_in_smp;
	spinlock_t lock ____cacheline_aligned_in_smp;	/* softirq disabled */
	u16 index;			/* in mplink_tunnel.bucket */
	bool closed;			/* nothing is held any more: lock */
	struct hrtimer timer;		/* outoforder_timer: armed with the lock held */
};

/* What a peer has of its virtual NIC's tunnel.  Its end is waited for by a grace period. */
struct mplink_tunnel {
	struct mplink_vnic *vnic;
	const struct mplink_peer *peer;	/* the core's */
	struct mplink_resequencer *core;
	u32 key;			/* read by packets */
	u32 overhead;			/* bytes of the outer headers, at most; likewise */
	/* By link id, RTNL: what is in the table, and what will be. */
	struct mplink_far_end *ends[MPLINK_MAX_LINKS];
	struct mplink_far_end *spare[MPLINK_MAX_LINKS];
	struct rcu_head rcu;
	struct mplink_bucket bucket[MPLINK_FLOW_BUCKETS];
};

/* Changes the encap: 0, or a negative errno and *why, a static text.  RTNL. */
int mplink_vnic_set_encap(struct mplink_vnic *vnic, u32 encap, const char **why);
/* Likewise the settings of gre-udp. */
int mplink_vnic_set_tunnel(struct mplink_vnic *vnic, const struct mplink_tunnel_config *config,
			   const char **why);
/* The virtual NIC goes, and has no peers any more.  RTNL; waits for packets under way. */
void mplink_tunnel_end(struct mplink_vnic *vnic);
/* What the outer headers take of a NIC's MTU.  RTNL. */
u32 mplink_tunnel_overhead(const struct mplink_vnic *vnic);

/*
 * For a peer that nobody finds yet, and whose core has no links yet.  NULL where memory
 * is short.  RTNL, as all below.
 */
struct mplink_tunnel *mplink_tunnel_open(struct mplink_vnic *vnic, const struct mplink_peer *peer);
/*
 * Makes ready for the links that the changes lead to, and that key: 0, -ENOMEM, or
 * -EEXIST and *refusal if another peer of the namespace has the key and one of the
 * remotes.  Then comes mplink_tunnel_follow(), also if the changes are cancelled.
 */
int mplink_tunnel_prepare(struct mplink_tunnel *tunnel, const struct mplink_changes *changes,
			  u32 key, struct mplink_refusal *refusal);
/* The links that the core has now are those that packets come from.  Cannot fail. */
void mplink_tunnel_follow(struct mplink_tunnel *tunnel, u32 key);
/* The NIC of that id goes, and all links over it: before the core forgets it. */
void mplink_tunnel_forget_nic(struct mplink_tunnel *tunnel, u32 nic_id);
/* A link is valid no more: what waits for it need not. */
void mplink_tunnel_revisit(struct mplink_tunnel *tunnel);
/*
 * No packet that comes finds the peer any more, and what was held is delivered.  Before
 * the core forgets it; frees the tunnel after a grace period.
 */
void mplink_tunnel_close(struct mplink_tunnel *tunnel);

/*
 * Packets come with the key of a peer that has no such remote: the log says how to make it
 * one, for the far end does not hear that they are dropped.  dev: by which.  Softirq, in an
 * RCU read section.
 */
void mplink_tunnel_stranger(struct mplink_tunnel_socket *socket, const struct mplink_addr *from,
			    u32 key, const struct net_device *dev);
/* Both over all packets of the namespace's sockets: enum mplink_gre_drop, NONE: came through. */
u64 mplink_tunnel_drops(const struct net *net, u32 drop);
/* False: the device has no tunnel. */
bool mplink_tunnel_counters(const struct mplink_peer_node *peer,
			    struct mplink_resequencer_counters *sum);
/* The sum of all peers, and of each maximum the largest. */
void mplink_tunnel_sum(const struct mplink_vnic *vnic, struct mplink_resequencer_counters *sum);

/* --- tunnel_socket.c: the namespace's sockets ----------------------------- */

/* RFC 8086 3.1. */
#define MPLINK_GRE_UDP_PORT 4754

/* RFC 8086 3.1: the flow's entropy, in the range for ports of nobody's own. */
#define MPLINK_SOURCE_PORT_MIN 49152
#define MPLINK_SOURCE_PORTS 16384

#define MPLINK_FAR_END_BITS 12

struct mplink_tunnel_stats {
	u64 drops[MPLINK_GRE_DROPS];
};

/* A remote of a peer's: packets from it with that key are the peer's. */
struct mplink_far_end {
	struct hlist_node node;
	struct mplink_addr remote;
	struct mplink_tunnel *tunnel;
	const struct mplink_nic *nic;	/* over which the remote is a link's */
	u32 key;
	u8 link;			/* its id */
	u32 heard;			/* last told to mplink_path_heard(), and of which path */
	struct rcu_head rcu;
};

/* One of each family, bound to the port; what comes by them, and for whom it is. */
struct mplink_tunnel_socket {
	u32 users;			/* virtual NICs: RTNL */
	struct socket *sock[2];		/* IPv4, IPv6 */
	struct list_head vrfs;		/* of mplink_tunnel_vrf: RTNL */
	struct dst_entry *input;	/* an IPv4 route to this host */
	struct mplink_tunnel_stats __percpu *stats;
	struct hlist_head far_ends[1 << MPLINK_FAR_END_BITS];	/* RTNL, RCU */
};

/* The chain on which the remote is, if it is. */
static inline struct hlist_head *mplink_far_ends(struct mplink_tunnel_socket *socket,
						 const struct mplink_addr *remote)
{
	const u64 hash = (remote->hi ^ remote->lo) * GOLDEN_RATIO_64;

	return &socket->far_ends[hash >> (64 - MPLINK_FAR_END_BITS)];
}

/* The first user opens them: 0, or a negative errno and *why, a static text.  RTNL. */
int mplink_tunnel_socket_get(struct net *net, const char **why);
/*
 * Opens sockets for the VRFs that NICs of the namespace are in now, and closes those of
 * others.  If it fails, the log says so.  RTNL; may wait for packets under way.
 */
void mplink_tunnel_follow_vrfs(struct net *net);
/* The last one closes them.  RTNL; waits for packets under way. */
void mplink_tunnel_socket_put(struct net *net);
/*
 * Tells the stack where a packet is going that a NIC of the virtual NIC's has received, if
 * it is one for the socket: so no route and no socket need be looked up.  Softirq, in an
 * RCU read section.
 */
void mplink_tunnel_demux(const struct mplink_vnic *vnic, struct sk_buff *skb);
/* Any context but hard interrupts; preemption disabled. */
static inline void mplink_tunnel_count(const struct mplink_tunnel_socket *socket, u32 drop)
{
	this_cpu_inc(socket->stats->drops[drop]);
}

/* --- encap.c: the way out; decap.c: the way in ---------------------------- */

/*
 * Sends a packet that begins with its IP header to the peer, which has a tunnel; it may
 * be a GSO packet.  Softirq disabled, in an RCU read section.
 */
void mplink_encap(struct mplink_vnic *vnic, const struct mplink_peer_node *peer,
		  struct sk_buff *skb, bool inet6);
/* What the sockets' packets are given to. */
int mplink_decap(struct sock *sk, struct sk_buff *skb);

/* --- pmtu.c: what routers say of packets that are too long ---------------- */

/*
 * udp_sock.encap_err_lookup: 0, if the ICMP message quotes what was sent, or a negative errno.
 * Softirq, in an RCU read section.
 */
int mplink_pmtu_lookup(struct sock *sk, struct sk_buff *skb);
/* udp_sock.encap_err_rcv.  Softirq, in an RCU read section. */
MPLINK_ENCAP_ERR_RCV(mplink_pmtu_error);

/* --- resequence.c: in order ----------------------------------------------- */

/*
 * Takes a packet from the far end, that is to be delivered once those before it have been.
 * Softirq, in an RCU read section.
 */
void mplink_resequence(const struct mplink_far_end *end, const struct mplink_gre *gre,
		       struct sk_buff *skb);
void mplink_resequence_init(struct mplink_bucket *bucket, u32 index);
/* Lets go what needs not wait any more.  Process context. */
void mplink_resequence_revisit(struct mplink_bucket *bucket);
/* Lets go all that waits, for good.  Process context. */
void mplink_resequence_close(struct mplink_bucket *bucket);

/* --- deliver.c: to the stack ---------------------------------------------- */

struct mplink_delivery;

/* NULL where memory is short.  RTNL. */
struct mplink_delivery *mplink_delivery_start(struct net_device *dev);
/* Nobody delivers any more.  Drops what waits; process context, waits. */
void mplink_delivery_stop(struct mplink_delivery *delivery);
/*
 * Hands the packet to the stack, after all others of its bucket that came before.  False:
 * it cannot, and the packet stays the caller's.  Softirq disabled.
 */
bool mplink_deliver(struct mplink_delivery *delivery, u32 bucket, struct sk_buff *skb);
/*
 * Whether the packet may go to the stack at once, because all that came before it in its
 * bucket has.  If so, it is to be handed over by mplink_deliver_claimed(), with no lock
 * held; until then others wait.  Softirq.
 */
bool mplink_delivery_claim(struct mplink_delivery *delivery, u32 bucket, const struct sk_buff *skb);
void mplink_deliver_claimed(struct mplink_delivery *delivery, u32 bucket, struct sk_buff *skb);

#endif /* MPLINK_KERNEL_TUNNEL_H */
