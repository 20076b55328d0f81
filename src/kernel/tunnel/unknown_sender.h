/* SPDX-License-Identifier: GPL-2.0 */
/* Encap gre-udp: packets from addresses that are no remote of any peer. */
#ifndef MPLINK_TUNNEL_UNKNOWN_SENDER_H
#define MPLINK_TUNNEL_UNKNOWN_SENDER_H

#include <linux/netdevice.h>

#include "mplink/core.h"

struct mplink_tunnel_socket;

/**
 * mplink_tunnel_unknown_sender() - Log that a peer's key came from an unknown address
 * @socket: the namespace's sockets
 * @from: source address of the packet
 * @key: its GRE key
 * @dev: the device that received it
 *
 * The sender does not hear that its packets are dropped, so the log says how to add the
 * address to the peer.  Says nothing if no peer has the key; rate limited.
 *
 * Context: Softirq, in an RCU read section.
 */
void mplink_tunnel_unknown_sender(struct mplink_tunnel_socket *socket,
				  const struct mplink_addr *from, u32 key,
				  const struct net_device *dev);

#endif /* MPLINK_TUNNEL_UNKNOWN_SENDER_H */
