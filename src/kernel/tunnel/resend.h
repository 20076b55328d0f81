/* SPDX-License-Identifier: GPL-2.0 */
/* Encap gre-udp: what links have lost is sent once more. */
#ifndef MPLINK_TUNNEL_RESEND_H
#define MPLINK_TUNNEL_RESEND_H

#include <linux/types.h>

struct mplink_replay_want;
struct mplink_tunnel;

/**
 * struct mplink_resent - How many packets were sent once more
 * @replays: because their link has died
 * @repairs: because the far end has asked for them
 * @replayed: bytes of @replays, with all headers
 */
struct mplink_resent {
	u64 replays;
	u64 repairs;
	u64 replayed;
};

/**
 * mplink_resend() - Send once more what links have lost, and tidy up what is kept
 * @tunnel: the peer's tunnel; @tunnel->replay is not NULL
 * @want: what dead links were given, and how much is sent
 * @resent: what was sent is added here
 *
 * Call it each time after @tunnel->tick has grown, and after the peer's packets have learned to
 * avoid dead links.
 *
 * Context: Softirq, in an RCU read section.  One caller at a time.
 * Return: as mplink_replay_take().
 */
u64 mplink_resend(struct mplink_tunnel *tunnel, const struct mplink_replay_want *want,
		  struct mplink_resent *resent);

#endif /* MPLINK_TUNNEL_RESEND_H */
