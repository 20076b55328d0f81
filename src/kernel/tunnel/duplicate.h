/* SPDX-License-Identifier: GPL-2.0 */
/* Encap gre-udp: packets that leave twice, by two links. */
#ifndef MPLINK_TUNNEL_DUPLICATE_H
#define MPLINK_TUNNEL_DUPLICATE_H

#include "device/vnic.h"
#include "tunnel/tunnel.h"

struct mplink_path;
struct sk_buff;

/* enum mplink_duplicate, as it holds for the peer.  Any context. */
static inline u32 mplink_duplicate_mode(const struct mplink_tunnel *tunnel)
{
	const u32 own = READ_ONCE(tunnel->duplicate);

	return likely(own == MPLINK_DUPLICATE_INHERIT) ?
		       READ_ONCE(tunnel->vnic->gre_udp.duplicate) :
		       own;
}

/* Whether any packet for the peer may leave twice.  Any context. */
static inline bool mplink_duplicates(const struct mplink_tunnel *tunnel)
{
	return mplink_duplicate_mode(tunnel) != MPLINK_DUPLICATE_OFF;
}

/**
 * mplink_duplicate_path() - Choose the second path of a packet
 * @tunnel: the peer's tunnel
 * @first: the path by which it leaves
 * @skb: the packet, at its IP header
 * @len: bytes to account to the link
 *
 * Context: Softirqs disabled, in an RCU read section; the path is valid until it ends.
 * Return: the path, or NULL: the packet leaves once.
 */
const struct mplink_path *mplink_duplicate_path(struct mplink_tunnel *tunnel,
						const struct mplink_path *first,
						const struct sk_buff *skb, u32 len);

#endif /* MPLINK_TUNNEL_DUPLICATE_H */
