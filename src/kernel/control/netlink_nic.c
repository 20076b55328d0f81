// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink: the NICs of a virtual NIC.
 */
#include <net/ipv6.h>

#include "addr.h"
#include "control/netlink.h"
#include "device/vnic.h"
#include "mplink/core.h"

const struct nla_policy mplink_nl_nic_policy[MPLINK_A_NIC_MAX + 1] = {
	[MPLINK_A_NIC_DEVICE] = { .type = NLA_U32 },
	[MPLINK_A_NIC_NAME] = { .type = NLA_NUL_STRING, .len = MPLINK_NAME_LEN - 1 },
};

/* --- get -------------------------------------------------------------------- */

static bool mplink_nl_nic_next(struct mplink_nl_object *object, unsigned long *cursor)
{
	while (*cursor < MPLINK_MAX_NICS) {
		object->nic_id = (*cursor)++;
		if (mplink_core_nic_at(object->vnic->core, object->nic_id))
			return true;
	}
	return false;
}

static int mplink_nl_nic_fill(struct sk_buff *skb, const struct mplink_nl_object *object)
{
	const struct mplink_vnic *vnic = object->vnic;
	const struct mplink_nic *nic = mplink_core_nic_at(vnic->core, object->nic_id);
	struct mplink_nic_info info;
	struct mplink_counters sum;

	mplink_core_nic_info(nic, &info);
	mplink_core_nic_counters(nic, &sum);
	if (nla_put_u32(skb, MPLINK_A_NIC_DEVICE, vnic->dev->ifindex) ||
	    nla_put_string(skb, MPLINK_A_NIC_NAME, info.name) ||
	    nla_put_u32(skb, MPLINK_A_NIC_IFINDEX, info.ifindex) ||
	    nla_put_u32(skb, MPLINK_A_NIC_REASON, info.reason) ||
	    nla_put_u8(skb, MPLINK_A_NIC_CARRIER, info.carrier) ||
	    nla_put_u32(skb, MPLINK_A_NIC_TRANSITIONS, info.transitions) ||
	    nla_put_u64_64bit(skb, MPLINK_A_NIC_SINCE_MS, info.since_ms, MPLINK_A_NIC_PAD))
		return -EMSGSIZE;
	if (!ipv6_addr_any(mplink_in6(&info.address)) &&
	    mplink_nl_put_addr(skb, MPLINK_A_NIC_ADDRESS, &info.address))
		return -EMSGSIZE;
	return mplink_nl_put_counters(skb, MPLINK_A_NIC_COUNTERS, &sum) ?:
	       mplink_nl_put_stages(skb, MPLINK_A_NIC_STAGES, info.stages_ms, MPLINK_NIC_STAGES);
}

const struct mplink_nl_kind mplink_nl_nics = {
	.cmd = MPLINK_CMD_NIC_GET,
	.device_attr = MPLINK_A_NIC_DEVICE,
	.next = mplink_nl_nic_next,
	.fill = mplink_nl_nic_fill,
};

/* --- requests ----------------------------------------------------------------- */

static int mplink_nl_need_nic(struct genl_info *info)
{
	return mplink_nl_need(info, MPLINK_A_NIC_NAME, "the NIC's name is missing");
}

/* Returns the id of the NIC that the request names, or a negative errno. */
static int mplink_nl_nic_find(struct genl_info *info, const struct mplink_vnic *vnic)
{
	const struct nlattr *name = info->attrs[MPLINK_A_NIC_NAME];
	int id = mplink_core_nic_find(vnic->core, nla_data(name));

	if (id < 0)
		return mplink_nl_refuse(info->extack, name, id, "there is no such NIC");
	return id;
}

static int mplink_nl_nic_answer(struct genl_info *info, struct mplink_vnic *vnic)
{
	struct mplink_nl_object object = { .vnic = vnic };
	int id = mplink_nl_nic_find(info, vnic);

	if (id < 0)
		return id;
	object.nic_id = id;
	return mplink_nl_reply(info, &mplink_nl_nics, &object);
}

int mplink_nl_nic_get(struct sk_buff *skb, struct genl_info *info)
{
	return mplink_nl_need_nic(info) ?:
	       mplink_nl_do(info, MPLINK_A_NIC_DEVICE, mplink_nl_nic_answer);
}

int mplink_nl_nic_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return mplink_nl_dump(skb, cb, &mplink_nl_nics);
}

static int mplink_nl_nic_create(struct genl_info *info, struct mplink_vnic *vnic)
{
	const struct nlattr *name = info->attrs[MPLINK_A_NIC_NAME];
	struct mplink_extack extack = {};
	int err;

	err = mplink_vnic_add_nic(vnic, nla_data(name), &extack);
	if (!err)
		return 0;
	return mplink_nl_refused(info, extack.attr == MPLINK_EXTACK_NAME ? name : NULL, err,
				 &extack);
}

int mplink_nl_nic_add(struct sk_buff *skb, struct genl_info *info)
{
	return mplink_nl_need_nic(info) ?:
	       mplink_nl_do(info, MPLINK_A_NIC_DEVICE, mplink_nl_nic_create);
}

static int mplink_nl_nic_remove(struct genl_info *info, struct mplink_vnic *vnic)
{
	int id = mplink_nl_nic_find(info, vnic);

	if (id < 0)
		return id;
	mplink_vnic_del_nic(vnic, id);
	return 0;
}

int mplink_nl_nic_del(struct sk_buff *skb, struct genl_info *info)
{
	return mplink_nl_need_nic(info) ?:
	       mplink_nl_do(info, MPLINK_A_NIC_DEVICE, mplink_nl_nic_remove);
}
