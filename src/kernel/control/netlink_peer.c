// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink: peers with their links.
 */
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "addr.h"
#include "control/netlink.h"
#include "device/netns.h"
#include "device/peers.h"
#include "device/vnic.h"
#include "measure/measure.h"
#include "mplink/core.h"
#include "packet/path.h"
#include "packet/peer_table.h"

#define MPLINK_NL_ADDR NLA_POLICY_VALIDATE_FN(NLA_BINARY, mplink_nl_validate_addr)
/* The same; an empty attribute means "no address". */
#define MPLINK_NL_LOCAL NLA_POLICY_VALIDATE_FN(NLA_BINARY, mplink_nl_validate_local)

static int mplink_nl_validate_local(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	return nla_len(attr) ? mplink_nl_validate_addr(attr, extack) : 0;
}

static const struct nla_policy mplink_nl_link_add_policy[MPLINK_A_LINK_MAX + 1] = {
	[MPLINK_A_LINK_NIC] = { .type = NLA_NUL_STRING, .len = MPLINK_NAME_LEN - 1 },
	[MPLINK_A_LINK_REMOTE] = MPLINK_NL_ADDR,
	[MPLINK_A_LINK_ADD] = { .type = NLA_FLAG },
	[MPLINK_A_LINK_LOCAL] = MPLINK_NL_LOCAL,
#define MPLINK_LINK_SETTING(id, name, file, bits, ...) \
	[MPLINK_A_LINK_##id] = MPLINK_NL_RANGE(MPLINK_NL_LINK_##id, bits),
#include "uapi/mplink_attributes.def"
	[MPLINK_A_LINK_REMOVE] = {
		.type = NLA_REJECT,
		.reject_message = "a new peer has no link to remove",
	},
};

static const struct nla_policy mplink_nl_link_set_policy[MPLINK_A_LINK_MAX + 1] = {
	[MPLINK_A_LINK_NIC] = { .type = NLA_NUL_STRING, .len = MPLINK_NAME_LEN - 1 },
	[MPLINK_A_LINK_REMOTE] = MPLINK_NL_ADDR,
	[MPLINK_A_LINK_REMOVE] = { .type = NLA_FLAG },
	[MPLINK_A_LINK_ADD] = { .type = NLA_FLAG },
	[MPLINK_A_LINK_LOCAL] = MPLINK_NL_LOCAL,
#define MPLINK_LINK_SETTING(id, name, file, bits, ...) \
	[MPLINK_A_LINK_##id] = MPLINK_NL_RANGE(MPLINK_NL_LINK_##id, bits),
#include "uapi/mplink_attributes.def"
};

const struct nla_policy mplink_nl_peer_policy[MPLINK_A_PEER_MAX + 1] = {
	[MPLINK_A_PEER_DEVICE] = { .type = NLA_U32 },
	[MPLINK_A_PEER_ADDRESS] = MPLINK_NL_ADDR,
};

const struct nla_policy mplink_nl_peer_add_policy[MPLINK_A_PEER_MAX + 1] = {
	[MPLINK_A_PEER_DEVICE] = { .type = NLA_U32 },
	[MPLINK_A_PEER_ADDRESS] = MPLINK_NL_ADDR,
	[MPLINK_A_PEER_LINK] = NLA_POLICY_NESTED(mplink_nl_link_add_policy),
#define MPLINK_PEER_SETTING(id, name, file, bits, ...) \
	[MPLINK_A_PEER_##id] = MPLINK_NL_RANGE(MPLINK_NL_PEER_##id, bits),
#include "uapi/mplink_attributes.def"
};

const struct nla_policy mplink_nl_peer_set_policy[MPLINK_A_PEER_MAX + 1] = {
	[MPLINK_A_PEER_DEVICE] = { .type = NLA_U32 },
	[MPLINK_A_PEER_ADDRESS] = MPLINK_NL_ADDR,
	[MPLINK_A_PEER_LINK] = NLA_POLICY_NESTED(mplink_nl_link_set_policy),
#define MPLINK_PEER_SETTING(id, name, file, bits, ...) \
	[MPLINK_A_PEER_##id] = MPLINK_NL_RANGE(MPLINK_NL_PEER_##id, bits),
#include "uapi/mplink_attributes.def"
};

/* --- get ---------------------------------------------------------------------- */

static bool mplink_nl_peer_next(struct mplink_nl_object *object, unsigned long *cursor)
{
	object->peer = mplink_peers_next(object->vnic, cursor);
	return object->peer;
}

/* Puts the local address that the user wants and the one in use; leaves out what is unset. */
static int mplink_nl_put_local(struct sk_buff *skb, const struct mplink_link_info *info)
{
	if (!mplink_addr_none(&info->local) &&
	    mplink_nl_put_addr(skb, MPLINK_A_LINK_LOCAL, &info->local))
		return -EMSGSIZE;
	if (info->path && !mplink_addr_none(&info->path->local))
		return mplink_nl_put_addr(skb, MPLINK_A_LINK_SOURCE, &info->path->local);
	return 0;
}

static int mplink_nl_put_estimate(struct sk_buff *skb, struct mplink_tunnel *tunnel, u32 id)
{
	struct mplink_estimate estimate;

	if (!tunnel || !mplink_measure_estimate(tunnel, id, &estimate))
		return 0;
	return mplink_nl_put_counts(skb, MPLINK_A_LINK_ESTIMATE, (const u64 *)&estimate,
				    sizeof(estimate) / sizeof(u64));
}

static int mplink_nl_fill_link(struct sk_buff *skb, const struct mplink_peer_node *node, u32 id)
{
	const struct mplink_peer *peer = node->core;
	struct nlattr *nest = nla_nest_start(skb, MPLINK_A_PEER_LINK);
	struct mplink_link_info info;
	struct mplink_counters sum;

	mplink_core_link_info(peer, id, &info);
	mplink_core_link_counters(peer, id, &sum);
	if (!nest ||
	    nla_put_string(skb, MPLINK_A_LINK_NIC, info.nic) ||
	    mplink_nl_put_addr(skb, MPLINK_A_LINK_REMOTE, &info.remote) ||
	    mplink_nl_put_local(skb, &info) ||
	    nla_put_u16(skb, MPLINK_A_LINK_WEIGHT, info.weight) ||
	    nla_put_u32(skb, MPLINK_A_LINK_REASON, info.reason) ||
	    nla_put_u32(skb, MPLINK_A_LINK_LIVENESS, info.liveness) ||
	    nla_put_u32(skb, MPLINK_A_LINK_RATE_MIN, info.rate_min) ||
	    nla_put_u32(skb, MPLINK_A_LINK_RATE_MAX, info.rate_max) ||
	    nla_put_u8(skb, MPLINK_A_LINK_PREFERENCE, info.preference) ||
	    mplink_nl_put_counters(skb, MPLINK_A_LINK_COUNTERS, &sum) ||
	    mplink_nl_put_stages(skb, MPLINK_A_LINK_STAGES, info.stages_ms, MPLINK_LINK_STAGES))
		return -EMSGSIZE;
	if ((info.bfd && mplink_nl_put_session(skb, info.bfd)) ||
	    mplink_nl_put_estimate(skb, node->tunnel, id))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int mplink_nl_peer_fill(struct sk_buff *skb, const struct mplink_nl_object *object)
{
	const struct mplink_peer_node *node = object->peer;
	const u32 liveness = mplink_core_peer_get_liveness(node->core);
	const u32 equalize = mplink_peers_equalize(node);
	const u32 duplicate = mplink_peers_duplicate(node);
	u8 ids[MPLINK_MAX_LINKS];
	u32 i, n;

	if (nla_put_u32(skb, MPLINK_A_PEER_DEVICE, object->vnic->dev->ifindex) ||
	    mplink_nl_put_addr(skb, MPLINK_A_PEER_ADDRESS, &node->addr) ||
	    nla_put_u32(skb, MPLINK_A_PEER_LIVENESS, liveness) ||
	    (object->keys && nla_put_u32(skb, MPLINK_A_PEER_KEY, node->key)) ||
	    (node->tunnel && nla_put_u32(skb, MPLINK_A_PEER_EQUALIZE, equalize)) ||
	    (node->tunnel && nla_put_u32(skb, MPLINK_A_PEER_DUPLICATE, duplicate)) ||
	    mplink_nl_put_resequencer(skb, node))
		return -EMSGSIZE;
	n = mplink_core_link_ids(node->core, ids);
	for (i = 0; i < n; i++) {
		const int err = mplink_nl_fill_link(skb, node, ids[i]);

		if (err)
			return err;
	}
	return 0;
}

static size_t mplink_nl_links_size(u32 links)
{
	const size_t counters = nla_total_size(nla_total_size_64bit(sizeof(u64)) *
					       MPLINK_NR_COUNTS(struct mplink_counters));
	const size_t stages = nla_total_size(MPLINK_LINK_STAGES *
					     nla_total_size_64bit(sizeof(u64)));
	const size_t estimate = nla_total_size(nla_total_size_64bit(sizeof(u64)) *
					       MPLINK_NR_COUNTS(struct mplink_estimate));
	const size_t link = nla_total_size(nla_total_size(MPLINK_NAME_LEN) +
					   3 * nla_total_size(sizeof(struct in6_addr)) +
					   nla_total_size(sizeof(u16)) +
					   4 * nla_total_size(sizeof(u32)) +
					   nla_total_size(sizeof(u8)) +
					   counters + stages + estimate + mplink_nl_session_size());

	return 5 * nla_total_size(sizeof(u32)) + nla_total_size(sizeof(struct in6_addr)) +
	       mplink_nl_resequencer_size() + links * link;
}

static size_t mplink_nl_peer_size(const struct mplink_nl_object *object)
{
	u8 ids[MPLINK_MAX_LINKS];

	return mplink_nl_links_size(mplink_core_link_ids(object->peer->core, ids));
}

const struct mplink_nl_kind mplink_nl_peers = {
	.cmd = MPLINK_CMD_PEER_GET,
	.device_attr = MPLINK_A_PEER_DEVICE,
	.next = mplink_nl_peer_next,
	.fill = mplink_nl_peer_fill,
	.size = mplink_nl_peer_size,
};

/* --- requests -------------------------------------------------------------------- */

static int mplink_nl_need_peer(struct genl_info *info)
{
	return mplink_nl_need(info, MPLINK_A_PEER_ADDRESS, "the peer's address is missing");
}

static struct mplink_peer_node *mplink_nl_peer_find(struct genl_info *info,
						    struct mplink_vnic *vnic)
{
	const struct nlattr *attr = info->attrs[MPLINK_A_PEER_ADDRESS];
	const struct mplink_addr addr = mplink_nl_get_addr(attr);
	struct mplink_peer_node *node = mplink_peers_get(vnic, &addr);

	if (!node)
		return ERR_PTR(mplink_nl_refuse(info->extack, attr, -ENOENT,
						"there is no such peer"));
	return node;
}

static int mplink_nl_peer_answer(struct genl_info *info, struct mplink_vnic *vnic)
{
	const struct sk_buff *request = info->user_ptr[0];
	struct mplink_nl_object object = { .vnic = vnic, .keys = mplink_nl_sees_keys(request) };

	object.peer = mplink_nl_peer_find(info, vnic);
	if (IS_ERR(object.peer))
		return PTR_ERR(object.peer);
	return mplink_nl_reply(info, &mplink_nl_peers, &object);
}

int mplink_nl_peer_get(struct sk_buff *skb, struct genl_info *info)
{
	info->user_ptr[0] = skb;
	return mplink_nl_need_peer(info) ?:
	       mplink_nl_do(info, MPLINK_A_PEER_DEVICE, mplink_nl_peer_answer);
}

/* A peer with very many links does not fit into the message that netlink allocates. */
int mplink_nl_peer_dump_start(struct netlink_callback *cb)
{
	const struct mplink_vnic *vnic;
	u32 links = 0;

	rtnl_lock();
	list_for_each_entry(vnic, &mplink_net(sock_net(cb->skb->sk))->vnics, list)
		links = max(links, vnic->most_links);
	rtnl_unlock();
	cb->min_dump_alloc = nlmsg_total_size(genlmsg_total_size(mplink_nl_links_size(links)));
	return 0;
}

int mplink_nl_peer_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return mplink_nl_dump(skb, cb, &mplink_nl_peers);
}

static void mplink_nl_read_link_pace(struct nlattr *const *tb, struct mplink_link_config *link)
{
	if (tb[MPLINK_A_LINK_RATE_MIN]) {
		link->rate_min_given = true;
		link->rate_min = nla_get_u32(tb[MPLINK_A_LINK_RATE_MIN]);
	}
	if (tb[MPLINK_A_LINK_RATE_MAX]) {
		link->rate_max_given = true;
		link->rate_max = nla_get_u32(tb[MPLINK_A_LINK_RATE_MAX]);
	}
	if (tb[MPLINK_A_LINK_PREFERENCE]) {
		link->preference_given = true;
		link->preference = nla_get_u8(tb[MPLINK_A_LINK_PREFERENCE]);
	}
}

static int mplink_nl_read_link(struct genl_info *info, const struct mplink_vnic *vnic,
			       const struct nlattr *attr, struct mplink_link_config *link)
{
	struct nlattr *tb[MPLINK_A_LINK_MAX + 1];
	int err;

	/* No policy: the family's policy has validated the nest. */
	err = nla_parse_nested(tb, MPLINK_A_LINK_MAX, attr, NULL, info->extack);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(info->extack, attr, tb, MPLINK_A_LINK_NIC))
		return mplink_nl_refuse(info->extack, attr, -EINVAL, "the link's NIC is missing");
	err = mplink_core_nic_find(vnic->core, nla_data(tb[MPLINK_A_LINK_NIC]));
	if (err < 0)
		return mplink_nl_refuse(info->extack, tb[MPLINK_A_LINK_NIC], err,
					"there is no such NIC; add it first");
	link->nic_id = err;
	if (tb[MPLINK_A_LINK_REMOTE])
		link->remote = mplink_nl_get_addr(tb[MPLINK_A_LINK_REMOTE]);
	if (tb[MPLINK_A_LINK_WEIGHT])
		link->weight = nla_get_u16(tb[MPLINK_A_LINK_WEIGHT]);
	if (tb[MPLINK_A_LINK_LIVENESS]) {
		link->liveness_given = true;
		link->liveness = nla_get_u32(tb[MPLINK_A_LINK_LIVENESS]);
	}
	if (tb[MPLINK_A_LINK_LOCAL]) {
		link->local_given = true;
		if (nla_len(tb[MPLINK_A_LINK_LOCAL]))
			link->local = mplink_nl_get_addr(tb[MPLINK_A_LINK_LOCAL]);
	}
	mplink_nl_read_link_pace(tb, link);
	link->add = nla_get_flag(tb[MPLINK_A_LINK_ADD]);
	link->remove = nla_get_flag(tb[MPLINK_A_LINK_REMOVE]);
	if (link->remove && (tb[MPLINK_A_LINK_WEIGHT] || link->liveness_given ||
			     link->local_given || link->rate_min_given || link->rate_max_given ||
			     link->preference_given || link->add))
		return mplink_nl_refuse(info->extack, tb[MPLINK_A_LINK_REMOVE], -EINVAL,
					"is given together with settings of the link, or with add");
	return 0;
}

/* A request may remove all links of a peer and add as many. */
#define MPLINK_MAX_ENTRIES (2 * MPLINK_MAX_LINKS)

/* Reads the links that the request names; returns their number or a negative errno. */
static int mplink_nl_read_links(struct genl_info *info, const struct mplink_vnic *vnic,
				struct mplink_link_config *links)
{
	const struct nlattr *attr;
	int err, rem, n = 0;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != MPLINK_A_PEER_LINK)
			continue;
		if (n == MPLINK_MAX_ENTRIES)
			return mplink_nl_refuse(info->extack, attr, -E2BIG,
						"there are more than 128 links, including those to remove");
		err = mplink_nl_read_link(info, vnic, attr, &links[n++]);
		if (err)
			return err;
	}
	return n;
}

/* Returns the attribute that the extack is about, as far inside as the request has one. */
static const struct nlattr *mplink_nl_refused_attr(struct genl_info *info,
						   const struct mplink_extack *extack)
{
	static const u8 types[] = {
		[MPLINK_EXTACK_NIC] = MPLINK_A_LINK_NIC,
		[MPLINK_EXTACK_REMOTE] = MPLINK_A_LINK_REMOTE,
		[MPLINK_EXTACK_LOCAL] = MPLINK_A_LINK_LOCAL,
		[MPLINK_EXTACK_RATE_MIN] = MPLINK_A_LINK_RATE_MIN,
		[MPLINK_EXTACK_RATE_MAX] = MPLINK_A_LINK_RATE_MAX,
	};
	const struct nlattr *attr, *inner = NULL;
	u32 n = 0;
	int rem;

	if (extack->attr == MPLINK_EXTACK_ADDRESS)
		return info->attrs[MPLINK_A_PEER_ADDRESS];
	if (extack->attr == MPLINK_EXTACK_KEY)
		return info->attrs[MPLINK_A_PEER_KEY];
	if (extack->attr == MPLINK_EXTACK_EQUALIZE)
		return info->attrs[MPLINK_A_PEER_EQUALIZE];
	if (extack->attr == MPLINK_EXTACK_DUPLICATE)
		return info->attrs[MPLINK_A_PEER_DUPLICATE];
	if (extack->attr < MPLINK_EXTACK_LINK || extack->attr >= ARRAY_SIZE(types))
		return NULL;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != MPLINK_A_PEER_LINK || n++ != extack->link)
			continue;
		if (types[extack->attr])
			inner = nla_find_nested(attr, types[extack->attr]);
		return inner ?: attr;
	}
	return NULL;
}

/* Changes the peer, or makes a new one if node is NULL. */
static int mplink_nl_peer_apply(struct genl_info *info, struct mplink_vnic *vnic,
				struct mplink_peer_node *node)
{
	const struct mplink_addr addr = mplink_nl_get_addr(info->attrs[MPLINK_A_PEER_ADDRESS]);
	const struct nlattr *liveness = info->attrs[MPLINK_A_PEER_LIVENESS];
	const struct nlattr *key = info->attrs[MPLINK_A_PEER_KEY];
	const struct nlattr *equalize = info->attrs[MPLINK_A_PEER_EQUALIZE];
	const struct nlattr *duplicate = info->attrs[MPLINK_A_PEER_DUPLICATE];
	struct mplink_peer_config config = {
		.liveness_given = liveness,
		.liveness = liveness ? nla_get_u32(liveness) : 0,
		.key_given = key,
		.key = key ? nla_get_u32(key) : 0,
		.equalize_given = equalize,
		.equalize = equalize ? nla_get_u32(equalize) : 0,
		.duplicate_given = duplicate,
		.duplicate = duplicate ? nla_get_u32(duplicate) : 0,
	};
	struct mplink_extack extack = {};
	struct mplink_link_config *links;
	int err, n;

	links = kcalloc(MPLINK_MAX_ENTRIES, sizeof(*links), GFP_KERNEL_ACCOUNT);
	if (!links)
		return mplink_nl_refuse(info->extack, NULL, -ENOMEM, "memory is short");
	n = mplink_nl_read_links(info, vnic, links);
	if (n < 0) {
		err = n;
		goto out;
	}
	config.links = links;
	config.nr_links = n;
	err = node ? mplink_peers_set(vnic, node, &config, &extack) :
		     mplink_peers_add(vnic, &addr, &config, &extack);
	if (err)
		mplink_nl_refused(info, mplink_nl_refused_attr(info, &extack), err, &extack);
out:
	kfree(links);
	return err;
}

static int mplink_nl_peer_create(struct genl_info *info, struct mplink_vnic *vnic)
{
	return mplink_nl_peer_apply(info, vnic, NULL);
}

int mplink_nl_peer_add(struct sk_buff *skb, struct genl_info *info)
{
	return mplink_nl_need_peer(info) ?:
	       mplink_nl_do(info, MPLINK_A_PEER_DEVICE, mplink_nl_peer_create);
}

static int mplink_nl_peer_change(struct genl_info *info, struct mplink_vnic *vnic)
{
	static const char nothing[] =
		"there is nothing to set: no link, liveness, key, equalize or duplicate";
	struct mplink_peer_node *node = mplink_nl_peer_find(info, vnic);

	if (IS_ERR(node))
		return PTR_ERR(node);
	if (!info->attrs[MPLINK_A_PEER_LINK] && !info->attrs[MPLINK_A_PEER_LIVENESS] &&
	    !info->attrs[MPLINK_A_PEER_KEY] && !info->attrs[MPLINK_A_PEER_EQUALIZE] &&
	    !info->attrs[MPLINK_A_PEER_DUPLICATE])
		return mplink_nl_refuse(info->extack, NULL, -EINVAL, nothing);
	return mplink_nl_peer_apply(info, vnic, node);
}

int mplink_nl_peer_set(struct sk_buff *skb, struct genl_info *info)
{
	return mplink_nl_need_peer(info) ?:
	       mplink_nl_do(info, MPLINK_A_PEER_DEVICE, mplink_nl_peer_change);
}

static int mplink_nl_peer_remove(struct genl_info *info, struct mplink_vnic *vnic)
{
	struct mplink_peer_node *node = mplink_nl_peer_find(info, vnic);

	if (IS_ERR(node))
		return PTR_ERR(node);
	mplink_peers_del(vnic, node);
	return 0;
}

int mplink_nl_peer_del(struct sk_buff *skb, struct genl_info *info)
{
	return mplink_nl_need_peer(info) ?:
	       mplink_nl_do(info, MPLINK_A_PEER_DEVICE, mplink_nl_peer_remove);
}
