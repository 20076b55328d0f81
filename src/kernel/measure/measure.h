/* SPDX-License-Identifier: GPL-2.0 */
/* Measured links: this end's part in CAPS, MARK and REPORT (docs/protocol.md), per peer. */
#ifndef MPLINK_MEASURE_MEASURE_H
#define MPLINK_MEASURE_MEASURE_H

#include <linux/types.h>

#include "mplink/measure.h"

struct mplink_far_end;
struct mplink_gre;
struct mplink_measure;
struct mplink_resequencer_counters;
struct mplink_tunnel;
struct sk_buff;

/**
 * mplink_measure_open() - Prepare to measure the links of a new peer
 * @tunnel: the peer's tunnel
 *
 * Context: Process context, RTNL.
 * Return: what belongs into @tunnel->measure, or NULL if memory is short.  End it with
 * mplink_measure_close().
 */
struct mplink_measure *mplink_measure_open(struct mplink_tunnel *tunnel);

/**
 * mplink_measure_begin() - Ask the far end on all links, and measure if the policy does
 * @tunnel: the peer's tunnel
 *
 * Call it when the policy is another one, when there are other links, and when the virtual NIC
 * comes up.  Measuring stops by itself when the policy does not ask for it any more.
 *
 * Context: Process context, RTNL.
 */
void mplink_measure_begin(struct mplink_tunnel *tunnel);

/**
 * mplink_measure_confirm() - Ask at once if there are links on which the far end must answer
 * @tunnel: the peer's tunnel; a link has become valid or invalid
 *
 * Context: Process context, RTNL.
 */
void mplink_measure_confirm(struct mplink_tunnel *tunnel);

/**
 * mplink_measure_notice() - A packet is about to leave, and tunnel->attention is set
 * @tunnel: the peer's tunnel
 * @from: its UDP source port
 * @bucket: its flow bucket
 *
 * Marks have the ports of a packet that left a moment ago: a queue on the way may be one of
 * many, and which one depends on the ports.
 *
 * Context: Softirqs disabled, in an RCU read section.
 */
void mplink_measure_notice(struct mplink_tunnel *tunnel, __be16 from, u8 bucket);

/**
 * mplink_measure_nack() - Ask the far end to send packets once more, or refuse to do so
 * @tunnel: the peer's tunnel
 * @link: id of the link by which to send the message; if it has no path, none is sent
 * @nack: which packets
 *
 * Context: Softirqs disabled, in an RCU read section.
 */
void mplink_measure_nack(const struct mplink_tunnel *tunnel, u32 link,
			 const struct mplink_nack *nack);

/**
 * mplink_measure_receive() - Take messages about links
 * @end: the far end that has sent them
 * @skb: at the UDP header
 * @at: offset of the messages
 *
 * Context: Softirq, in an RCU read section.
 * Return: MPLINK_GRE_MESSAGE, or enum mplink_gre_drop.  The caller still owns @skb.
 */
u32 mplink_measure_receive(struct mplink_far_end *end, struct sk_buff *skb, u32 at);

/**
 * mplink_measure_forget() - A link goes
 * @tunnel: the peer's tunnel
 * @link: the link's id
 *
 * Context: Process context, RTNL.
 */
void mplink_measure_forget(struct mplink_tunnel *tunnel, u32 link);

/**
 * mplink_measure_begun() - Whether links are measured
 * @tunnel: the peer's tunnel
 *
 * Context: Process context, RTNL.
 * Return: true if the policy asks for it and the far end has answered.
 */
bool mplink_measure_begun(struct mplink_tunnel *tunnel);

/**
 * mplink_measure_estimate() - Tell what is known of a link
 * @tunnel: the peer's tunnel
 * @link: the link's id
 * @estimate: set
 *
 * Context: Any but hard interrupts.
 * Return: false if nothing is known; then *@estimate is all zero.
 */
bool mplink_measure_estimate(struct mplink_tunnel *tunnel, u32 link,
			     struct mplink_estimate *estimate);

/**
 * mplink_measure_counters() - Tell what was sent once more, and why
 * @tunnel: the peer's tunnel
 * @sum: its part is set
 *
 * Context: Process context.
 */
void mplink_measure_counters(struct mplink_tunnel *tunnel, struct mplink_resequencer_counters *sum);

/**
 * mplink_measure_close() - Send no more
 * @tunnel: the peer's tunnel
 *
 * Received packets may still find it: call mplink_measure_free() after a grace period.
 *
 * Context: Process context, RTNL.
 */
void mplink_measure_close(struct mplink_tunnel *tunnel);

/* Any context. */
void mplink_measure_free(struct mplink_measure *measure);

#endif /* MPLINK_MEASURE_MEASURE_H */
