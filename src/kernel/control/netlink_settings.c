// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink: reads and puts settings and counters as the lists in
 * uapi/mplink_attributes.def say.
 */
#include "control/netlink.h"

/* Not const, because policies in 6.1 do not accept const ranges.  Nobody writes them. */
struct netlink_range_validation mplink_nl_ranges[MPLINK_NL_SETTINGS] = {
#define MPLINK_DEVICE_SETTING(id, name, file, bits, values, least, most, ...) \
	[MPLINK_NL_DEVICE_##id] = { .min = (least), .max = (most) },
#define MPLINK_BFD_SETTING(id, name, file, bits, values, least, most, ...) \
	[MPLINK_NL_BFD_##id] = { .min = (least), .max = (most) },
#define MPLINK_TUNNEL_SETTING(id, name, file, bits, values, least, most, ...) \
	[MPLINK_NL_TUNNEL_##id] = { .min = (least), .max = (most) },
#define MPLINK_PEER_SETTING(id, name, file, bits, values, least, most, ...) \
	[MPLINK_NL_PEER_##id] = { .min = (least), .max = (most) },
#define MPLINK_LINK_SETTING(id, name, file, bits, values, least, most, ...) \
	[MPLINK_NL_LINK_##id] = { .min = (least), .max = (most) },
#include "uapi/mplink_attributes.def"
};

bool mplink_nl_gives(struct nlattr *const *attrs, const struct mplink_nl_members *members)
{
	u32 i;

	for (i = 0; i < members->nr; i++)
		if (attrs[members->list[i].attr])
			return true;
	return false;
}

static void mplink_nl_get_member(const struct nlattr *attr, const struct mplink_nl_member *member,
				 void *config)
{
	void *const place = config + member->offset;

	switch (member->bits) {
	case 8:
		*(u8 *)place = nla_get_u8(attr);
		break;
	case 16:
		*(u16 *)place = nla_get_u16(attr);
		break;
	default:
		*(u32 *)place = nla_get_u32(attr);
	}
}

void mplink_nl_get_members(struct nlattr *const *attrs, const struct mplink_nl_members *members,
			   void *config)
{
	u32 i;

	for (i = 0; i < members->nr; i++)
		if (attrs[members->list[i].attr])
			mplink_nl_get_member(attrs[members->list[i].attr], &members->list[i],
					     config);
}

static int mplink_nl_put_member(struct sk_buff *skb, const struct mplink_nl_member *member,
				const void *config)
{
	const void *const place = config + member->offset;

	switch (member->bits) {
	case 8:
		return nla_put_u8(skb, member->attr, *(const u8 *)place);
	case 16:
		return nla_put_u16(skb, member->attr, *(const u16 *)place);
	default:
		return nla_put_u32(skb, member->attr, *(const u32 *)place);
	}
}

int mplink_nl_put_members(struct sk_buff *skb, const struct mplink_nl_members *members,
			  const void *config)
{
	int err = 0;
	u32 i;

	for (i = 0; !err && i < members->nr; i++)
		err = mplink_nl_put_member(skb, &members->list[i], config);
	return err;
}

/* In nests of counters, the attributes follow the pad attribute, in the order of the list. */
#define MPLINK_NL_COUNTERS_PAD 1

static_assert((int)MPLINK_A_COUNTERS_PAD == MPLINK_NL_COUNTERS_PAD);
static_assert((int)MPLINK_A_RESEQUENCER_PAD == MPLINK_NL_COUNTERS_PAD);
static_assert((int)MPLINK_A_ESTIMATE_PAD == MPLINK_NL_COUNTERS_PAD);

int mplink_nl_put_counts(struct sk_buff *skb, int type, const u64 *counts, u32 n)
{
	struct nlattr *nest = nla_nest_start(skb, type);
	u32 i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < n; i++)
		if (nla_put_u64_64bit(skb, MPLINK_NL_COUNTERS_PAD + 1 + i, counts[i],
				      MPLINK_NL_COUNTERS_PAD))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}
