// SPDX-License-Identifier: GPL-2.0
/*
 * Messages about links that come: CAPS and marks are answered, reports are learned from.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/sched/mm.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>

#include "addr.h"
#include "device/netns.h"
#include "device/vnic.h"
#include "measure/measure.h"
#include "measure/state.h"
#include "mplink/core.h"
#include "mplink/platform.h"
#include "packet/path.h"
#include "report/trace.h"
#include "tunnel/replay.h"
#include "tunnel/resequence.h"
#include "tunnel/sockets.h"
#include "tunnel/tunnel.h"

/* What a far end can make us send: answers to CAPS and reports, per link. */
#define MPLINK_CAPS_ANSWER_US 50000
#define MPLINK_REPORT_US 2000

/*
 * With all headers, no answer is longer than 1.4 times its question.  It goes to the sender, from
 * the address to which the question went: the far end may know us by that one only.
 */
static void mplink_measure_answer(struct mplink_far_end *end, const struct mplink_addr *to,
				  const struct mplink_message *message)
{
	const struct mplink_path *path =
		mplink_core_peer_path(end->tunnel->peer, end->link);
	struct mplink_path back;

	if (!path)
		return;
	back = *path;
	if (mplink_path_may_answer_from(path, to))
		back.local = *to;
	mplink_measure_send(end->tunnel->measure, &back, message);
}

/*
 * A link is a pair of addresses.  Where several NICs are in one network, an answer may come by
 * another NIC than that of its link.
 */
static u32 mplink_measure_link(const struct mplink_far_end *end, const struct mplink_addr *to)
{
	const struct mplink_tunnel *tunnel = end->tunnel;
	u32 id;

	for (id = 0; id < MPLINK_MAX_LINKS; id++) {
		const struct mplink_far_end *other = READ_ONCE(tunnel->ends[id]);
		const struct mplink_path *path = mplink_core_peer_path(tunnel->peer, id);

		if (other && path && mplink_addr_equal(&other->remote, &end->remote) &&
		    mplink_addr_equal(&path->local, to))
			return id;
	}
	return end->link;
}

/* Hold the lock. */
static void mplink_measure_anew(struct mplink_measure *measure)
{
	/* The far end's counters have begun anew, too. */
	mplink_core_meters_free(measure->meters);
	measure->meters = NULL;
	measure->caps_wait = MPLINK_CAPS_FIRST_US;
}

/* Hold the lock. */
static void mplink_measure_answered(struct mplink_measure *measure, u64 now)
{
	const struct mplink_tunnel *tunnel = measure->tunnel;

	measure->answered_at = now;
	if (measure->wanted && !measure->meters) {
		struct mem_cgroup *const before = set_active_memcg(tunnel->memcg);

		measure->meters = mplink_core_meters_create();
		set_active_memcg(before);
		mplink_net_answers(dev_net(tunnel->vnic->dev));
	}
	if (mplink_core_all_confirmed(tunnel->peer)) {
		measure->caps_wait = MPLINK_CAPS_LAST_US;
		measure->caps_at = now + MPLINK_CAPS_LAST_US;
	}
}

/* Returns a set of enum mplink_caps_step. */
static u32 mplink_measure_judge(struct mplink_far_end *end, const struct mplink_addr *to,
				const struct mplink_caps *caps, u64 now)
{
	struct mplink_measure *measure = end->tunnel->measure;
	const u32 link = mplink_measure_link(end, to);
	bool proven;
	u32 step = 0;

	spin_lock(&measure->lock);
	/* Nobody knows our number who has not read our question. */
	proven = caps->heard == measure->epoch;
	if (!measure->closed)
		step = mplink_core_take_caps(end->tunnel->peer, link, caps->epoch, proven);
	if (step & MPLINK_CAPS_ANEW)
		mplink_measure_anew(measure);
	if (proven) {
		measure->equalized = caps->features & MPLINK_CAPS_EQUALIZES;
		measure->replays = caps->features & MPLINK_CAPS_REPLAYS;
	}
	if (proven && !(step & MPLINK_CAPS_ASK))
		mplink_measure_answered(measure, now);
	/* Both ends shall know the link's delay before a flow begins. */
	if (step & MPLINK_CAPS_CONFIRMED)
		mplink_measure_wake(measure, now);
	if (step & MPLINK_CAPS_ANEW)
		mplink_measure_hurry(measure, now, 0);
	else if (step & MPLINK_CAPS_ASK)
		mplink_measure_hurry(measure, now, MPLINK_CAPS_FIRST_US);
	spin_unlock(&measure->lock);
	return step;
}

static u32 mplink_measure_take_caps(struct mplink_far_end *end, const struct mplink_addr *to,
				    const struct mplink_caps *caps)
{
	struct mplink_path *path = mplink_core_peer_path(end->tunnel->peer, end->link);
	struct mplink_message answer = {
		.type = MPLINK_MESSAGE_CAPS,
		.caps = {
			.features = mplink_measure_features(end->tunnel->measure),
			.heard = caps->epoch,
		},
	};
	const u64 now = mplink_now_us();
	u32 step;

	if (!caps->epoch)
		return MPLINK_GRE_DROP_MESSAGE;
	step = mplink_measure_judge(end, to, caps, now);
	if (step & MPLINK_CAPS_CONFIRMED) {
		if (path && mplink_path_may_answer_from(path, to))
			mplink_path_learn(path, to);
		mplink_net_answers(dev_net(end->tunnel->vnic->dev));
	}
	if (caps->asks && now >= READ_ONCE(end->caps_at) + MPLINK_CAPS_ANSWER_US) {
		WRITE_ONCE(end->caps_at, now);
		answer.caps.epoch = READ_ONCE(end->tunnel->measure->epoch);
		answer.caps.asks = !!(step & MPLINK_CAPS_ASK);
		mplink_measure_answer(end, to, &answer);
	}
	return MPLINK_GRE_DROP_NONE;
}

/* A mark tells the link's delay, and that it is time to look at the flow buckets. */
static void mplink_measure_arrival(struct mplink_far_end *end, const struct mplink_mark *mark,
				   u64 now)
{
	struct mplink_tunnel *tunnel = end->tunnel;
	struct mplink_measure *measure = tunnel->measure;
	struct mem_cgroup *const before = set_active_memcg(tunnel->memcg);
	bool review;
	u64 look_at;

	spin_lock(&measure->lock);
	look_at = mplink_core_resequencer_mark(tunnel->core, end->link, mark, now);
	review = now >= measure->review_at;
	if (review)
		measure->review_at = now + USEC_PER_SEC;
	spin_unlock(&measure->lock);
	set_active_memcg(before);
	if (review)
		mplink_resequence_review(tunnel);
	if (unlikely(look_at))
		mplink_resequence_look(tunnel, look_at);
}

static u32 mplink_measure_take_mark(struct mplink_far_end *end, const struct mplink_addr *to,
				    const struct mplink_mark *mark)
{
	struct mplink_message message = { .type = MPLINK_MESSAGE_REPORT };
	const u64 now = mplink_now_us();
	struct mplink_counters sum;

	mplink_measure_arrival(end, mark, now);
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
	mplink_measure_answer(end, to, &message);
	return MPLINK_GRE_DROP_NONE;
}

static void mplink_measure_trace(const struct mplink_far_end *end,
				 const struct mplink_report *report, u32 verdict)
{
	const struct net_device *dev = end->tunnel->vnic->dev;
	const struct mplink_path *path;
	struct mplink_estimate estimate;

	if (!trace_mplink_report_enabled() && !trace_mplink_estimate_enabled())
		return;
	path = mplink_core_peer_path(end->tunnel->peer, end->link);
	if (!path)
		return;
	trace_mplink_report(dev, path, report, verdict);
	if (verdict || !trace_mplink_estimate_enabled())
		return;
	path = mplink_core_peer_path(end->tunnel->peer, report->mark.link);
	if (path && mplink_measure_estimate(end->tunnel, report->mark.link, &estimate))
		trace_mplink_estimate(dev, path, &estimate);
}

static u32 mplink_measure_take_report(const struct mplink_far_end *end,
				      const struct mplink_report *report)
{
	struct mplink_measure *measure = end->tunnel->measure;
	const u32 link = report->mark.link;
	u32 verdict = MPLINK_REPORT_UNKNOWN;

	spin_lock(&measure->lock);
	if (measure->meters)
		verdict = mplink_core_meters_report(measure->meters, mplink_now_us(), report);
	if (!verdict && measure->kept)
		mplink_replay_acknowledge(measure->kept, link,
					  mplink_core_meters_acknowledged(measure->meters, link));
	spin_unlock(&measure->lock);
	mplink_measure_trace(end, report, verdict);
	return verdict ? MPLINK_GRE_DROP_REPORT : MPLINK_GRE_DROP_NONE;
}

static u32 mplink_measure_take_nack(const struct mplink_far_end *end,
				    const struct mplink_nack *nack)
{
	struct mplink_measure *measure = end->tunnel->measure;

	if (nack->refused) {
		mplink_resequence_refused(end->tunnel, nack);
		return MPLINK_GRE_DROP_NONE;
	}
	spin_lock(&measure->lock);
	if (measure->kept)
		mplink_replay_ask(measure->kept, nack, end->link);
	spin_unlock(&measure->lock);
	return MPLINK_GRE_DROP_NONE;
}

static u32 mplink_measure_take(struct mplink_far_end *end, const struct mplink_addr *to,
			       const struct mplink_message *message)
{
	switch (message->type) {
	case MPLINK_MESSAGE_CAPS:
		return mplink_measure_take_caps(end, to, &message->caps);
	case MPLINK_MESSAGE_MARK:
		return mplink_measure_take_mark(end, to, &message->mark);
	case MPLINK_MESSAGE_REPORT:
		return mplink_measure_take_report(end, &message->report);
	case MPLINK_MESSAGE_NACK:
		return mplink_measure_take_nack(end, &message->nack);
	default:
		return MPLINK_GRE_DROP_NONE;
	}
}

u32 mplink_measure_receive(struct mplink_far_end *end, struct sk_buff *skb, u32 at)
{
	struct mplink_message message;
	struct mplink_addr to;
	u32 drop = MPLINK_GRE_DROP_NONE;
	u32 n;

	if (skb->len - at > MPLINK_MESSAGES_MAX * MPLINK_MESSAGE_MAX)
		return MPLINK_GRE_DROP_MESSAGE;
	if (skb_linearize(skb))
		return MPLINK_GRE_DROP_NO_MEMORY;
	to = skb->protocol == htons(ETH_P_IPV6) ? mplink_addr6(&ipv6_hdr(skb)->daddr) :
						  mplink_addr4(ip_hdr(skb)->daddr);
	for (n = 0; at < skb->len && n < MPLINK_MESSAGES_MAX && !drop; n++) {
		const size_t len =
			mplink_core_message_read(skb->data + at, skb->len - at, &message);

		if (!len)
			return MPLINK_GRE_DROP_MESSAGE;
		at += len;
		drop = mplink_measure_take(end, &to, &message);
	}
	return drop ? drop : MPLINK_GRE_MESSAGE;
}
