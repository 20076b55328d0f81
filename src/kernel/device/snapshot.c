// SPDX-License-Identifier: GPL-2.0
/*
 * Snapshots of a device: reads its present state and addresses from the kernel.
 */
#include <linux/inetdevice.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>

#include "addr.h"
#include "device/snapshot.h"
#include "mplink/core.h"

static void mplink_snapshot_inet(struct net_device *dev, struct mplink_snapshot *snapshot)
{
	const struct in_device *in_dev = __in_dev_get_rtnl(dev);
	const struct in_ifaddr *ifa;

	if (!in_dev)
		return;
	in_dev_for_each_ifa_rtnl(ifa, in_dev) {
		if (ifa->ifa_flags & IFA_F_SECONDARY)
			continue;
		snapshot->inet = mplink_addr4(ifa->ifa_local);
		return;
	}
}

static void mplink_snapshot_inet6(struct net_device *dev, struct mplink_snapshot *snapshot)
{
	const struct inet6_ifaddr *ifa;
	struct inet6_dev *idev;

	idev = __in6_dev_get(dev);
	if (!idev)
		return;
	read_lock_bh(&idev->lock);
	list_for_each_entry(ifa, &idev->addr_list, if_list) {
		struct mplink_addr *addr = &snapshot->inet6;

		/* Duplicate address detection is not done yet, or has failed. */
		if (ifa->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED))
			continue;
		if (ipv6_addr_type(&ifa->addr) & IPV6_ADDR_LINKLOCAL)
			addr = &snapshot->inet6_local;
		if (mplink_addr_none(addr))
			*addr = mplink_addr6(&ifa->addr);
	}
	read_unlock_bh(&idev->lock);
}

/*
 * Whether the device has a carrier, but 802.1X, LACP or a self-test does not let it carry
 * packets yet.  Not netif_oper_up(): operstate follows the carrier up to a second late.
 */
static bool mplink_snapshot_dormant(const struct net_device *dev)
{
	const unsigned char oper = READ_ONCE(dev->operstate);

	if (netif_dormant(dev) || netif_testing(dev))
		return true;
	if (READ_ONCE(dev->link_mode) != IF_LINK_MODE_DEFAULT)
		return oper != IF_OPER_UP;
	return oper == IF_OPER_DORMANT || oper == IF_OPER_TESTING;
}

void mplink_snapshot_read(struct net_device *dev, struct mplink_snapshot *snapshot)
{
	ASSERT_RTNL();

	*snapshot = (struct mplink_snapshot){
		.netdev = dev,
		.ifindex = dev->ifindex,
		.registered = dev->reg_state == NETREG_REGISTERED,
		.loopback = !!(dev->flags & IFF_LOOPBACK),
		.up = (dev->flags & IFF_UP) && netif_running(dev),
		.carrier = netif_carrier_ok(dev) && !mplink_snapshot_dormant(dev),
	};
	strscpy(snapshot->name, dev->name, sizeof(snapshot->name));
	mplink_snapshot_inet(dev, snapshot);
	mplink_snapshot_inet6(dev, snapshot);
}
