// SPDX-License-Identifier: GPL-2.0
/*
 * Choosing the link of a packet: the core decides, on this CPU's lane.
 */

#include "device/vnic.h"
#include "lane.h"
#include "mplink/core.h"
#include "packet/choose.h"
#include "packet/peer_table.h"

struct mplink_choice mplink_choose(struct mplink_vnic *vnic, const struct mplink_peer_node *peer,
				   const struct sk_buff *skb, u32 len)
{
	struct mplink_choice choice = {};
	size_t lane;

	preempt_disable();
	lane = mplink_lane();
	choice.path = mplink_core_select(peer->core, len, lane, skb->data, skb_headlen(skb));
	if (unlikely(!choice.path))
		choice = mplink_core_reselect(vnic->core, peer->core, len, lane, skb->data,
					      skb_headlen(skb));
	preempt_enable();
	return choice;
}

struct mplink_choice mplink_choose_next(struct mplink_vnic *vnic, const void *more, u32 len)
{
	struct mplink_choice choice;

	preempt_disable();
	choice = mplink_core_next(vnic->core, more, len, mplink_lane());
	preempt_enable();
	return choice;
}
