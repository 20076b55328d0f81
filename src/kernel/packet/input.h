/* SPDX-License-Identifier: GPL-2.0 */
/* What member NICs receive. */
#ifndef MPLINK_PACKET_INPUT_H
#define MPLINK_PACKET_INPUT_H

#include <linux/skbuff.h>

rx_handler_result_t mplink_input(struct sk_buff **pskb);

#endif /* MPLINK_PACKET_INPUT_H */
