/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the generic netlink family share.
 *
 * Devices, NICs and peers are got, dumped and announced in the same way; a struct
 * mplink_nl_kind says in what they differ.  All functions but the handlers of
 * requests need RTNL, which guards what they read.
 */
#ifndef MPLINK_NETLINK_H
#define MPLINK_NETLINK_H

#include <net/genetlink.h>

#include "device/peers.h"
#include "device/vnic.h"
#include "mplink/core.h"
#include "packet/peer_table.h"

#include "uapi/mplink_netlink.h"

struct mplink_nl_object {
	struct mplink_vnic *vnic;
	u32 nic_id;				/* of a NIC */
	const struct mplink_peer_node *peer;	/* of a peer */
	bool keys;				/* who asks may see them */
};

struct mplink_nl_kind {
	u8 cmd;			/* of replies and dumps */
	u8 device_attr;		/* what in a dump's request names the device; 0: nothing may */
	/*
	 * The device's first object at or after the cursor, which is then behind it;
	 * false at the end.  A cursor starts with 0.
	 */
	bool (*next)(struct mplink_nl_object *object, unsigned long *cursor);
	/* Puts its attributes.  -EMSGSIZE if there is no room. */
	int (*fill)(struct sk_buff *skb, const struct mplink_nl_object *object);
	/* The most they take; NULL: much less than a page. */
	size_t (*size)(const struct mplink_nl_object *object);
};

extern const struct mplink_nl_kind mplink_nl_devices;
extern const struct mplink_nl_kind mplink_nl_nics;
extern const struct mplink_nl_kind mplink_nl_peers;

/* --- netlink_message.c, netlink_family.c: the family, and what its objects share --- */

extern struct genl_family mplink_nl_family;

/*
 * Once devices can be found by namespace, and before there are any; without RTNL.  The
 * end in reverse: a notification must not meet a family that is gone.
 */
int mplink_netlink_init(void);
void mplink_netlink_exit(void);

/* Says why a request is refused: a static text, about that attribute.  Returns err. */
int mplink_nl_refuse(struct netlink_ext_ack *extack, const struct nlattr *attr, int err,
		     const char *why);
/* The same with the core's reason. */
int mplink_nl_refused(struct genl_info *info, const struct nlattr *attr, int err,
		      const struct mplink_refusal *refusal);
/* 0, or -EINVAL where an attribute is missing. */
int mplink_nl_need(struct genl_info *info, u16 type, const char *why);

/* The virtual NIC, or an error if it is none.  attr names it. */
struct mplink_vnic *mplink_nl_vnic(struct net_device *dev, const struct nlattr *attr,
				   struct netlink_ext_ack *extack);
/* Does what is asked of the virtual NIC whose ifindex is in that attribute.  Takes RTNL. */
int mplink_nl_do(struct genl_info *info, u16 device_attr,
		 int (*act)(struct genl_info *info, struct mplink_vnic *vnic));

int mplink_nl_reply(struct genl_info *info, const struct mplink_nl_kind *kind,
		    const struct mplink_nl_object *object);
/*
 * Whether who has sent the request may see keys: who has one can send as the peer.  Listeners
 * for notifications are not asked, and so see none.
 */
bool mplink_nl_sees_keys(const struct sk_buff *request);
/* Takes RTNL. */
int mplink_nl_dump(struct sk_buff *skb, struct netlink_callback *cb,
		   const struct mplink_nl_kind *kind);

/* For policies: an address of either family, and not the one that means none. */
int mplink_nl_validate_addr(const struct nlattr *attr, struct netlink_ext_ack *extack);
struct mplink_addr mplink_nl_get_addr(const struct nlattr *attr);
int mplink_nl_put_addr(struct sk_buff *skb, int type, const struct mplink_addr *addr);
int mplink_nl_put_counters(struct sk_buff *skb, int type, const struct mplink_counters *sum);
/* n times of a NIC or of a link, by stage: those that are not MPLINK_NEVER. */
int mplink_nl_put_stages(struct sk_buff *skb, int type, const u64 *stages_ms, u32 n);

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

extern struct netlink_range_validation mplink_nl_wait_range;
extern const struct nla_policy mplink_nl_bfd_policy[MPLINK_A_BFD_MAX + 1];

/* The settings of a virtual NIC, and what has come of BFD's packets. */
int mplink_nl_put_liveness(struct sk_buff *skb, const struct mplink_vnic *vnic);
/* Whether a DEVICE_SET gives any of those settings, and sets them: all or none. */
bool mplink_nl_asks_liveness(struct genl_info *info);
int mplink_nl_set_liveness(struct genl_info *info, struct mplink_vnic *vnic);
/* How a link's session stands, and the most that takes. */
int mplink_nl_put_session(struct sk_buff *skb, const struct mplink_bfd *bfd);
size_t mplink_nl_session_size(void);

/* --- netlink_tunnel.c --------------------------------------------------------- */

extern struct netlink_range_validation mplink_nl_key_range;
extern const struct nla_policy mplink_nl_tunnel_policy[MPLINK_A_TUNNEL_MAX + 1];

/* The settings of gre-udp, and what has come of the namespace's packets. */
int mplink_nl_put_tunnel(struct sk_buff *skb, const struct mplink_vnic *vnic);
/* What has become of a peer's packets, where there is a tunnel, and the most that takes. */
int mplink_nl_put_resequencer(struct sk_buff *skb, const struct mplink_peer_node *peer);
size_t mplink_nl_resequencer_size(void);
/* Whether a DEVICE_SET gives encap or settings of gre-udp. */
bool mplink_nl_asks_tunnel(struct genl_info *info);
/* Sets them.  Where it fails some may have been set. */
int mplink_nl_set_tunnel(struct genl_info *info, struct mplink_vnic *vnic);

/* As they were, for a request that fails later. */
struct mplink_nl_tunnel {
	u32 encap;
	struct mplink_tunnel_config config;
};

void mplink_nl_save_tunnel(const struct mplink_vnic *vnic, struct mplink_nl_tunnel *was);
void mplink_nl_restore_tunnel(struct mplink_vnic *vnic, const struct mplink_nl_tunnel *was);
/* Of a PEER_ADD or PEER_SET: the peer's key, if it is given. */
int mplink_nl_read_peer_key(struct genl_info *info, const struct mplink_vnic *vnic,
			    struct mplink_peer_config *config);

/* --- netlink_notify.c: to those who listen in the device's namespace -------- */

void mplink_notify_device(struct mplink_vnic *vnic);
/* What an event did to the NIC; or, without a report, that it was added. */
void mplink_notify_nic(struct mplink_vnic *vnic, u32 id, const struct mplink_nic_report *report);
/* Before it goes: it is announced with all that is known of it. */
void mplink_notify_nic_del(struct mplink_vnic *vnic, u32 id);
void mplink_notify_peer(struct mplink_vnic *vnic, const struct mplink_peer_node *node);
/* Before it goes. */
void mplink_notify_peer_del(struct mplink_vnic *vnic, const struct mplink_peer_node *node);
void mplink_notify_link(struct mplink_vnic *vnic, const struct mplink_link_report *report);

#endif /* MPLINK_NETLINK_H */
