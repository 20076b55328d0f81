// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink: the settings of encap gre-udp, and the counters of its packets.
 */
#include <linux/log2.h>
#include <linux/string.h>
#include <linux/stringify.h>

#include "control/netlink.h"
#include "device/encap_settings.h"
#include "device/peers.h"
#include "device/vnic.h"
#include "mplink/core.h"
#include "mplink/tunnel.h"
#include "packet/peer_table.h"
#include "tunnel/sockets.h"
#include "tunnel/tunnel.h"

/* A range cannot say that only powers of two are valid. */
#define MPLINK_NL_VALIDATE_POWER_OF_TWO(id, least, most) \
	static int mplink_nl_validate_##id(const struct nlattr *attr, \
					   struct netlink_ext_ack *extack) \
	{ \
		const u32 value = nla_get_u32(attr); \
		\
		if (value >= (least) && value <= (most) && is_power_of_2(value)) \
			return 0; \
		return mplink_nl_refuse(extack, attr, -EINVAL, \
					"is not a power of two from " __stringify(least) \
					" to " __stringify(most)); \
	}
#define MPLINK_NL_VALIDATE_NUMBER(id, least, most)
#define MPLINK_NL_VALIDATE_SWITCH(id, least, most)
#define MPLINK_NL_VALIDATE_EQUALIZE(id, least, most)
#define MPLINK_NL_VALIDATE_DUPLICATE(id, least, most)
#define MPLINK_TUNNEL_SETTING(id, name, file, bits, values, least, most, ...) \
	MPLINK_NL_VALIDATE_##values(id, least, most)
#include "uapi/mplink_attributes.def"

#define MPLINK_NL_TUNNEL_NUMBER(id, bits) MPLINK_NL_RANGE(MPLINK_NL_TUNNEL_##id, bits)
#define MPLINK_NL_TUNNEL_SWITCH(id, bits) MPLINK_NL_RANGE(MPLINK_NL_TUNNEL_##id, bits)
#define MPLINK_NL_TUNNEL_EQUALIZE(id, bits) MPLINK_NL_RANGE(MPLINK_NL_TUNNEL_##id, bits)
#define MPLINK_NL_TUNNEL_DUPLICATE(id, bits) MPLINK_NL_RANGE(MPLINK_NL_TUNNEL_##id, bits)
#define MPLINK_NL_TUNNEL_POWER_OF_TWO(id, bits) \
	NLA_POLICY_VALIDATE_FN(NLA_U##bits, mplink_nl_validate_##id)

const struct nla_policy mplink_nl_tunnel_policy[MPLINK_A_TUNNEL_MAX + 1] = {
#define MPLINK_TUNNEL_SETTING(id, name, file, bits, values, ...) \
	[MPLINK_A_TUNNEL_##id] = MPLINK_NL_TUNNEL_##values(id, bits),
#include "uapi/mplink_attributes.def"
};

static const struct mplink_nl_member mplink_nl_tunnel_list[] = {
#define MPLINK_TUNNEL_SETTING(id, name, file, bits, ...) \
	{ MPLINK_A_TUNNEL_##id, offsetof(struct mplink_tunnel_config, file), bits },
#include "uapi/mplink_attributes.def"
};

static const struct mplink_nl_members mplink_nl_tunnel_members = {
	mplink_nl_tunnel_list, ARRAY_SIZE(mplink_nl_tunnel_list)
};

/* --- get ----------------------------------------------------------------------- */

static int mplink_nl_put_gre_drop(struct sk_buff *skb, const struct net *net, u32 drop)
{
	struct nlattr *nest = nla_nest_start(skb, MPLINK_A_DEVICE_GRE_DROP);

	if (!nest ||
	    nla_put_u32(skb, MPLINK_A_GRE_DROP_REASON, drop) ||
	    nla_put_u64_64bit(skb, MPLINK_A_GRE_DROP_PACKETS, mplink_tunnel_drops(net, drop),
			      MPLINK_A_GRE_DROP_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int mplink_nl_put_config(struct sk_buff *skb, const struct mplink_vnic *vnic)
{
	struct nlattr *nest = nla_nest_start(skb, MPLINK_A_DEVICE_TUNNEL);
	struct mplink_tunnel_config config;

	mplink_core_get_tunnel(vnic->core, &config);
	if (!nest || mplink_nl_put_members(skb, &mplink_nl_tunnel_members, &config))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int mplink_nl_put_tunnel(struct sk_buff *skb, const struct mplink_vnic *vnic)
{
	const struct net *net = dev_net(vnic->dev);
	u32 drop;
	int err;

	err = mplink_nl_put_config(skb, vnic);
	for (drop = MPLINK_GRE_DROP_NONE + 1; !err && drop < MPLINK_GRE_DROPS; drop++)
		err = mplink_nl_put_gre_drop(skb, net, drop);
	return err;
}

size_t mplink_nl_resequencer_size(void)
{
	return nla_total_size(nla_total_size_64bit(sizeof(u64)) *
			      MPLINK_NR_COUNTS(struct mplink_resequencer_counters));
}

int mplink_nl_put_resequencer(struct sk_buff *skb, const struct mplink_peer_node *peer)
{
	struct mplink_resequencer_counters sum;

	if (!mplink_tunnel_counters(peer, &sum))
		return 0;
	return mplink_nl_put_counts(skb, MPLINK_A_PEER_RESEQUENCER, (const u64 *)&sum,
				    MPLINK_NR_COUNTS(struct mplink_resequencer_counters));
}

/* --- set ----------------------------------------------------------------------- */

bool mplink_nl_asks_tunnel(struct genl_info *info)
{
	return info->attrs[MPLINK_A_DEVICE_ENCAP] || info->attrs[MPLINK_A_DEVICE_TUNNEL];
}

/* Overwrites in config what the request gives. */
static int mplink_nl_read_tunnel(struct genl_info *info, struct nlattr **attrs,
				 struct mplink_tunnel_config *config)
{
	int err;

	/* No policy: the family's policy has validated the nest. */
	err = nla_parse_nested(attrs, MPLINK_A_TUNNEL_MAX, info->attrs[MPLINK_A_DEVICE_TUNNEL],
			       NULL, info->extack);
	if (!err)
		mplink_nl_get_members(attrs, &mplink_nl_tunnel_members, config);
	return err;
}

static int mplink_nl_change_tunnel(struct genl_info *info, struct mplink_vnic *vnic)
{
	struct nlattr *attrs[MPLINK_A_TUNNEL_MAX + 1] = {};
	struct mplink_tunnel_config config;
	const char *why;
	int err;

	if (!info->attrs[MPLINK_A_DEVICE_TUNNEL])
		return 0;
	mplink_core_get_tunnel(vnic->core, &config);
	err = mplink_nl_read_tunnel(info, attrs, &config);
	if (err)
		return err;
	err = mplink_vnic_set_tunnel(vnic, &config, &why);
	/* The netlink policy has refused all else: only the order of the bounds can be wrong. */
	if (err)
		mplink_nl_refuse(info->extack,
				 attrs[MPLINK_A_TUNNEL_OUTOFORDER_MIN_US] ?:
				 attrs[MPLINK_A_TUNNEL_OUTOFORDER_MAX_US], err, why);
	return err;
}

static int mplink_nl_change_encap(struct genl_info *info, struct mplink_vnic *vnic)
{
	const struct nlattr *encap = info->attrs[MPLINK_A_DEVICE_ENCAP];
	const char *why;
	int err;

	if (!encap)
		return 0;
	err = mplink_vnic_set_encap(vnic, nla_get_u32(encap), &why);
	return err ? mplink_nl_refuse(info->extack, encap, err, why) : 0;
}

int mplink_nl_set_tunnel(struct genl_info *info, struct mplink_vnic *vnic)
{
	return mplink_nl_change_tunnel(info, vnic) ?: mplink_nl_change_encap(info, vnic);
}

void mplink_nl_save_tunnel(const struct mplink_vnic *vnic, struct mplink_nl_tunnel *was)
{
	was->encap = mplink_core_get_encap(vnic->core);
	was->policy = mplink_core_get_policy(vnic->core);
	mplink_core_get_tunnel(vnic->core, &was->config);
}

void mplink_nl_restore_tunnel(struct mplink_vnic *vnic, const struct mplink_nl_tunnel *was)
{
	struct mplink_nl_tunnel now;
	const char *why;

	mplink_nl_save_tunnel(vnic, &now);
	/* These settings were valid a moment ago: only setting encap can fail, without memory. */
	if (now.encap != was->encap)
		mplink_vnic_set_encap(vnic, was->encap, &why);
	if (mplink_core_get_policy(vnic->core) != was->policy)
		mplink_vnic_set_policy(vnic, was->policy);
	if (memcmp(&now.config, &was->config, sizeof(now.config)))
		mplink_vnic_set_tunnel(vnic, &was->config, &why);
}
