// SPDX-License-Identifier: GPL-2.0
/*
 * Messages about links go by the path of data, and look like data from outside.
 */
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/ip.h>

#include "addr.h"
#include "device/vnic.h"
#include "measure/message.h"
#include "packet/drop.h"
#include "packet/outer.h"
#include "packet/path.h"
#include "tunnel/encap.h"

void mplink_message_send(struct mplink_vnic *vnic, const struct mplink_message_way *way,
			 const struct mplink_message *message)
{
	const struct mplink_path *path = way->path;
	const struct mplink_outer outer = mplink_encap_outer(vnic, way->from, 0);
	const u32 room = LL_RESERVED_SPACE(path->dev) + mplink_outer_len(path->outer6);
	unsigned long refdst;
	struct sk_buff *skb;

	/* See mplink_bfd_xmit(): a neighbour request without a carrier does harm. */
	if (!netif_carrier_ok(path->dev) || mplink_addr_none(&path->local))
		return;
	skb = alloc_skb(room + MPLINK_MESSAGE_GRE_LEN + MPLINK_MESSAGE_MAX, GFP_ATOMIC);
	if (!skb)
		return;
	skb_reserve(skb, room);
	mplink_core_message_gre(skb_put(skb, MPLINK_MESSAGE_GRE_LEN), way->key, way->bucket);
	skb_put(skb, mplink_core_message_write(skb_tail_pointer(skb), message));
	refdst = mplink_outer_dst(path, &outer, skb->mark);
	if (refdst)
		mplink_outer_xmit(path, refdst, NULL, skb, &outer);
	else
		mplink_drop(vnic, skb, MPLINK_DROP_POLICY);
}
