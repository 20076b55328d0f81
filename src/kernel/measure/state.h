/* SPDX-License-Identifier: GPL-2.0 */
/* What is known of a peer's links: shared by the files that send and that answer messages. */
#ifndef MPLINK_MEASURE_STATE_H
#define MPLINK_MEASURE_STATE_H

#include <linux/hrtimer.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "mplink/measure.h"
#include "tunnel/resend.h"

struct mplink_path;
struct mplink_replay;
struct mplink_tunnel;

/* CAPS: the first wait for an answer, and the longest. */
#define MPLINK_CAPS_FIRST_US USEC_PER_SEC
#define MPLINK_CAPS_LAST_US (30 * USEC_PER_SEC)

/**
 * struct mplink_measure - Measuring the links of one peer
 * @timer: decides what to send; started under @lock
 * @lock: guards what follows; take it with softirqs disabled
 * @closed: the timer is not started any more
 * @wanted: the policy asks for it
 * @resting: the timer waits for longer than a tick
 * @equalized: the far end holds received packets of bulk flows back
 * @replays: the far end takes replays
 * @suspect: a bit for each link id that the tracepoint has told of as suspect
 * @kept: what is kept to be sent once more; NULL until it is needed; owned
 * @resent: how many packets were sent once more; the timer's own
 * @room: how many bytes more might have been sent once more at the last tick; below 0: that was too
 *	much, and is taken off what comes next
 * @replayed: how many bytes were sent once more at the last tick
 * @epoch: random; an answer to our CAPS repeats it
 * @meters: what is known of the links, once the far end has answered
 * @caps_at: when CAPS is due, as mplink_now_us()
 * @caps_wait: how long to wait for the answers in microseconds
 * @answered_at: when the far end answered last
 * @sent: packets on all links, at the last tick
 * @active_at: when the last tick saw that number grow
 * @review_at: when the received flow buckets are looked at next
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
	bool equalized;
	bool replays;
	u64 suspect;
	struct mplink_replay *kept;
	struct mplink_resent resent;
	s64 room;
	u64 replayed;
	u64 epoch;
	struct mplink_meters *meters;
	u64 caps_at;
	u32 caps_wait;
	u64 answered_at;
	u64 sent;
	u64 active_at;
	u64 review_at;
	u32 idle_wait;
	__be16 from;
	u8 bucket;
	struct mplink_tunnel *tunnel;
};

/**
 * mplink_measure_send() - Send a message about a link
 * @measure: the peer's
 * @path: the path by which it leaves
 * @message: the message
 *
 * Context: Softirqs disabled, in an RCU read section.
 */
void mplink_measure_send(struct mplink_measure *measure, const struct mplink_path *path,
			 const struct mplink_message *message);

/* The features that our CAPS tell, MPLINK_CAPS_*.  Any context. */
u32 mplink_measure_features(const struct mplink_measure *measure);

/**
 * mplink_measure_hurry() - Have CAPS sent soon
 * @measure: the peer's
 * @now: mplink_now_us()
 * @us: in this many microseconds at the latest
 *
 * Context: Softirqs disabled, with @measure->lock.
 */
void mplink_measure_hurry(struct mplink_measure *measure, u64 now, u32 us);

/**
 * mplink_measure_wake() - Mark the links soon, although no packets are sent
 * @measure: the peer's; nothing happens if its links are not measured
 * @now: mplink_now_us()
 *
 * Context: Softirqs disabled, with @measure->lock.
 */
void mplink_measure_wake(struct mplink_measure *measure, u64 now);

#endif /* MPLINK_MEASURE_STATE_H */
