/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The generic netlink family: what its files share.
 *
 * Devices, NICs and peers are got, dumped and announced in the same way; struct
 * mplink_nl_kind holds what differs between them.
 *
 * Context: functions that a struct genl_ops calls (_get, _dump, _add, _set, _del) take RTNL
 * themselves.  All others are called under RTNL unless they say otherwise.
 */
#ifndef MPLINK_NETLINK_H
#define MPLINK_NETLINK_H

#include <net/genetlink.h>

#include "device/peers.h"
#include "device/vnic.h"
#include "mplink/core.h"
#include "packet/peer_table.h"

#include "uapi/mplink_netlink.h"

/**
 * struct mplink_nl_object - a virtual NIC, or one of its NICs or peers
 * @vnic: the virtual NIC
 * @nic_id: the NIC's id, if the object is a NIC
 * @peer: the peer, if the object is a peer
 * @keys: the receiver of the message may see keys
 */
struct mplink_nl_object {
	struct mplink_vnic *vnic;
	u32 nic_id;
	const struct mplink_peer_node *peer;
	bool keys;
};

/**
 * struct mplink_nl_kind - how a kind of object is dumped and put into messages
 * @cmd: the command of replies and dumps
 * @device_attr: the attribute by which a dump request limits the dump to one device; 0: none
 * @next: finds the device's first object at or after the cursor and moves the cursor behind
 *	it; false at the end.  A cursor starts with 0.
 * @fill: puts the object's attributes; -EMSGSIZE if there is no room
 * @size: the most bytes that @fill puts; NULL: much less than a page
 */
struct mplink_nl_kind {
	u8 cmd;
	u8 device_attr;
	bool (*next)(struct mplink_nl_object *object, unsigned long *cursor);
	int (*fill)(struct sk_buff *skb, const struct mplink_nl_object *object);
	size_t (*size)(const struct mplink_nl_object *object);
};

extern const struct mplink_nl_kind mplink_nl_devices;
extern const struct mplink_nl_kind mplink_nl_nics;
extern const struct mplink_nl_kind mplink_nl_peers;

/* --- netlink_message.c, netlink_family.c: the family, and what all objects share ---- */

extern struct genl_family mplink_nl_family;

/**
 * mplink_netlink_init() - Register the family.
 *
 * Call after mplink_net_init(), because requests look devices up by namespace, and before
 * there are devices, because their notifications need the family.
 *
 * Context: Process context, without RTNL.
 * Return: 0 or a negative errno.
 */
int mplink_netlink_init(void);

/**
 * mplink_netlink_exit() - Unregister the family, after the last device.
 *
 * Context: Process context, without RTNL.
 */
void mplink_netlink_exit(void);

/**
 * mplink_nl_refuse() - Refuse a request, with a reason.
 * @extack: takes the reason; may be NULL
 * @attr: the offending attribute, or NULL
 * @err: a negative errno
 * @why: a static text; the command puts the attribute's name and value before it
 *
 * Context: Any.
 * Return: @err.
 */
int mplink_nl_refuse(struct netlink_ext_ack *extack, const struct nlattr *attr, int err,
		     const char *why);

/**
 * mplink_nl_refused() - Refuse a request, with the reason that lower layers gave.
 * @info: the request
 * @attr: the offending attribute, or NULL
 * @err: a negative errno
 * @extack: the reason; its @why is NULL if there is none
 *
 * Return: @err.
 */
int mplink_nl_refused(struct genl_info *info, const struct nlattr *attr, int err,
		      const struct mplink_extack *extack);

/**
 * mplink_nl_need() - Refuse a request that lacks an attribute.
 * @info: the request
 * @type: the attribute's type
 * @why: the reason, a static text
 *
 * Context: Any.
 * Return: 0, or -EINVAL if the attribute is missing.
 */
int mplink_nl_need(struct genl_info *info, u16 type, const char *why);

/**
 * mplink_nl_vnic() - The virtual NIC of a device.
 * @dev: the device, or NULL if the lookup found none
 * @attr: the attribute that named it
 * @extack: takes the reason on error
 *
 * Return: The virtual NIC; ERR_PTR(-ENODEV) without a device; ERR_PTR(-EOPNOTSUPP) if the
 * device is not a virtual NIC of this module.
 */
struct mplink_vnic *mplink_nl_vnic(struct net_device *dev, const struct nlattr *attr,
				   struct netlink_ext_ack *extack);

/**
 * mplink_nl_do() - Look up the virtual NIC of a request, and act on it.
 * @info: the request
 * @device_attr: the attribute with the virtual NIC's ifindex
 * @act: called under RTNL; its error is returned
 *
 * Context: Process context; takes RTNL.
 * Return: 0 or a negative errno.
 */
int mplink_nl_do(struct genl_info *info, u16 device_attr,
		 int (*act)(struct genl_info *info, struct mplink_vnic *vnic));

/**
 * mplink_nl_reply() - Answer a request with one object.
 * @info: the request
 * @kind: the object's kind
 * @object: the object
 *
 * Return: 0 or a negative errno.
 */
int mplink_nl_reply(struct genl_info *info, const struct mplink_nl_kind *kind,
		    const struct mplink_nl_object *object);

/**
 * mplink_nl_sees_keys() - Whether the sender of a request may see keys.
 * @request: the request
 *
 * A key lets its holder send as the peer, so only CAP_NET_ADMIN in the namespace of the
 * socket sees it.  Notifications never carry keys, because nobody checks their listeners.
 *
 * Context: Process context.
 */
bool mplink_nl_sees_keys(const struct sk_buff *request);

/**
 * mplink_nl_dump() - Dump all objects of a kind, or those of one device.
 * @skb: the message to fill
 * @cb: the dump; cb->ctx keeps the progress between messages
 * @kind: the kind
 *
 * Context: Process context; takes RTNL.
 * Return: As a dumpit: more than 0 to be called again, 0 at the end, or a negative errno.
 */
int mplink_nl_dump(struct sk_buff *skb, struct netlink_callback *cb,
		   const struct mplink_nl_kind *kind);

/**
 * mplink_nl_validate_addr() - For policies: an IPv4 or IPv6 address that is not all zero.
 * @attr: 4 or 16 bytes in network order
 * @extack: takes the reason on error
 *
 * Context: Any.
 * Return: 0 or -EINVAL.
 */
int mplink_nl_validate_addr(const struct nlattr *attr, struct netlink_ext_ack *extack);

/* Reads a validated address.  Any context. */
struct mplink_addr mplink_nl_get_addr(const struct nlattr *attr);

/*
 * The functions below named _put_ add an attribute to a message and return 0, or -EMSGSIZE
 * if it does not fit.
 */

/* An address: 4 bytes for IPv4, else 16. */
int mplink_nl_put_addr(struct sk_buff *skb, int type, const struct mplink_addr *addr);
/*
 * A nest of MPLINK_A_NIC_STAGES_* or MPLINK_A_LINK_STAGES_*: n times in milliseconds as
 * mplink_now_ms(), indexed by stage.  Leaves out those that are MPLINK_NEVER.
 */
int mplink_nl_put_stages(struct sk_buff *skb, int type, const u64 *stages_ms, u32 n);

/* --- netlink_settings.c: settings and counters ------------------------------- */

/* All settings: indices of mplink_nl_ranges. */
enum mplink_nl_setting {
#define MPLINK_DEVICE_SETTING(id, ...) MPLINK_NL_DEVICE_##id,
#define MPLINK_BFD_SETTING(id, ...) MPLINK_NL_BFD_##id,
#define MPLINK_TUNNEL_SETTING(id, ...) MPLINK_NL_TUNNEL_##id,
#define MPLINK_PEER_SETTING(id, ...) MPLINK_NL_PEER_##id,
#define MPLINK_LINK_SETTING(id, ...) MPLINK_NL_LINK_##id,
#include "uapi/mplink_attributes.def"
	MPLINK_NL_SETTINGS
};

extern struct netlink_range_validation mplink_nl_ranges[MPLINK_NL_SETTINGS];

/* The netlink policy of a setting that may have any value within its bounds. */
#define MPLINK_NL_RANGE(setting, bits) \
	NLA_POLICY_FULL_RANGE(NLA_U##bits, &mplink_nl_ranges[setting])

/**
 * struct mplink_nl_member - where a setting is in the struct that holds it
 * @attr: the setting's attribute
 * @offset: of the member
 * @bits: of the attribute and of the member: 8, 16 or 32
 */
struct mplink_nl_member {
	u16 attr;
	u16 offset;
	u8 bits;
};

/**
 * struct mplink_nl_members - the settings of a nest
 * @list: its settings
 * @nr: their number
 */
struct mplink_nl_members {
	const struct mplink_nl_member *list;
	u32 nr;
};

/* Whether a request gives any of the settings.  Any context. */
bool mplink_nl_gives(struct nlattr *const *attrs, const struct mplink_nl_members *members);
/* Overwrites in config what a validated request gives.  Any context. */
void mplink_nl_get_members(struct nlattr *const *attrs, const struct mplink_nl_members *members,
			   void *config);
/* Puts all the settings. */
int mplink_nl_put_members(struct sk_buff *skb, const struct mplink_nl_members *members,
			  const void *config);

/* Puts a nest of n counters, which are in the order of their attributes. */
int mplink_nl_put_counts(struct sk_buff *skb, int type, const u64 *counts, u32 n);

/* A struct of counters as an array. */
#define MPLINK_NR_COUNTS(type) (sizeof(type) / sizeof(u64))

/* Puts a nest of MPLINK_A_COUNTERS_*. */
static inline int mplink_nl_put_counters(struct sk_buff *skb, int type,
					 const struct mplink_counters *sum)
{
	return mplink_nl_put_counts(skb, type, (const u64 *)sum,
				    MPLINK_NR_COUNTS(struct mplink_counters));
}

/* --- netlink_device.c, netlink_nic.c, netlink_peer.c ------------------------ */

extern const struct nla_policy mplink_nl_device_get_policy[MPLINK_A_DEVICE_MAX + 1];
extern const struct nla_policy mplink_nl_device_set_policy[MPLINK_A_DEVICE_MAX + 1];
extern const struct nla_policy mplink_nl_nic_policy[MPLINK_A_NIC_MAX + 1];
extern const struct nla_policy mplink_nl_peer_policy[MPLINK_A_PEER_MAX + 1];
extern const struct nla_policy mplink_nl_peer_add_policy[MPLINK_A_PEER_MAX + 1];
extern const struct nla_policy mplink_nl_peer_set_policy[MPLINK_A_PEER_MAX + 1];

int mplink_nl_device_get(struct sk_buff *skb, struct genl_info *info);
int mplink_nl_device_dump(struct sk_buff *skb, struct netlink_callback *cb);
int mplink_nl_device_set(struct sk_buff *skb, struct genl_info *info);

int mplink_nl_nic_get(struct sk_buff *skb, struct genl_info *info);
int mplink_nl_nic_dump(struct sk_buff *skb, struct netlink_callback *cb);
int mplink_nl_nic_add(struct sk_buff *skb, struct genl_info *info);
int mplink_nl_nic_del(struct sk_buff *skb, struct genl_info *info);

int mplink_nl_peer_get(struct sk_buff *skb, struct genl_info *info);
int mplink_nl_peer_dump_start(struct netlink_callback *cb);
int mplink_nl_peer_dump(struct sk_buff *skb, struct netlink_callback *cb);
int mplink_nl_peer_add(struct sk_buff *skb, struct genl_info *info);
int mplink_nl_peer_set(struct sk_buff *skb, struct genl_info *info);
int mplink_nl_peer_del(struct sk_buff *skb, struct genl_info *info);

/* --- netlink_liveness.c ----------------------------------------------------- */

extern const struct nla_policy mplink_nl_bfd_policy[MPLINK_A_BFD_MAX + 1];

/* The settings of a virtual NIC, and the counters of received BFD packets. */
int mplink_nl_put_liveness(struct sk_buff *skb, const struct mplink_vnic *vnic);
/* Whether a DEVICE_SET gives any setting of liveness. */
bool mplink_nl_asks_liveness(struct genl_info *info);

/**
 * mplink_nl_set_liveness() - Apply the settings of liveness in a DEVICE_SET.
 * @info: the request
 * @vnic: the virtual NIC
 *
 * Does all or nothing.
 *
 * Return: 0, or a negative errno with the reason in @info->extack.
 */
int mplink_nl_set_liveness(struct genl_info *info, struct mplink_vnic *vnic);

/* The state of a link's BFD session. */
int mplink_nl_put_session(struct sk_buff *skb, const struct mplink_bfd *bfd);
/* The most bytes that mplink_nl_put_session() puts.  Any context. */
size_t mplink_nl_session_size(void);

/* --- netlink_tunnel.c --------------------------------------------------------- */

extern const struct nla_policy mplink_nl_tunnel_policy[MPLINK_A_TUNNEL_MAX + 1];

/* The settings of gre-udp, and the namespace's counters of received packets. */
int mplink_nl_put_tunnel(struct sk_buff *skb, const struct mplink_vnic *vnic);
/* The counters of a peer's resequencer; puts nothing if the peer has no tunnel. */
int mplink_nl_put_resequencer(struct sk_buff *skb, const struct mplink_peer_node *peer);
/* The most bytes that mplink_nl_put_resequencer() puts.  Any context. */
size_t mplink_nl_resequencer_size(void);
/* Whether a DEVICE_SET gives encap, or any setting of gre-udp. */
bool mplink_nl_asks_tunnel(struct genl_info *info);

/**
 * mplink_nl_set_tunnel() - Apply the encap and the settings of gre-udp in a DEVICE_SET.
 * @info: the request
 * @vnic: the virtual NIC
 *
 * May set some on error: save before, and restore then.
 *
 * Return: 0, or a negative errno with the reason in @info->extack.
 */
int mplink_nl_set_tunnel(struct genl_info *info, struct mplink_vnic *vnic);

/**
 * struct mplink_nl_tunnel - saved settings of a tunnel
 * @encap: enum mplink_encap
 * @policy: enum mplink_policy, which may change with the encap
 * @config: the settings of gre-udp
 */
struct mplink_nl_tunnel {
	u32 encap;
	u32 policy;
	struct mplink_tunnel_config config;
};

/* Saves the present settings in *was. */
void mplink_nl_save_tunnel(const struct mplink_vnic *vnic, struct mplink_nl_tunnel *was);
/* Restores saved settings after a later part of the request has failed. */
void mplink_nl_restore_tunnel(struct mplink_vnic *vnic, const struct mplink_nl_tunnel *was);

/*
 * --- netlink_notify.c: notifications to listeners in the device's namespace ---
 *
 * If memory is short, the listeners learn that they missed a message.
 */

/* A virtual NIC was changed. */
void mplink_notify_device(struct mplink_vnic *vnic);
/* An event of a NIC; report NULL: the NIC was added. */
void mplink_notify_nic(struct mplink_vnic *vnic, u32 id, const struct mplink_nic_report *report);
/* A NIC will be removed.  Call while it still exists: the message shows all of it. */
void mplink_notify_nic_del(struct mplink_vnic *vnic, u32 id);
/* A peer was added or changed. */
void mplink_notify_peer(struct mplink_vnic *vnic, const struct mplink_peer_node *node);
/* A peer will be removed.  Call while it still exists: the message shows all of it. */
void mplink_notify_peer_del(struct mplink_vnic *vnic, const struct mplink_peer_node *node);
/* The validity of a link changed. */
void mplink_notify_link(struct mplink_vnic *vnic, const struct mplink_link_report *report);

#endif /* MPLINK_NETLINK_H */
