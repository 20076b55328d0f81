/* SPDX-License-Identifier: GPL-2.0 */
/* Encap gre-udp: what dead links were given is sent once more by others. */
#ifndef MPLINK_TUNNEL_RESEND_H
#define MPLINK_TUNNEL_RESEND_H

#include <linux/types.h>

struct mplink_tunnel;

/**
 * mplink_resend() - Send once more what dead links were given, and tidy up what is kept
 * @tunnel: the peer's tunnel; @tunnel->replay is not NULL
 * @dead: a bit for each dead link's id, see mplink_core_meters_judge()
 * @bytes: about so many bytes are sent, so that the other links are not flooded
 *
 * Call it each time after @tunnel->tick has grown, and after the peer's packets have learned to
 * avoid dead links.
 *
 * Context: Softirq, in an RCU read section.  One caller at a time.
 * Return: how many packets were sent.
 */
u32 mplink_resend(struct mplink_tunnel *tunnel, u64 dead, u32 bytes);

#endif /* MPLINK_TUNNEL_RESEND_H */
