/* SPDX-License-Identifier: GPL-2.0 */
/* Encap gre-udp: how packets that are kept lie in memory; shared by the files of replay.h. */
#ifndef MPLINK_TUNNEL_KEPT_H
#define MPLINK_TUNNEL_KEPT_H

#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "mplink/types.h"
#include "tunnel/repair.h"
#include "tunnel/tunnel.h"

/* Memory is taken in such pieces. */
#define MPLINK_CHUNK_KIB 16
/* After so many ticks without an acknowledgment a packet is of no use: about two seconds. */
#define MPLINK_REPLAY_TICKS 400
/* A link that has gone, whose id may be another link's by now. */
#define MPLINK_REPLAY_ORPHAN MPLINK_MAX_LINKS
/* The packet has been sent once more. */
#define MPLINK_REPLAY_TAKEN (MPLINK_MAX_LINKS + 1)
/* So often a packet is sent once more at most. */
#define MPLINK_REPLAY_TIMES 3

/**
 * struct mplink_kept - A packet that is kept
 * @seq: its sequence number
 * @tick: mplink_tunnel.tick when it left
 * @bucket: its flow bucket
 * @link: id of the link that it left by, MPLINK_REPLAY_ORPHAN or MPLINK_REPLAY_TAKEN
 * @times: how often it was sent before
 * @mark: its mark
 * @priority: its priority
 * @len: length in bytes
 * @csum_start: where the checksum begins that has still to be filled in; @len: it is complete
 * @csum_offset: where it is filled in, from there
 * @bytes: the packet, from its IP header on
 */
struct mplink_kept {
	u32 seq;
	u16 tick;
	u8 bucket;
	u8 link;
	u32 mark;
	u32 priority;
	u16 len;
	u16 csum_start;
	u16 csum_offset;
	u8 times;
	u8 bytes[] __aligned(8);
};

/**
 * struct mplink_chunk - Memory for packets that follow each other
 * @next: the next newer one
 * @packets: how many there are
 * @used: bytes of @bytes that they take
 * @bytes: struct mplink_kept, one behind the other
 */
struct mplink_chunk {
	struct mplink_chunk *next;
	u32 packets;
	u32 used;
	u8 bytes[] __aligned(8);
};

#define MPLINK_CHUNK_ROOM (MPLINK_CHUNK_KIB * 1024 - sizeof(struct mplink_chunk))

/**
 * struct mplink_replay_cpu - What a CPU has sent and keeps
 * @lock: guards the others; take it with softirqs disabled
 * @oldest: its chunks, by age
 * @newest: the last of them, which has room perhaps
 * @spare: an empty chunk, or NULL
 * @packets: packets in all chunks, also in those that mplink_replay_take() is looking at
 * @chunks: how many there are
 * @links: a bit for the id of each link of which there are packets
 * @orphans: there are packets of links that have gone
 * @used: it has kept packets lately, so it has a part of what the peer may keep
 * @forgotten: packets that were not kept, or not until they were acknowledged
 */
struct mplink_replay_cpu {
	spinlock_t lock;	/* softirq off */
	struct mplink_chunk *oldest;
	struct mplink_chunk *newest;
	struct mplink_chunk *spare;
	u32 packets;
	u32 chunks;
	u64 links;
	bool orphans;
	bool used;
	u64 forgotten;
} ____cacheline_aligned_in_smp;

/**
 * struct mplink_replay - The packets of a peer that are kept
 * @tunnel: the peer's tunnel
 * @max_packets: how many packets each CPU may keep
 * @max_chunks: and how many chunks
 * @linger: for so many ticks after it is acknowledged, the far end may still ask for a packet
 * @acknowledged: by link id: what it was given before this tick has arrived, or is lost
 * @repairs: what the far end asks for
 * @cpu: by CPU
 */
struct mplink_replay {
	const struct mplink_tunnel *tunnel;
	u32 max_packets;
	u32 max_chunks;
	u16 linger;
	u16 acknowledged[MPLINK_MAX_LINKS];
	struct mplink_repairs repairs;
	struct mplink_replay_cpu cpu[];
};

static inline u32 mplink_kept_size(u32 len)
{
	return ALIGN(sizeof(struct mplink_kept) + len, 8);
}

/* NULL: there are no more.  @kept: NULL for the first one. */
static inline struct mplink_kept *mplink_kept_next(struct mplink_chunk *chunk,
						   struct mplink_kept *kept)
{
	u8 *const at = kept ? (u8 *)kept + mplink_kept_size(kept->len) : chunk->bytes;

	return at < chunk->bytes + chunk->used ? (struct mplink_kept *)at : NULL;
}

/* Whether the packet was done so many ticks before its link's last acknowledgment. */
static inline bool mplink_kept_done_by(const struct mplink_replay *replay,
				       const struct mplink_kept *kept, u16 before)
{
	const u8 link = kept->link;

	return link == MPLINK_REPLAY_TAKEN ||
	       (link != MPLINK_REPLAY_ORPHAN &&
		(s16)(READ_ONCE(replay->acknowledged[link]) - before - kept->tick) > 0);
}

/* Whether it has arrived, or is lost; then the far end may ask for it. */
static inline bool mplink_kept_done(const struct mplink_replay *replay,
				    const struct mplink_kept *kept)
{
	return mplink_kept_done_by(replay, kept, 0);
}

static inline bool mplink_kept_aged(const struct mplink_replay *replay,
				    const struct mplink_kept *kept)
{
	return (u16)(READ_ONCE(replay->tunnel->tick) - kept->tick) > MPLINK_REPLAY_TICKS;
}

/* Whether nobody needs it any more. */
static inline bool mplink_kept_over(const struct mplink_replay *replay,
				    const struct mplink_kept *kept)
{
	return mplink_kept_done_by(replay, kept, READ_ONCE(replay->linger)) ||
	       mplink_kept_aged(replay, kept);
}

/* Drops what is over from the oldest chunk on.  Hold the lock. */
void mplink_chunks_clean(const struct mplink_replay *replay, struct mplink_replay_cpu *cpu);

/* Follows the settings.  @first: a CPU that has begun to send; NULL: none.  Softirqs disabled. */
void mplink_replay_share(struct mplink_replay *replay, struct mplink_replay_cpu *first);

#endif /* MPLINK_TUNNEL_KEPT_H */
