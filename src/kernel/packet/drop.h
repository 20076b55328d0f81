/* SPDX-License-Identifier: GPL-2.0 */
/* Dropping packets. */
#ifndef MPLINK_PACKET_DROP_H
#define MPLINK_PACKET_DROP_H

#include <linux/skbuff.h>

#include "device/vnic.h"

/**
 * mplink_drop() - Free a packet, and count the reason
 * @vnic: the virtual NIC
 * @skb: the packet
 * @drop: enum mplink_drop
 *
 * Context: Any but hard interrupts.
 */
void mplink_drop(struct mplink_vnic *vnic, struct sk_buff *skb, u32 drop);
/**
 * mplink_too_big() - Drop a packet that is too long, and tell its sender
 * @vnic: the virtual NIC
 * @skb: the packet, at its IP header
 * @mtu: what would fit, in bytes
 * @inet6: the packet is IPv6
 *
 * Context: Softirqs disabled.
 */
void mplink_too_big(struct mplink_vnic *vnic, struct sk_buff *skb, u32 mtu, bool inet6);
/**
 * mplink_to_many() - Tell whether a packet goes to more than one host
 * @skb: an IP packet
 * @dst: its route, or NULL
 *
 * Context: Any.
 * Return: true for multicast and broadcast.
 */
bool mplink_to_many(const struct sk_buff *skb, const struct dst_entry *dst);
/**
 * mplink_no_peer() - Find the drop reason of a packet without a peer
 * @skb: an IP packet
 * @dst: its route, or NULL
 *
 * Context: Any.
 * Return: enum mplink_drop.
 */
u32 mplink_no_peer(const struct sk_buff *skb, const struct dst_entry *dst);
/**
 * mplink_is_redirect4() - Tell whether an ICMP packet is a redirect
 * @skb: an IPv4 packet with protocol ICMP
 *
 * Context: Any.
 * Return: true if so.
 */
bool mplink_is_redirect4(const struct sk_buff *skb);
/**
 * mplink_is_redirect6() - Tell whether an ICMPv6 packet is a redirect
 * @skb: an IPv6 packet whose next header is ICMPv6
 *
 * Context: Any.
 * Return: true if so.
 */
bool mplink_is_redirect6(const struct sk_buff *skb);

#endif /* MPLINK_PACKET_DROP_H */
