// SPDX-License-Identifier: GPL-2.0
/*
 * Module parameters, loading and unloading.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/stringify.h>
#include <net/genetlink.h>
#include <net/rtnetlink.h>

#include "bfd/sessions.h"
#include "control/ethtool.h"
#include "control/listener.h"
#include "control/netlink.h"
#include "device/events.h"
#include "device/netns.h"
#include "device/port.h"
#include "device/vnic.h"
#include "device/watch.h"
#include "mplink/core.h"
#include "packet/input.h"
#include "packet/path.h"
#include "report/listener.h"
#include "uapi/mplink_netlink.h"

static char *nics;
module_param(nics, charp, 0444);
MODULE_PARM_DESC(nics, "NICs to join, e.g. eth1,eth2,eth3; without it no virtual NIC is created");
static char *peer;
module_param(peer, charp, 0444);
MODULE_PARM_DESC(peer, "virtual address of the remote host");
static char *remotes;
module_param(remotes, charp, 0444);
MODULE_PARM_DESC(remotes, "the remote host's address on each NIC, in the order of nics");
static char *weights;
module_param(weights, charp, 0444);
MODULE_PARM_DESC(weights, "share of each NIC, 1 to 65535, in the order of nics (default 1)");
static char *name;
module_param(name, charp, 0444);
MODULE_PARM_DESC(name, "name of the virtual NIC (default mpl0)");
static char *bfd_interval_us;
module_param(bfd_interval_us, charp, 0444);
MODULE_PARM_DESC(bfd_interval_us, "interval of BFD packets, in both directions (default 50000)");
static char *bfd_multiplier;
module_param(bfd_multiplier, charp, 0444);
MODULE_PARM_DESC(bfd_multiplier, "BFD packets lost in a row that mean failure (default 3)");

static char *key;
module_param(key, charp, 0400);
MODULE_PARM_DESC(key, "gre-udp: the peer's key, 0 to 16777215, the same at both ends (default 0)");
/* A description, for each kind of values. */
#define MPLINK_DESC_POLICY(what, least, most, initial) what
#define MPLINK_DESC_ENCAP(what, least, most, initial) what
#define MPLINK_DESC_LIVENESS(what, least, most, initial) what
#define MPLINK_DESC_EQUALIZE(what, least, most, initial) what
#define MPLINK_DESC_DUPLICATE(what, least, most, initial) what
#define MPLINK_DESC_NUMBER(what, least, most, initial) \
	what " (" __stringify(least) " to " __stringify(most) ", default " __stringify(initial) ")"
#define MPLINK_DESC_POWER_OF_TWO(what, least, most, initial) \
	what ", a power of two (" __stringify(least) " to " __stringify(most) ", default " \
	__stringify(initial) ")"
#define MPLINK_DESC_SWITCH(what, least, most, initial) \
	what " (off or on, default " MPLINK_WORD_##initial ")"
#define MPLINK_WORD_0 "off"
#define MPLINK_WORD_1 "on"

#define MPLINK_DEVICE_SETTING(id, name, file, bits, values, least, most, initial, unit, what, ...) \
	static char *name; \
	module_param(name, charp, 0444); \
	MODULE_PARM_DESC(name, MPLINK_DESC_##values(what, least, most, initial));
#define MPLINK_TUNNEL_SETTING(id, name, file, bits, values, least, most, initial, unit, what, ...) \
	static char *name; \
	module_param(name, charp, 0444); \
	MODULE_PARM_DESC(name, "gre-udp: " MPLINK_DESC_##values(what, least, most, initial));
#include "uapi/mplink_attributes.def"

static struct mplink_config *mplink_configure(void)
{
	const struct mplink_params params = {
		.nics = nics,
		.peer = peer,
		.remotes = remotes,
		.weights = weights,
		.name = name,
		.bfd_interval_us = bfd_interval_us,
		.bfd_multiplier = bfd_multiplier,
		.key = key,
#define MPLINK_DEVICE_SETTING(id, parameter, ...) .parameter = parameter,
#define MPLINK_TUNNEL_SETTING(id, parameter, ...) .parameter = parameter,
#include "uapi/mplink_attributes.def"
	};
	struct mplink_config *config = kzalloc(sizeof(*config), GFP_KERNEL_ACCOUNT);
	struct mplink_param_error error;
	int err;

	if (!config)
		return ERR_PTR(-ENOMEM);
	err = mplink_core_parse_params(&params, config, &error);
	if (err) {
		pr_err("parameter %s: \"%.*s\" %s\n", error.param, error.value_len, error.value,
		       error.why);
		kfree(config);
		return ERR_PTR(err);
	}
	return config;
}

static int mplink_create(const struct mplink_config *config)
{
	int err;

	if (!config->nr_nics)
		return 0;
	rtnl_lock();
	err = mplink_vnic_create(config);
	rtnl_unlock();
	if (err == -EEXIST) {
		pr_err("parameter name: \"%s\" is the name of another device\n", config->name);
		/* modprobe takes -EEXIST for "already loaded", and so for success. */
		err = -EINVAL;
	}
	return err;
}

/* Warns if not every object that was created has been destroyed. */
static void mplink_report_object_counts(const char *when)
{
	struct mplink_object_counts counts;
	char line[160] = "";
	size_t len = 0;
	bool left = false;
	u32 i;

	for (i = 0; mplink_core_object_counts(i, &counts); i++) {
		len += scnprintf(line + len, sizeof(line) - len, " %s %llu/%llu", counts.kind,
				 counts.created, counts.destroyed);
		left |= counts.created != counts.destroyed;
	}
	pr_debug("%s:%s\n", when, line);
	WARN(left, "left behind by %s:%s\n", when, line);
}

static int __init mplink_init(void)
{
	struct mplink_config *config = mplink_configure();
	int err;

	if (IS_ERR(config))
		return PTR_ERR(config);

	/* In this order, because each step may use what the earlier ones have set up. */
	mplink_listener = &mplink_control_listener;
	mplink_port_handler = mplink_input;
	mplink_path_init();
	err = mplink_bfd_init();
	if (err)
		goto err_config;
	err = mplink_net_init(&mplink_watch_works);
	if (err)
		goto err_bfd;
	err = mplink_netlink_init();
	if (err)
		goto err_net;
	err = mplink_events_init();
	if (err)
		goto err_netlink;
	err = mplink_vnic_register(&mplink_ethtool_ops);
	if (err)
		goto err_events;
	err = mplink_create(config);
	if (err)
		goto err_link;
	kfree(config);
	return 0;

err_link:
	mplink_vnic_unregister();
err_events:
	mplink_events_exit();
err_netlink:
	mplink_netlink_exit();
err_net:
	mplink_net_exit();
err_bfd:
	rcu_barrier();
	mplink_bfd_exit();
err_config:
	mplink_report_object_counts("failed load");
	kfree(config);
	return err;
}

static void __exit mplink_exit(void)
{
	mplink_vnic_unregister();
	mplink_events_exit();
	mplink_netlink_exit();
	mplink_net_exit();
	/* Pending RCU callbacks run our code.  None of them queues another one. */
	rcu_barrier();
	mplink_bfd_exit();
	mplink_report_object_counts("unload");
}

module_init(mplink_init);
module_exit(mplink_exit);
MODULE_DESCRIPTION("Multipath link driver");
MODULE_AUTHOR("mplink maintainers");
MODULE_VERSION(MPLINK_VERSION);
MODULE_ALIAS_RTNL_LINK("mplink");
/* Asking for the family, as `mplink show` does, loads the module. */
MODULE_ALIAS_GENL_FAMILY(MPLINK_FAMILY_NAME);
MODULE_LICENSE("GPL");
