// SPDX-License-Identifier: GPL-2.0
/*
 * When messages about links are sent, and what is done with those that come.
 *
 * An end asks with CAPS only if its policy needs to know its links; any end answers.  So on
 * the wires of other policies there is nothing but data.  An answer repeats a random number
 * of ours: whoever cannot read what we send cannot answer.
 *
 * One timer per peer decides when marks are due.  It runs every few milliseconds while packets
 * are sent, and rarely else.  The first packet after a rest wakes it.
 */
#include <linux/hrtimer.h>
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "device/vnic.h"
#include "measure/measure.h"
#include "measure/message.h"
#include "mplink/core.h"
#include "mplink/platform.h"
#include "packet/path.h"
#include "tunnel/sockets.h"
#include "tunnel/tunnel.h"

#define MPLINK_MEASURE_TICK_US 5000
#define MPLINK_MEASURE_IDLE_US USEC_PER_SEC
/* After so long without data, the timer rests. */
#define MPLINK_MEASURE_ACTIVE_US 200000
/* CAPS: the first wait for an answer, and the longest. */
#define MPLINK_CAPS_FIRST_US USEC_PER_SEC
#define MPLINK_CAPS_LAST_US (30 * USEC_PER_SEC)
/* What a far end can make us send: answers to CAPS and reports, per link. */
#define MPLINK_CAPS_ANSWER_US 50000
#define MPLINK_REPORT_US 2000

/**
 * struct mplink_measure - Measuring the links of one peer
 * @timer: decides what to send; started under @lock
 * @lock: guards what follows; take it with softirqs disabled
 * @closed: the timer is not started any more
 * @wanted: the policy asks for it
 * @resting: the timer waits for longer than a tick
 * @epoch: random; an answer to our CAPS repeats it
 * @far_epoch: of the far end, once it has answered; 0: it has not
 * @meters: what is known of the links, once the far end has answered
 * @caps_at: when CAPS is due, as mplink_now_us()
 * @caps_wait: how long to wait for the answer in microseconds
 * @sent: packets on all links, at the last tick
 * @active_at: when the last tick saw that number grow
 * @idle_wait: the present wait of a resting timer in microseconds
 * @from: UDP source port of a packet that left lately
 * @bucket: its flow bucket
 * @tunnel: the peer's tunnel, which owns this
 */
struct mplink_measure {
	struct hrtimer timer;
	spinlock_t lock;	/* softirq off */
	bool closed;
	bool wanted;
	bool resting;
	u64 epoch;
	u64 far_epoch;
	struct mplink_meters *meters;
	u64 caps_at;
	u32 caps_wait;
	u64 sent;
	u64 active_at;
	u32 idle_wait;
	__be16 from;
	u8 bucket;
	struct mplink_tunnel *tunnel;
};

static void mplink_measure_send(struct mplink_measure *measure, const struct mplink_path *path,
				const struct mplink_message *message)
{
	const struct mplink_message_way way = {
		.path = path,
		.key = READ_ONCE(measure->tunnel->key),
		.from = READ_ONCE(measure->from),
		.bucket = READ_ONCE(measure->bucket),
	};

	mplink_message_send(measure->tunnel->vnic, &way, message);
}

/* --- asking and marking: the timer ------------------------------------------------------- */

static void mplink_measure_ask(struct mplink_measure *measure, u32 link)
{
	const struct mplink_path *path = mplink_core_peer_path(measure->tunnel->peer, link);
	const struct mplink_message caps = {
		.type = MPLINK_MESSAGE_CAPS,
		.caps = {
			.epoch = measure->epoch,
			.heard = READ_ONCE(measure->far_epoch),
			.asks = 1,
		},
	};

	if (path)
		mplink_measure_send(measure, path, &caps);
}

/* Returns how many packets the link has sent so far. */
static u64 mplink_measure_mark(struct mplink_measure *measure, u32 link, u64 now)
{
	const struct mplink_peer *peer = measure->tunnel->peer;
	const struct mplink_path *path = mplink_core_peer_path(peer, link);
	struct mplink_message message = { .type = MPLINK_MESSAGE_MARK };
	struct mplink_counters sum;
	bool due = false;

	if (!mplink_core_link_traffic(peer, link, &sum))
		return 0;
	spin_lock(&measure->lock);
	if (path && measure->meters) {
		struct mem_cgroup *const before = set_active_memcg(measure->tunnel->memcg);

		due = mplink_core_meters_mark(measure->meters, link, now, &sum, &message.mark);
		set_active_memcg(before);
	}
	spin_unlock(&measure->lock);
	if (due)
		mplink_measure_send(measure, path, &message);
	return sum.tx_packets;
}

/* Returns how long to wait in microseconds. */
static u32 mplink_measure_next(struct mplink_measure *measure, u64 now, u64 sent)
{
	if (sent != measure->sent) {
		measure->sent = sent;
		measure->active_at = now;
		measure->idle_wait = MPLINK_MEASURE_IDLE_US;
	}
	/* Another CPU may have written a later time. */
	measure->resting = now >= measure->active_at + MPLINK_MEASURE_ACTIVE_US;
	/* The next packet tells its ports, and wakes us if we rest. */
	WRITE_ONCE(measure->tunnel->attention, true);
	if (!measure->resting)
		return MPLINK_MEASURE_TICK_US;
	measure->idle_wait = min_t(u32, 2 * measure->idle_wait, MPLINK_CAPS_LAST_US);
	/* CAPS that was due has been sent, unless the virtual NIC is down. */
	return min_t(u64, measure->idle_wait / 2,
		     measure->caps_at > now ? measure->caps_at - now : U64_MAX);
}

static bool mplink_measure_caps_due(struct mplink_measure *measure, u64 now)
{
	if (now < measure->caps_at)
		return false;
	measure->caps_wait = min_t(u32, 2 * measure->caps_wait, MPLINK_CAPS_LAST_US);
	measure->caps_at = now + measure->caps_wait / 2;
	return true;
}

static void mplink_measure_start(struct mplink_measure *measure, u32 us)
{
	hrtimer_start(&measure->timer, ns_to_ktime((u64)us * NSEC_PER_USEC), HRTIMER_MODE_REL_SOFT);
}

static enum hrtimer_restart mplink_measure_timer(struct hrtimer *timer)
{
	struct mplink_measure *measure = container_of(timer, struct mplink_measure, timer);
	struct mplink_tunnel *tunnel = measure->tunnel;
	const u64 now = mplink_now_us();
	bool running, ask;
	u64 sent = 0;
	u32 id;

	rcu_read_lock();
	running = netif_running(tunnel->vnic->dev);
	spin_lock(&measure->lock);
	ask = running && mplink_measure_caps_due(measure, now);
	spin_unlock(&measure->lock);
	for (id = 0; running && id < MPLINK_MAX_LINKS; id++) {
		if (!READ_ONCE(tunnel->ends[id]))
			continue;
		if (ask)
			mplink_measure_ask(measure, id);
		sent += mplink_measure_mark(measure, id, now);
	}
	spin_lock(&measure->lock);
	if (measure->meters)
		mplink_core_meters_apply(measure->meters, tunnel->peer);
	if (measure->wanted && !measure->closed)
		mplink_measure_start(measure, mplink_measure_next(measure, now, sent));
	else
		WRITE_ONCE(tunnel->attention, false);
	spin_unlock(&measure->lock);
	rcu_read_unlock();
	return HRTIMER_NORESTART;
}

void mplink_measure_notice(struct mplink_tunnel *tunnel, __be16 from, u8 bucket)
{
	struct mplink_measure *measure = tunnel->measure;

	WRITE_ONCE(tunnel->attention, false);
	WRITE_ONCE(measure->from, from);
	WRITE_ONCE(measure->bucket, bucket);
	if (!READ_ONCE(measure->resting))
		return;
	spin_lock_bh(&measure->lock);
	if (measure->resting && !measure->closed) {
		measure->resting = false;
		measure->active_at = mplink_now_us();
		mplink_measure_start(measure, MPLINK_MEASURE_TICK_US);
	}
	spin_unlock_bh(&measure->lock);
}

/* --- answering ------------------------------------------------------------------------------ */

/* With all headers, no answer is longer than 1.4 times its question.  It goes to the sender. */
static void mplink_measure_answer(struct mplink_far_end *end, const struct mplink_message *message)
{
	const struct mplink_path *path =
		mplink_core_peer_path(end->tunnel->peer, end->link);

	if (path)
		mplink_measure_send(end->tunnel->measure, path, message);
}

static u32 mplink_measure_take_caps(struct mplink_far_end *end, const struct mplink_caps *caps)
{
	struct mplink_measure *measure = end->tunnel->measure;
	const u64 now = mplink_now_us();
	const struct mplink_message answer = {
		.type = MPLINK_MESSAGE_CAPS,
		.caps = { .epoch = measure->epoch, .heard = caps->epoch },
	};

	if (!caps->epoch)
		return MPLINK_GRE_DROP_MESSAGE;
	if (caps->asks && now >= READ_ONCE(end->caps_at) + MPLINK_CAPS_ANSWER_US) {
		WRITE_ONCE(end->caps_at, now);
		mplink_measure_answer(end, &answer);
	}
	/* Nobody knows the number who has not read our question. */
	if (caps->heard != measure->epoch)
		return MPLINK_GRE_DROP_NONE;
	spin_lock(&measure->lock);
	if (measure->wanted && !measure->closed) {
		if (measure->far_epoch != caps->epoch) {
			/* The far end has begun anew: so have its counters. */
			mplink_core_meters_free(measure->meters);
			measure->meters = NULL;
			WRITE_ONCE(measure->far_epoch, caps->epoch);
		}
		if (!measure->meters) {
			struct mem_cgroup *const before = set_active_memcg(end->tunnel->memcg);

			measure->meters = mplink_core_meters_create();
			set_active_memcg(before);
		}
		measure->caps_wait = MPLINK_CAPS_LAST_US;
		measure->caps_at = now + MPLINK_CAPS_LAST_US;
	}
	spin_unlock(&measure->lock);
	return MPLINK_GRE_DROP_NONE;
}

static u32 mplink_measure_take_mark(struct mplink_far_end *end, const struct mplink_mark *mark)
{
	struct mplink_message message = { .type = MPLINK_MESSAGE_REPORT };
	const u64 now = mplink_now_us();
	struct mplink_counters sum;

	if (now < READ_ONCE(end->report_at) + MPLINK_REPORT_US ||
	    !mplink_core_link_traffic(end->tunnel->peer, end->link, &sum))
		return MPLINK_GRE_DROP_NONE;
	WRITE_ONCE(end->report_at, now);
	message.report = (struct mplink_report){
		.mark = *mark,
		.arrived_us = now,
		.packets = sum.rx_packets,
		.bytes = sum.rx_bytes,
	};
	mplink_measure_answer(end, &message);
	return MPLINK_GRE_DROP_NONE;
}

static u32 mplink_measure_take_report(struct mplink_measure *measure,
				      const struct mplink_report *report)
{
	u32 verdict = MPLINK_REPORT_UNKNOWN;

	spin_lock(&measure->lock);
	if (measure->meters)
		verdict = mplink_core_meters_report(measure->meters, mplink_now_us(), report);
	spin_unlock(&measure->lock);
	return verdict ? MPLINK_GRE_DROP_REPORT : MPLINK_GRE_DROP_NONE;
}

static u32 mplink_measure_take(struct mplink_far_end *end, const struct mplink_message *message)
{
	switch (message->type) {
	case MPLINK_MESSAGE_CAPS:
		return mplink_measure_take_caps(end, &message->caps);
	case MPLINK_MESSAGE_MARK:
		return mplink_measure_take_mark(end, &message->mark);
	case MPLINK_MESSAGE_REPORT:
		return mplink_measure_take_report(end->tunnel->measure, &message->report);
	default:
		return MPLINK_GRE_DROP_NONE;
	}
}

u32 mplink_measure_receive(struct mplink_far_end *end, struct sk_buff *skb, u32 at)
{
	struct mplink_message message;
	u32 drop = MPLINK_GRE_DROP_NONE;
	u32 n;

	if (skb->len - at > MPLINK_MESSAGES_MAX * MPLINK_MESSAGE_MAX)
		return MPLINK_GRE_DROP_MESSAGE;
	if (skb_linearize(skb))
		return MPLINK_GRE_DROP_NO_MEMORY;
	for (n = 0; at < skb->len && n < MPLINK_MESSAGES_MAX && !drop; n++) {
		const size_t len =
			mplink_core_message_read(skb->data + at, skb->len - at, &message);

		if (!len)
			return MPLINK_GRE_DROP_MESSAGE;
		at += len;
		drop = mplink_measure_take(end, &message);
	}
	if (!drop)
		consume_skb(skb);
	return drop;
}

/* --- life ------------------------------------------------------------------------------------- */

struct mplink_measure *mplink_measure_open(struct mplink_tunnel *tunnel)
{
	struct mplink_measure *measure = kzalloc(sizeof(*measure), GFP_KERNEL_ACCOUNT);

	if (!measure)
		return NULL;
	measure->tunnel = tunnel;
	spin_lock_init(&measure->lock);
	hrtimer_init(&measure->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);
	measure->timer.function = mplink_measure_timer;
	measure->from = htons(MPLINK_SOURCE_PORT_MIN);
	do {
		measure->epoch = get_random_u64();
	} while (!measure->epoch);
	return measure;
}

void mplink_measure_begin(struct mplink_tunnel *tunnel)
{
	struct mplink_measure *measure = tunnel->measure;

	ASSERT_RTNL();

	spin_lock_bh(&measure->lock);
	measure->wanted = mplink_core_get_policy(tunnel->vnic->core) == MPLINK_POLICY_ADAPTIVE;
	if (!measure->wanted) {
		spin_unlock_bh(&measure->lock);
		return;
	}
	measure->caps_wait = MPLINK_CAPS_FIRST_US;
	measure->caps_at = 0;
	measure->idle_wait = MPLINK_MEASURE_IDLE_US;
	measure->resting = true;
	mplink_measure_start(measure, 0);
	spin_unlock_bh(&measure->lock);
}

void mplink_measure_forget(struct mplink_tunnel *tunnel, u32 link)
{
	struct mplink_measure *measure = tunnel->measure;

	spin_lock_bh(&measure->lock);
	if (measure->meters)
		mplink_core_meters_forget(measure->meters, link);
	spin_unlock_bh(&measure->lock);
}

bool mplink_measure_estimate(struct mplink_tunnel *tunnel, u32 link,
			     struct mplink_estimate *estimate)
{
	struct mplink_measure *measure = tunnel->measure;
	bool known = false;

	*estimate = (struct mplink_estimate){};
	spin_lock_bh(&measure->lock);
	if (measure->meters)
		known = mplink_core_meters_estimate(measure->meters, link, estimate);
	spin_unlock_bh(&measure->lock);
	return known;
}

void mplink_measure_close(struct mplink_tunnel *tunnel)
{
	struct mplink_measure *measure = tunnel->measure;

	spin_lock_bh(&measure->lock);
	measure->closed = true;
	spin_unlock_bh(&measure->lock);
	/* Nothing starts it again. */
	hrtimer_cancel(&measure->timer);
}

void mplink_measure_free(struct mplink_measure *measure)
{
	mplink_core_meters_free(measure->meters);
	kfree(measure);
}
