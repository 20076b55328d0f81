// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink: virtual NICs.
 */
#include <linux/rtnetlink.h>

#include "control/netlink.h"
#include "device/vnic.h"
#include "mplink/core.h"
#include "packet/peer_table.h"
#include "tunnel/sockets.h"

const struct nla_policy mplink_nl_device_get_policy[MPLINK_A_DEVICE_MAX + 1] = {
	[MPLINK_A_DEVICE_IFINDEX] = { .type = NLA_U32 },
	[MPLINK_A_DEVICE_NAME] = { .type = NLA_NUL_STRING, .len = MPLINK_NAME_LEN - 1 },
};

const struct nla_policy mplink_nl_device_set_policy[MPLINK_A_DEVICE_MAX + 1] = {
	[MPLINK_A_DEVICE_IFINDEX] = { .type = NLA_U32 },
	[MPLINK_A_DEVICE_NAME] = { .type = NLA_NUL_STRING, .len = MPLINK_NAME_LEN - 1 },
#define MPLINK_DEVICE_SETTING(id, name, file, bits, ...) \
	[MPLINK_A_DEVICE_##id] = MPLINK_NL_RANGE(MPLINK_NL_DEVICE_##id, bits),
#include "uapi/mplink_attributes.def"
	[MPLINK_A_DEVICE_BFD] = NLA_POLICY_NESTED(mplink_nl_bfd_policy),
	[MPLINK_A_DEVICE_TUNNEL] = NLA_POLICY_NESTED(mplink_nl_tunnel_policy),
};

/* --- get -------------------------------------------------------------------- */

static bool mplink_nl_device_next(struct mplink_nl_object *object, unsigned long *cursor)
{
	return !(*cursor)++;
}

static int mplink_nl_fill_drop(struct sk_buff *skb, const struct mplink_vnic *vnic, u32 drop)
{
	struct nlattr *nest = nla_nest_start(skb, MPLINK_A_DEVICE_DROP);

	if (!nest ||
	    nla_put_u32(skb, MPLINK_A_DROP_REASON, drop) ||
	    nla_put_u64_64bit(skb, MPLINK_A_DROP_PACKETS, mplink_core_drops(vnic->core, drop),
			      MPLINK_A_DROP_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* Where a counter of each source is read. */
#define MPLINK_NL_COUNT_CORE(name) core->name
#define MPLINK_NL_COUNT_BFD_RECEIVED(name) \
	atomic64_read(&vnic->bfd_drops[MPLINK_BFD_DROP_NONE])
#define MPLINK_NL_COUNT_GRE_RECEIVED(name) \
	mplink_tunnel_drops(dev_net(vnic->dev), MPLINK_GRE_DROP_NONE)

static int mplink_nl_put_device_counters(struct sk_buff *skb, const struct mplink_vnic *vnic,
					 const struct mplink_device_counters *core)
{
	const struct {
		int attr;
		u64 count;
	} all[] = {
#define MPLINK_DEVICE_COUNTER(id, name, source, ...) \
		{ MPLINK_A_DEVICE_##id, MPLINK_NL_COUNT_##source(name) },
#include "uapi/mplink_attributes.def"
	};
	int err = 0;
	u32 i;

	for (i = 0; !err && i < ARRAY_SIZE(all); i++)
		err = nla_put_u64_64bit(skb, all[i].attr, all[i].count, MPLINK_A_DEVICE_PAD);
	return err;
}

static int mplink_nl_device_fill(struct sk_buff *skb, const struct mplink_nl_object *object)
{
	const struct mplink_vnic *vnic = object->vnic;
	struct mplink_device_counters counters;
	u32 drop;
	int err;

	if (nla_put_u32(skb, MPLINK_A_DEVICE_IFINDEX, vnic->dev->ifindex) ||
	    nla_put_string(skb, MPLINK_A_DEVICE_NAME, vnic->dev->name) ||
	    nla_put_u32(skb, MPLINK_A_DEVICE_POLICY, mplink_core_get_policy(vnic->core)) ||
	    nla_put_u32(skb, MPLINK_A_DEVICE_ENCAP, mplink_core_get_encap(vnic->core)) ||
	    nla_put_u32(skb, MPLINK_A_DEVICE_NICS, mplink_vnic_count_nics(vnic)) ||
	    nla_put_u32(skb, MPLINK_A_DEVICE_PEERS, mplink_peers_count(vnic)))
		return -EMSGSIZE;
	mplink_core_device_counters(vnic->core, &counters);
	err = mplink_nl_put_device_counters(skb, vnic, &counters);
	for (drop = 0; !err && drop < MPLINK_DROPS; drop++)
		err = mplink_nl_fill_drop(skb, vnic, drop);
	return err ?: mplink_nl_put_liveness(skb, vnic) ?: mplink_nl_put_tunnel(skb, vnic);
}

const struct mplink_nl_kind mplink_nl_devices = {
	.cmd = MPLINK_CMD_DEVICE_GET,
	.next = mplink_nl_device_next,
	.fill = mplink_nl_device_fill,
};

static struct mplink_vnic *mplink_nl_device_find(struct genl_info *info)
{
	const struct nlattr *ifindex = info->attrs[MPLINK_A_DEVICE_IFINDEX];
	const struct nlattr *name = info->attrs[MPLINK_A_DEVICE_NAME];
	struct net *net = genl_info_net(info);
	int err;

	if (ifindex && name)
		return ERR_PTR(mplink_nl_refuse(info->extack, name, -EINVAL,
						"is given beside an ifindex: give only one"));
	if (name)
		return mplink_nl_vnic(__dev_get_by_name(net, nla_data(name)), name, info->extack);
	err = mplink_nl_need(info, MPLINK_A_DEVICE_IFINDEX,
			     "the virtual NIC's ifindex or name is missing");
	if (err)
		return ERR_PTR(err);
	return mplink_nl_vnic(__dev_get_by_index(net, nla_get_u32(ifindex)), ifindex,
			      info->extack);
}

int mplink_nl_device_get(struct sk_buff *skb, struct genl_info *info)
{
	struct mplink_nl_object object = {};
	int err;

	rtnl_lock();
	object.vnic = mplink_nl_device_find(info);
	err = IS_ERR(object.vnic) ? PTR_ERR(object.vnic) :
				    mplink_nl_reply(info, &mplink_nl_devices, &object);
	rtnl_unlock();
	return err;
}

int mplink_nl_device_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return mplink_nl_dump(skb, cb, &mplink_nl_devices);
}

/* --- set -------------------------------------------------------------------- */

static int mplink_nl_device_change(struct genl_info *info, struct mplink_vnic *vnic)
{
	const struct nlattr *policy = info->attrs[MPLINK_A_DEVICE_POLICY];
	struct mplink_nl_tunnel was;
	int err = 0;

	if (!policy && !mplink_nl_asks_liveness(info) && !mplink_nl_asks_tunnel(info))
		return mplink_nl_refuse(info->extack, NULL, -EINVAL, "there is nothing to set");
	/*
	 * All or nothing.  The tunnel comes first, because it can be restored unnoticed:
	 * encap changes only while there are no peers.  The policy comes last, because the
	 * netlink policy has already refused unknown ones.
	 */
	mplink_nl_save_tunnel(vnic, &was);
	if (mplink_nl_asks_tunnel(info))
		err = mplink_nl_set_tunnel(info, vnic);
	if (!err && mplink_nl_asks_liveness(info))
		err = mplink_nl_set_liveness(info, vnic);
	if (err) {
		mplink_nl_restore_tunnel(vnic, &was);
		return err;
	}
	if (policy) {
		err = mplink_vnic_set_policy(vnic, nla_get_u32(policy));
		if (err)
			return mplink_nl_refuse(info->extack, policy, err, "is no policy");
	}
	return 0;
}

int mplink_nl_device_set(struct sk_buff *skb, struct genl_info *info)
{
	struct mplink_vnic *vnic;
	int err;

	rtnl_lock();
	vnic = mplink_nl_device_find(info);
	err = IS_ERR(vnic) ? PTR_ERR(vnic) : mplink_nl_device_change(info, vnic);
	rtnl_unlock();
	return err;
}
