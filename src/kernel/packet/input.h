/* SPDX-License-Identifier: GPL-2.0 */
/* Packets that member NICs receive. */
#ifndef MPLINK_PACKET_INPUT_H
#define MPLINK_PACKET_INPUT_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>

/**
 * mplink_input() - Take packets of peers from a member NIC
 * @pskb: the packet, at its network header
 *
 * The rx_handler of member NICs.
 *
 * Context: Softirq, in an RCU read section.
 * Return: RX_HANDLER_ANOTHER if the virtual NIC has the packet now, RX_HANDLER_PASS if it
 * stays the NIC's, or RX_HANDLER_CONSUMED.
 */

rx_handler_result_t mplink_input(struct sk_buff **pskb);

#endif /* MPLINK_PACKET_INPUT_H */
