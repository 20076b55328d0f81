// SPDX-License-Identifier: GPL-2.0
/*
 * The MTU of a virtual NIC: the smallest MTU of its NICs, less the outer headers.
 */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

#include "device/mtu.h"
#include "device/vnic.h"
#include "mplink/tunnel.h"
#include "packet/outer.h"

u32 mplink_tunnel_overhead(const struct mplink_vnic *vnic)
{
	if (!vnic->delivery)
		return 0;
	return mplink_outer_len(vnic->nr_outer6) + MPLINK_GRE_LEN;
}

void mplink_vnic_follow_mtu(struct mplink_vnic *vnic)
{
	const unsigned int overhead = mplink_tunnel_overhead(vnic);
	unsigned int mtu = 0, room = 0;
	struct net_device *lower;
	struct list_head *iter;

	ASSERT_RTNL();

	netdev_for_each_lower_dev(vnic->dev, lower, iter) {
		if (!mtu || lower->mtu < mtu)
			mtu = lower->mtu;
		room = max_t(unsigned int, room, LL_RESERVED_SPACE(lower));
	}
	/* Makes senders leave room for the outer headers. */
	vnic->dev->needed_headroom = overhead ? overhead + room : 0;
	/* Without NICs the MTU stays: they will be back. */
	if (!mtu || mtu < vnic->dev->min_mtu + overhead)
		return;
	mtu -= overhead;
	vnic->dev->max_mtu = mtu;
	/* mtu_set is kept even while a NIC cannot carry it. */
	if (vnic->mtu_set && vnic->mtu_set < mtu)
		mtu = vnic->mtu_set;
	if (vnic->dev->mtu == mtu)
		return;
	vnic->mtu_following = true;
	dev_set_mtu(vnic->dev, mtu);
	vnic->mtu_following = false;
}
