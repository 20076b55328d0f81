// SPDX-License-Identifier: GPL-2.0
/*
 * Messages of the generic netlink family "mplink": what all its operations share.
 */
#include <linux/jhash.h>
#include <linux/rtnetlink.h>
#include <linux/string.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "addr.h"
#include "compat.h"
#include "control/netlink.h"
#include "device/netns.h"
#include "device/vnic.h"
#include "mplink/core.h"

static const struct genl_multicast_group mplink_nl_groups[] = {
	{ .name = MPLINK_MCGRP_EVENTS },
};

/*
 * netlink_family.c adds the operations, because they call functions that use this family.
 * No .resv_start_op: the kernel shall check the headers of all operations.
 * .parallel_ops: all requests wait for RTNL, and must not make other families wait, too.
 */
struct genl_family mplink_nl_family __ro_after_init = {
	.name = MPLINK_FAMILY_NAME,
	.version = MPLINK_FAMILY_VERSION,
	.module = THIS_MODULE,
	.netnsok = true,
	.parallel_ops = true,
	.mcgrps = mplink_nl_groups,
	.n_mcgrps = ARRAY_SIZE(mplink_nl_groups),
};

/* --- errors --------------------------------------------------------------- */

/*
 * NL_SET_ERR_MSG() wants a literal, but these messages come by pointer, also from the core.
 * All are static, as the kernel requires.
 */
int mplink_nl_refuse(struct netlink_ext_ack *extack, const struct nlattr *attr, int err,
		     const char *why)
{
	do_trace_netlink_extack(why);
	if (extack) {
		extack->_msg = why;
		NL_SET_BAD_ATTR(extack, attr);
	}
	return err;
}

int mplink_nl_refused(struct genl_info *info, const struct nlattr *attr, int err,
		      const struct mplink_extack *extack)
{
	/* The core gave no reason if something else failed, such as sysfs. */
	if (!extack->why)
		return mplink_nl_refuse(info->extack, NULL, err,
					err == -ENOMEM ? "memory is short" :
							 "the kernel refused to add it");
	return mplink_nl_refuse(info->extack, attr, err, extack->why);
}

int mplink_nl_need(struct genl_info *info, u16 type, const char *why)
{
	if (!GENL_REQ_ATTR_CHECK(info, type))
		return 0;
	return mplink_nl_refuse(info->extack, NULL, -EINVAL, why);
}

/* --- the virtual NIC that a request is about -------------------------------- */

struct mplink_vnic *mplink_nl_vnic(struct net_device *dev, const struct nlattr *attr,
				   struct netlink_ext_ack *extack)
{
	if (!dev)
		return ERR_PTR(mplink_nl_refuse(extack, attr, -ENODEV, "there is no such device"));
	if (!mplink_is_vnic(dev))
		return ERR_PTR(mplink_nl_refuse(extack, attr, -EOPNOTSUPP,
						"is not a virtual NIC of mplink"));
	return netdev_priv(dev);
}

static struct mplink_vnic *mplink_nl_vnic_at(struct net *net, const struct nlattr *attr,
					     struct netlink_ext_ack *extack)
{
	return mplink_nl_vnic(__dev_get_by_index(net, nla_get_u32(attr)), attr, extack);
}

int mplink_nl_do(struct genl_info *info, u16 device_attr,
		 int (*act)(struct genl_info *info, struct mplink_vnic *vnic))
{
	struct mplink_vnic *vnic;
	int err;

	err = mplink_nl_need(info, device_attr, "the virtual NIC's ifindex is missing");
	if (err)
		return err;
	rtnl_lock();
	vnic = mplink_nl_vnic_at(genl_info_net(info), info->attrs[device_attr], info->extack);
	err = IS_ERR(vnic) ? PTR_ERR(vnic) : act(info, vnic);
	rtnl_unlock();
	return err;
}

/* --- get ------------------------------------------------------------------- */

int mplink_nl_reply(struct genl_info *info, const struct mplink_nl_kind *kind,
		    const struct mplink_nl_object *object)
{
	size_t size = kind->size ? kind->size(object) : GENLMSG_DEFAULT_SIZE;
	struct sk_buff *skb = genlmsg_new(size, GFP_KERNEL);
	void *header;
	int err = -EMSGSIZE;

	if (!skb)
		return mplink_nl_refuse(info->extack, NULL, -ENOMEM, "memory is short");
	header = genlmsg_put_reply(skb, info, &mplink_nl_family, 0, kind->cmd);
	if (header)
		err = kind->fill(skb, object);
	if (err) {
		nlmsg_free(skb);
		return mplink_nl_refuse(info->extack, NULL, err, "does not fit into a message");
	}
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

/* --- dump -------------------------------------------------------------------- */

/* The progress of a dump between two of its messages. */
struct mplink_nl_progress {
	unsigned long cursor;	/* in the present device */
	u32 ifindex;		/* the present device; devices with a smaller one are done */
};

static_assert(sizeof(struct mplink_nl_progress) <= sizeof_field(struct netlink_callback, ctx));

static struct mplink_nl_progress *mplink_nl_progress(struct netlink_callback *cb)
{
	return (struct mplink_nl_progress *)cb->ctx;
}

/* In the order of ifindex, in which devices that come or go do not move the others. */
static struct mplink_vnic *mplink_nl_next_vnic(const struct mplink_net *mn, u32 ifindex)
{
	struct mplink_vnic *vnic, *next = NULL;

	list_for_each_entry(vnic, &mn->vnics, list)
		if (vnic->dev->ifindex >= ifindex &&
		    (!next || vnic->dev->ifindex < next->dev->ifindex))
			next = vnic;
	return next;
}

/*
 * Returns another number when the dumped device, or any device, may have changed.  Hashed,
 * because a sum could stay the same when one device goes and another changes.  Never 0,
 * which netlink takes for "no generation".
 */
static u32 mplink_nl_generation(const struct mplink_net *mn, const struct mplink_vnic *only)
{
	const struct mplink_vnic *vnic;
	u32 mixed = mn->generation;

	list_for_each_entry(vnic, &mn->vnics, list)
		if (!only || vnic == only)
			mixed = jhash_2words(vnic->dev->ifindex, vnic->generation, mixed);
	return mixed ?: 1;
}

static int mplink_nl_dump_object(struct sk_buff *skb, struct netlink_callback *cb,
				 const struct mplink_nl_kind *kind,
				 const struct mplink_nl_object *object)
{
	void *header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				   &mplink_nl_family, NLM_F_MULTI, kind->cmd);
	int err;

	if (!header)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, header);
	err = kind->fill(skb, object);
	if (err)
		genlmsg_cancel(skb, header);
	else
		genlmsg_end(skb, header);
	return err;
}

bool mplink_nl_sees_keys(const struct sk_buff *request)
{
	return netlink_ns_capable(request, sock_net(request->sk)->user_ns, CAP_NET_ADMIN);
}

static int mplink_nl_dump_vnic(struct sk_buff *skb, struct netlink_callback *cb,
			       const struct mplink_nl_kind *kind, struct mplink_vnic *vnic)
{
	struct mplink_nl_progress *progress = mplink_nl_progress(cb);
	struct mplink_nl_object object = { .vnic = vnic, .keys = mplink_nl_sees_keys(cb->skb) };
	unsigned long cursor = progress->cursor;

	while (kind->next(&object, &cursor)) {
		int err = mplink_nl_dump_object(skb, cb, kind, &object);

		if (err)
			return err;
		progress->cursor = cursor;
	}
	return 0;
}

static int mplink_nl_dump_all(struct sk_buff *skb, struct netlink_callback *cb,
			      const struct mplink_nl_kind *kind, const struct mplink_net *mn)
{
	struct mplink_nl_progress *progress = mplink_nl_progress(cb);
	struct mplink_vnic *vnic;

	while ((vnic = mplink_nl_next_vnic(mn, progress->ifindex))) {
		int err;

		/* If the present device has gone, the next one starts from its beginning. */
		if (progress->ifindex != vnic->dev->ifindex)
			progress->cursor = 0;
		progress->ifindex = vnic->dev->ifindex;
		err = mplink_nl_dump_vnic(skb, cb, kind, vnic);
		if (err)
			return err;
		progress->ifindex++;
		progress->cursor = 0;
	}
	return 0;
}

/* Returns 0 and in *only the device to which the request limits the dump, or NULL. */
static int mplink_nl_dump_filter(struct netlink_callback *cb, const struct mplink_nl_kind *kind,
				 struct net *net, struct mplink_vnic **only)
{
	struct nlattr **attrs = mplink_dump_attrs(cb);
	struct mplink_vnic *vnic;
	u32 i;

	/* The kernel uses the get's policy for dumps, too, and that allows more attributes. */
	for (i = 1; i <= genl_dumpit_info(cb)->op.maxattr; i++)
		if (attrs[i] && i != kind->device_attr)
			return mplink_nl_refuse(cb->extack, attrs[i], -EINVAL,
						"a dump cannot be limited by that attribute");
	*only = NULL;
	if (!kind->device_attr || !attrs[kind->device_attr])
		return 0;
	vnic = mplink_nl_vnic_at(net, attrs[kind->device_attr], cb->extack);
	if (IS_ERR(vnic))
		return PTR_ERR(vnic);
	*only = vnic;
	return 0;
}

int mplink_nl_dump(struct sk_buff *skb, struct netlink_callback *cb,
		   const struct mplink_nl_kind *kind)
{
	struct net *net = sock_net(cb->skb->sk);
	struct mplink_net *mn = mplink_net(net);
	struct mplink_vnic *only;
	int err;

	rtnl_lock();
	/* Once per message, because the device may have gone since the last one. */
	err = mplink_nl_dump_filter(cb, kind, net, &only);
	if (!err) {
		cb->seq = mplink_nl_generation(mn, only);
		err = only ? mplink_nl_dump_vnic(skb, cb, kind, only) :
			     mplink_nl_dump_all(skb, cb, kind, mn);
	}
	rtnl_unlock();
	if (err != -EMSGSIZE)
		return err;
	/* The object that did not fit comes first in the next message, where it must fit. */
	if (skb->len)
		return skb->len;
	return mplink_nl_refuse(cb->extack, NULL, err, "an object does not fit into a message");
}

/* --- values --------------------------------------------------------------------- */

int mplink_nl_validate_addr(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	if (nla_len(attr) != sizeof(struct in_addr) && nla_len(attr) != sizeof(struct in6_addr))
		return mplink_nl_refuse(extack, attr, -EINVAL, "is neither 4 nor 16 bytes long");
	/* Inside the module the all-zero address means "none", so it must not get in here. */
	if (!memchr_inv(nla_data(attr), 0, nla_len(attr)))
		return mplink_nl_refuse(extack, attr, -EINVAL, "is the unspecified address");
	return 0;
}

struct mplink_addr mplink_nl_get_addr(const struct nlattr *attr)
{
	struct in6_addr in6;

	if (nla_len(attr) == sizeof(struct in_addr))
		return mplink_addr4(nla_get_in_addr(attr));
	in6 = nla_get_in6_addr(attr);
	return mplink_addr6(&in6);
}

int mplink_nl_put_addr(struct sk_buff *skb, int type, const struct mplink_addr *addr)
{
	const struct in6_addr *in6 = mplink_in6(addr);

	if (ipv6_addr_v4mapped(in6))
		return nla_put_in_addr(skb, type, in6->s6_addr32[3]);
	return nla_put_in6_addr(skb, type, in6);
}

/* Attributes of stages follow the pad attribute, in the order of the stages. */
#define MPLINK_NL_FIRST_STAGE (MPLINK_A_NIC_STAGES_PAD + 1)

static_assert(MPLINK_A_NIC_STAGES_ADDRESS == MPLINK_NL_FIRST_STAGE + MPLINK_NIC_ADDRESS);
static_assert(MPLINK_A_LINK_STAGES_VALID == MPLINK_NL_FIRST_STAGE + MPLINK_LINK_VALID);
static_assert((int)MPLINK_A_NIC_STAGES_PAD == (int)MPLINK_A_LINK_STAGES_PAD);

int mplink_nl_put_stages(struct sk_buff *skb, int type, const u64 *stages_ms, u32 n)
{
	struct nlattr *nest = nla_nest_start(skb, type);
	u32 i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < n; i++)
		if (stages_ms[i] != MPLINK_NEVER &&
		    nla_put_u64_64bit(skb, MPLINK_NL_FIRST_STAGE + i, stages_ms[i],
				      MPLINK_A_NIC_STAGES_PAD))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}
