// SPDX-License-Identifier: GPL-2.0
/*
 * Sends packets once more whose link has died, or has lost them.  Each leaves as data with its old
 * number, but says in its GRE header that it is a replay: it tells nothing about the order on its
 * new link.
 */
#include <linux/skbuff.h>

#include "device/vnic.h"
#include "lane.h"
#include "mplink/core.h"
#include "mplink/tunnel.h"
#include "packet/drop.h"
#include "packet/outer.h"
#include "packet/path.h"
#include "tunnel/encap_ready.h"
#include "tunnel/replay.h"
#include "tunnel/resend.h"
#include "tunnel/tunnel.h"

/* @len: of the packet with all headers. */
static const struct mplink_path *mplink_resend_choose(const struct mplink_tunnel *tunnel,
						      const struct sk_buff *skb, u32 len)
{
	const size_t lane = mplink_lane_bh();
	const struct mplink_path *path =
		mplink_core_select(tunnel->peer, len, lane, skb->data, skb_headlen(skb));

	if (path)
		return path;
	return mplink_core_reselect(tunnel->vnic->core, tunnel->peer, len, lane, skb->data,
				    skb_headlen(skb))
		.path;
}

static void mplink_resend_one(struct mplink_tunnel *tunnel, struct sk_buff *skb,
			      struct mplink_resent *resent)
{
	const u32 len = skb->len + READ_ONCE(tunnel->overhead);
	const struct mplink_path *path = mplink_resend_choose(tunnel, skb, len);
	const u32 hash = mplink_core_flow_hash(skb->data, skb_headlen(skb));
	const bool inet6 = skb->protocol == htons(ETH_P_IPV6);
	struct mplink_gre gre = {
		.key = READ_ONCE(tunnel->key),
		.protocol = MPLINK_REPLAYS,
	};
	struct mplink_outer outer;
	unsigned long refdst;

	if (!path) {
		mplink_drop(tunnel->vnic, skb, MPLINK_DROP_NO_LINK);
		return;
	}
	outer = mplink_encap_headers(tunnel->vnic, skb, hash, inet6);
	refdst = mplink_encap_ready(tunnel->vnic, skb, path, &outer, inet6);
	if (!refdst)
		return;
	if (mplink_replay_again(tunnel->replay, path, skb, &gre)) {
		resent->repairs++;
	} else {
		resent->replays++;
		resent->replayed += len;
	}
	mplink_core_gre_write(__skb_push(skb, MPLINK_GRE_LEN), &gre);
	mplink_outer_xmit(path, refdst, NULL, skb, &outer);
}

u64 mplink_resend(struct mplink_tunnel *tunnel, const struct mplink_replay_want *want,
		  struct mplink_resent *resent)
{
	struct sk_buff_head due;
	struct sk_buff *skb;
	u64 left;

	__skb_queue_head_init(&due);
	left = mplink_replay_take(tunnel->replay, want, &due);
	while ((skb = __skb_dequeue(&due)))
		mplink_resend_one(tunnel, skb, resent);
	return left;
}
