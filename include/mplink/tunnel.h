/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Encap gre-udp: the core reads and writes GRE headers (RFC 2784, RFC 2890), and puts packets back
 * in order.
 */
#ifndef MPLINK_TUNNEL_H
#define MPLINK_TUNNEL_H

#include "measure.h"
#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mplink_device;
struct mplink_path;
struct mplink_peer;

/* --- GRE headers: any context ------------------------------------------------- */

/* Length of the GRE header that mplink sends: flags, protocol, key and sequence number. */
#define MPLINK_GRE_LEN 12
/* Length of the longest GRE header that mplink accepts: with a checksum, too. */
#define MPLINK_GRE_MAX_LEN 16
/*
 * Ethertype of replays in the GRE header: IEEE 802 local experimental.  A replay is a data packet
 * that is sent once more, with its old number.  The version of the inner packet tells its family.
 */
#define MPLINK_REPLAYS 0x88b6

struct mplink_gre {
	mplink_u32 len;		/* of the header in bytes; the inner packet follows */
	mplink_u32 key;		/* the peer's key: 24 bits */
	mplink_u32 seq;		/* sequence number; 0 if there is none */
	mplink_u16 protocol;	/* 0x0800, 0x86dd, MPLINK_REPLAYS, or MPLINK_MESSAGES */
	mplink_u8 bucket;	/* the flow bucket */
	mplink_u8 sequenced;	/* 1: there is a sequence number */
	mplink_u8 checksummed;	/* 1: there is a checksum, which the caller must verify */
};

/**
 * mplink_core_gre_read() - Read a GRE header.
 * @bytes: the packet from the GRE header on
 * @len: how many bytes there are; MPLINK_GRE_MAX_LEN suffice
 * @gre: takes the header; set if the result is NONE
 *
 * A replay without a number has no meaning, and is refused with PROTOCOL.
 *
 * Return: enum mplink_gre_drop.
 */
mplink_u32 mplink_core_gre_read(const mplink_u8 *bytes, mplink_size len, struct mplink_gre *gre);
/* Writes a header of MPLINK_GRE_LEN bytes with gre's key, bucket, seq and protocol. */
void mplink_core_gre_write(mplink_u8 *bytes, const struct mplink_gre *gre);

/**
 * mplink_core_flow_hash() - Hash a packet's flow.
 * @l3: the IP header
 * @len: how many bytes may be read at @l3
 *
 * Unlike the stack's hash, it stays the same when TCP asks for another path after a timeout.
 *
 * Return: The hash; its upper bits are the best.
 */
mplink_u32 mplink_core_flow_hash(const mplink_u8 *l3, mplink_u32 len);

/* --- settings -------------------------------------------------------------------- */

/**
 * mplink_core_set_tunnel() - Set how gre-udp sends and orders packets.
 * @device: the device
 * @config: the settings, which are copied
 * @why: takes a static text that tells which value is wrong
 *
 * Context: RTNL.
 * Return: 0, or -EINVAL if a value is out of range.
 */
int mplink_core_set_tunnel(struct mplink_device *device, const struct mplink_tunnel_config *config,
			   const char **why);
void mplink_core_get_tunnel(const struct mplink_device *device,
			    struct mplink_tunnel_config *config);

/* --- paths ------------------------------------------------------------------------- */

/*
 * The path of the peer's link with that id.  NULL if its NIC, an address or a route is missing;
 * a link that is not used for another reason has a path.  Call it inside an RCU read-side
 * section; the path stays valid until the section ends.
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

/* What the delay equaliser must know of a packet. */
enum mplink_packet_kind {
	MPLINK_PACKET_SMALL,
	MPLINK_PACKET_SYN_ACK,	/* TCP: with it, a sender measures the round trip first */
	MPLINK_PACKET_TCP_DATA,	/* of MPLINK_DATA_BYTES or more: the flow may be bulk */
	MPLINK_PACKET_DATA,	/* the same, but not TCP */
};

/* A packet of this length or more, with its IP header, may belong to a bulk flow. */
#define MPLINK_DATA_BYTES 1000

/**
 * mplink_is_tcp() - Whether a packet is TCP
 * @ip: its IPv4 or IPv6 header; 10 bytes must be there
 *
 * TCP behind an IPv6 extension header does not count: senders of bulk flows use none.
 *
 * Context: Any.
 */
static inline int mplink_is_tcp(const mplink_u8 *ip)
{
	const mplink_u8 tcp = 6;

	return ip[ip[0] >> 4 == 4 ? 9 : 6] == tcp;
}

/**
 * mplink_is_tcp_data() - Whether a packet is TCP of full length
 * @ip: its IPv4 or IPv6 header
 * @there: how many bytes of it can be read
 * @len: the packet's length in bytes, with its IP header
 *
 * The sender's policy and the receiver's delay equaliser treat these alike.
 *
 * Context: Any.
 */
static inline int mplink_is_tcp_data(const mplink_u8 *ip, mplink_size there, mplink_size len)
{
	const mplink_size least = 20;

	return len >= MPLINK_DATA_BYTES && there >= least && mplink_is_tcp(ip);
}

/* A packet while the core has it.  Lives in the skb's cb. */
struct mplink_held {
	struct mplink_held *next;
	/* what follows is the core's own, except for seq, link, drop and kind */
	struct mplink_held *right;
	mplink_u64 held_us;	/* since when it is held, as mplink_now_us() */
	mplink_u32 seq;
	mplink_u32 since;
	mplink_u16 rank;
	mplink_u8 link;		/* the link's id */
	mplink_u8 drop;		/* enum mplink_gre_drop, if the packet is refused */
	mplink_u8 doubted;
	mplink_u8 kind;		/* enum mplink_packet_kind */
	mplink_u8 replayed;	/* 1: it was sent once more; 2: because it was asked for */
	mplink_u8 asked;	/* how often what is missing before it was asked for */
	mplink_u32 due_us;	/* when it leaves the delay equaliser */
	mplink_u32 asked_us;	/* when it was asked for last, by the low bits of the clock */
};

/* So many NACKs at most come of a packet. */
#define MPLINK_NACKS 4

/* What the caller must do: first with the packets, then with the timer, and with the NACKs. */
struct mplink_release {
	struct mplink_held *deliver;	/* in this order, by next; NULL: none */
	struct mplink_held *refused;	/* drop these, linked by next; drop is the reason */
	/*
	 * Call mplink_core_bucket_expire() then; MPLINK_NEVER: nothing is held.  A timer that is
	 * set for an earlier time may stay, because a call too early does no harm.
	 */
	mplink_u64 deadline_us;
	/*
	 * Not 0: packets by this packet's link come this much later than by other links, and
	 * later than the settings allow.  Told once per link.
	 */
	mplink_u64 slow_us;
	mplink_u32 lost;	/* how many numbers have been given up */
	/* Send these NACKs by the link nack_link, after the bucket's lock is free.  Set bucket. */
	struct mplink_nack nacks[MPLINK_NACKS];
	mplink_u32 nr_nacks;
	mplink_u32 nack_link;
};

/* What has become of sequence numbers. */
struct mplink_resequencer_counters {
#define MPLINK_RESEQUENCER_COUNTER(id, name, ...) mplink_u64 name;
#include "../uapi/mplink_attributes.def"
};

/**
 * mplink_core_resequencer_create() - Make what the flow buckets of a peer share.
 * @device: the resequencer follows its settings; it must outlive the resequencer
 *
 * Context: Process context; may sleep.
 * Return: The resequencer, which the caller owns, or NULL if memory is short.
 */
struct mplink_resequencer *
mplink_core_resequencer_create(const struct mplink_device *device);
/* Frees the resequencer.  All its buckets must have ended.  Any context. */
void mplink_core_resequencer_free(struct mplink_resequencer *resequencer);
/* Sets, or returns, the peer's own enum mplink_equalize.  Packets may pass.  Any context. */
void mplink_core_resequencer_set_equalize(struct mplink_resequencer *resequencer,
					  mplink_u32 equalize);
mplink_u32 mplink_core_resequencer_get_equalize(const struct mplink_resequencer *resequencer);
/* The one that holds: the device's, if the peer's is MPLINK_EQUALIZE_INHERIT.  Any context. */
mplink_u32 mplink_core_resequencer_equalize(const struct mplink_resequencer *resequencer);
/*
 * Sets *sum to the counters that the buckets share.  Add each bucket's own with
 * mplink_core_bucket_counters().  Any context.
 */
void mplink_core_resequencer_counters(const struct mplink_resequencer *resequencer,
				      struct mplink_resequencer_counters *sum);

/**
 * mplink_core_resequencer_mark() - Learn from a mark: the link's delay, and how soon replays come
 * @resequencer: that of the peer
 * @link: id of the link by which the mark has come
 * @mark: the mark
 * @now_us: mplink_now_us()
 *
 * Allocates if it is the link's first mark.  If memory is short, the link's delay stays unknown.
 *
 * Context: Softirq.  The caller locks; packets may use the resequencer meanwhile.
 * Return: 0, or when to call mplink_core_bucket_expire() for each bucket that holds packets, as
 *	mplink_now_us(): they wait for less than they did.
 */
mplink_u64 mplink_core_resequencer_mark(struct mplink_resequencer *resequencer, mplink_u32 link,
					const struct mplink_mark *mark, mplink_u64 now_us);
/* Forgets the link's delay, because another link will have its id.  Locked as the above. */
void mplink_core_resequencer_forget(struct mplink_resequencer *resequencer, mplink_u32 link);

/* Bytes of memory that mplink_core_bucket_make() needs. */
mplink_size mplink_core_bucket_size(void);
/**
 * mplink_core_bucket_make() - Make a flow bucket.
 * @resequencer: that of the peer
 * @memory: mplink_core_bucket_size() zeroed bytes, aligned to 8; the caller keeps owning them
 *
 * Context: Any.
 * Return: The bucket, which lies at @memory.
 */
struct mplink_flow_bucket *mplink_core_bucket_make(struct mplink_resequencer *resequencer,
						   void *memory);
/* Frees what the bucket has allocated.  It must have been flushed.  Any context. */
void mplink_core_bucket_end(struct mplink_flow_bucket *bucket);
/**
 * mplink_core_bucket_in_order() - Take a packet that has come, if it is the next one.
 * @bucket: its flow bucket
 * @packet: seq and link are set
 *
 * Context: Softirq, with the bucket's lock held.
 * Return: 1 if it was: the caller delivers it and does nothing else.  If 0, call
 * mplink_core_bucket_arrive().
 */
int mplink_core_bucket_in_order(struct mplink_flow_bucket *bucket,
				const struct mplink_held *packet);
/**
 * mplink_core_bucket_arrive() - Take a packet that has come, and is not the next one.
 * @bucket: its flow bucket
 * @peer: the peer; the bucket waits only for its valid links
 * @packet: seq, link and kind are set
 * @release: takes what to do now
 *
 * Allocates only if the packet is the first one with a link id beyond those for which the
 * bucket has room; if that fails, the packet is refused with MPLINK_GRE_DROP_NO_MEMORY.
 *
 * Context: Softirq, in an RCU read-side section, with the bucket's lock held.
 */
void mplink_core_bucket_arrive(struct mplink_flow_bucket *bucket, const struct mplink_peer *peer,
			       struct mplink_held *packet, struct mplink_release *release);
/**
 * mplink_core_bucket_replay() - Take a packet that was sent once more.
 * @bucket: its flow bucket
 * @peer: the peer; the bucket waits only for its valid links
 * @packet: seq and link are set
 * @release: takes what to do now
 *
 * The packet says nothing about the order of its link.  If it came before, it is refused with
 * MPLINK_GRE_DROP_REPLAY; if its number was given up, or is far from the bucket's numbers, with
 * MPLINK_GRE_DROP_LATE.  Never call mplink_core_bucket_in_order() for it.
 *
 * Context: As for arrive().
 */
void mplink_core_bucket_replay(struct mplink_flow_bucket *bucket, const struct mplink_peer *peer,
			       struct mplink_held *packet, struct mplink_release *release);
/**
 * mplink_core_bucket_refused() - Wait no longer for numbers that are not sent once more
 * @bucket: the flow bucket
 * @peer: the peer; the bucket waits only for its valid links
 * @nack: the refusal
 * @release: takes what to do now
 *
 * Context: As for arrive().
 */
void mplink_core_bucket_refused(struct mplink_flow_bucket *bucket, const struct mplink_peer *peer,
				const struct mplink_nack *nack, struct mplink_release *release);
/* The deadline has passed, or a link is no longer valid.  Context as for arrive(). */
void mplink_core_bucket_expire(struct mplink_flow_bucket *bucket, const struct mplink_peer *peer,
			       struct mplink_release *release);
/*
 * Call it once a second: decides whether the delay equaliser holds the bucket's packets back, and
 * whether gaps wait for replays.  Hold the bucket's lock.
 */
void mplink_core_bucket_review(struct mplink_flow_bucket *bucket);
/* Gives up all gaps at once, because the peer goes.  Hold the bucket's lock. */
void mplink_core_bucket_flush(struct mplink_flow_bucket *bucket, struct mplink_release *release);
/* Adds what the bucket has counted.  Any context, without the lock. */
void mplink_core_bucket_counters(const struct mplink_flow_bucket *bucket,
				 struct mplink_resequencer_counters *sum);

#ifdef __cplusplus
}
#endif
#endif /* MPLINK_TUNNEL_H */
