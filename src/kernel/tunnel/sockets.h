/* SPDX-License-Identifier: GPL-2.0 */
/* Encap gre-udp: the sockets of a namespace, and the far ends that send to them. */
#ifndef MPLINK_TUNNEL_SOCKETS_H
#define MPLINK_TUNNEL_SOCKETS_H

#include <linux/hash.h>
#include <linux/list.h>
#include <linux/net.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>

#include "addr.h"
#include "mplink/core.h"
#include "mplink/tunnel.h"

struct dst_entry;
struct mplink_tunnel;
struct mplink_vnic;

/* Destination port (RFC 8086 3.1). */
#define MPLINK_GRE_UDP_PORT 4754

/* The source port tells flows apart; it is an ephemeral port (RFC 8086 3.1). */
#define MPLINK_SOURCE_PORT_MIN 49152
#define MPLINK_SOURCE_PORTS 16384

#define MPLINK_FAR_END_BITS 12

/* Beyond enum mplink_gre_drop: a message about links, which is neither data nor dropped. */
#define MPLINK_GRE_MESSAGE MPLINK_GRE_DROPS

/**
 * struct mplink_tunnel_stats - One CPU's count of packets that a namespace's sockets received
 * @drops: by enum mplink_gre_drop; MPLINK_GRE_DROP_NONE counts data that was taken
 */
struct mplink_tunnel_stats {
	u64 drops[MPLINK_GRE_MESSAGE + 1];
};

/**
 * struct mplink_far_end - A remote address of a peer
 * @node: in mplink_tunnel_socket.far_ends
 * @remote: source address of the packets
 * @tunnel: the tunnel that they belong to
 * @nic: the NIC of the link to @remote
 * @key: GRE key of the packets, 24 bits
 * @link: id of the link
 * @heard: which address the far end last sent to, and which path was told so: see decap.c
 * @caps_at: when CAPS of its was answered last, as mplink_now_us()
 * @report_at: when it was sent a report last
 * @rcu: frees it after a grace period
 *
 * Readers are in an RCU read section.  @heard, @caps_at and @report_at alone change after
 * publication.
 */
struct mplink_far_end {
	struct hlist_node node;
	struct mplink_addr remote;
	struct mplink_tunnel *tunnel;
	const struct mplink_nic *nic;
	u32 key;
	u8 link;
	u32 heard;
	u64 caps_at;
	u64 report_at;
	struct rcu_head rcu;
};

/**
 * struct mplink_tunnel_socket - The sockets of a namespace, and whom their packets are for
 * @users: number of virtual NICs with encap gre-udp; RTNL
 * @sock: bound to the port: [0] IPv4, [1] IPv6 or NULL
 * @vrfs: list of struct mplink_tunnel_vrf; RTNL
 * @input: an IPv4 route to this host, for packets that skip the route lookup
 * @stats: counts of received packets
 * @far_ends: hash table of struct mplink_far_end; writers hold RTNL, readers RCU
 */
struct mplink_tunnel_socket {
	u32 users;
	struct socket *sock[2];
	struct list_head vrfs;
	struct dst_entry *input;
	struct mplink_tunnel_stats __percpu *stats;
	struct hlist_head far_ends[1 << MPLINK_FAR_END_BITS];
};

/**
 * mplink_far_ends() - Find the hash chain of a remote address
 * @socket: the namespace's sockets
 * @remote: the address
 *
 * Context: RTNL or an RCU read section.
 * Return: the chain; it also holds far ends with other addresses.
 */
static inline struct hlist_head *mplink_far_ends(struct mplink_tunnel_socket *socket,
						 const struct mplink_addr *remote)
{
	const u64 hash = (remote->hi ^ remote->lo) * GOLDEN_RATIO_64;

	return &socket->far_ends[hash >> (64 - MPLINK_FAR_END_BITS)];
}

/**
 * mplink_tunnel_socket_get() - Use the namespace's sockets
 * @net: the namespace
 * @why: on error, set to the reason, a static text
 *
 * The first user opens them.
 *
 * Context: Process context, RTNL.
 * Return: 0, or a negative errno.  Give them back with mplink_tunnel_socket_put().
 */
int mplink_tunnel_socket_get(struct net *net, const char **why);

/**
 * mplink_tunnel_socket_put() - Stop using the namespace's sockets
 * @net: the namespace
 *
 * The last user closes them, and waits for packets under way.
 *
 * Context: Process context, RTNL; may sleep.
 */
void mplink_tunnel_socket_put(struct net *net);

/**
 * mplink_tunnel_follow_vrfs() - Open and close sockets as NICs join and leave VRFs
 * @net: the namespace
 *
 * If a socket cannot be opened, the log says so.
 *
 * Context: Process context, RTNL; may wait for packets under way.
 */
void mplink_tunnel_follow_vrfs(struct net *net);

/**
 * mplink_tunnel_demux() - Spare the stack the lookups of route and socket
 * @vnic: a virtual NIC with encap gre-udp
 * @skb: a packet that one of its NICs received, at its IP header
 *
 * Changes @skb only if it is an IPv4 packet for the sockets.
 *
 * Context: Softirq, in an RCU read section.
 */
void mplink_tunnel_demux(const struct mplink_vnic *vnic, struct sk_buff *skb);

/**
 * mplink_tunnel_drops() - Read a count of the namespace's sockets
 * @net: the namespace
 * @drop: enum mplink_gre_drop; MPLINK_GRE_DROP_NONE for packets that were taken
 *
 * Context: Process context, RTNL.
 * Return: the count; 0 if no virtual NIC of the namespace has tunnels.
 */
u64 mplink_tunnel_drops(const struct net *net, u32 drop);

/**
 * mplink_tunnel_count() - Count a received packet
 * @socket: the namespace's sockets
 * @drop: enum mplink_gre_drop
 *
 * Context: Any but hard interrupts, preemption disabled.
 */
static inline void mplink_tunnel_count(const struct mplink_tunnel_socket *socket, u32 drop)
{
	this_cpu_inc(socket->stats->drops[drop]);
}

#endif /* MPLINK_TUNNEL_SOCKETS_H */
