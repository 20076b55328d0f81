/* SPDX-License-Identifier: GPL-2.0 */
/* Sends a message about a link: GRE in UDP, as data. */
#ifndef MPLINK_MEASURE_MESSAGE_H
#define MPLINK_MEASURE_MESSAGE_H

#include <linux/types.h>

#include "mplink/measure.h"

struct mplink_path;
struct mplink_vnic;

/**
 * struct mplink_message_way - How a message leaves
 * @path: the path
 * @key: the peer's key, 24 bits
 * @from: UDP source port
 * @bucket: flow bucket
 */
struct mplink_message_way {
	const struct mplink_path *path;
	u32 key;
	__be16 from;
	u8 bucket;
};

/**
 * mplink_message_send() - Send a message
 * @vnic: counts the message if it is dropped
 * @way: how it leaves
 * @message: the message
 *
 * A message that cannot be sent is forgotten: others follow.
 *
 * Context: Softirqs disabled, in an RCU read section.
 */
void mplink_message_send(struct mplink_vnic *vnic, const struct mplink_message_way *way,
			 const struct mplink_message *message);

#endif /* MPLINK_MEASURE_MESSAGE_H */
