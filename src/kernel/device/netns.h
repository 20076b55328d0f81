/* SPDX-License-Identifier: GPL-2.0 */
/* What the module keeps for each network namespace. */
#ifndef MPLINK_DEVICE_NETNS_H
#define MPLINK_DEVICE_NETNS_H

#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "device/vnic.h"
#include "mplink/core.h"

/* Counters of the kernel's that change whenever a look-up may give another route. */
struct mplink_routing {
	int inet;
	int inet6;
	u32 inet6_gone;
};

struct mplink_net {
	struct net *net;
	struct list_head vnics;		/* RTNL */
	struct mplink_tunnel_socket *tunnel;	/* NULL: nobody wants it; RTNL, and its users */
	u32 generation;			/* counts their comings and goings */
	struct mplink_routing routing;	/* when addresses and routes were re-read last */
	struct delayed_work watch;	/* whether that has changed */
	struct delayed_work refresh;	/* re-reads addresses and routes */
	struct delayed_work lanes;	/* makes what packets have asked for */
	struct work_struct liveness;	/* follows BFD sessions */
	struct delayed_work restore;	/* ends waits to restore and hold-offs */
};

struct mplink_net *mplink_net(const struct net *net);
/* Re-reads addresses and routes soon.  Any context. */
void mplink_net_refresh(struct net *net, unsigned long delay);
/* A BFD session has changed its state.  Any context. */
void mplink_net_liveness(struct net *net);
/* A link of the peer's, if there is such a peer, is valid no more.  RTNL. */
void mplink_net_link_lost(struct mplink_vnic *vnic, const struct mplink_addr *peer);

/* What is done when it has been asked for. */
struct mplink_net_works {
	work_func_t refresh;
	work_func_t lanes;
	work_func_t liveness;
	work_func_t restore;
	work_func_t watch;
	void (*link_lost)(struct mplink_vnic *vnic, const struct mplink_addr *peer);
};

int mplink_net_init(const struct mplink_net_works *works);
void mplink_net_exit(void);

#endif /* MPLINK_DEVICE_NETNS_H */
