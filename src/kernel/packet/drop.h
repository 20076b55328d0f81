/* SPDX-License-Identifier: GPL-2.0 */
/* Packets that go no further. */
#ifndef MPLINK_PACKET_DROP_H
#define MPLINK_PACKET_DROP_H

#include <linux/skbuff.h>

#include "device/vnic.h"

/* Frees a packet, and counts why. */
void mplink_drop(struct mplink_vnic *vnic, struct sk_buff *skb, u32 drop);
/*
 * Frees a packet that is longer than mtu, in front of which nothing is left but its IP
 * header, and tells its sender.
 */
void mplink_too_big(struct mplink_vnic *vnic, struct sk_buff *skb, u32 mtu, bool inet6);
/* Whether an IP packet goes to more than one host; dst: its route, or NULL. */
bool mplink_to_many(const struct sk_buff *skb, const struct dst_entry *dst);
/* Why such a packet has no peer: enum mplink_drop. */
u32 mplink_no_peer(const struct sk_buff *skb, const struct dst_entry *dst);
/* Whether an ICMP, or ICMPv6, packet is a redirect. */
bool mplink_is_redirect4(const struct sk_buff *skb);
bool mplink_is_redirect6(const struct sk_buff *skb);

#endif /* MPLINK_PACKET_DROP_H */
