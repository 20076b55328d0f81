// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink: the settings of liveness, and the state of BFD sessions.
 */
#include <linux/string.h>

#include "bfd/sessions.h"
#include "control/netlink.h"
#include "device/vnic.h"
#include "mplink/core.h"

/* Not const, because policies in 6.1 do not accept const ranges.  Nobody writes them. */
struct netlink_range_validation mplink_nl_wait_range = { .max = MPLINK_MAX_WAIT_MS };

static struct netlink_range_validation mplink_nl_interval_range = {
	.min = MPLINK_BFD_MIN_INTERVAL_US,
	.max = MPLINK_BFD_MAX_INTERVAL_US,
};

static int mplink_nl_validate_auth(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	switch (nla_get_u32(attr)) {
	case MPLINK_BFD_AUTH_NONE:
	case MPLINK_BFD_AUTH_SHA1:
	case MPLINK_BFD_AUTH_METICULOUS_SHA1:
		return 0;
	case MPLINK_BFD_AUTH_PASSWORD:
	case MPLINK_BFD_AUTH_MD5:
	case MPLINK_BFD_AUTH_METICULOUS_MD5:
		return mplink_nl_refuse(extack, attr, -EINVAL,
					"is too weak to protect: use sha1 or meticulous-sha1");
	default:
		return mplink_nl_refuse(extack, attr, -EINVAL,
					"is none of none, sha1, meticulous-sha1");
	}
}

const struct nla_policy mplink_nl_bfd_policy[MPLINK_A_BFD_MAX + 1] = {
	[MPLINK_A_BFD_MIN_TX_US] = NLA_POLICY_FULL_RANGE(NLA_U32, &mplink_nl_interval_range),
	[MPLINK_A_BFD_MIN_RX_US] = NLA_POLICY_FULL_RANGE(NLA_U32, &mplink_nl_interval_range),
	[MPLINK_A_BFD_DETECT_MULT] = NLA_POLICY_MIN(NLA_U8, 1),
	[MPLINK_A_BFD_MULTIHOP] = NLA_POLICY_MAX(NLA_U8, 1),
	[MPLINK_A_BFD_AUTH] = NLA_POLICY_VALIDATE_FN(NLA_U32, mplink_nl_validate_auth),
	[MPLINK_A_BFD_KEY_ID] = { .type = NLA_U8 },
	[MPLINK_A_BFD_KEY] = NLA_POLICY_RANGE(NLA_BINARY, 1, MPLINK_BFD_KEY_LEN),
};

/* --- get ----------------------------------------------------------------------- */

/* Leaves out the key, because anyone may read the settings. */
static int mplink_nl_put_bfd(struct sk_buff *skb, const struct mplink_bfd_config *bfd)
{
	struct nlattr *nest = nla_nest_start(skb, MPLINK_A_DEVICE_BFD);

	if (!nest ||
	    nla_put_u32(skb, MPLINK_A_BFD_MIN_TX_US, bfd->min_tx_us) ||
	    nla_put_u32(skb, MPLINK_A_BFD_MIN_RX_US, bfd->min_rx_us) ||
	    nla_put_u8(skb, MPLINK_A_BFD_DETECT_MULT, bfd->detect_mult) ||
	    nla_put_u8(skb, MPLINK_A_BFD_MULTIHOP, bfd->multihop) ||
	    nla_put_u32(skb, MPLINK_A_BFD_AUTH, bfd->auth_type) ||
	    nla_put_u8(skb, MPLINK_A_BFD_KEY_ID, bfd->auth_key_id))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int mplink_nl_put_bfd_drop(struct sk_buff *skb, const struct mplink_vnic *vnic, u32 drop)
{
	struct nlattr *nest = nla_nest_start(skb, MPLINK_A_DEVICE_BFD_DROP);

	if (!nest ||
	    nla_put_u32(skb, MPLINK_A_BFD_DROP_REASON, drop) ||
	    nla_put_u64_64bit(skb, MPLINK_A_BFD_DROP_PACKETS,
			      atomic64_read(&vnic->bfd_drops[drop]), MPLINK_A_BFD_DROP_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int mplink_nl_put_liveness(struct sk_buff *skb, const struct mplink_vnic *vnic)
{
	struct mplink_liveness_config config;
	u32 drop;
	int err;

	mplink_core_get_liveness(vnic->core, &config);
	if (nla_put_u32(skb, MPLINK_A_DEVICE_LIVENESS, config.mode) ||
	    nla_put_u32(skb, MPLINK_A_DEVICE_WTR_MS, config.wtr_ms) ||
	    nla_put_u32(skb, MPLINK_A_DEVICE_HOLDOFF_MS, config.holdoff_ms) ||
	    nla_put_u64_64bit(skb, MPLINK_A_DEVICE_BFD_RECEIVED,
			      atomic64_read(&vnic->bfd_drops[MPLINK_BFD_DROP_NONE]),
			      MPLINK_A_DEVICE_PAD))
		return -EMSGSIZE;
	err = mplink_nl_put_bfd(skb, &config.bfd);
	for (drop = MPLINK_BFD_DROP_NONE + 1; !err && drop < MPLINK_BFD_DROPS; drop++)
		err = mplink_nl_put_bfd_drop(skb, vnic, drop);
	return err;
}

size_t mplink_nl_session_size(void)
{
	return nla_total_size(8 * nla_total_size(sizeof(u32)) + nla_total_size_64bit(sizeof(u64)));
}

int mplink_nl_put_session(struct sk_buff *skb, const struct mplink_bfd *bfd)
{
	struct nlattr *nest = nla_nest_start(skb, MPLINK_A_LINK_SESSION);
	struct mplink_bfd_info info;

	mplink_bfd_read(bfd, &info);
	if (!nest ||
	    nla_put_u32(skb, MPLINK_A_SESSION_STATE, info.state) ||
	    nla_put_u32(skb, MPLINK_A_SESSION_DIAG, info.diag) ||
	    nla_put_u32(skb, MPLINK_A_SESSION_REMOTE_STATE, info.remote_state) ||
	    nla_put_u32(skb, MPLINK_A_SESSION_REMOTE_DIAG, info.remote_diag) ||
	    nla_put_u32(skb, MPLINK_A_SESSION_DISCR, info.local_discr) ||
	    nla_put_u32(skb, MPLINK_A_SESSION_REMOTE_DISCR, info.remote_discr) ||
	    nla_put_u32(skb, MPLINK_A_SESSION_TX_US, info.tx_interval_us) ||
	    nla_put_u32(skb, MPLINK_A_SESSION_RX_US, info.rx_interval_us) ||
	    nla_put_u64_64bit(skb, MPLINK_A_SESSION_DETECTION_US, info.detection_us,
			      MPLINK_A_SESSION_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* --- set ----------------------------------------------------------------------- */

static bool mplink_nl_is_no_key(const struct mplink_bfd_key *key)
{
	return !memchr_inv(key->bytes, 0, sizeof(key->bytes));
}

/* Call when config already has the new type of authentication. */
static int mplink_nl_read_key(struct netlink_ext_ack *extack, struct nlattr *const *attrs,
			      struct mplink_bfd_config *config, struct mplink_bfd_key *key)
{
	const struct nlattr *given = attrs[MPLINK_A_BFD_KEY];
	const struct nlattr *id = attrs[MPLINK_A_BFD_KEY_ID];

	if (config->auth_type == MPLINK_BFD_AUTH_NONE) {
		if (given || id)
			return mplink_nl_refuse(extack, given ?: id, -EINVAL,
						"has no effect without authentication: ask for sha1 or meticulous-sha1, too");
		config->auth_key_id = 0;
		memset(key, 0, sizeof(*key));
		return 0;
	}
	if (id)
		config->auth_key_id = nla_get_u8(id);
	if (given) {
		memset(key, 0, sizeof(*key));
		nla_memcpy(key->bytes, given, sizeof(key->bytes));
		if (mplink_nl_is_no_key(key))
			return mplink_nl_refuse(extack, given, -EINVAL,
						"is nothing but zeros, which anyone can guess");
	}
	if (mplink_nl_is_no_key(key))
		return mplink_nl_refuse(extack, attrs[MPLINK_A_BFD_AUTH], -EINVAL,
					"needs a key, and there is none yet: give one, too");
	return 0;
}

static int mplink_nl_read_bfd(struct netlink_ext_ack *extack, struct nlattr *const *attrs,
			      struct mplink_bfd_config *config, struct mplink_bfd_key *key)
{
	if (attrs[MPLINK_A_BFD_MIN_TX_US])
		config->min_tx_us = nla_get_u32(attrs[MPLINK_A_BFD_MIN_TX_US]);
	if (attrs[MPLINK_A_BFD_MIN_RX_US])
		config->min_rx_us = nla_get_u32(attrs[MPLINK_A_BFD_MIN_RX_US]);
	if (attrs[MPLINK_A_BFD_DETECT_MULT])
		config->detect_mult = nla_get_u8(attrs[MPLINK_A_BFD_DETECT_MULT]);
	if (attrs[MPLINK_A_BFD_MULTIHOP])
		config->multihop = nla_get_u8(attrs[MPLINK_A_BFD_MULTIHOP]);
	if (attrs[MPLINK_A_BFD_AUTH])
		config->auth_type = nla_get_u32(attrs[MPLINK_A_BFD_AUTH]);
	return mplink_nl_read_key(extack, attrs, config, key);
}

bool mplink_nl_asks_liveness(struct genl_info *info)
{
	return info->attrs[MPLINK_A_DEVICE_LIVENESS] || info->attrs[MPLINK_A_DEVICE_WTR_MS] ||
	       info->attrs[MPLINK_A_DEVICE_HOLDOFF_MS] || info->attrs[MPLINK_A_DEVICE_BFD];
}

/* Overwrites in config and key what the request gives. */
static int mplink_nl_read_liveness(struct genl_info *info, struct nlattr **bfd,
				   struct mplink_liveness_config *config,
				   struct mplink_bfd_key *key)
{
	struct nlattr *const *attrs = info->attrs;
	int err;

	if (attrs[MPLINK_A_DEVICE_LIVENESS])
		config->mode = nla_get_u32(attrs[MPLINK_A_DEVICE_LIVENESS]);
	if (attrs[MPLINK_A_DEVICE_WTR_MS])
		config->wtr_ms = nla_get_u32(attrs[MPLINK_A_DEVICE_WTR_MS]);
	if (attrs[MPLINK_A_DEVICE_HOLDOFF_MS])
		config->holdoff_ms = nla_get_u32(attrs[MPLINK_A_DEVICE_HOLDOFF_MS]);
	if (!attrs[MPLINK_A_DEVICE_BFD])
		return 0;
	/* No policy: the family's policy has validated the nest. */
	err = nla_parse_nested(bfd, MPLINK_A_BFD_MAX, attrs[MPLINK_A_DEVICE_BFD], NULL,
			       info->extack);
	return err ?: mplink_nl_read_bfd(info->extack, bfd, &config->bfd, key);
}

int mplink_nl_set_liveness(struct genl_info *info, struct mplink_vnic *vnic)
{
	struct nlattr *bfd[MPLINK_A_BFD_MAX + 1] = {};
	struct mplink_bfd_key key = vnic->bfd_key;
	struct mplink_liveness_config config;
	const char *why;
	int err;

	mplink_core_get_liveness(vnic->core, &config);
	err = mplink_nl_read_liveness(info, bfd, &config, &key);
	if (!err) {
		err = mplink_vnic_set_liveness(vnic, &config, &key, &why);
		/* The netlink policy has refused all else: only authentication can fail here. */
		if (err)
			mplink_nl_refuse(info->extack, bfd[MPLINK_A_BFD_AUTH], err, why);
	}
	memzero_explicit(&key, sizeof(key));
	return err;
}
