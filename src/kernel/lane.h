/* SPDX-License-Identifier: GPL-2.0 */
/* The lanes of a CPU: memory that packets of one context write alone. */
#ifndef MPLINK_LANE_H
#define MPLINK_LANE_H

#include <linux/preempt.h>
#include <linux/smp.h>

#include "mplink/core.h"

/* A CPU's lanes: see core.h. */
#define MPLINK_LANES 2

/*
 * Preemption disabled, for no longer than the core needs the lane: on PREEMPT_RT much
 * of what else happens to a packet may sleep.  Or in softirq.  Computed in 32 bits, which
 * extend to a register's width by themselves.
 */
static inline size_t mplink_lane(void)
{
	return (u32)(MPLINK_LANES * smp_processor_id() + !!in_serving_softirq());
}

/*
 * The same with bottom halves disabled, in softirq or not: no softirq, whose lane it is,
 * can come between.
 */
static inline size_t mplink_lane_bh(void)
{
	return (u32)(MPLINK_LANES * smp_processor_id() + 1);
}

static inline void mplink_count_drop(struct mplink_device *core, u32 drop)
{
	preempt_disable();
	mplink_core_drop(core, drop, mplink_lane());
	preempt_enable();
}

#endif /* MPLINK_LANE_H */
