// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family "mplink": its operations.
 */

#include "control/netlink.h"

/* Each operation has its own policy, so that the kernel refuses attributes it would ignore. */
#define MPLINK_NL_POLICY(p) .policy = (p), .maxattr = ARRAY_SIZE(p) - 1

static const struct genl_ops mplink_nl_ops[] = {
	{
		.cmd = MPLINK_CMD_DEVICE_GET,
		.doit = mplink_nl_device_get,
		.dumpit = mplink_nl_device_dump,
		MPLINK_NL_POLICY(mplink_nl_device_get_policy),
	},
	{
		.cmd = MPLINK_CMD_DEVICE_SET,
		.doit = mplink_nl_device_set,
		.flags = GENL_UNS_ADMIN_PERM,
		MPLINK_NL_POLICY(mplink_nl_device_set_policy),
	},
	{
		.cmd = MPLINK_CMD_NIC_GET,
		.doit = mplink_nl_nic_get,
		.dumpit = mplink_nl_nic_dump,
		MPLINK_NL_POLICY(mplink_nl_nic_policy),
	},
	{
		.cmd = MPLINK_CMD_NIC_ADD,
		.doit = mplink_nl_nic_add,
		.flags = GENL_UNS_ADMIN_PERM,
		MPLINK_NL_POLICY(mplink_nl_nic_policy),
	},
	{
		.cmd = MPLINK_CMD_NIC_DEL,
		.doit = mplink_nl_nic_del,
		.flags = GENL_UNS_ADMIN_PERM,
		MPLINK_NL_POLICY(mplink_nl_nic_policy),
	},
	{
		.cmd = MPLINK_CMD_PEER_GET,
		.doit = mplink_nl_peer_get,
		.start = mplink_nl_peer_dump_start,
		.dumpit = mplink_nl_peer_dump,
		MPLINK_NL_POLICY(mplink_nl_peer_policy),
	},
	{
		.cmd = MPLINK_CMD_PEER_ADD,
		.doit = mplink_nl_peer_add,
		.flags = GENL_UNS_ADMIN_PERM,
		MPLINK_NL_POLICY(mplink_nl_peer_add_policy),
	},
	{
		.cmd = MPLINK_CMD_PEER_SET,
		.doit = mplink_nl_peer_set,
		.flags = GENL_UNS_ADMIN_PERM,
		MPLINK_NL_POLICY(mplink_nl_peer_set_policy),
	},
	{
		.cmd = MPLINK_CMD_PEER_DEL,
		.doit = mplink_nl_peer_del,
		.flags = GENL_UNS_ADMIN_PERM,
		MPLINK_NL_POLICY(mplink_nl_peer_policy),
	},
};

int mplink_netlink_init(void)
{
	mplink_nl_family.ops = mplink_nl_ops;
	mplink_nl_family.n_ops = ARRAY_SIZE(mplink_nl_ops);
	return genl_register_family(&mplink_nl_family);
}

void mplink_netlink_exit(void)
{
	genl_unregister_family(&mplink_nl_family);
}
