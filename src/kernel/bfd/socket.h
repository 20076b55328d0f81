/* SPDX-License-Identifier: GPL-2.0 */
/* The sockets of BFD (RFC 5881, RFC 5883). */
#ifndef MPLINK_BFD_SOCKET_H
#define MPLINK_BFD_SOCKET_H

#include "device/port.h"
#include "mplink/core.h"
#include "packet/path.h"

struct mplink_bfd_socket;

/*
 * Takes len bytes of UDP payload that came by the NIC from one address to another.
 * Returns enum mplink_bfd_drop.  Softirq, in an RCU read section.
 */
typedef u32 mplink_bfd_receiver(const struct mplink_port *port, const struct mplink_addr *from,
				const struct mplink_addr *to, const u8 *bytes, size_t len);

/*
 * The socket for packets that come by the NIC, of the family of remote; the first user
 * opens it, and says who takes its packets.  An ERR_PTR() if it cannot be opened.  RTNL.
 */
struct mplink_bfd_socket *mplink_bfd_socket_get(struct mplink_port *port,
						const struct mplink_addr *remote, bool multihop,
						mplink_bfd_receiver *receive);
/* The last user closes it.  RTNL; waits for packets under way. */
void mplink_bfd_socket_put(struct mplink_bfd_socket *socket);
/*
 * Sends a packet by that path to its remote, from a port that discr tells.  Softirq, or
 * softirq disabled, in an RCU read section.
 */
void mplink_bfd_xmit(const struct mplink_bfd_socket *socket, const struct mplink_path *path,
		     const u8 *bytes, u32 len, u32 discr);

#endif /* MPLINK_BFD_SOCKET_H */
