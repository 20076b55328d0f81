// SPDX-License-Identifier: GPL-2.0
/* What is kept is taken out, to be sent once more. */
#include <linux/skbuff.h>
#include <linux/spinlock.h>

#include "mplink/tunnel.h"
#include "packet/outer.h"
#include "packet/path.h"
#include "tunnel/kept.h"
#include "tunnel/repair.h"
#include "tunnel/replay.h"
#include "tunnel/tunnel.h"

/* In the cb of a packet that is taken out. */
struct mplink_replay_number {
	u32 seq;
	u8 bucket;
	u8 times;
	bool repair;
};

static struct mplink_replay_number *mplink_replay_number(struct sk_buff *skb)
{
	static_assert(sizeof(struct mplink_replay_number) <= sizeof(skb->cb));
	return (struct mplink_replay_number *)skb->cb;
}

/* Returns NULL if memory is short. */
static struct sk_buff *mplink_kept_skb(const struct mplink_kept *kept, bool repair)
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
		.times = kept->times,
		.repair = repair,
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

static void mplink_kept_take(struct mplink_kept *kept, bool repair, struct sk_buff_head *due,
			     struct mplink_replay_left *left)
{
	struct sk_buff *skb = mplink_kept_skb(kept, repair);

	if (skb)
		__skb_queue_tail(due, skb);
	left->forgotten += !skb;
	/* If it is sent, it is kept anew. */
	kept->link = MPLINK_REPLAY_TAKEN;
}

/* @room: how many bytes may be sent. */
static void mplink_chunk_take(struct mplink_replay *replay, struct mplink_chunk *chunk,
			      u64 dead, s64 *room, struct sk_buff_head *due,
			      struct mplink_replay_left *left)
{
	struct mplink_kept *kept;

	for (kept = mplink_kept_next(chunk, NULL); kept; kept = mplink_kept_next(chunk, kept)) {
		if (mplink_kept_over(replay, kept) || kept->times == MPLINK_REPLAY_TIMES)
			continue;
		if (mplink_repairs_take(&replay->repairs, kept->bucket, kept->seq)) {
			mplink_kept_take(kept, true, due, left);
		} else if (mplink_kept_done(replay, kept)) {
			continue;
		} else if (mplink_kept_dead(kept, dead) && *room > 0) {
			*room -= kept->len;
			mplink_kept_take(kept, false, due, left);
		} else if (kept->link == MPLINK_REPLAY_ORPHAN) {
			left->orphans = true;
		} else {
			left->links |= BIT_ULL(kept->link);
		}
	}
}

/* What the CPU sends meanwhile comes into chunks that are newer than those that are put back. */
static void mplink_replay_sweep(struct mplink_replay *replay, struct mplink_replay_cpu *cpu,
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

u64 mplink_replay_take(struct mplink_replay *replay, const struct mplink_replay_want *want,
		       struct sk_buff_head *due)
{
	const bool repair = mplink_repairs_begin(&replay->repairs, want->sent);
	const u64 dead = want->dead;
	s64 room = want->bytes;
	u64 links = 0;
	u32 i;

	WRITE_ONCE(replay->linger, min_t(u32, want->linger, MPLINK_REPLAY_TICKS));
	mplink_replay_follow(replay);
	for (i = 0; i < nr_cpu_ids; i++) {
		struct mplink_replay_cpu *cpu = &replay->cpu[i];

		if (!READ_ONCE(cpu->used))
			continue;
		if (repair || (dead && (READ_ONCE(cpu->links) & dead || READ_ONCE(cpu->orphans))))
			mplink_replay_sweep(replay, cpu, dead, &room, due);
		spin_lock(&cpu->lock);
		mplink_chunks_clean(replay, cpu);
		if (!cpu->packets) {
			cpu->links = 0;
			cpu->orphans = false;
			WRITE_ONCE(cpu->used, false);
		}
		links |= cpu->links;
		spin_unlock(&cpu->lock);
	}
	mplink_replay_share(replay, NULL);
	return links;
}

bool mplink_replay_again(struct mplink_replay *replay, const struct mplink_path *path,
			 struct sk_buff *skb, struct mplink_gre *gre)
{
	const struct mplink_replay_number *number = mplink_replay_number(skb);

	gre->seq = number->seq;
	gre->bucket = number->bucket;
	mplink_replay_keep(replay, path, skb, gre, number->times + 1);
	return number->repair;
}

void mplink_replay_ask(struct mplink_replay *replay, const struct mplink_nack *nack, u32 link)
{
	mplink_repairs_ask(&replay->repairs, nack, link);
}

const struct mplink_repair *mplink_replay_refuse(struct mplink_replay *replay)
{
	return mplink_repairs_refuse(&replay->repairs);
}

bool mplink_replay_keeps(const struct mplink_replay *replay)
{
	u32 i;

	for (i = 0; i < nr_cpu_ids; i++)
		if (READ_ONCE(replay->cpu[i].packets))
			return true;
	return false;
}
