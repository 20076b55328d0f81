/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Encap gre-udp: which packets the far end asks to have sent once more, because a link has lost
 * them.
 */
#ifndef MPLINK_TUNNEL_REPAIR_H
#define MPLINK_TUNNEL_REPAIR_H

#include <linux/spinlock.h>
#include <linux/types.h>

#include "mplink/measure.h"

/* So many NACKs wait for the next tick; what is more is refused. */
#define MPLINK_REPAIRS 32

/**
 * struct mplink_repair - A NACK that waits
 * @nack: the numbers that are still to be found
 * @link: id of the link by which it came
 */
struct mplink_repair {
	struct mplink_nack nack;
	u8 link;
};

/**
 * struct mplink_repairs - What the far end asks for
 * @lock: guards what follows; take it with softirqs disabled
 * @nr_asked: how many there are in @asked
 * @asked: NACKs that have come since the last tick
 * @refused: numbers that were asked for in vain
 * @nr_due: how many there are in @due; the timer's own, like what follows
 * @due: NACKs of which the packets are looked for
 * @credit: what may be sent once more, in parts of a packet: see mplink_repairs_begin()
 */
struct mplink_repairs {
	spinlock_t lock;	/* softirq off */
	u32 nr_asked;
	struct mplink_repair asked[MPLINK_REPAIRS];
	u64 refused;
	u32 nr_due;
	struct mplink_repair due[MPLINK_REPAIRS];
	u32 credit;
};

/* All zero but for the lock. */
void mplink_repairs_init(struct mplink_repairs *repairs);

/**
 * mplink_repairs_ask() - Take a NACK, for the next tick
 * @repairs: the peer's
 * @nack: the NACK
 * @link: id of the link by which it came
 *
 * Context: Softirq.
 */
void mplink_repairs_ask(struct mplink_repairs *repairs, const struct mplink_nack *nack, u32 link);

/**
 * mplink_repairs_begin() - A tick begins
 * @repairs: the peer's
 * @sent: packets that have been sent since the last tick
 *
 * A part of what is sent may be sent once more.  So the far end cannot make us send much, and TCP
 * still learns that a link is too full: its queue drops more than that.
 *
 * Context: Softirq.  One caller at a time, as for what follows.
 * Return: whether there is anything to look for.
 */
bool mplink_repairs_begin(struct mplink_repairs *repairs, u64 sent);

/* Whether a packet that is kept is to be sent.  It is not asked for any more then. */
bool mplink_repairs_take(struct mplink_repairs *repairs, u8 bucket, u32 seq);

/* What is left of the next NACK of this tick is refused.  NULL: nothing is left. */
const struct mplink_repair *mplink_repairs_refuse(struct mplink_repairs *repairs);

#endif /* MPLINK_TUNNEL_REPAIR_H */
