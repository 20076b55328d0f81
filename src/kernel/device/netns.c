// SPDX-License-Identifier: GPL-2.0
/*
 * What the module keeps for each network namespace: the virtual NICs in it, and
 * the watch over its routes.
 */
#include <linux/rtnetlink.h>
#include <net/ip6_fib.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "mplink.h"

/* How often to ask whether routing has changed: three counters are read. */
#define MPLINK_WATCH_INTERVAL (HZ / 20)

static unsigned int mplink_net_id __read_mostly;

struct mplink_net *mplink_net(const struct net *net)
{
	return net_generic(net, mplink_net_id);
}

/* Returns how long it took, in jiffies. */
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

static void mplink_net_restore_work(struct work_struct *work)
{
	mplink_net_recheck(container_of(to_delayed_work(work), struct mplink_net, restore),
			   MPLINK_EVENT_RESTORE);
}

void mplink_net_liveness(struct net *net)
{
	queue_work(system_wq, &mplink_net(net)->liveness);
}

void mplink_request_recheck(void *owner, u64 ms)
{
	const struct net_device *dev = owner;
	struct mplink_net *mn = mplink_net(dev_net(dev));
	/* One more, for the tick under way is not a whole one. */
	const unsigned long delay = msecs_to_jiffies(ms) + 1;

	ASSERT_RTNL();

	/* Never later than anyone asked for. */
	if (!delayed_work_pending(&mn->restore) ||
	    time_before(jiffies + delay, mn->restore.timer.expires))
		mod_delayed_work(system_wq, &mn->restore, delay);
}

/*
 * It looks at every peer for those that want something, so not at once: with 10,000 peers
 * it takes a millisecond, and a scan of all of them must not keep it busy.
 */
void mplink_request_lanes(void *owner)
{
	const struct net_device *dev = owner;

	queue_delayed_work(system_wq, &mplink_net(dev_net(dev))->lanes, HZ / 50);
}

void mplink_net_refresh(struct net *net, unsigned long delay)
{
	/* No sooner than asked for, no later than anyone asked for. */
	queue_delayed_work(system_wq, &mplink_net(net)->refresh, delay);
}

/*
 * What the kernel itself goes by to tell that a cached route may be stale.  Its notifier
 * speaks of the best route of each prefix only, and links use others, too: of two defaults
 * each NIC has its own.
 */
static struct mplink_routing mplink_net_routing(const struct net *net)
{
	struct mplink_routing routing = {
		/* Each route, rule and address that comes or goes, if any look-up ever saw it. */
		.inet = rt_genid_ipv4(net),
		/* The same, but for routes that go: whoever has one cached notices that itself. */
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

static void mplink_net_watch(struct work_struct *work)
{
	struct mplink_net *mn = container_of(to_delayed_work(work), struct mplink_net, watch);
	unsigned long delay = MPLINK_WATCH_INTERVAL;

	if (list_empty(&mn->vnics))
		return;
	/* On a router where routes change all the time this takes a tenth of it at most. */
	if (mplink_net_rerouted(mn))
		delay = max(delay, 10 * mplink_net_reread(mn));
	queue_delayed_work(system_wq, &mn->watch, delay);
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
		queue_delayed_work(system_wq, &mn->watch, MPLINK_WATCH_INTERVAL);
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
		/* If it is under way, it finds that there is nothing to watch. */
		cancel_delayed_work(&mn->watch);
	}
}

static int __net_init mplink_net_start(struct net *net)
{
	struct mplink_net *mn = mplink_net(net);

	mn->net = net;
	INIT_LIST_HEAD(&mn->vnics);
	INIT_DELAYED_WORK(&mn->refresh, mplink_net_work);
	INIT_DELAYED_WORK(&mn->lanes, mplink_net_lanes_work);
	INIT_WORK(&mn->liveness, mplink_net_liveness_work);
	INIT_DELAYED_WORK(&mn->restore, mplink_net_restore_work);
	INIT_DELAYED_WORK(&mn->watch, mplink_net_watch);
	return 0;
}

static void __net_exit mplink_net_stop(struct net *net)
{
	struct mplink_net *mn = mplink_net(net);

	/* The virtual NICs have gone before, with their sessions: nothing asks for work. */
	WARN_ON_ONCE(!list_empty(&mn->vnics));
	cancel_delayed_work_sync(&mn->watch);
	cancel_delayed_work_sync(&mn->refresh);
	cancel_delayed_work_sync(&mn->lanes);
	cancel_work_sync(&mn->liveness);
	cancel_delayed_work_sync(&mn->restore);
}

static struct pernet_operations mplink_net_ops = {
	.init = mplink_net_start,
	.exit = mplink_net_stop,
	.id = &mplink_net_id,
	.size = sizeof(struct mplink_net),
};

int mplink_net_init(void)
{
	return register_pernet_subsys(&mplink_net_ops);
}

void mplink_net_exit(void)
{
	unregister_pernet_subsys(&mplink_net_ops);
}
