// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink: the settings of liveness, and the state of BFD sessions.
 */
#include <linux/string.h>

#include "bfd/sessions.h"
#include "control/netlink.h"
#include "device/vnic.h"
#include "mplink/core.h"

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

#define MPLINK_NL_BFD_NUMBER(setting, bits) MPLINK_NL_RANGE(setting, bits)
#define MPLINK_NL_BFD_SWITCH(setting, bits) MPLINK_NL_RANGE(setting, bits)
#define MPLINK_NL_BFD_KEY_ID(setting, bits) MPLINK_NL_RANGE(setting, bits)
#define MPLINK_NL_BFD_AUTH(setting, bits) \
	NLA_POLICY_VALIDATE_FN(NLA_U##bits, mplink_nl_validate_auth)

const struct nla_policy mplink_nl_bfd_policy[MPLINK_A_BFD_MAX + 1] = {
#define MPLINK_BFD_SETTING(id, name, file, bits, values, ...) \
	[MPLINK_A_BFD_##id] = MPLINK_NL_BFD_##values(MPLINK_NL_BFD_##id, bits),
#include "uapi/mplink_attributes.def"
	[MPLINK_A_BFD_KEY] = NLA_POLICY_RANGE(NLA_BINARY, 1, MPLINK_BFD_KEY_LEN),
};

/* Policy and encap are not in the struct. */
#define MPLINK_NL_LIVENESS_NUMBER(id, file, bits) \
	{ MPLINK_A_DEVICE_##id, offsetof(struct mplink_liveness_config, file), bits },
#define MPLINK_NL_LIVENESS_LIVENESS(id, file, bits) \
	{ MPLINK_A_DEVICE_##id, offsetof(struct mplink_liveness_config, mode), bits },
#define MPLINK_NL_LIVENESS_POLICY(id, file, bits)
#define MPLINK_NL_LIVENESS_ENCAP(id, file, bits)

static const struct mplink_nl_member mplink_nl_liveness_list[] = {
#define MPLINK_DEVICE_SETTING(id, name, file, bits, values, ...) \
	MPLINK_NL_LIVENESS_##values(id, file, bits)
#include "uapi/mplink_attributes.def"
};

static const struct mplink_nl_member mplink_nl_bfd_list[] = {
#define MPLINK_BFD_SETTING(id, name, file, bits, ...) \
	{ MPLINK_A_BFD_##id, offsetof(struct mplink_bfd_config, file), bits },
#include "uapi/mplink_attributes.def"
};

static const struct mplink_nl_members mplink_nl_liveness_members = {
	mplink_nl_liveness_list, ARRAY_SIZE(mplink_nl_liveness_list)
};

static const struct mplink_nl_members mplink_nl_bfd_members = {
	mplink_nl_bfd_list, ARRAY_SIZE(mplink_nl_bfd_list)
};

/* --- get ----------------------------------------------------------------------- */

/* Leaves out the key, because anyone may read the settings. */
static int mplink_nl_put_bfd(struct sk_buff *skb, const struct mplink_bfd_config *bfd)
{
	struct nlattr *nest = nla_nest_start(skb, MPLINK_A_DEVICE_BFD);

	if (!nest || mplink_nl_put_members(skb, &mplink_nl_bfd_members, bfd))
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
	err = mplink_nl_put_members(skb, &mplink_nl_liveness_members, &config) ?:
	      mplink_nl_put_bfd(skb, &config.bfd);
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

/* Call when config already has what else the nest gives. */
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

bool mplink_nl_asks_liveness(struct genl_info *info)
{
	return mplink_nl_gives(info->attrs, &mplink_nl_liveness_members) ||
	       info->attrs[MPLINK_A_DEVICE_BFD];
}

/* Overwrites in config and key what the request gives. */
static int mplink_nl_read_liveness(struct genl_info *info, struct nlattr **bfd,
				   struct mplink_liveness_config *config,
				   struct mplink_bfd_key *key)
{
	struct nlattr *const *attrs = info->attrs;
	int err;

	mplink_nl_get_members(attrs, &mplink_nl_liveness_members, config);
	if (!attrs[MPLINK_A_DEVICE_BFD])
		return 0;
	/* No policy: the family's policy has validated the nest. */
	err = nla_parse_nested(bfd, MPLINK_A_BFD_MAX, attrs[MPLINK_A_DEVICE_BFD], NULL,
			       info->extack);
	if (err)
		return err;
	mplink_nl_get_members(bfd, &mplink_nl_bfd_members, &config->bfd);
	return mplink_nl_read_key(info->extack, bfd, &config->bfd, key);
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
