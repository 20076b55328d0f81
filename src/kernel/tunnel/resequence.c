// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the core's resequencer, with a lock and a timer per flow bucket.
 *
 * The core keeps its record of a held packet in skb->cb.  It returns packets in lists, to
 * deliver or to drop.  The bucket's lock stays held until both are done, so two CPUs deliver
 * packets of one bucket in the order that the core has chosen.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/ktime.h>
#include <linux/sched/mm.h>
#include <linux/tcp.h>

#include "compat.h"
#include "device/vnic.h"
#include "measure/measure.h"
#include "mplink/core.h"
#include "mplink/platform.h"
#include "mplink/tunnel.h"
#include "report/report.h"
#include "report/trace.h"
#include "tunnel/deliver.h"
#include "tunnel/flows.h"
#include "tunnel/resequence.h"
#include "tunnel/sockets.h"
#include "tunnel/tunnel.h"

static struct mplink_held *mplink_held(struct sk_buff *skb)
{
	static_assert(sizeof(struct mplink_held) <= sizeof(skb->cb));
	return (struct mplink_held *)skb->cb;
}

static struct sk_buff *mplink_held_skb(struct mplink_held *held)
{
	return container_of((char *)held, struct sk_buff, cb[0]);
}

static void mplink_resequence_drop(const struct mplink_tunnel *tunnel, struct sk_buff *skb,
				   u32 drop)
{
	mplink_tunnel_count(tunnel->vnic->socket, drop);
	kfree_skb_reason(skb, SKB_DROP_REASON_NOT_SPECIFIED);
}

static void mplink_resequence_deliver(const struct mplink_tunnel *tunnel, u32 bucket,
				      struct sk_buff *skb)
{
	if (unlikely(!mplink_deliver(tunnel->vnic->delivery, bucket, skb)))
		mplink_resequence_drop(tunnel, skb, MPLINK_GRE_DROP_BACKLOG);
}

/* An earlier timer may stay: it sets itself anew if it fires too early.  Hold the bucket's lock. */
static void mplink_resequence_wait(struct mplink_bucket *bucket, u64 until_us)
{
	const ktime_t until = ns_to_ktime(until_us * NSEC_PER_USEC);

	if (!hrtimer_is_queued(&bucket->timer) ||
	    ktime_before(until, hrtimer_get_expires(&bucket->timer)))
		hrtimer_start(&bucket->timer, until, HRTIMER_MODE_ABS_SOFT);
}

/* Hold the bucket's lock. */
static void mplink_resequence_carry_out(struct mplink_bucket *bucket,
					const struct mplink_release *release)
{
	const struct mplink_tunnel *tunnel = bucket->tunnel;
	struct mplink_held *held, *next;

	for (held = release->deliver; held; held = next) {
		next = held->next;
		mplink_resequence_deliver(tunnel, bucket->index, mplink_held_skb(held));
	}
	for (held = release->refused; held; held = next) {
		next = held->next;
		mplink_resequence_drop(tunnel, mplink_held_skb(held), held->drop);
	}
	if (unlikely(release->lost))
		trace_mplink_lost(tunnel->vnic->dev, mplink_core_peer_addr(tunnel->peer),
				  bucket->index, release->lost);
	if (release->deadline_us != MPLINK_NEVER)
		mplink_resequence_wait(bucket, release->deadline_us);
}

/* The bucket's lock is free: a NIC's driver may do anything with the packets. */
static void mplink_resequence_ask(const struct mplink_bucket *bucket,
				  struct mplink_release *release)
{
	u32 i;

	for (i = 0; i < release->nr_nacks; i++) {
		release->nacks[i].bucket = bucket->index;
		mplink_measure_nack(bucket->tunnel, release->nack_link, &release->nacks[i]);
	}
}

/* Call it with softirqs disabled. */
static void mplink_resequence_expire(struct mplink_bucket *bucket)
{
	struct mplink_release release = {};

	rcu_read_lock();
	spin_lock(&bucket->lock);
	if (!bucket->closed) {
		mplink_core_bucket_expire(mplink_bucket_core(bucket), bucket->tunnel->peer,
					  &release);
		mplink_resequence_carry_out(bucket, &release);
	}
	spin_unlock(&bucket->lock);
	mplink_resequence_ask(bucket, &release);
	rcu_read_unlock();
}

static enum hrtimer_restart mplink_resequence_timer(struct hrtimer *timer)
{
	struct mplink_bucket *bucket = container_of(timer, struct mplink_bucket, timer);

	mplink_resequence_expire(bucket);
	/* mplink_resequence_carry_out() has set the timer for the next deadline. */
	return HRTIMER_NORESTART;
}

/* Returns NULL if memory is short or the tunnel is closed.  Hold the tunnel's @making. */
static struct mplink_bucket *mplink_resequence_make(struct mplink_tunnel *tunnel, u32 index)
{
	struct mplink_flows *flows;
	struct mplink_bucket *bucket;

	if (tunnel->closed)
		return NULL;
	flows = mplink_flows_begin(tunnel);
	if (!flows)
		return NULL;
	bucket = mplink_flows_alloc(tunnel, sizeof(*bucket) + mplink_core_bucket_size());
	if (!bucket)
		return NULL;
	bucket->tunnel = tunnel;
	bucket->index = index;
	spin_lock_init(&bucket->lock);
	mplink_hrtimer_setup(&bucket->timer, mplink_resequence_timer, HRTIMER_MODE_ABS_SOFT);
	mplink_core_bucket_make(tunnel->core, bucket->core);
	/* Packets of other CPUs find it from now on. */
	smp_store_release(&flows->received[index], bucket);
	return bucket;
}

static noinline struct mplink_bucket *mplink_resequence_begin(struct mplink_tunnel *tunnel,
							      u32 index)
{
	struct mplink_bucket *bucket;

	spin_lock(&tunnel->making);
	bucket = READ_ONCE(tunnel->flows)->received[index];
	if (!bucket)
		bucket = mplink_resequence_make(tunnel, index);
	spin_unlock(&tunnel->making);
	return bucket;
}

/* Returns NULL if there is none, and none can be made: see mplink_resequence_missing(). */
static __always_inline struct mplink_bucket *mplink_resequence_bucket(struct mplink_tunnel *tunnel,
								      u32 index)
{
	struct mplink_bucket *bucket = READ_ONCE(READ_ONCE(tunnel->flows)->received[index]);

	return likely(bucket) ? bucket : mplink_resequence_begin(tunnel, index);
}

/* Why there is no bucket: the peer has just gone, or memory is short. */
static u32 mplink_resequence_missing(const struct mplink_tunnel *tunnel)
{
	return READ_ONCE(tunnel->closed) ? MPLINK_GRE_DROP_SENDER : MPLINK_GRE_DROP_NO_MEMORY;
}

/* At the inner IP header.  A packet that is not whole, or has IP options, is small. */
static u8 mplink_resequence_kind(const struct sk_buff *skb)
{
	const u8 *const ip = skb->data;
	const bool inet6 = ip[0] >> 4 == 6;
	const u32 len = inet6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
	struct tcphdr header;
	const struct tcphdr *th;

	if (mplink_is_tcp_data(ip, skb_headlen(skb), skb->len))
		return MPLINK_PACKET_TCP_DATA;
	if (skb->len >= MPLINK_DATA_BYTES)
		return MPLINK_PACKET_DATA;
	if (!mplink_is_tcp(ip) || (!inet6 && ip[0] != 0x45))
		return MPLINK_PACKET_SMALL;
	th = skb_header_pointer(skb, len, sizeof(header), &header);
	return th && th->syn && th->ack ? MPLINK_PACKET_SYN_ACK : MPLINK_PACKET_SMALL;
}

/*
 * The packet is not the next one, or has to wait.  It allocates if the link's id is high: charged
 * to the creator of the peer.  Hold the bucket's lock, which is free afterwards.
 */
static noinline void mplink_resequence_arrive(const struct mplink_far_end *end,
					      struct mplink_bucket *bucket, struct sk_buff *skb)
	__releases(&bucket->lock)
{
	const struct mplink_tunnel *tunnel = end->tunnel;
	struct mem_cgroup *const before = set_active_memcg(tunnel->memcg);
	struct mplink_held *held = mplink_held(skb);
	struct mplink_release release;

	held->kind = mplink_resequence_kind(skb);
	mplink_core_bucket_arrive(mplink_bucket_core(bucket), tunnel->peer, held, &release);
	set_active_memcg(before);
	mplink_resequence_carry_out(bucket, &release);
	spin_unlock(&bucket->lock);
	mplink_resequence_ask(bucket, &release);
	if (unlikely(release.slow_us))
		mplink_report_slow(tunnel->vnic, &end->remote, release.slow_us);
}

u32 mplink_resequence(const struct mplink_far_end *end, const struct mplink_gre *gre,
		      struct sk_buff *skb)
{
	struct mplink_tunnel *tunnel = end->tunnel;
	struct mplink_bucket *bucket = mplink_resequence_bucket(tunnel, gre->bucket);
	struct mplink_delivery *delivery = tunnel->vnic->delivery;
	struct mplink_held *held = mplink_held(skb);
	bool claimed = false;

	if (unlikely(!bucket))
		return mplink_resequence_missing(tunnel);
	held->seq = gre->seq;
	held->link = end->link;
	spin_lock(&bucket->lock);
	/* A packet without a number needs no order (RFC 2890 2.2). */
	if (unlikely(!gre->sequenced || bucket->closed) ||
	    likely(mplink_core_bucket_in_order(mplink_bucket_core(bucket), held))) {
		claimed = mplink_delivery_claim(delivery, gre->bucket, skb);
		if (!claimed)
			mplink_resequence_deliver(tunnel, gre->bucket, skb);
	} else {
		mplink_resequence_arrive(end, bucket, skb);
		return MPLINK_GRE_DROP_NONE;
	}
	spin_unlock(&bucket->lock);
	if (claimed)
		mplink_deliver_claimed(delivery, gre->bucket, skb);
	return MPLINK_GRE_DROP_NONE;
}

u32 mplink_resequence_replay(const struct mplink_far_end *end, const struct mplink_gre *gre,
			     struct sk_buff *skb)
{
	struct mplink_tunnel *tunnel = end->tunnel;
	struct mplink_bucket *bucket = mplink_resequence_bucket(tunnel, gre->bucket);
	struct mplink_held *held = mplink_held(skb);
	struct mplink_release release;

	if (!bucket)
		return mplink_resequence_missing(tunnel);
	held->seq = gre->seq;
	held->link = end->link;
	held->kind = mplink_resequence_kind(skb);
	spin_lock(&bucket->lock);
	/* Without order, nobody could tell whether it has come before. */
	if (bucket->closed) {
		spin_unlock(&bucket->lock);
		return MPLINK_GRE_DROP_SENDER;
	}
	mplink_core_bucket_replay(mplink_bucket_core(bucket), tunnel->peer, held, &release);
	mplink_resequence_carry_out(bucket, &release);
	spin_unlock(&bucket->lock);
	mplink_resequence_ask(bucket, &release);
	return MPLINK_GRE_DROP_NONE;
}

void mplink_resequence_refused(struct mplink_tunnel *tunnel, const struct mplink_nack *nack)
{
	struct mplink_bucket *bucket = READ_ONCE(READ_ONCE(tunnel->flows)->received[nack->bucket]);
	struct mplink_release release = {};

	if (!bucket)
		return;
	spin_lock(&bucket->lock);
	if (!bucket->closed) {
		mplink_core_bucket_refused(mplink_bucket_core(bucket), tunnel->peer, nack,
					   &release);
		mplink_resequence_carry_out(bucket, &release);
	}
	spin_unlock(&bucket->lock);
	mplink_resequence_ask(bucket, &release);
}

void mplink_resequence_review(struct mplink_tunnel *tunnel)
{
	const struct mplink_flows *flows = READ_ONCE(tunnel->flows);
	u32 i;

	for (i = 0; i < MPLINK_FLOW_BUCKETS; i++) {
		struct mplink_bucket *bucket = READ_ONCE(flows->received[i]);

		if (!bucket)
			continue;
		spin_lock(&bucket->lock);
		mplink_core_bucket_review(mplink_bucket_core(bucket));
		spin_unlock(&bucket->lock);
	}
}

void mplink_resequence_look(struct mplink_tunnel *tunnel, u64 at)
{
	const struct mplink_flows *flows = READ_ONCE(tunnel->flows);
	u32 i;

	for (i = 0; i < MPLINK_FLOW_BUCKETS; i++) {
		struct mplink_bucket *bucket = READ_ONCE(flows->received[i]);

		/* Without a timer the bucket holds nothing. */
		if (!bucket || !hrtimer_is_queued(&bucket->timer))
			continue;
		spin_lock(&bucket->lock);
		if (!bucket->closed)
			mplink_resequence_wait(bucket, at);
		spin_unlock(&bucket->lock);
	}
}

void mplink_resequence_revisit(struct mplink_bucket *bucket)
{
	/* Without a timer the bucket holds nothing: most buckets do not. */
	if (!hrtimer_is_queued(&bucket->timer))
		return;
	local_bh_disable();
	mplink_resequence_expire(bucket);
	local_bh_enable();
}

void mplink_resequence_close(struct mplink_bucket *bucket)
{
	struct mplink_release release;

	spin_lock_bh(&bucket->lock);
	bucket->closed = true;
	mplink_core_bucket_flush(mplink_bucket_core(bucket), &release);
	mplink_resequence_carry_out(bucket, &release);
	spin_unlock_bh(&bucket->lock);
	/* A closed bucket does not set it again. */
	hrtimer_cancel(&bucket->timer);
}

void mplink_resequence_free(struct mplink_bucket *bucket)
{
	mplink_core_bucket_end(mplink_bucket_core(bucket));
	mplink_free(bucket);
}
