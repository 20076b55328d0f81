// SPDX-License-Identifier: GPL-2.0
/*
 * What a link was given is kept until it is acknowledged, and a while longer: it may be lost, and
 * then the far end asks for it.
 *
 * Each CPU copies what it sends into chunks of its own, one packet behind the other.  A copy has no
 * socket, so no sender is held up.  It holds no page of a NIC's driver.  And nobody who handles the
 * packet on its way sees that somebody else has it, and must take a copy in turn.  A clone has only
 * the first of these, and costs more: its memory is cold when it is freed.
 *
 * The lock of a CPU's chunks has next to no contention.  Besides the CPU itself the timer of the
 * peer's measuring takes it, every few milliseconds and shortly: to look for what is to be sent
 * once more, it takes all chunks out, and puts them back.
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
#include "packet/path.h"
#include "tunnel/flows.h"
#include "tunnel/kept.h"
#include "tunnel/repair.h"
#include "tunnel/replay.h"
#include "tunnel/tunnel.h"

struct mplink_replay *mplink_replay_open(const struct mplink_tunnel *tunnel)
{
	struct mplink_replay *replay =
		mplink_flows_alloc(tunnel, struct_size(replay, cpu, nr_cpu_ids));
	u32 i;

	if (!replay)
		return NULL;
	replay->tunnel = tunnel;
	mplink_repairs_init(&replay->repairs);
	for (i = 0; i < nr_cpu_ids; i++)
		spin_lock_init(&replay->cpu[i].lock);
	for (i = 0; i < MPLINK_MAX_LINKS; i++)
		replay->acknowledged[i] = tunnel->tick;
	return replay;
}

/* --- packets in chunks ------------------------------------------------------------------------ */

static bool mplink_chunk_over(const struct mplink_replay *replay, struct mplink_chunk *chunk)
{
	struct mplink_kept *kept;

	for (kept = mplink_kept_next(chunk, NULL); kept; kept = mplink_kept_next(chunk, kept))
		if (!mplink_kept_over(replay, kept))
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

void mplink_chunks_clean(const struct mplink_replay *replay, struct mplink_replay_cpu *cpu)
{
	while (cpu->oldest && mplink_chunk_over(replay, cpu->oldest))
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

void mplink_replay_share(struct mplink_replay *replay, struct mplink_replay_cpu *first)
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
			struct sk_buff *skb, const struct mplink_gre *gre, u8 times)
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
		.times = times,
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
	sum->repair_refused = READ_ONCE(replay->repairs.refused);
}

void mplink_replay_free(struct mplink_replay *replay)
{
	if (!replay)
		return;
	mplink_replay_purge(replay);
	mplink_free(replay);
}
