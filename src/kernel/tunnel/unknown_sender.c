// SPDX-License-Identifier: GPL-2.0
/*
 * Packets with a peer's key from an address that is not its remote.  The sender does not hear
 * of the drop, so the log says what to do.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/rtnetlink.h>

#include "addr.h"
#include "device/vnic.h"
#include "mplink/core.h"
#include "report/report.h"
#include "tunnel/sockets.h"
#include "tunnel/unknown_sender.h"
#include "tunnel/tunnel.h"

static struct mplink_vnic *mplink_key_owner(struct mplink_tunnel_socket *socket, u32 key)
{
	const struct mplink_far_end *end;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(socket->far_ends); i++)
		hlist_for_each_entry_rcu(end, &socket->far_ends[i], node)
			if (end->key == key)
				return end->tunnel->vnic;
	return NULL;
}

void mplink_tunnel_unknown_sender(struct mplink_tunnel_socket *socket,
				  const struct mplink_addr *from, u32 key,
				  const struct net_device *dev)
{
	/*
	 * Limits for the module, because anybody can send such packets, and the search is slow.
	 * A search without result must not use up the next line.
	 */
	static struct ratelimit_state searches =
		RATELIMIT_STATE_INIT_FLAGS(searches, HZ, 5, RATELIMIT_MSG_ON_RELEASE);
	static struct ratelimit_state lines =
		RATELIMIT_STATE_INIT_FLAGS(lines, 30 * HZ, 1, RATELIMIT_MSG_ON_RELEASE);
	struct mplink_vnic *vnic;
	char addr[MPLINK_ADDR_LEN];

	if (!__ratelimit(&searches))
		return;
	vnic = mplink_key_owner(socket, key);
	if (!vnic || !mplink_may_log(vnic) || !__ratelimit(&lines))
		return;
	mplink_format_addr(addr, sizeof(addr), from);
	pr_notice("%s: packets from %s by %s are dropped: their key is that of a peer without this remote; if that peer sends them, add a link: mplink peer set PEER addlink NIC %s\n",
		  vnic->dev->name, addr, dev->name, addr);
}
