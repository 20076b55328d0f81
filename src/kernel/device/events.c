// SPDX-License-Identifier: GPL-2.0
/*
 * Notifiers: events of NICs and of their addresses.  Each event hands the core a
 * snapshot of the device; the core decides what follows.
 */
#include <linux/if_macvlan.h>
#include <linux/inetdevice.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>

#include "device/events.h"
#include "device/mtu.h"
#include "device/netns.h"
#include "device/port.h"
#include "device/snapshot.h"
#include "device/vnic.h"
#include "mplink/core.h"
#include "tunnel/sockets.h"

/* Returns enum mplink_event, or 0 if the kernel's event does not matter to NICs. */
static u32 mplink_event_number(unsigned long event)
{
	switch (event) {
	case NETDEV_UP:
		return MPLINK_EVENT_UP;
	case NETDEV_DOWN:
		return MPLINK_EVENT_DOWN;
	case NETDEV_CHANGE:
		return MPLINK_EVENT_CHANGE;
	case NETDEV_REGISTER:
		return MPLINK_EVENT_REGISTER;
	case NETDEV_UNREGISTER:
		return MPLINK_EVENT_UNREGISTER;
	case NETDEV_CHANGEMTU:
		return MPLINK_EVENT_CHANGEMTU;
	case NETDEV_CHANGEADDR:
		return MPLINK_EVENT_CHANGEADDR;
	case NETDEV_GOING_DOWN:
		return MPLINK_EVENT_GOING_DOWN;
	case NETDEV_CHANGENAME:
		return MPLINK_EVENT_CHANGENAME;
	case NETDEV_PRE_UP:
		return MPLINK_EVENT_PRE_UP;
	default:
		return 0;
	}
}

/*
 * Ignores the core's errors: a NIC that cannot be attached is no reason to veto the
 * event.  The core has logged why, and tries again at the next event.
 */
static void mplink_event_tell(struct mplink_vnic *vnic, u32 event, struct net_device *dev)
{
	struct mplink_snapshot snapshot;

	mplink_snapshot_read(dev, &snapshot);
	mplink_core_nic_event(vnic->core, event, &snapshot);
	/* A NIC's type may change: a bond takes the type of its first port. */
	mplink_ports_follow(vnic->dev);
	mplink_vnic_follow_mtu(vnic);
	/* A NIC that enters or leaves a VRF goes down and up, so this event may mean that. */
	if (vnic->delivery)
		mplink_tunnel_follow_vrfs(dev_net(vnic->dev));
}

static void mplink_event_tell_all(u32 event, struct net_device *dev)
{
	struct mplink_vnic *vnic;

	list_for_each_entry(vnic, &mplink_net(dev_net(dev))->vnics, list)
		mplink_event_tell(vnic, event, dev);
}

/*
 * Links carry IP packets without MAC headers.  A bridge, bond, macvlan or macsec above
 * the virtual NIC needs MAC addresses, so answers would never reach it.
 */
static int mplink_event_refuse_upper(const struct netdev_notifier_changeupper_info *info)
{
	struct netlink_ext_ack *extack = netdev_notifier_info_to_extack(&info->info);
	const struct net_device *upper = info->upper_dev;

	if (!info->linking)
		return 0;
	if ((info->master && !netif_is_l3_master(upper)) || netif_is_macvlan(upper) ||
	    netif_is_macsec(upper)) {
		NL_SET_ERR_MSG_MOD(extack,
				   "carries IP packets, not frames: route to it, or use ipvlan in mode l3");
		return -EOPNOTSUPP;
	}
	return 0;
}

static int mplink_netdev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	const u32 number = mplink_event_number(event);

	if (event == NETDEV_PRECHANGEUPPER && mplink_is_vnic(dev))
		return notifier_from_errno(mplink_event_refuse_upper(ptr));
	if (number)
		mplink_event_tell_all(number, dev);
	return NOTIFY_DONE;
}

static int mplink_inetaddr_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct in_ifaddr *ifa = ptr;
	struct net_device *dev = ifa->ifa_dev->dev;

	if (event == NETDEV_UP)
		mplink_event_tell_all(MPLINK_EVENT_INET_UP, dev);
	else if (event == NETDEV_DOWN)
		mplink_event_tell_all(MPLINK_EVENT_INET_DOWN, dev);
	return NOTIFY_DONE;
}

/* This chain is atomic and does not hold RTNL, so the work must do what follows. */
static int mplink_inet6addr_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct inet6_ifaddr *ifa = ptr;
	struct net *net = dev_net(ifa->idev->dev);

	if (!list_empty(&mplink_net(net)->vnics))
		mplink_net_refresh(net, 0);
	return NOTIFY_DONE;
}

static struct notifier_block mplink_netdev_notifier = {
	.notifier_call = mplink_netdev_event,
};

static struct notifier_block mplink_inetaddr_notifier = {
	.notifier_call = mplink_inetaddr_event,
};

static struct notifier_block mplink_inet6addr_notifier = {
	.notifier_call = mplink_inet6addr_event,
};

void mplink_events_replay_nic(struct mplink_vnic *vnic, u32 nic_id, u32 event)
{
	struct mplink_nic_info info;
	struct net_device *dev;

	mplink_core_nic_info(mplink_core_nic_at(vnic->core, nic_id), &info);
	dev = __dev_get_by_name(dev_net(vnic->dev), info.name);
	/* The lookup also finds alternative names, but events carry only the real one. */
	if (dev && !strcmp(dev->name, info.name))
		mplink_event_tell(vnic, event, dev);
}

void mplink_events_replay(struct mplink_vnic *vnic, u32 event)
{
	u32 id;

	for (id = 0; id < MPLINK_MAX_NICS; id++)
		if (mplink_core_nic_at(vnic->core, id))
			mplink_events_replay_nic(vnic, id, event);
}

int mplink_events_init(void)
{
	int err;

	err = register_netdevice_notifier(&mplink_netdev_notifier);
	if (err)
		return err;
	err = register_inetaddr_notifier(&mplink_inetaddr_notifier);
	if (err)
		goto err_netdev;
	err = register_inet6addr_notifier(&mplink_inet6addr_notifier);
	if (err)
		goto err_inetaddr;
	return 0;

err_inetaddr:
	unregister_inetaddr_notifier(&mplink_inetaddr_notifier);
err_netdev:
	unregister_netdevice_notifier(&mplink_netdev_notifier);
	return err;
}

void mplink_events_exit(void)
{
	unregister_inet6addr_notifier(&mplink_inet6addr_notifier);
	unregister_inetaddr_notifier(&mplink_inetaddr_notifier);
	unregister_netdevice_notifier(&mplink_netdev_notifier);
}
