// SPDX-License-Identifier: GPL-2.0
/*
 * A copy carries the number of its packet, and leaves as data: on each of the two links it is in
 * order, and the far end takes the one that comes first, as it does with policy broadcast.
 */
#include <linux/skbuff.h>

#include "device/vnic.h"
#include "lane.h"
#include "mplink/core.h"
#include "mplink/tunnel.h"
#include "packet/path.h"
#include "tunnel/duplicate.h"
#include "tunnel/encap_ready.h"
#include "tunnel/flows.h"
#include "tunnel/tunnel.h"

const struct mplink_path *mplink_duplicate_path(struct mplink_tunnel *tunnel,
						const struct mplink_path *first,
						const struct sk_buff *skb, u32 len)
{
	const struct mplink_vnic *vnic = tunnel->vnic;
	const struct mplink_path *path;
	struct mplink_sent_flow *sent;
	u32 *rate = NULL;

	if (mplink_duplicate_mode(tunnel) == MPLINK_DUPLICATE_SPARSE) {
		const u32 hash = mplink_core_flow_hash(skb->data, skb_headlen(skb));

		sent = mplink_encap_sent(tunnel, mplink_encap_bucket(vnic, hash));
		if (!sent)
			return NULL;
		rate = &sent->rate;
	}
	/* The lane of the packet itself. */
	preempt_disable();
	path = mplink_core_copy(vnic->core, tunnel->peer, rate, first, len, mplink_lane(),
				skb->data, skb_headlen(skb));
	preempt_enable();
	return path;
}
