/* SPDX-License-Identifier: GPL-2.0 */
/* The way to a remote over one NIC. */
#ifndef MPLINK_PACKET_PATH_H
#define MPLINK_PACKET_PATH_H

#include <linux/netdevice.h>
#include <linux/percpu.h>

#include "mplink/core.h"
#include "mplink/platform.h"

struct mplink_route;

/**
 * struct mplink_path - The way to a remote over one NIC
 * @dev: the NIC
 * @dst: an IPv4 and an IPv6 route per slot: see mplink_path_dst()
 * @inet6: the next hop is @gw6, else @gw4
 * @gw4: IPv4 address of the next hop
 * @gw6: IPv6 address of the next hop
 * @outer6: the remote is an IPv6 address
 * @link: id of the link whose packets take it
 * @pmtu: path MTU in bytes; U32_MAX: unknown
 * @pmtu_until: when @pmtu expires, in jiffies
 * @remote: address of the far end
 * @wanted: source address that the user has set; all zero: none
 * @local: source address of packets that the module sends itself; all zero: none
 * @route: owner of @dst; a counted reference
 * @heard: the far end has sent a packet to @local
 * @learned: @local is an address that the far end sends to, not the route's choice
 * @strays: how many packets in a row the far end has sent to another address
 * @rcu: frees it after a grace period
 */
struct mplink_path {
	struct net_device *dev;
	struct dst_entry *const *dst;
	bool inet6;
	union {
		__be32 gw4;
		struct in6_addr gw6;
	};
	bool outer6;
	u8 link;
	u32 pmtu;
	unsigned long pmtu_until;
	struct mplink_addr remote;
	struct mplink_addr wanted;
	struct mplink_addr local;
	struct mplink_route *route;
	bool heard;
	bool learned;
	u8 strays;
	struct rcu_head rcu;
};

/* The slot of each CPU: which copy of a path's routes it uses. */
DECLARE_PER_CPU(u32, mplink_slot);

/**
 * mplink_path_dst() - Get a route for a packet
 * @path: the path
 * @inet6: the packet is IPv6
 *
 * Each CPU has its own copy, so that reference counts do not share cache lines.  Any copy is
 * correct, so the caller may be preempted.
 *
 * Context: Any, in an RCU read section.
 * Return: the route without a reference; NULL for IPv6 over an IPv4 next hop, because the
 * stack has no such route.
 */
static inline struct dst_entry *mplink_path_dst(const struct mplink_path *path, bool inet6)
{
	return path->dst[2 * (size_t)raw_cpu_read(mplink_slot) + inet6];
}

/**
 * mplink_path_init() - Give each CPU its slot
 *
 * Context: Process context, while the module is loaded.
 */
void mplink_path_init(void);

/**
 * mplink_path_forget_mtus() - Forget the path MTUs that tunnels have written into routes
 * @net: the namespace
 *
 * If a packet is too long for a tunnel, the tunnel writes its path MTU into the packet's IPv6
 * route (tnl_update_pmtu()).  The kernel's cached routes expire, but those of paths do not.
 *
 * Context: Process context.
 */
void mplink_path_forget_mtus(const struct net *net);

/* Number of paths created.  While it does not change, what is known of a path stays true. */
extern u32 mplink_path_generation;

/**
 * mplink_path_heard() - Learn which of our addresses the far end sends to
 * @path: the path to the sender, whose address, NIC and key have been checked
 * @to: destination address of its packet
 *
 * The far end may know us by a second address of the NIC, or by a loopback address, and then
 * drops packets from any other.  So we answer from the address that it sends to, unless the
 * user has set one.  A new path believes the first packet; a path in use eight in a row.
 *
 * Context: Softirq, in an RCU read section.
 * Return: false if the caller must report the next such packet, too.
 */
bool mplink_path_heard(struct mplink_path *path, const struct mplink_addr *to);

/**
 * mplink_path_may_answer_from() - Tell whether the path may use an address as its source
 * @path: the path
 * @addr: one of our addresses, to which the far end has sent
 *
 * Context: Any, in an RCU read section.
 * Return: false if the user has set another one, or if it belongs to another NIC.
 */
bool mplink_path_may_answer_from(const struct mplink_path *path, const struct mplink_addr *addr);

/**
 * mplink_path_learn() - Send from an address from now on
 * @path: the path
 * @addr: mplink_path_may_answer_from() allows it
 *
 * Context: Softirq, in an RCU read section.
 */
void mplink_path_learn(struct mplink_path *path, const struct mplink_addr *addr);

/**
 * mplink_path_mtu() - Tell the longest outer packet that fits
 * @path: the path
 *
 * Context: Any, in an RCU read section.
 * Return: bytes from the outer IP header on.
 */
static inline u32 mplink_path_mtu(const struct mplink_path *path)
{
	const u32 mtu = READ_ONCE(path->dev->mtu), pmtu = READ_ONCE(path->pmtu);

	if (likely(mtu <= pmtu) || time_after(jiffies, READ_ONCE(path->pmtu_until)))
		return mtu;
	return pmtu;
}

#endif /* MPLINK_PACKET_PATH_H */
