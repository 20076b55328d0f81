/* SPDX-License-Identifier: GPL-2.0 */
/* Choosing the link of a packet. */
#ifndef MPLINK_PACKET_CHOOSE_H
#define MPLINK_PACKET_CHOOSE_H

#include <linux/preempt.h>

#include "lane.h"
#include "mplink/core.h"
#include "packet/peer_table.h"

/**
 * mplink_choose() - Choose the link of a packet
 * @peer: the peer that the packet goes to
 * @len: bytes to account to the link
 * @l3: the packet's IP header
 * @l3_len: linear bytes from there
 *
 * Context: Any but hard interrupts, in an RCU read section; the path is valid until it ends.
 * Return: the path; NULL for policy broadcast, if the first choice is dead, and for the
 * first packets of a lane.  mplink_send() knows what to do then.
 */
static __always_inline struct mplink_path *mplink_choose(const struct mplink_peer_node *peer,
							 u32 len, const void *l3, u32 l3_len)
{
	struct mplink_path *path;

	preempt_disable();
	path = mplink_core_select(peer->core, len, mplink_lane(), l3, l3_len);
	preempt_enable();
	return path;
}

#endif /* MPLINK_PACKET_CHOOSE_H */
