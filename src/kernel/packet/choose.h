/* SPDX-License-Identifier: GPL-2.0 */
/* Which link a packet takes. */
#ifndef MPLINK_PACKET_CHOOSE_H
#define MPLINK_PACKET_CHOOSE_H

#include <linux/skbuff.h>

#include "device/vnic.h"
#include "mplink/core.h"
#include "packet/peer_table.h"

/*
 * The link for a packet that begins with its IP header, of which len bytes are accounted
 * there; and that of a broadcast's next copy, of what choice.more was.  In an RCU read
 * section.
 */
struct mplink_choice mplink_choose(struct mplink_vnic *vnic, const struct mplink_peer_node *peer,
				   const struct sk_buff *skb, u32 len);
struct mplink_choice mplink_choose_next(struct mplink_vnic *vnic, const void *more, u32 len);

#endif /* MPLINK_PACKET_CHOOSE_H */
