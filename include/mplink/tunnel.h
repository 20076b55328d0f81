/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Encap gre-udp: what the core offers to read and write GRE headers (RFC 2784, RFC 2890)
 * and to put packets back in order.
 */
#ifndef MPLINK_TUNNEL_H
#define MPLINK_TUNNEL_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mplink_device;
struct mplink_path;
struct mplink_peer;

/* --- GRE headers: any context ------------------------------------------------- */

/* The GRE header that is sent: flags, protocol, key and sequence number. */
#define MPLINK_GRE_LEN 12
/* The longest that is understood: with a checksum, too. */
#define MPLINK_GRE_MAX_LEN 16

struct mplink_gre {
	mplink_u32 len;		/* of the header; behind it lies the inner packet */
	mplink_u32 key;		/* the peer's: 24 bits */
	mplink_u32 seq;		/* 0 where there is none */
	mplink_u16 protocol;	/* 0x0800, 0x86dd, or MPLINK_MESSAGES of measure.h */
	mplink_u8 bucket;	/* the flow's */
	mplink_u8 sequenced;	/* there is a sequence number */
	mplink_u8 checksummed;	/* over header and payload: to be verified */
};

/*
 * Reads the header at the beginning of bytes, of which there are len, up to
 * MPLINK_GRE_MAX_LEN of them.  Returns enum mplink_gre_drop; if NONE, *gre.
 */
mplink_u32 mplink_core_gre_read(const mplink_u8 *bytes, mplink_size len, struct mplink_gre *gre);
/* Writes MPLINK_GRE_LEN bytes: of key, bucket, seq and protocol. */
void mplink_core_gre_write(mplink_u8 *bytes, const struct mplink_gre *gre);

/*
 * A hash of the packet's flow, whose upper bits are the best; l3: its IP header, of which
 * len bytes may be read.  Other than the stack's, it stays the same when TCP, after a
 * timeout, asks for another way.
 */
mplink_u32 mplink_core_flow_hash(const mplink_u8 *l3, mplink_u32 len);

/* --- settings -------------------------------------------------------------------- */

/* 0, or -EINVAL and *why, a static text.  RTNL. */
int mplink_core_set_tunnel(struct mplink_device *device, const struct mplink_tunnel_config *config,
			   const char **why);
void mplink_core_get_tunnel(const struct mplink_device *device,
			    struct mplink_tunnel_config *config);

/* --- paths ------------------------------------------------------------------------- */

/*
 * The path of the peer's link of that id; NULL: it is not valid.  In an RCU read section,
 * for as long as which it stays.
 */
struct mplink_path *mplink_core_peer_path(const struct mplink_peer *peer, mplink_u32 link);

/* --- the resequencer: RFC 2890 2.2, RFC 1990 4.1 ------------------------------------ */

/* What the flow buckets of a peer share: settings, reorder timer, sums.  One per peer. */
struct mplink_resequencer;

/*
 * A flow bucket: MPLINK_FLOW_BUCKETS per peer, independent of each other.  The kernel makes
 * it when its first packet comes.  Callers must hold the bucket's lock, which is the
 * kernel's.
 */
struct mplink_flow_bucket;

/* A packet while the core has it.  Lives in the skb's cb. */
struct mplink_held {
	struct mplink_held *next;
	struct mplink_held *right;	/* the core's own, as are since, rank and doubted */
	mplink_u64 held_us;	/* since when, as mplink_now_us() */
	mplink_u32 seq;
	mplink_u32 since;
	mplink_u16 rank;
	mplink_u8 link;		/* the link's id */
	mplink_u8 drop;		/* enum mplink_gre_drop, of one that is refused */
	mplink_u8 doubted;
};

/* What is to be done: first with the packets, then by the timer. */
struct mplink_release {
	struct mplink_held *deliver;	/* in this order, by next; NULL: none */
	struct mplink_held *refused;	/* likewise: each with its reason */
	/*
	 * Call mplink_core_resequencer_expire() then; MPLINK_NEVER: nothing is held.  A timer
	 * that is set for sooner may stay as it is: to be called too soon does no harm.
	 */
	mplink_u64 deadline_us;
	/*
	 * Not 0: packets of the arriving one's link come this much later than the others',
	 * which is later than the settings let them wait.  Told once of each link.
	 */
	mplink_u64 slow_us;
};

/* What has become of packets; numbers, not all of them packets, for a lost one never came. */
struct mplink_resequencer_counters {
	mplink_u64 in_order;	/* delivered as they came */
	mplink_u64 reordered;	/* delivered after they had been held */
	mplink_u64 duplicates;	/* refused: it has been delivered */
	mplink_u64 late;	/* refused: it had been given up */
	mplink_u64 lost_rule;	/* given up: every link has delivered a later one (RFC 1990 4.1) */
	mplink_u64 lost_timer;	/* given up: outoforder_timer (RFC 2890 2.2) */
	mplink_u64 lost_overflow;	/* given up: max_perflow_buffer, or the peer's */
	mplink_u64 restarts;	/* the far end's numbers began anew */
	mplink_u64 held;	/* now */
	mplink_u64 held_max;	/* at most, in one bucket */
	mplink_u64 wait_us;	/* of all that were held, together */
	mplink_u64 wait_max_us;
	mplink_u64 timer_us;	/* outoforder_timer now */
};

/**
 * mplink_core_resequencer_create() - what the flow buckets of a peer share
 * @device: its settings are followed; it must outlive the resequencer
 *
 * Context: process.
 * Return: the resequencer, or NULL if memory is short.
 */
struct mplink_resequencer *
mplink_core_resequencer_create(const struct mplink_device *device);
/* Its buckets must have ended.  Any context. */
void mplink_core_resequencer_free(struct mplink_resequencer *resequencer);
/*
 * Sets *sum to what the buckets count together; add each bucket's own by
 * mplink_core_bucket_counters().  Any context.
 */
void mplink_core_resequencer_counters(const struct mplink_resequencer *resequencer,
				      struct mplink_resequencer_counters *sum);

/* Bytes of memory that mplink_core_bucket_make() needs. */
mplink_size mplink_core_bucket_size(void);
/**
 * mplink_core_bucket_make() - a flow bucket
 * @resequencer: the peer's
 * @memory: zeroed, aligned to 8; it stays the caller's
 *
 * Context: any.
 * Return: the bucket, which lies at @memory.
 */
struct mplink_flow_bucket *mplink_core_bucket_make(struct mplink_resequencer *resequencer,
						   void *memory);
/* Frees what the bucket has beside its memory.  It has been flushed.  Any context. */
void mplink_core_bucket_end(struct mplink_flow_bucket *bucket);
/**
 * mplink_core_bucket_arrive() - a packet has come
 * @bucket: its flow bucket
 * @peer: the bucket waits for valid links of this peer only
 * @packet: seq and link are set
 * @release: what is to be done now; written only if the packet is not the next one
 *
 * Allocates only if the packet is the first one with a link id beyond those for which the
 * bucket has room; if that fails, the packet is refused with MPLINK_GRE_DROP_NO_MEMORY.
 *
 * Context: softirq, in an RCU read section, with the bucket's lock held.
 * Return: 1 if the packet is the next one: the caller delivers it, and nothing else is to
 * be done.  Else 0.
 */
int mplink_core_bucket_arrive(struct mplink_flow_bucket *bucket, const struct mplink_peer *peer,
			      struct mplink_held *packet, struct mplink_release *release);
/* The deadline has come, or a link is not valid any more.  Context as arrive()'s. */
void mplink_core_bucket_expire(struct mplink_flow_bucket *bucket, const struct mplink_peer *peer,
			       struct mplink_release *release);
/* Gives up all gaps, whatever the time, because the peer goes.  With the bucket's lock held. */
void mplink_core_bucket_flush(struct mplink_flow_bucket *bucket, struct mplink_release *release);
/* Adds what the bucket has counted.  Any context, without the lock. */
void mplink_core_bucket_counters(const struct mplink_flow_bucket *bucket,
				 struct mplink_resequencer_counters *sum);

#ifdef __cplusplus
}
#endif
#endif /* MPLINK_TUNNEL_H */
