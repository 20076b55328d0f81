// SPDX-License-Identifier: GPL-2.0
/*
 * Encap gre-udp, sending: a packet gets a sequence number, and leaves in GRE in UDP.
 */
#include <linux/skbuff.h>

#include "device/vnic.h"
#include "measure/measure.h"
#include "mplink/core.h"
#include "mplink/tunnel.h"
#include "packet/drop.h"
#include "packet/outer.h"
#include "packet/path.h"
#include "tunnel/encap.h"
#include "tunnel/encap_ready.h"
#include "tunnel/flows.h"
#include "tunnel/replay.h"
#include "tunnel/sockets.h"
#include "tunnel/tunnel.h"

/* The first copy that leaves takes the number. */
static u32 mplink_encap_number(struct mplink_number *number, struct mplink_sent_flow *sent)
{
	if (!number->taken)
		*number = (struct mplink_number){
			.taken = true,
			.seq = (u32)atomic_fetch_inc_relaxed(&sent->next),
		};
	return number->seq;
}

void mplink_encap(struct mplink_vnic *vnic, struct mplink_tunnel *tunnel,
		  const struct mplink_path *path, struct sk_buff *skb,
		  struct mplink_number *number, bool inet6)
{
	const u32 hash = mplink_core_flow_hash(skb->data, skb_headlen(skb));
	struct mplink_outer outer = mplink_encap_headers(vnic, skb, hash, inet6);
	struct mplink_gre gre = {
		.key = READ_ONCE(tunnel->key),
		.bucket = mplink_encap_bucket(vnic, hash),
		.protocol = inet6 ? ETH_P_IPV6 : ETH_P_IP,
	};
	struct mplink_sent_flow *const sent = mplink_encap_sent(tunnel, gre.bucket);
	struct mplink_replay *replay;
	unsigned long refdst;

	if (unlikely(!sent)) {
		mplink_drop(vnic, skb, MPLINK_DROP_NO_MEMORY);
		return;
	}
	refdst = mplink_encap_ready(vnic, skb, path, &outer, inet6);
	if (unlikely(!refdst))
		return;
	/* Only a packet that will leave takes a number: the far end waits for each one. */
	gre.seq = unlikely(number) ? mplink_encap_number(number, sent) :
				     (u32)atomic_fetch_inc_relaxed(&sent->next);
	if (unlikely(READ_ONCE(tunnel->attention)))
		mplink_measure_notice(tunnel, outer.from, gre.bucket);
	skb_scrub_packet(skb, false);
	replay = READ_ONCE(tunnel->replay);
	if (replay)
		mplink_replay_keep(replay, path, skb, &gre, 0);
	mplink_core_gre_write(__skb_push(skb, MPLINK_GRE_LEN), &gre);
	mplink_outer_xmit(path, refdst, NULL, skb, &outer);
}
