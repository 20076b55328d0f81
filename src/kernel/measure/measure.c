// SPDX-License-Identifier: GPL-2.0
/*
 * When messages about links are sent; answer.c deals with those that come.
 *
 * Each end asks with CAPS on all links.  An answer repeats a random number of ours: whoever
 * cannot read what we send cannot answer.  So an answer proves that the far end receives what
 * we send by that link.  The core decides which links are used: see mplink_core_take_caps().
 *
 * One timer per peer decides when CAPS and marks are due.  Where the policy measures links, it
 * runs every few milliseconds while packets are sent; the first packet after a rest wakes it.
 */
#include <linux/hrtimer.h>
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "compat.h"
#include "device/netns.h"
#include "device/vnic.h"
#include "measure/measure.h"
#include "measure/message.h"
#include "measure/state.h"
#include "mplink/core.h"
#include "mplink/platform.h"
#include "packet/path.h"
#include "report/trace.h"
#include "tunnel/repair.h"
#include "tunnel/replay.h"
#include "tunnel/resend.h"
#include "tunnel/sockets.h"
#include "tunnel/tunnel.h"

#define MPLINK_MEASURE_TICK_US 5000
#define MPLINK_MEASURE_IDLE_US USEC_PER_SEC
/* After so long without data, the timer rests. */
#define MPLINK_MEASURE_ACTIVE_US 200000
/* After so long without any answer, there is no far end that answers. */
#define MPLINK_CAPS_SILENT_US (100 * USEC_PER_SEC)

void mplink_measure_send(struct mplink_measure *measure, const struct mplink_path *path,
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

void mplink_measure_nack(const struct mplink_tunnel *tunnel, u32 link,
			 const struct mplink_nack *nack)
{
	const struct mplink_path *path = mplink_core_peer_path(tunnel->peer, link);
	const struct mplink_message message = {
		.type = MPLINK_MESSAGE_NACK,
		.nack = *nack,
	};

	if (!path)
		return;
	trace_mplink_nack(tunnel->vnic->dev, path, nack);
	mplink_measure_send(tunnel->measure, path, &message);
}

/* --- asking and marking: the timer ------------------------------------------------------- */

u32 mplink_measure_features(const struct mplink_measure *measure)
{
	const struct mplink_tunnel *tunnel = measure->tunnel;
	const u32 equalize = mplink_core_resequencer_equalize(tunnel->core);

	return (equalize == MPLINK_EQUALIZE_OFF ? 0 : MPLINK_CAPS_EQUALIZES) |
	       (READ_ONCE(tunnel->vnic->gre_udp.replay) ? MPLINK_CAPS_REPLAYS : 0);
}

static void mplink_measure_ask(struct mplink_measure *measure, u32 link)
{
	const struct mplink_path *path = mplink_core_peer_path(measure->tunnel->peer, link);
	const struct mplink_message caps = {
		.type = MPLINK_MESSAGE_CAPS,
		.caps = {
			.features = mplink_measure_features(measure),
			.epoch = READ_ONCE(measure->epoch),
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
	if (path && measure->meters && mplink_core_link_confirmed(peer, link)) {
		struct mem_cgroup *const before = set_active_memcg(measure->tunnel->memcg);

		due = mplink_core_meters_mark(measure->meters, link, now, &sum, &message.mark);
		set_active_memcg(before);
	}
	spin_unlock(&measure->lock);
	if (due) {
		trace_mplink_mark(measure->tunnel->vnic->dev, path, &message.mark);
		mplink_measure_send(measure, path, &message);
	}
	return sum.tx_packets;
}

/* The far end may ask for what is kept. */
static bool mplink_measure_idle(const struct mplink_measure *measure, u64 now)
{
	return now >= measure->active_at + MPLINK_MEASURE_ACTIVE_US &&
	       !(measure->kept && mplink_replay_keeps(measure->kept));
}

/* Returns how long to wait in microseconds. */
static u64 mplink_measure_next(struct mplink_measure *measure, u64 now, u64 sent)
{
	const u64 caps = measure->caps_at > now ? measure->caps_at - now : 0;

	/* The next packet tells its ports, and wakes us if we measure, and rest. */
	WRITE_ONCE(measure->tunnel->attention, true);
	measure->resting = true;
	if (!measure->wanted)
		return caps;
	if (sent != measure->sent) {
		measure->sent = sent;
		measure->active_at = now;
		measure->idle_wait = MPLINK_MEASURE_IDLE_US;
	}
	/* Another CPU may have written a later time. */
	measure->resting = mplink_measure_idle(measure, now);
	if (!measure->resting)
		return MPLINK_MEASURE_TICK_US;
	measure->idle_wait = min_t(u32, 2 * measure->idle_wait, MPLINK_CAPS_LAST_US);
	return min_t(u64, measure->idle_wait / 2, caps);
}

static bool mplink_measure_caps_due(struct mplink_measure *measure, u64 now)
{
	if (now < measure->caps_at)
		return false;
	measure->caps_at = now + measure->caps_wait;
	measure->caps_wait = min_t(u32, 2 * measure->caps_wait, MPLINK_CAPS_LAST_US);
	return true;
}

/* Hold the lock. */
static void mplink_measure_forget_silent(struct mplink_measure *measure, u64 now)
{
	const struct mplink_peer *peer = measure->tunnel->peer;

	if (!mplink_core_far_epoch(peer) || now < measure->answered_at + MPLINK_CAPS_SILENT_US)
		return;
	mplink_core_forget_far_end(peer);
	mplink_core_meters_free(measure->meters);
	measure->meters = NULL;
	mplink_net_answers(dev_net(measure->tunnel->vnic->dev));
}

static void mplink_measure_start(struct mplink_measure *measure, u64 us)
{
	hrtimer_start(&measure->timer, ns_to_ktime(us * NSEC_PER_USEC), HRTIMER_MODE_REL_SOFT);
}

void mplink_measure_hurry(struct mplink_measure *measure, u64 now, u32 us)
{
	if (measure->caps_at <= now + us || measure->closed)
		return;
	measure->caps_at = now + us;
	/* A timer that does not rest looks by itself. */
	if (measure->resting)
		mplink_measure_start(measure, us);
}

void mplink_measure_wake(struct mplink_measure *measure, u64 now)
{
	if (!measure->resting || !measure->wanted || measure->closed)
		return;
	measure->resting = false;
	measure->active_at = now;
	mplink_measure_start(measure, MPLINK_MEASURE_TICK_US);
}

/*
 * Keeps packets while the far end takes replays.  Returns the dead links: what they were given is
 * to be sent once more.  Hold the lock.
 */
static u64 mplink_measure_dead(struct mplink_measure *measure, u64 now, bool running)
{
	struct mplink_tunnel *tunnel = measure->tunnel;
	const bool idle = mplink_measure_idle(measure, now);
	const bool replays = running && measure->wanted && measure->meters && measure->replays &&
			     READ_ONCE(tunnel->vnic->gre_udp.replay);

	WRITE_ONCE(tunnel->tick, tunnel->tick + 1);
	if (replays && !measure->kept && !idle)
		measure->kept = mplink_replay_open(tunnel);
	/* Packets find it as mplink_replay_open() has left it. */
	smp_store_release(&tunnel->replay, replays ? measure->kept : NULL);
	if (measure->kept && (idle || !replays))
		mplink_replay_purge(measure->kept);
	if (!measure->meters)
		return 0;
	return mplink_core_meters_judge(measure->meters, tunnel->peer, now, replays, tunnel->tick);
}

/* Tells which links have become suspect since it last did, or are so no more.  Hold the lock. */
static void mplink_measure_tell_suspect(struct mplink_measure *measure)
{
	const struct mplink_tunnel *tunnel = measure->tunnel;
	u64 now, changed;

	if (!trace_mplink_suspect_enabled())
		return;
	now = measure->meters ? mplink_core_meters_suspect(measure->meters) : 0;
	changed = now ^ measure->suspect;
	measure->suspect = now;
	for (; changed; changed &= changed - 1) {
		const u32 id = __ffs64(changed);
		const struct mplink_path *path = mplink_core_peer_path(tunnel->peer, id);

		if (path)
			trace_mplink_suspect(tunnel->vnic->dev, path, now >> id & 1);
	}
}

/* @sent: packets on all links.  Hold the lock. */
static struct mplink_replay_want mplink_measure_want(struct mplink_measure *measure, u64 dead,
						     u64 sent)
{
	if (!measure->meters)
		return (struct mplink_replay_want){};
	measure->room = min_t(s64, measure->room, 0) +
			mplink_core_meters_room(measure->meters, dead, measure->replayed);
	return (struct mplink_replay_want){
		.dead = dead,
		/* Without another link, what a link was given stays where it is. */
		.bytes = dead ? clamp_t(s64, measure->room, 0, U32_MAX) : 0,
		/* There are fewer when a link has gone. */
		.sent = sent > measure->sent ? sent - measure->sent : 0,
		.linger = mplink_core_meters_replay_ms(measure->meters) *
			  (USEC_PER_SEC / MSEC_PER_SEC) / MPLINK_MEASURE_TICK_US,
	};
}

/* Returns the dead links of which nothing is left to be sent once more. */
static u64 mplink_measure_resend(struct mplink_measure *measure,
				 const struct mplink_replay_want *want)
{
	struct mplink_tunnel *tunnel = measure->tunnel;
	const struct mplink_addr *peer = mplink_core_peer_addr(tunnel->peer);
	const struct mplink_resent before = measure->resent;
	const struct mplink_repair *repair;
	u64 left;

	measure->replayed = 0;
	if (!tunnel->replay)
		return 0;
	left = mplink_resend(tunnel, want, &measure->resent);
	if (measure->resent.replays != before.replays)
		trace_mplink_replay(tunnel->vnic->dev, peer,
				    measure->resent.replays - before.replays);
	if (measure->resent.repairs != before.repairs)
		trace_mplink_repair(tunnel->vnic->dev, peer,
				    measure->resent.repairs - before.repairs);
	measure->replayed = measure->resent.replayed - before.replayed;
	measure->room -= measure->replayed;
	while ((repair = mplink_replay_refuse(tunnel->replay)))
		mplink_measure_nack(tunnel,
				    mplink_core_link_for_answer(tunnel->peer, repair->link),
				    &repair->nack);
	return want->dead & ~left;
}

static enum hrtimer_restart mplink_measure_timer(struct hrtimer *timer)
{
	struct mplink_measure *measure = container_of(timer, struct mplink_measure, timer);
	struct mplink_tunnel *tunnel = measure->tunnel;
	const u64 now = mplink_now_us();
	bool running, ask;
	struct mplink_replay_want want;
	u64 sent = 0, dead;
	u32 id;

	rcu_read_lock();
	running = netif_running(tunnel->vnic->dev);
	spin_lock(&measure->lock);
	ask = running && mplink_measure_caps_due(measure, now);
	if (ask)
		mplink_measure_forget_silent(measure, now);
	dead = mplink_measure_dead(measure, now, running);
	mplink_measure_tell_suspect(measure);
	spin_unlock(&measure->lock);
	for (id = 0; running && id < MPLINK_MAX_LINKS; id++) {
		if (!READ_ONCE(tunnel->ends[id]))
			continue;
		if (ask)
			mplink_measure_ask(measure, id);
		if (READ_ONCE(measure->wanted))
			sent += mplink_measure_mark(measure, id, now);
	}
	spin_lock(&measure->lock);
	if (measure->meters && measure->wanted)
		mplink_core_meters_apply(measure->meters, tunnel->peer, measure->equalized);
	want = mplink_measure_want(measure, dead, sent);
	spin_unlock(&measure->lock);
	/* After that, no packet chooses a dead link. */
	dead = mplink_measure_resend(measure, &want);
	spin_lock(&measure->lock);
	/* Each other link gets a mark behind what was sent once more by it. */
	if (measure->meters)
		mplink_core_meters_resent(measure->meters, dead);
	/* When the virtual NIC comes up, mplink_measure_begin() starts it again. */
	if (running && !measure->closed)
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
	if (!READ_ONCE(measure->resting) || !READ_ONCE(measure->wanted))
		return;
	spin_lock_bh(&measure->lock);
	mplink_measure_wake(measure, mplink_now_us());
	spin_unlock_bh(&measure->lock);
}

/* --- life ------------------------------------------------------------------------------------- */

static u64 mplink_measure_epoch(void)
{
	u64 epoch;

	do {
		epoch = get_random_u64();
	} while (!epoch);
	return epoch;
}

struct mplink_measure *mplink_measure_open(struct mplink_tunnel *tunnel)
{
	struct mplink_measure *measure = kzalloc(sizeof(*measure), GFP_KERNEL_ACCOUNT);

	if (!measure)
		return NULL;
	measure->tunnel = tunnel;
	spin_lock_init(&measure->lock);
	mplink_hrtimer_setup(&measure->timer, mplink_measure_timer, HRTIMER_MODE_REL_SOFT);
	measure->from = htons(MPLINK_SOURCE_PORT_MIN);
	measure->epoch = mplink_measure_epoch();
	return measure;
}

void mplink_measure_begin(struct mplink_tunnel *tunnel)
{
	struct mplink_measure *measure = tunnel->measure;

	ASSERT_RTNL();

	spin_lock_bh(&measure->lock);
	WRITE_ONCE(measure->wanted,
		   mplink_core_get_policy(tunnel->vnic->core) == MPLINK_POLICY_ADAPTIVE);
	measure->caps_wait = MPLINK_CAPS_FIRST_US;
	measure->caps_at = 0;
	measure->idle_wait = MPLINK_MEASURE_IDLE_US;
	measure->resting = true;
	if (!measure->closed)
		mplink_measure_start(measure, 0);
	spin_unlock_bh(&measure->lock);
}

void mplink_measure_confirm(struct mplink_tunnel *tunnel)
{
	struct mplink_measure *measure = tunnel->measure;
	bool due;

	rcu_read_lock();
	due = mplink_core_far_epoch(tunnel->peer) && !mplink_core_all_confirmed(tunnel->peer);
	rcu_read_unlock();
	if (!due)
		return;
	/* A change of links may be under way: first mplink_tunnel_follow() is to know of it. */
	spin_lock_bh(&measure->lock);
	measure->caps_wait = MPLINK_CAPS_FIRST_US;
	mplink_measure_hurry(measure, mplink_now_us(), MPLINK_MEASURE_TICK_US);
	spin_unlock_bh(&measure->lock);
}

void mplink_measure_forget(struct mplink_tunnel *tunnel, u32 link)
{
	struct mplink_measure *measure = tunnel->measure;

	spin_lock_bh(&measure->lock);
	if (measure->meters)
		mplink_core_meters_forget(measure->meters, link);
	mplink_core_resequencer_forget(tunnel->core, link);
	if (measure->kept)
		mplink_replay_orphan(measure->kept, link);
	/* So the far end learns by its other links that it has to ask on this one again. */
	WRITE_ONCE(measure->epoch, mplink_measure_epoch());
	spin_unlock_bh(&measure->lock);
}

bool mplink_measure_begun(struct mplink_tunnel *tunnel)
{
	struct mplink_measure *measure = tunnel->measure;
	bool begun;

	spin_lock_bh(&measure->lock);
	begun = measure->meters;
	spin_unlock_bh(&measure->lock);
	return begun;
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

void mplink_measure_counters(struct mplink_tunnel *tunnel, struct mplink_resequencer_counters *sum)
{
	struct mplink_measure *measure = tunnel->measure;

	spin_lock_bh(&measure->lock);
	if (measure->meters)
		mplink_core_meters_suspicions(measure->meters, &sum->suspicions,
					      &sum->suspicions_wrong);
	if (measure->kept)
		mplink_replay_counters(measure->kept, sum);
	sum->replay_sent = READ_ONCE(measure->resent.replays);
	sum->repair_sent = READ_ONCE(measure->resent.repairs);
	spin_unlock_bh(&measure->lock);
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
	mplink_replay_free(measure->kept);
	kfree(measure);
}
