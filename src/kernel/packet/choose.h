/* SPDX-License-Identifier: GPL-2.0 */
/* Choosing the link of a packet. */
#ifndef MPLINK_PACKET_CHOOSE_H
#define MPLINK_PACKET_CHOOSE_H

#include <linux/skbuff.h>

#include "device/vnic.h"
#include "mplink/core.h"
#include "packet/peer_table.h"

/**
 * mplink_choose() - Choose the link of a packet
 * @vnic: the virtual NIC
 * @peer: the peer that the packet goes to
 * @skb: the packet, at its IP header
 * @len: bytes to account to the link
 *
 * Context: Any but hard interrupts, in an RCU read section; the path is valid until it ends.
 * Return: the path, NULL if no link is usable; and in more, for policy broadcast, whether
 * another link gets a copy.
 */
struct mplink_choice mplink_choose(struct mplink_vnic *vnic, const struct mplink_peer_node *peer,
				   const struct sk_buff *skb, u32 len);
/**
 * mplink_choose_next() - Choose the link of the next copy of a broadcast
 * @vnic: the virtual NIC
 * @more: from the last choice, not NULL
 * @len: bytes to account to the link
 *
 * Context: As mplink_choose(), in the same RCU read section.
 * Return: as mplink_choose().
 */
struct mplink_choice mplink_choose_next(struct mplink_vnic *vnic, const void *more, u32 len);

#endif /* MPLINK_PACKET_CHOOSE_H */
