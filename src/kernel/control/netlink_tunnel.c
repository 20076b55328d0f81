// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink: the settings of encap gre-udp, and the counters of its packets.
 */
#include <linux/log2.h>
#include <linux/string.h>

#include "control/netlink.h"
#include "device/encap.h"
#include "device/peers.h"
#include "device/vnic.h"
#include "mplink/core.h"
#include "mplink/tunnel.h"
#include "packet/peer_table.h"
#include "tunnel/sockets.h"
#include "tunnel/tunnel.h"

/* Not const, because policies in 6.1 do not accept const ranges.  Nobody writes them. */
static struct netlink_range_validation mplink_nl_outoforder_range = {
	.min = 1,
	.max = MPLINK_MAX_OUTOFORDER_US,
};

static struct netlink_range_validation mplink_nl_perflow_range = {
	.min = 1,
	.max = MPLINK_MAX_PERFLOW_BUFFER,
};

static struct netlink_range_validation mplink_nl_buffer_range = {
	.min = 1,
	.max = MPLINK_MAX_PEER_BUFFER,
};

static int mplink_nl_validate_buckets(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	const u32 buckets = nla_get_u32(attr);

	if (buckets <= MPLINK_FLOW_BUCKETS && is_power_of_2(buckets))
		return 0;
	return mplink_nl_refuse(extack, attr, -EINVAL, "is not a power of two from 1 to 256");
}

const struct nla_policy mplink_nl_tunnel_policy[MPLINK_A_TUNNEL_MAX + 1] = {
	[MPLINK_A_TUNNEL_FLOW_BUCKETS] = NLA_POLICY_VALIDATE_FN(NLA_U32,
								mplink_nl_validate_buckets),
	[MPLINK_A_TUNNEL_OUTOFORDER_MIN_US] = NLA_POLICY_FULL_RANGE(NLA_U32,
								    &mplink_nl_outoforder_range),
	[MPLINK_A_TUNNEL_OUTOFORDER_MAX_US] = NLA_POLICY_FULL_RANGE(NLA_U32,
								    &mplink_nl_outoforder_range),
	[MPLINK_A_TUNNEL_MAX_PERFLOW_BUFFER] = NLA_POLICY_FULL_RANGE(NLA_U32,
								     &mplink_nl_perflow_range),
	[MPLINK_A_TUNNEL_MAX_PEER_BUFFER] = NLA_POLICY_FULL_RANGE(NLA_U32,
								  &mplink_nl_buffer_range),
	[MPLINK_A_TUNNEL_CHECKSUM] = NLA_POLICY_MAX(NLA_U32, 1),
};

struct netlink_range_validation mplink_nl_key_range = { .max = MPLINK_MAX_PEER_KEY };

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
	if (!nest ||
	    nla_put_u32(skb, MPLINK_A_TUNNEL_FLOW_BUCKETS, config.flow_buckets) ||
	    nla_put_u32(skb, MPLINK_A_TUNNEL_OUTOFORDER_MIN_US, config.outoforder_min_us) ||
	    nla_put_u32(skb, MPLINK_A_TUNNEL_OUTOFORDER_MAX_US, config.outoforder_max_us) ||
	    nla_put_u32(skb, MPLINK_A_TUNNEL_MAX_PERFLOW_BUFFER, config.max_perflow_buffer) ||
	    nla_put_u32(skb, MPLINK_A_TUNNEL_MAX_PEER_BUFFER, config.max_peer_buffer) ||
	    nla_put_u32(skb, MPLINK_A_TUNNEL_CHECKSUM, config.checksum))
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
	if (!err)
		err = nla_put_u64_64bit(skb, MPLINK_A_DEVICE_GRE_RECEIVED,
					mplink_tunnel_drops(net, MPLINK_GRE_DROP_NONE),
					MPLINK_A_DEVICE_PAD);
	for (drop = MPLINK_GRE_DROP_NONE + 1; !err && drop < MPLINK_GRE_DROPS; drop++)
		err = mplink_nl_put_gre_drop(skb, net, drop);
	return err;
}

/* Attributes of counters follow the pad attribute, in the order of the struct's members. */
#define MPLINK_NL_FIRST_COUNTER (MPLINK_A_RESEQUENCER_PAD + 1)
#define MPLINK_NL_COUNTERS (sizeof(struct mplink_resequencer_counters) / sizeof(u64))
#define MPLINK_NL_ASSERT_COUNTER(attr, member) \
	static_assert(MPLINK_A_RESEQUENCER_##attr == MPLINK_NL_FIRST_COUNTER + \
		      offsetof(struct mplink_resequencer_counters, member) / sizeof(u64))

MPLINK_NL_ASSERT_COUNTER(IN_ORDER, in_order);
MPLINK_NL_ASSERT_COUNTER(REORDERED, reordered);
MPLINK_NL_ASSERT_COUNTER(DUPLICATES, duplicates);
MPLINK_NL_ASSERT_COUNTER(LATE, late);
MPLINK_NL_ASSERT_COUNTER(LOST_RULE, lost_rule);
MPLINK_NL_ASSERT_COUNTER(LOST_TIMER, lost_timer);
MPLINK_NL_ASSERT_COUNTER(LOST_OVERFLOW, lost_overflow);
MPLINK_NL_ASSERT_COUNTER(RESTARTS, restarts);
MPLINK_NL_ASSERT_COUNTER(HELD, held);
MPLINK_NL_ASSERT_COUNTER(HELD_MAX, held_max);
MPLINK_NL_ASSERT_COUNTER(WAIT_US, wait_us);
MPLINK_NL_ASSERT_COUNTER(WAIT_MAX_US, wait_max_us);
MPLINK_NL_ASSERT_COUNTER(TIMER_US, timer_us);
static_assert(MPLINK_A_RESEQUENCER_MAX - MPLINK_A_RESEQUENCER_PAD == MPLINK_NL_COUNTERS);

size_t mplink_nl_resequencer_size(void)
{
	return nla_total_size(MPLINK_NL_COUNTERS * nla_total_size_64bit(sizeof(u64)));
}

int mplink_nl_put_resequencer(struct sk_buff *skb, const struct mplink_peer_node *peer)
{
	struct mplink_resequencer_counters sum;
	const u64 *counters = (const u64 *)&sum;
	struct nlattr *nest;
	u32 i;

	if (!mplink_tunnel_counters(peer, &sum))
		return 0;
	nest = nla_nest_start(skb, MPLINK_A_PEER_RESEQUENCER);
	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < MPLINK_NL_COUNTERS; i++)
		if (nla_put_u64_64bit(skb, MPLINK_NL_FIRST_COUNTER + i, counters[i],
				      MPLINK_A_RESEQUENCER_PAD))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
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
	u32 *const members[] = {
		[MPLINK_A_TUNNEL_FLOW_BUCKETS] = &config->flow_buckets,
		[MPLINK_A_TUNNEL_OUTOFORDER_MIN_US] = &config->outoforder_min_us,
		[MPLINK_A_TUNNEL_OUTOFORDER_MAX_US] = &config->outoforder_max_us,
		[MPLINK_A_TUNNEL_MAX_PERFLOW_BUFFER] = &config->max_perflow_buffer,
		[MPLINK_A_TUNNEL_MAX_PEER_BUFFER] = &config->max_peer_buffer,
		[MPLINK_A_TUNNEL_CHECKSUM] = &config->checksum,
	};
	u32 i;
	int err;

	/* No policy: the family's policy has validated the nest. */
	err = nla_parse_nested(attrs, MPLINK_A_TUNNEL_MAX, info->attrs[MPLINK_A_DEVICE_TUNNEL],
			       NULL, info->extack);
	for (i = 1; !err && i < ARRAY_SIZE(members); i++)
		if (attrs[i])
			*members[i] = nla_get_u32(attrs[i]);
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
	if (memcmp(&now.config, &was->config, sizeof(now.config)))
		mplink_vnic_set_tunnel(vnic, &was->config, &why);
}

int mplink_nl_read_peer_key(struct genl_info *info, const struct mplink_vnic *vnic,
			    struct mplink_peer_config *config)
{
	const struct nlattr *key = info->attrs[MPLINK_A_PEER_KEY];

	if (!key)
		return 0;
	/* The key cannot matter later either: encap does not change while there are peers. */
	if (mplink_core_get_encap(vnic->core) != MPLINK_ENCAP_GRE_UDP)
		return mplink_nl_refuse(info->extack, key, -EINVAL,
					"has no effect without encap gre-udp");
	config->key_given = true;
	config->key = nla_get_u32(key);
	return 0;
}
