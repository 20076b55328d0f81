/* SPDX-License-Identifier: GPL-2.0 */
/* State per network namespace, and how lower layers request work for a namespace. */
#ifndef MPLINK_DEVICE_NETNS_H
#define MPLINK_DEVICE_NETNS_H

#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "device/vnic.h"
#include "mplink/core.h"

/**
 * struct mplink_routing - kernel counters that change when a lookup may give another route
 * @inet: rt_genid_ipv4(): IPv4 routes, rules and addresses that come or go
 * @inet6: rt_genid_ipv6(): the same for IPv6, except for routes that go
 * @inet6_gone: IPv6 routes that have gone
 */
struct mplink_routing {
	int inet;
	int inet6;
	u32 inet6_gone;
};

/**
 * struct mplink_net - what the module keeps for a network namespace
 * @net: the namespace
 * @vnics: its virtual NICs, by mplink_vnic.list; guarded by RTNL
 * @tunnel: the sockets of gre-udp, NULL if no virtual NIC uses them.  Guarded by RTNL;
 *	a virtual NIC that holds them may read them without.
 * @generation: counts virtual NICs that come or go; guarded by RTNL
 * @routing: the counters at the last check; only @watch touches them
 * @mtus_expire: when to forget path MTUs, in jiffies; @watch alone uses it
 * @watch: checks periodically whether @routing has changed
 * @refresh: re-reads addresses and routes
 * @lanes: allocates the lanes that packets have requested
 * @liveness: applies state changes of BFD sessions
 * @answers: applies what far ends of tunnels have answered
 * @restore: ends waits to restore, and hold-offs
 */
struct mplink_net {
	struct net *net;
	struct list_head vnics;
	struct mplink_tunnel_socket *tunnel;
	u32 generation;
	struct mplink_routing routing;
	unsigned long mtus_expire;
	struct delayed_work watch;
	struct delayed_work refresh;
	struct delayed_work lanes;
	struct work_struct liveness;
	struct work_struct answers;
	struct delayed_work restore;
};

/**
 * mplink_net() - The module's state for a namespace.
 * @net: the namespace
 *
 * Context: Any, between mplink_net_init() and mplink_net_exit().
 * Return: The state, never NULL; it lives as long as the namespace.
 */
struct mplink_net *mplink_net(const struct net *net);

/**
 * mplink_net_refresh() - Have addresses and routes of a namespace re-read.
 * @net: the namespace
 * @delay: in jiffies.  An earlier request that is still pending keeps its own time.
 *
 * Context: Any.
 */
void mplink_net_refresh(struct net *net, unsigned long delay);

/**
 * mplink_net_liveness() - Have the state changes of BFD sessions applied.
 * @net: the namespace of the sessions
 *
 * Context: Any.
 */
void mplink_net_liveness(struct net *net);

/**
 * mplink_net_answers() - Have applied what the far ends of tunnels have answered.
 * @net: the namespace
 *
 * Context: Any.
 */
void mplink_net_answers(struct net *net);

/**
 * mplink_net_link_changed() - Report that the validity of a link has changed.
 * @vnic: the virtual NIC
 * @peer: the address of the link's peer; the peer need not exist any more
 *
 * Context: RTNL.
 */
void mplink_net_link_changed(struct mplink_vnic *vnic, const struct mplink_addr *peer);

/**
 * struct mplink_net_works - what the requests above do
 * @refresh: see struct mplink_net; the works run in process context, without RTNL
 * @lanes: likewise
 * @liveness: likewise
 * @answers: likewise
 * @restore: likewise
 * @watch: likewise
 * @link_changed: see mplink_net_link_changed()
 *
 * The layers that request work must not call the layers above them; this table does.
 */
struct mplink_net_works {
	work_func_t refresh;
	work_func_t lanes;
	work_func_t liveness;
	work_func_t answers;
	work_func_t restore;
	work_func_t watch;
	void (*link_changed)(struct mplink_vnic *vnic, const struct mplink_addr *peer);
};

/**
 * mplink_net_init() - Set up the state of all namespaces, present and future.
 * @works: stays valid until mplink_net_exit() returns
 *
 * Context: Process context, without RTNL.
 * Return: 0 or a negative errno.
 */
int mplink_net_init(const struct mplink_net_works *works);

/**
 * mplink_net_exit() - Destroy the state of all namespaces, after their last virtual NIC.
 *
 * Context: Process context, without RTNL; waits for works under way.
 */
void mplink_net_exit(void);

#endif /* MPLINK_DEVICE_NETNS_H */
