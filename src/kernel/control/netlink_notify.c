// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink: notifications, to the listeners in the virtual NIC's namespace.
 */
#include <linux/rtnetlink.h>

#include "control/netlink.h"
#include "device/vnic.h"
#include "mplink/core.h"
#include "packet/peer_table.h"

/* The only multicast group. */
#define MPLINK_NL_EVENTS 0

struct mplink_nl_message {
	struct sk_buff *skb;
	void *header;
};

/*
 * Returns false if nobody listens.  Otherwise mplink_nl_notify_end() must follow, even if
 * there was no memory: it then tells the listeners that they missed a message.
 */
static bool mplink_nl_notify_begin(struct mplink_nl_message *msg, const struct mplink_vnic *vnic,
				   u8 cmd, size_t size)
{
	ASSERT_RTNL();

	msg->header = NULL;
	if (!genl_has_listeners(&mplink_nl_family, dev_net(vnic->dev), MPLINK_NL_EVENTS))
		return false;
	msg->skb = genlmsg_new(size, GFP_KERNEL);
	if (msg->skb)
		msg->header = genlmsg_put(msg->skb, 0, 0, &mplink_nl_family, 0, cmd);
	return true;
}

static void mplink_nl_notify_end(const struct mplink_nl_message *msg,
				 const struct mplink_vnic *vnic, int err)
{
	struct net *net = dev_net(vnic->dev);

	if (err) {
		/* A buffer that is too small means that kind->size() is wrong. */
		WARN_ON_ONCE(err == -EMSGSIZE);
		nlmsg_free(msg->skb);
		genl_set_err(&mplink_nl_family, net, 0, MPLINK_NL_EVENTS, -ENOBUFS);
		return;
	}
	genlmsg_end(msg->skb, msg->header);
	/* Fails if the last listener has gone, which does not matter. */
	genlmsg_multicast_netns(&mplink_nl_family, net, msg->skb, 0, MPLINK_NL_EVENTS,
				GFP_KERNEL);
}

/* Announces an object in the form in which a get shows it. */
static void mplink_nl_notify(const struct mplink_nl_kind *kind,
			     const struct mplink_nl_object *object, u8 cmd,
			     const struct mplink_nic_report *report)
{
	size_t size = kind->size ? kind->size(object) : GENLMSG_DEFAULT_SIZE;
	struct mplink_nl_message msg;
	int err = -ENOMEM;

	if (!mplink_nl_notify_begin(&msg, object->vnic, cmd, size))
		return;
	if (msg.header)
		err = kind->fill(msg.skb, object);
	if (!err && report &&
	    (nla_put_u32(msg.skb, MPLINK_A_NIC_EVENT, report->event) ||
	     nla_put_u32(msg.skb, MPLINK_A_NIC_WAS, report->was)))
		err = -EMSGSIZE;
	mplink_nl_notify_end(&msg, object->vnic, err);
}

void mplink_notify_device(struct mplink_vnic *vnic)
{
	const struct mplink_nl_object object = { .vnic = vnic };

	mplink_nl_notify(&mplink_nl_devices, &object, MPLINK_CMD_DEVICE_NTF, NULL);
}

void mplink_notify_nic(struct mplink_vnic *vnic, u32 id, const struct mplink_nic_report *report)
{
	const struct mplink_nl_object object = { .vnic = vnic, .nic_id = id };

	mplink_nl_notify(&mplink_nl_nics, &object, MPLINK_CMD_NIC_NTF, report);
}

void mplink_notify_nic_del(struct mplink_vnic *vnic, u32 id)
{
	const struct mplink_nl_object object = { .vnic = vnic, .nic_id = id };

	mplink_nl_notify(&mplink_nl_nics, &object, MPLINK_CMD_NIC_DEL_NTF, NULL);
}

void mplink_notify_peer(struct mplink_vnic *vnic, const struct mplink_peer_node *node)
{
	const struct mplink_nl_object object = { .vnic = vnic, .peer = node };

	mplink_nl_notify(&mplink_nl_peers, &object, MPLINK_CMD_PEER_NTF, NULL);
}

void mplink_notify_peer_del(struct mplink_vnic *vnic, const struct mplink_peer_node *node)
{
	const struct mplink_nl_object object = { .vnic = vnic, .peer = node };

	mplink_nl_notify(&mplink_nl_peers, &object, MPLINK_CMD_PEER_DEL_NTF, NULL);
}

/* Uses the report alone, because the peer need not be in the table at this moment. */
static int mplink_nl_fill_link_report(struct sk_buff *skb, const struct mplink_vnic *vnic,
				      const struct mplink_link_report *report)
{
	struct nlattr *nest;

	if (nla_put_u32(skb, MPLINK_A_PEER_DEVICE, vnic->dev->ifindex) ||
	    mplink_nl_put_addr(skb, MPLINK_A_PEER_ADDRESS, &report->peer) ||
	    nla_put_u32(skb, MPLINK_A_PEER_EVENT, report->event))
		return -EMSGSIZE;
	nest = nla_nest_start(skb, MPLINK_A_PEER_LINK);
	if (!nest ||
	    nla_put_string(skb, MPLINK_A_LINK_NIC, report->nic) ||
	    mplink_nl_put_addr(skb, MPLINK_A_LINK_REMOTE, &report->remote) ||
	    nla_put_u32(skb, MPLINK_A_LINK_REASON, report->now) ||
	    nla_put_u32(skb, MPLINK_A_LINK_WAS, report->was))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

void mplink_notify_link(struct mplink_vnic *vnic, const struct mplink_link_report *report)
{
	struct mplink_nl_message msg;
	int err = -ENOMEM;

	if (!mplink_nl_notify_begin(&msg, vnic, MPLINK_CMD_LINK_NTF, GENLMSG_DEFAULT_SIZE))
		return;
	if (msg.header)
		err = mplink_nl_fill_link_report(msg.skb, vnic, report);
	mplink_nl_notify_end(&msg, vnic, err);
}
