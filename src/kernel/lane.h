/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lanes: per-context slots of a CPU.  Packets of one context write to their slot without
 * locks, because nothing else writes to it.
 */
#ifndef MPLINK_LANE_H
#define MPLINK_LANE_H

#include <linux/preempt.h>
#include <linux/smp.h>

#include "mplink/core.h"

/* Lanes per CPU: one for process context, one for softirq.  See core.h. */
#define MPLINK_LANES 2

/**
 * mplink_lane() - The lane of the present context.
 *
 * The caller disables preemption only while the core uses the lane, because on PREEMPT_RT
 * most other steps of a packet may sleep.  Computed in 32 bits, because the CPU extends them
 * to 64 bits at no cost.
 *
 * Context: Process context with preemption disabled, or softirq.
 * Return: 0 to mplink_nr_lanes() - 1.
 */
static inline size_t mplink_lane(void)
{
	return (u32)(MPLINK_LANES * smp_processor_id() + !!in_serving_softirq());
}

/**
 * mplink_lane_bh() - The softirq lane of the present CPU.
 *
 * With softirqs disabled no softirq can run, so the caller may use its lane.
 *
 * Context: Softirq, or process context with softirqs disabled.
 * Return: 0 to mplink_nr_lanes() - 1.
 */
static inline size_t mplink_lane_bh(void)
{
	return (u32)(MPLINK_LANES * smp_processor_id() + 1);
}

/**
 * mplink_count_drop() - Count a dropped packet.
 * @core: the virtual NIC's core device
 * @drop: enum mplink_drop
 *
 * Context: Process context or softirq.
 */
static inline void mplink_count_drop(struct mplink_device *core, u32 drop)
{
	preempt_disable();
	mplink_core_drop(core, drop, mplink_lane());
	preempt_enable();
}

#endif /* MPLINK_LANE_H */
