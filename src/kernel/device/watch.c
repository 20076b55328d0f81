// SPDX-License-Identifier: GPL-2.0
/*
 * The virtual NICs of a namespace, the watch over its routes, and the works that packets,
 * timers and the core request.
 */
#include <linux/rtnetlink.h>
#include <net/ip6_fib.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>

#include "compat.h"
#include "device/events.h"
#include "device/netns.h"
#include "device/peers.h"
#include "device/vnic.h"
#include "device/watch.h"
#include "mplink/core.h"
#include "packet/hook.h"
#include "packet/path.h"

/* How often to check whether routing has changed.  A check reads three counters. */
#define MPLINK_WATCH_INTERVAL (HZ / 20)

/* Returns how long it took under RTNL, in jiffies. */
static unsigned long mplink_net_reread(struct mplink_net *mn)
{
	struct mplink_vnic *vnic;
	unsigned long took;

	rtnl_lock();
	took = jiffies;
	list_for_each_entry(vnic, &mn->vnics, list) {
		mplink_events_replay(vnic, MPLINK_EVENT_REFRESH);
		mplink_core_refresh(vnic->core);
	}
	took = jiffies - took;
	rtnl_unlock();
	return took;
}

static void mplink_net_work(struct work_struct *work)
{
	mplink_net_reread(container_of(to_delayed_work(work), struct mplink_net, refresh));
}

static void mplink_net_recheck(struct mplink_net *mn, u32 event)
{
	struct mplink_vnic *vnic;

	rtnl_lock();
	list_for_each_entry(vnic, &mn->vnics, list)
		mplink_core_recheck(vnic->core, event);
	rtnl_unlock();
}

static void mplink_net_lanes_work(struct work_struct *work)
{
	struct mplink_net *mn = container_of(to_delayed_work(work), struct mplink_net, lanes);
	struct mplink_vnic *vnic;

	rtnl_lock();
	list_for_each_entry(vnic, &mn->vnics, list)
		mplink_core_make_lanes(vnic->core);
	rtnl_unlock();
}

static void mplink_net_liveness_work(struct work_struct *work)
{
	mplink_net_recheck(container_of(work, struct mplink_net, liveness), MPLINK_EVENT_LIVENESS);
}

static void mplink_net_answers_work(struct work_struct *work)
{
	struct mplink_net *mn = container_of(work, struct mplink_net, answers);
	struct mplink_vnic *vnic;

	mplink_net_recheck(mn, MPLINK_EVENT_ANSWER);
	rtnl_lock();
	list_for_each_entry(vnic, &mn->vnics, list)
		mplink_peers_tell_measured(vnic);
	rtnl_unlock();
}

static void mplink_net_restore_work(struct work_struct *work)
{
	mplink_net_recheck(container_of(to_delayed_work(work), struct mplink_net, restore),
			   MPLINK_EVENT_RESTORE);
}

/*
 * Reads the counters by which the kernel itself knows that a cached route may be stale.
 * The FIB notifier does not do: it reports only the best route of each prefix, but each
 * NIC may use its own of several default routes.
 */
static struct mplink_routing mplink_net_routing(const struct net *net)
{
	struct mplink_routing routing = {
		/* Counts routes, rules and addresses that come or go. */
		.inet = rt_genid_ipv4(net),
		/* The same, except for routes that go: the dst of such a route becomes obsolete. */
		.inet6 = rt_genid_ipv6(net),
	};

	if (ipv6_mod_enabled())
		routing.inet6_gone = READ_ONCE(net->ipv6.rt6_stats->fib_discarded_routes);
	return routing;
}

static bool mplink_net_rerouted(struct mplink_net *mn)
{
	const struct mplink_routing now = mplink_net_routing(mn->net);
	const bool changed = memcmp(&now, &mn->routing, sizeof(now));

	mn->routing = now;
	return changed;
}

/* A path MTU is forgotten after this time at the latest, as in the kernel's own routes. */
static void mplink_net_expire_mtus(struct mplink_net *mn)
{
	if (time_before(jiffies, mn->mtus_expire))
		return;
	mplink_path_forget_mtus(mn->net);
	mn->mtus_expire = jiffies + max(READ_ONCE(mn->net->ipv6.sysctl.ip6_rt_mtu_expires), HZ);
}

static void mplink_net_watch(struct work_struct *work)
{
	struct mplink_net *mn = container_of(to_delayed_work(work), struct mplink_net, watch);
	unsigned long delay = MPLINK_WATCH_INTERVAL;

	if (list_empty(&mn->vnics))
		return;
	mplink_net_expire_mtus(mn);
	/* Where routes change all the time, re-reading takes a tenth of the time at most. */
	if (mplink_net_rerouted(mn))
		delay = max(delay, 10 * mplink_net_reread(mn));
	queue_delayed_work(mplink_system_wq, &mn->watch, delay);
}

int mplink_net_add(struct mplink_vnic *vnic)
{
	struct net *net = dev_net(vnic->dev);
	struct mplink_net *mn = mplink_net(net);

	ASSERT_RTNL();

	if (list_empty(&mn->vnics)) {
		int err = mplink_hook_register(net);

		if (err)
			return err;
		mn->mtus_expire = jiffies;
		queue_delayed_work(mplink_system_wq, &mn->watch, MPLINK_WATCH_INTERVAL);
	}
	list_add_tail(&vnic->list, &mn->vnics);
	mn->generation++;
	return 0;
}

void mplink_net_remove(struct mplink_vnic *vnic)
{
	struct net *net = dev_net(vnic->dev);
	struct mplink_net *mn = mplink_net(net);

	ASSERT_RTNL();

	list_del(&vnic->list);
	mn->generation++;
	if (list_empty(&mn->vnics)) {
		mplink_hook_unregister(net);
		/* Not _sync: a running watch may wait for RTNL.  It will see the empty list. */
		cancel_delayed_work(&mn->watch);
	}
}

const struct mplink_net_works mplink_watch_works = {
	.refresh = mplink_net_work,
	.lanes = mplink_net_lanes_work,
	.liveness = mplink_net_liveness_work,
	.answers = mplink_net_answers_work,
	.restore = mplink_net_restore_work,
	.watch = mplink_net_watch,
	.link_changed = mplink_peers_revisit,
};
