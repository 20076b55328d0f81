// SPDX-License-Identifier: GPL-2.0
/*
 * What a link was given is kept until it is acknowledged.
 *
 * Each CPU copies what it sends into chunks of its own, one packet behind the other.  A copy has no
 * socket, so no sender is held up.  It holds no page of a NIC's driver.  And nobody who handles the
 * packet on its way sees that somebody else has it, and must take a copy in turn.  A clone has only
 * the first of these, and costs more: its memory is cold when it is freed.
 *
 * The lock of a CPU's chunks has next to no contention.  Besides the CPU itself the timer of the
 * peer's measuring takes it, every few milliseconds and shortly: to look for dead links' packets,
 * it takes all chunks out, and puts them back.
 *
 * All CPUs together keep no more than max_peer_replay and max_peer_replay_kib allow.  Each one that
 * sends may keep an equal part.  When one more CPU begins to send, the others first drop what
 * exceeds their new part.
 */
#include <linux/sched/mm.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#include "device/vnic.h"
#include "mplink/core.h"
#include "mplink/platform.h"
#include "mplink/tunnel.h"
#include "packet/outer.h"
#include "packet/path.h"
#include "tunnel/flows.h"
#include "tunnel/replay.h"
#include "tunnel/tunnel.h"

/* Memory is taken in such pieces. */
#define MPLINK_CHUNK_KIB 16
/* After so many ticks without an acknowledgment a packet is of no use: about a second. */
#define MPLINK_REPLAY_TICKS 200
/* A link that has gone, whose id may be another link's by now. */
#define MPLINK_REPLAY_ORPHAN MPLINK_MAX_LINKS
/* The packet has been sent once more. */
#define MPLINK_REPLAY_TAKEN (MPLINK_MAX_LINKS + 1)

/**
 * struct mplink_kept - A packet that is kept
 * @seq: its sequence number
 * @tick: mplink_tunnel.tick when it left
 * @bucket: its flow bucket
 * @link: id of the link that it left by, MPLINK_REPLAY_ORPHAN or MPLINK_REPLAY_TAKEN
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
 * @acknowledged: by link id: what it was given before this tick is not kept any more
 * @cpu: by CPU
 */
struct mplink_replay {
	const struct mplink_tunnel *tunnel;
	u32 max_packets;
	u32 max_chunks;
	u16 acknowledged[MPLINK_MAX_LINKS];
	struct mplink_replay_cpu cpu[];
};

struct mplink_replay *mplink_replay_open(const struct mplink_tunnel *tunnel)
{
	struct mplink_replay *replay =
		mplink_flows_alloc(tunnel, struct_size(replay, cpu, nr_cpu_ids));
	u32 i;

	if (!replay)
		return NULL;
	replay->tunnel = tunnel;
	for (i = 0; i < nr_cpu_ids; i++)
		spin_lock_init(&replay->cpu[i].lock);
	for (i = 0; i < MPLINK_MAX_LINKS; i++)
		replay->acknowledged[i] = tunnel->tick;
	return replay;
}

/* --- packets in chunks ------------------------------------------------------------------------ */

static u32 mplink_kept_size(u32 len)
{
	return ALIGN(sizeof(struct mplink_kept) + len, 8);
}

/* NULL: there are no more.  @kept: NULL for the first one. */
static struct mplink_kept *mplink_kept_next(struct mplink_chunk *chunk, struct mplink_kept *kept)
{
	u8 *const at = kept ? (u8 *)kept + mplink_kept_size(kept->len) : chunk->bytes;

	return at < chunk->bytes + chunk->used ? (struct mplink_kept *)at : NULL;
}

/* Whether nobody needs the packet any more. */
static bool mplink_kept_done(const struct mplink_replay *replay, const struct mplink_kept *kept)
{
	return kept->link == MPLINK_REPLAY_TAKEN ||
	       (kept->link != MPLINK_REPLAY_ORPHAN &&
		(s16)(READ_ONCE(replay->acknowledged[kept->link]) - kept->tick) > 0);
}

static bool mplink_kept_aged(const struct mplink_replay *replay, const struct mplink_kept *kept)
{
	return (u16)(READ_ONCE(replay->tunnel->tick) - kept->tick) > MPLINK_REPLAY_TICKS;
}

static bool mplink_chunk_done(const struct mplink_replay *replay, struct mplink_chunk *chunk)
{
	struct mplink_kept *kept;

	for (kept = mplink_kept_next(chunk, NULL); kept; kept = mplink_kept_next(chunk, kept))
		if (!mplink_kept_done(replay, kept) && !mplink_kept_aged(replay, kept))
			return false;
	return true;
}

/* Hold the lock. */
static void mplink_chunk_drop_oldest(const struct mplink_replay *replay,
				     struct mplink_replay_cpu *cpu)
{
	struct mplink_chunk *chunk = cpu->oldest;
	struct mplink_kept *kept;

	for (kept = mplink_kept_next(chunk, NULL); kept; kept = mplink_kept_next(chunk, kept))
		cpu->forgotten += !mplink_kept_done(replay, kept);
	cpu->packets -= chunk->packets;
	cpu->chunks--;
	cpu->oldest = chunk->next;
	if (!cpu->oldest)
		cpu->newest = NULL;
	if (cpu->spare)
		kfree(chunk);
	else
		cpu->spare = chunk;
}

/* Drops what is over from the oldest chunk on.  Hold the lock. */
static void mplink_chunks_clean(const struct mplink_replay *replay, struct mplink_replay_cpu *cpu)
{
	while (cpu->oldest && mplink_chunk_done(replay, cpu->oldest))
		mplink_chunk_drop_oldest(replay, cpu);
}

/* Hold the lock. */
static void mplink_chunks_trim(const struct mplink_replay *replay, struct mplink_replay_cpu *cpu,
			       u32 max_packets, u32 max_chunks)
{
	while (cpu->oldest && (cpu->packets > max_packets || cpu->chunks > max_chunks))
		mplink_chunk_drop_oldest(replay, cpu);
}

/* Hold the lock. */
static struct mplink_chunk *mplink_chunk_add(const struct mplink_replay *replay,
					     struct mplink_replay_cpu *cpu)
{
	struct mplink_chunk *chunk = cpu->spare;
	struct mem_cgroup *before;

	cpu->spare = NULL;
	if (!chunk) {
		before = set_active_memcg(replay->tunnel->memcg);
		/* The reserve of memory is for those who free memory. */
		chunk = kmalloc(MPLINK_CHUNK_KIB * 1024,
				GFP_NOWAIT | __GFP_NOWARN | __GFP_ACCOUNT);
		set_active_memcg(before);
	}
	if (!chunk)
		return NULL;
	chunk->next = NULL;
	chunk->packets = 0;
	chunk->used = 0;
	if (cpu->newest)
		cpu->newest->next = chunk;
	else
		cpu->oldest = chunk;
	cpu->newest = chunk;
	cpu->chunks++;
	return chunk;
}

static bool mplink_chunk_has_room(const struct mplink_chunk *chunk, u32 size)
{
	return chunk && chunk->used + size <= MPLINK_CHUNK_ROOM;
}

/* Returns NULL if there is no room for a packet of that size.  Hold the lock. */
static noinline struct mplink_chunk *mplink_chunk_make_room(const struct mplink_replay *replay,
							    struct mplink_replay_cpu *cpu, u32 size)
{
	const u32 max_packets = READ_ONCE(replay->max_packets);
	const u32 max_chunks = READ_ONCE(replay->max_chunks);

	if (size > MPLINK_CHUNK_ROOM || !max_packets || !max_chunks)
		return NULL;
	mplink_chunks_clean(replay, cpu);
	mplink_chunks_trim(replay, cpu, max_packets - 1, max_chunks);
	if (mplink_chunk_has_room(cpu->newest, size))
		return cpu->newest;
	mplink_chunks_trim(replay, cpu, max_packets, max_chunks - 1);
	/* mplink_replay_take() may be looking at the others. */
	if (cpu->packets >= max_packets || cpu->chunks >= max_chunks)
		return NULL;
	return mplink_chunk_add(replay, cpu);
}

/* --- keeping ---------------------------------------------------------------------------------- */

/* Follows the settings.  @first: a CPU that has begun to send; NULL: none. */
static void mplink_replay_share(struct mplink_replay *replay, struct mplink_replay_cpu *first)
{
	const struct mplink_vnic *vnic = replay->tunnel->vnic;
	u32 used = 0;
	u32 i;

	if (first)
		WRITE_ONCE(first->used, true);
	for (i = 0; i < nr_cpu_ids; i++)
		used += READ_ONCE(replay->cpu[i].used);
	used = max(used, 1U);
	WRITE_ONCE(replay->max_packets, READ_ONCE(vnic->gre_udp.max_peer_replay) / used);
	WRITE_ONCE(replay->max_chunks,
		   READ_ONCE(vnic->gre_udp.max_peer_replay_kib) / MPLINK_CHUNK_KIB / used);
	for (i = 0; i < nr_cpu_ids; i++) {
		struct mplink_replay_cpu *cpu = &replay->cpu[i];

		if (!READ_ONCE(cpu->packets))
			continue;
		spin_lock(&cpu->lock);
		mplink_chunks_trim(replay, cpu, replay->max_packets, replay->max_chunks);
		spin_unlock(&cpu->lock);
	}
}

void mplink_replay_keep(struct mplink_replay *replay, const struct mplink_path *path,
			struct sk_buff *skb, const struct mplink_gre *gre)
{
	struct mplink_replay_cpu *cpu = &replay->cpu[smp_processor_id()];
	const u32 size = mplink_kept_size(skb->len);
	struct mplink_chunk *chunk;
	struct mplink_kept *kept;

	if (unlikely(!READ_ONCE(cpu->used)))
		mplink_replay_share(replay, cpu);
	spin_lock(&cpu->lock);
	chunk = cpu->newest;
	if (!mplink_chunk_has_room(chunk, size) || cpu->packets >= READ_ONCE(replay->max_packets))
		chunk = mplink_chunk_make_room(replay, cpu, size);
	/* The copy would get another checksum than SCTP's, and take its original's place. */
	if (unlikely(!chunk || skb_csum_is_sctp(skb))) {
		cpu->forgotten++;
		goto out;
	}
	kept = (struct mplink_kept *)(chunk->bytes + chunk->used);
	*kept = (struct mplink_kept){
		.seq = gre->seq,
		.tick = READ_ONCE(replay->tunnel->tick),
		.bucket = gre->bucket,
		.link = path->link,
		.mark = skb->mark,
		.priority = skb->priority,
		.len = skb->len,
		.csum_start = skb->len,
	};
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		kept->csum_start = skb_checksum_start_offset(skb);
		kept->csum_offset = skb->csum_offset;
	}
	/* It has these bytes, so this cannot fail. */
	skb_copy_bits(skb, 0, kept->bytes, skb->len);
	chunk->used += size;
	chunk->packets++;
	cpu->packets++;
	cpu->links |= BIT_ULL(path->link);
out:
	spin_unlock(&cpu->lock);
}

void mplink_replay_acknowledge(struct mplink_replay *replay, u32 link, u16 tick)
{
	WRITE_ONCE(replay->acknowledged[link], tick);
}

static void mplink_chunk_orphan(const struct mplink_replay *replay, struct mplink_chunk *chunk,
				u32 link)
{
	struct mplink_kept *kept;

	for (kept = mplink_kept_next(chunk, NULL); kept; kept = mplink_kept_next(chunk, kept))
		if (kept->link == link && !mplink_kept_done(replay, kept))
			kept->link = MPLINK_REPLAY_ORPHAN;
}

void mplink_replay_orphan(struct mplink_replay *replay, u32 link)
{
	struct mplink_chunk *chunk;
	u32 i;

	for (i = 0; i < nr_cpu_ids; i++) {
		struct mplink_replay_cpu *cpu = &replay->cpu[i];

		spin_lock_bh(&cpu->lock);
		for (chunk = cpu->oldest; chunk; chunk = chunk->next)
			mplink_chunk_orphan(replay, chunk, link);
		cpu->orphans = true;
		spin_unlock_bh(&cpu->lock);
	}
}

/* --- taking out ------------------------------------------------------------------------------- */

/* In the cb of a packet that is taken out. */
struct mplink_replay_number {
	u32 seq;
	u8 bucket;
};

static struct mplink_replay_number *mplink_replay_number(struct sk_buff *skb)
{
	static_assert(sizeof(struct mplink_replay_number) <= sizeof(skb->cb));
	return (struct mplink_replay_number *)skb->cb;
}

/* Returns NULL if memory is short. */
static struct sk_buff *mplink_kept_skb(const struct mplink_kept *kept)
{
	const u32 headers = LL_MAX_HEADER + mplink_outer_len(true) + MPLINK_GRE_LEN;
	struct sk_buff *skb = alloc_skb(headers + kept->len, GFP_NOWAIT | __GFP_NOWARN);

	if (!skb)
		return NULL;
	skb_reserve(skb, headers);
	skb_put_data(skb, kept->bytes, kept->len);
	skb_reset_network_header(skb);
	skb->protocol = htons(kept->bytes[0] >> 4 == 6 ? ETH_P_IPV6 : ETH_P_IP);
	skb->mark = kept->mark;
	skb->priority = kept->priority;
	if (kept->csum_start < kept->len)
		skb_partial_csum_set(skb, kept->csum_start, kept->csum_offset);
	*mplink_replay_number(skb) = (struct mplink_replay_number){
		.seq = kept->seq,
		.bucket = kept->bucket,
	};
	return skb;
}

/* @links, @orphans: as in struct mplink_replay_cpu, of what is left. */
struct mplink_replay_left {
	u64 links;
	bool orphans;
	u32 forgotten;
};

static bool mplink_kept_dead(const struct mplink_kept *kept, u64 dead)
{
	return kept->link == MPLINK_REPLAY_ORPHAN || dead >> kept->link & 1;
}

/* @room: how many bytes may be sent. */
static void mplink_chunk_take(const struct mplink_replay *replay, struct mplink_chunk *chunk,
			      u64 dead, s64 *room, struct sk_buff_head *due,
			      struct mplink_replay_left *left)
{
	struct mplink_kept *kept;
	struct sk_buff *skb;

	for (kept = mplink_kept_next(chunk, NULL); kept; kept = mplink_kept_next(chunk, kept)) {
		if (mplink_kept_done(replay, kept) || mplink_kept_aged(replay, kept))
			continue;
		if (mplink_kept_dead(kept, dead) && *room > 0) {
			*room -= kept->len;
			skb = mplink_kept_skb(kept);
			if (skb)
				__skb_queue_tail(due, skb);
			left->forgotten += !skb;
			kept->link = MPLINK_REPLAY_TAKEN;
		} else if (kept->link == MPLINK_REPLAY_ORPHAN) {
			left->orphans = true;
		} else {
			left->links |= BIT_ULL(kept->link);
		}
	}
}

/* What the CPU sends meanwhile comes into chunks that are newer than those that are put back. */
static void mplink_replay_sweep(const struct mplink_replay *replay, struct mplink_replay_cpu *cpu,
				u64 dead, s64 *room, struct sk_buff_head *due)
{
	struct mplink_chunk *oldest, *newest, *chunk;
	struct mplink_replay_left left = {};

	spin_lock(&cpu->lock);
	oldest = cpu->oldest;
	newest = cpu->newest;
	cpu->oldest = NULL;
	cpu->newest = NULL;
	cpu->links = 0;
	cpu->orphans = false;
	spin_unlock(&cpu->lock);
	for (chunk = oldest; chunk; chunk = chunk->next)
		mplink_chunk_take(replay, chunk, dead, room, due, &left);
	spin_lock(&cpu->lock);
	if (newest) {
		newest->next = cpu->oldest;
		cpu->oldest = oldest;
		if (!cpu->newest)
			cpu->newest = newest;
	}
	cpu->links |= left.links;
	cpu->orphans |= left.orphans;
	cpu->forgotten += left.forgotten;
	spin_unlock(&cpu->lock);
}

/* Numbers are compared half around. */
static void mplink_replay_follow(struct mplink_replay *replay)
{
	const u16 least = replay->tunnel->tick - U16_MAX / 4;
	u32 i;

	for (i = 0; i < MPLINK_MAX_LINKS; i++)
		if ((s16)(least - replay->acknowledged[i]) > 0)
			WRITE_ONCE(replay->acknowledged[i], least);
}

void mplink_replay_take(struct mplink_replay *replay, u64 dead, u32 bytes,
			struct sk_buff_head *due)
{
	s64 room = bytes;
	u32 i;

	mplink_replay_follow(replay);
	for (i = 0; i < nr_cpu_ids; i++) {
		struct mplink_replay_cpu *cpu = &replay->cpu[i];

		if (!READ_ONCE(cpu->used))
			continue;
		if (dead && (READ_ONCE(cpu->links) & dead || READ_ONCE(cpu->orphans)))
			mplink_replay_sweep(replay, cpu, dead, &room, due);
		spin_lock(&cpu->lock);
		mplink_chunks_clean(replay, cpu);
		if (!cpu->packets)
			WRITE_ONCE(cpu->used, false);
		spin_unlock(&cpu->lock);
	}
	mplink_replay_share(replay, NULL);
}

void mplink_replay_tell(struct sk_buff *skb, struct mplink_gre *gre)
{
	gre->seq = mplink_replay_number(skb)->seq;
	gre->bucket = mplink_replay_number(skb)->bucket;
}

/* --- the end ---------------------------------------------------------------------------------- */

void mplink_replay_purge(struct mplink_replay *replay)
{
	u32 i;

	for (i = 0; i < nr_cpu_ids; i++) {
		struct mplink_replay_cpu *cpu = &replay->cpu[i];

		spin_lock_bh(&cpu->lock);
		while (cpu->oldest)
			mplink_chunk_drop_oldest(replay, cpu);
		kfree(cpu->spare);
		cpu->spare = NULL;
		cpu->links = 0;
		cpu->orphans = false;
		WRITE_ONCE(cpu->used, false);
		spin_unlock_bh(&cpu->lock);
	}
}

void mplink_replay_counters(const struct mplink_replay *replay,
			    struct mplink_resequencer_counters *sum)
{
	u32 i;

	for (i = 0; i < nr_cpu_ids; i++) {
		sum->replay_kept += READ_ONCE(replay->cpu[i].packets);
		sum->replay_forgotten += READ_ONCE(replay->cpu[i].forgotten);
	}
}

void mplink_replay_free(struct mplink_replay *replay)
{
	if (!replay)
		return;
	mplink_replay_purge(replay);
	mplink_free(replay);
}
