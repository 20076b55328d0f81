/* SPDX-License-Identifier: GPL-2.0 */
/* The sockets of BFD (RFC 5881, RFC 5883). */
#ifndef MPLINK_BFD_SOCKET_H
#define MPLINK_BFD_SOCKET_H

#include "device/port.h"
#include "mplink/core.h"
#include "packet/path.h"

struct mplink_bfd_socket;

/**
 * typedef mplink_bfd_receiver - Receives a BFD packet
 * @port: the NIC
 * @from: source address
 * @to: destination address
 * @bytes: UDP payload
 * @len: its length in bytes
 *
 * Context: Softirq, in an RCU read section.
 * Return: enum mplink_bfd_drop; MPLINK_BFD_DROP_NONE if it took the packet.
 */
typedef u32 mplink_bfd_receiver(const struct mplink_port *port, const struct mplink_addr *from,
				const struct mplink_addr *to, const u8 *bytes, size_t len);

/**
 * mplink_bfd_socket_get() - Use the socket of a NIC and address family
 * @port: the NIC
 * @remote: an address of the family
 * @multihop: RFC 5883 instead of RFC 5881
 * @receive: takes the packets; the same function for all users
 *
 * The first user opens the socket.  If that fails, the log says so.
 *
 * Context: Process context, RTNL.
 * Return: the socket, or an ERR_PTR().  Give it back with mplink_bfd_socket_put().
 */
struct mplink_bfd_socket *mplink_bfd_socket_get(struct mplink_port *port,
						const struct mplink_addr *remote, bool multihop,
						mplink_bfd_receiver *receive);
/**
 * mplink_bfd_socket_put() - Stop using a socket
 * @socket: the socket
 *
 * The last user closes it, and waits for packets under way.
 *
 * Context: Process context, RTNL; may sleep.
 */
void mplink_bfd_socket_put(struct mplink_bfd_socket *socket);
/**
 * mplink_bfd_xmit() - Send a packet to the remote of a path
 * @socket: the socket of the path's NIC
 * @path: the path
 * @bytes: UDP payload
 * @len: its length in bytes
 * @discr: our discriminator; selects the source port (RFC 5881 4)
 *
 * Context: Softirqs disabled, in an RCU read section.
 */
void mplink_bfd_xmit(const struct mplink_bfd_socket *socket, const struct mplink_path *path,
		     const u8 *bytes, u32 len, u32 discr);

#endif /* MPLINK_BFD_SOCKET_H */
