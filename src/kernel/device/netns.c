// SPDX-License-Identifier: GPL-2.0
/*
 * State per network namespace, and requests for work from lower layers.  watch.c does
 * the work.
 */
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "compat.h"
#include "device/netns.h"
#include "device/vnic.h"
#include "mplink/core.h"
#include "mplink/platform.h"

static unsigned int mplink_net_id __read_mostly;
static const struct mplink_net_works *mplink_net_works __ro_after_init;

struct mplink_net *mplink_net(const struct net *net)
{
	return net_generic(net, mplink_net_id);
}

void mplink_net_link_changed(struct mplink_vnic *vnic, const struct mplink_addr *peer)
{
	mplink_net_works->link_changed(vnic, peer);
}

void mplink_net_liveness(struct net *net)
{
	queue_work(mplink_system_wq, &mplink_net(net)->liveness);
}

void mplink_net_answers(struct net *net)
{
	queue_work(mplink_system_wq, &mplink_net(net)->answers);
}

void mplink_request_recheck(void *owner, u64 ms)
{
	const struct net_device *dev = owner;
	struct mplink_net *mn = mplink_net(dev_net(dev));
	/* One more jiffy, because the current one has partly passed. */
	const unsigned long delay = msecs_to_jiffies(ms) + 1;

	ASSERT_RTNL();

	/* The earliest request wins. */
	if (!delayed_work_pending(&mn->restore) ||
	    time_before(jiffies + delay, mn->restore.timer.expires))
		mod_delayed_work(mplink_system_wq, &mn->restore, delay);
}

/*
 * The delay collects requests: the work looks at every peer, which takes a millisecond
 * for 10,000 peers, and a scan of all peers' addresses would otherwise keep it busy.
 */
void mplink_request_lanes(void *owner)
{
	const struct net_device *dev = owner;

	queue_delayed_work(mplink_system_wq, &mplink_net(dev_net(dev))->lanes, HZ / 50);
}

void mplink_net_refresh(struct net *net, unsigned long delay)
{
	/* Keeps the time of a request that is still pending. */
	queue_delayed_work(mplink_system_wq, &mplink_net(net)->refresh, delay);
}

static int __net_init mplink_net_start(struct net *net)
{
	struct mplink_net *mn = mplink_net(net);

	mn->net = net;
	INIT_LIST_HEAD(&mn->vnics);
	INIT_DELAYED_WORK(&mn->refresh, mplink_net_works->refresh);
	INIT_DELAYED_WORK(&mn->lanes, mplink_net_works->lanes);
	INIT_WORK(&mn->liveness, mplink_net_works->liveness);
	INIT_WORK(&mn->answers, mplink_net_works->answers);
	INIT_DELAYED_WORK(&mn->restore, mplink_net_works->restore);
	INIT_DELAYED_WORK(&mn->watch, mplink_net_works->watch);
	return 0;
}

static void __net_exit mplink_net_stop(struct net *net)
{
	struct mplink_net *mn = mplink_net(net);

	/* All virtual NICs and their BFD sessions have gone: no new work can be requested. */
	WARN_ON_ONCE(!list_empty(&mn->vnics));
	cancel_delayed_work_sync(&mn->watch);
	cancel_delayed_work_sync(&mn->refresh);
	cancel_delayed_work_sync(&mn->lanes);
	cancel_work_sync(&mn->liveness);
	cancel_work_sync(&mn->answers);
	cancel_delayed_work_sync(&mn->restore);
}

static struct pernet_operations mplink_net_ops = {
	.init = mplink_net_start,
	.exit = mplink_net_stop,
	.id = &mplink_net_id,
	.size = sizeof(struct mplink_net),
};

int mplink_net_init(const struct mplink_net_works *works)
{
	mplink_net_works = works;
	return register_pernet_subsys(&mplink_net_ops);
}

void mplink_net_exit(void)
{
	unregister_pernet_subsys(&mplink_net_ops);
}
