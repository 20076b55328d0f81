// SPDX-License-Identifier: GPL-2.0
/*
 * What the module keeps for each network namespace: the virtual NICs in it, and
 * the watch over its routes.
 */
#include <linux/rtnetlink.h>
#include <net/fib_notifier.h>
#include <net/ip_fib.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "mplink.h"

static unsigned int mplink_net_id __read_mostly;

struct mplink_net *mplink_net(const struct net *net)
{
	return net_generic(net, mplink_net_id);
}

static void mplink_net_work(struct work_struct *work)
{
	struct mplink_net *mn = container_of(to_delayed_work(work), struct mplink_net, refresh);
	struct mplink_vnic *vnic;

	rtnl_lock();
	list_for_each_entry(vnic, &mn->vnics, list) {
		mplink_events_replay(vnic, MPLINK_EVENT_REFRESH);
		mplink_core_refresh(vnic->core);
	}
	rtnl_unlock();
}

static void mplink_net_recheck(struct mplink_net *mn, u32 event)
{
	struct mplink_vnic *vnic;

	rtnl_lock();
	list_for_each_entry(vnic, &mn->vnics, list)
		mplink_core_recheck(vnic->core, event);
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

void mplink_net_refresh(struct net *net, unsigned long delay)
{
	/* No sooner than asked for, no later than anyone asked for. */
	queue_delayed_work(system_wq, &mplink_net(net)->refresh, delay);
}

static bool mplink_net_concerns_nic(unsigned long event, void *ptr)
{
	const struct fib_notifier_info *info = ptr;
	const struct fib_entry_notifier_info *entry;
	const struct fib_info *fi;
	int i;

	/* Of the many events, IPv4 routes are most: those over other devices do not matter. */
	if (info->family != AF_INET ||
	    (event != FIB_EVENT_ENTRY_REPLACE && event != FIB_EVENT_ENTRY_APPEND &&
	     event != FIB_EVENT_ENTRY_ADD && event != FIB_EVENT_ENTRY_DEL))
		return true;
	entry = container_of(info, struct fib_entry_notifier_info, info);
	fi = entry->fi;
	if (fi->nh)
		return true;
	for (i = 0; i < fi->fib_nhs; i++) {
		const struct net_device *dev = fi->fib_nh[i].fib_nh_dev;

		if (dev && rcu_access_pointer(dev->rx_handler) == mplink_input)
			return true;
	}
	return false;
}

/* Called under locks of the FIB's own, in any context: only the worker may act. */
static int mplink_net_fib_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct mplink_net *mn = container_of(nb, struct mplink_net, fib);

	if (!list_empty(&mn->vnics) && mplink_net_concerns_nic(event, ptr))
		mplink_net_refresh(mn->net, 0);
	return NOTIFY_DONE;
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
	if (list_empty(&mn->vnics))
		mplink_hook_unregister(net);
}

static int __net_init mplink_net_start(struct net *net)
{
	struct mplink_net *mn = mplink_net(net);

	mn->net = net;
	INIT_LIST_HEAD(&mn->vnics);
	INIT_DELAYED_WORK(&mn->refresh, mplink_net_work);
	INIT_WORK(&mn->liveness, mplink_net_liveness_work);
	INIT_DELAYED_WORK(&mn->restore, mplink_net_restore_work);
	mn->fib.notifier_call = mplink_net_fib_event;
	/* Here, and not with the first virtual NIC: it takes RTNL itself. */
	return register_fib_notifier(net, &mn->fib, NULL, NULL);
}

static void __net_exit mplink_net_stop(struct net *net)
{
	struct mplink_net *mn = mplink_net(net);

	/*
	 * The virtual NICs have gone before, with their sessions: nothing asks for any of
	 * the work but the FIB.
	 */
	WARN_ON_ONCE(!list_empty(&mn->vnics));
	unregister_fib_notifier(net, &mn->fib);
	cancel_delayed_work_sync(&mn->refresh);
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
