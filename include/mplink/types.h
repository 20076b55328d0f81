/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Plain types that cross the boundary between src/kernel (C) and src/core (C++).  All widths are
 * fixed; enums are passed as mplink_u32, because the compiler chooses an enum's size.
 */
#ifndef MPLINK_TYPES_H
#define MPLINK_TYPES_H

#include "../uapi/mplink.h"

typedef __UINT8_TYPE__ mplink_u8;
typedef __UINT16_TYPE__ mplink_u16;
typedef __UINT32_TYPE__ mplink_u32;
typedef unsigned long long mplink_u64;	/* like the kernel's u64 */
typedef __SIZE_TYPE__ mplink_size;

/* Room for an address as text with its NUL: the kernel's INET6_ADDRSTRLEN. */
#define MPLINK_ADDR_LEN 46

/*
 * An address in network order; IPv4 as ::ffff:a.b.c.d (RFC 4291 2.5.5.2).  All zero means "none".
 * It has no array, because the compiler adds a stack guard to functions with arrays.
 */
struct mplink_addr {
	mplink_u64 hi;	/* the first 8 bytes */
	mplink_u64 lo;
};

/* A time that never comes, or never was. */
#define MPLINK_NEVER (~0ULL)

/* The stages that a NIC passes before it is valid.  Each has a time since when it holds. */
enum mplink_nic_stage {
	MPLINK_NIC_REGISTERED,	/* the device exists and is attached */
	MPLINK_NIC_UP,
	MPLINK_NIC_CARRIER,
	MPLINK_NIC_ADDRESS,
	MPLINK_NIC_STAGES
};

/* The stages that a link passes after its NIC's. */
enum mplink_link_stage {
	MPLINK_LINK_ROUTE,	/* there is a route to the remote */
	MPLINK_LINK_BFD_INIT,	/* BFD hears the remote */
	MPLINK_LINK_BFD_UP,	/* the remote hears us, too */
	MPLINK_LINK_VALID,
	MPLINK_LINK_STAGES
};

/* A NIC's device at the moment of an event. */
struct mplink_snapshot {
	void *netdev;		/* struct net_device; valid during the call only */
	char name[MPLINK_NAME_LEN];
	mplink_u32 ifindex;
	mplink_u8 registered;	/* 0: it is going; take no reference any more */
	mplink_u8 loopback;	/* a loopback device, which cannot be a NIC */
	mplink_u8 up;		/* IFF_UP and running */
	mplink_u8 carrier;
	struct mplink_addr inet;	/* primary IPv4 address */
	struct mplink_addr inet6;	/* first usable global IPv6 address */
	struct mplink_addr inet6_local;	/* first usable link-local IPv6 address */
};

struct mplink_bfd;

/* The link chosen for a packet.  Valid until the RCU read-side section ends. */
struct mplink_choice {
	struct mplink_path *path;	/* NULL: no link works */
	const void *more;		/* not NULL: for mplink_core_next(), to send a copy */
};

/* The structs of settings and counters have a member for each line of mplink_attributes.def. */

/* Traffic of a link or a NIC. */
struct mplink_counters {
#define MPLINK_TRAFFIC_COUNTER(id, name, ...) mplink_u64 name;
#include "../uapi/mplink_attributes.def"
};

/* Those of a virtual NIC that the core counts. */
#define MPLINK_MEMBER_CORE(name) mplink_u64 name;
#define MPLINK_MEMBER_BFD_RECEIVED(name)
#define MPLINK_MEMBER_GRE_RECEIVED(name)

struct mplink_device_counters {
#define MPLINK_DEVICE_COUNTER(id, name, source, ...) MPLINK_MEMBER_##source(name)
#include "../uapi/mplink_attributes.def"
};

#undef MPLINK_MEMBER_CORE
#undef MPLINK_MEMBER_BFD_RECEIVED
#undef MPLINK_MEMBER_GRE_RECEIVED

/* A NIC as sysfs shows it. */
struct mplink_nic_info {
	char name[MPLINK_NAME_LEN];
	mplink_u32 reason;	/* enum mplink_reason */
	mplink_u32 ifindex;
	mplink_u32 carrier;
	mplink_u32 transitions;	/* changes of validity since the NIC was added */
	mplink_u64 since_ms;	/* how long the NIC has been valid, or not valid */
	struct mplink_addr address;
	const char *refused;	/* why its device could not be attached, or NULL */
	mplink_u64 stages_ms[MPLINK_NIC_STAGES];	/* as mplink_now_ms(), or MPLINK_NEVER */
};

/* A link as sysfs shows it. */
struct mplink_link_info {
	char nic[MPLINK_NAME_LEN];
	mplink_u32 nic_id;
	mplink_u32 reason;	/* enum mplink_reason */
	mplink_u32 weight;
	mplink_u32 liveness;	/* enum mplink_liveness that the user set */
	mplink_u32 rate_min;	/* kbit/s; 0: no bound */
	mplink_u32 rate_max;	/* kbit/s; 0: no bound */
	mplink_u32 preference;	/* 0 to MPLINK_MAX_PREFERENCE */
	struct mplink_addr remote;
	struct mplink_addr local;	/* source address as set; all zero: routing decides */
	const struct mplink_path *path;	/* NULL: there is none; valid while RTNL is held */
	const struct mplink_bfd *bfd;	/* NULL: there is no session; valid while RTNL is held */
	mplink_u64 stages_ms[MPLINK_LINK_STAGES];	/* as mplink_now_ms(), or MPLINK_NEVER */
};

/*
 * A requested change of a link.  If the peer has one link over the NIC, the NIC names it, and
 * another remote moves the link there.  If it has several, NIC and remote name it.
 */
struct mplink_link_config {
	mplink_u32 nic_id;
	mplink_u16 weight;	/* 1 to MPLINK_MAX_WEIGHT; 0: unchanged */
	mplink_u8 remove;	/* 1: remove the link */
	mplink_u8 add;		/* 1: a new link, beside others over that NIC */
	mplink_u8 liveness_given;	/* 0: liveness is unchanged */
	mplink_u8 liveness;	/* enum mplink_liveness */
	mplink_u8 local_given;	/* 0: local is unchanged */
	mplink_u8 rate_min_given;	/* 0: rate_min is unchanged */
	mplink_u8 rate_max_given;	/* 0: rate_max is unchanged */
	mplink_u8 preference_given;	/* 0: preference is unchanged */
	mplink_u8 preference;	/* 0 to MPLINK_MAX_PREFERENCE */
	mplink_u32 rate_min;	/* kbit/s, up to MPLINK_MAX_RATE; 0: no bound */
	mplink_u32 rate_max;
	struct mplink_addr remote;	/* all zero: unchanged */
	struct mplink_addr local;	/* source address; all zero: routing decides */
};

/* A link as it will be after a prepared change. */
struct mplink_link_plan {
	mplink_u32 nic_id;
	mplink_u32 entry;	/* index in the request, or MPLINK_NO_ENTRY */
	mplink_u8 fresh;	/* 1: the link will be new */
	struct mplink_addr remote;
};

/* The request does not name the link, which stays as it is. */
#define MPLINK_NO_ENTRY (~0U)

/* Why a request was refused.  Netlink reports it in its extack.  Nothing has been changed. */
struct mplink_extack {
	const char *why;	/* a static text */
	mplink_u32 link;	/* index in the request of the wrong link */
	mplink_u32 attr;	/* enum mplink_extack_part */
};

/* The part of a request that is wrong. */
enum mplink_extack_part {
	MPLINK_EXTACK_ALL,	/* no part: memory is short, for instance */
	MPLINK_EXTACK_NAME,	/* the NIC's name */
	MPLINK_EXTACK_ADDRESS,	/* the peer's address */
	MPLINK_EXTACK_LINK,	/* the link */
	MPLINK_EXTACK_NIC,	/* the link's NIC */
	MPLINK_EXTACK_REMOTE,	/* the link's remote */
	MPLINK_EXTACK_KEY,	/* the peer's key */
	MPLINK_EXTACK_EQUALIZE,	/* the peer's equalize */
	MPLINK_EXTACK_DUPLICATE,	/* the peer's duplicate */
	MPLINK_EXTACK_LOCAL,	/* the link's source address */
	MPLINK_EXTACK_RATE_MIN,	/* the bounds of the link's rate */
	MPLINK_EXTACK_RATE_MAX,
};

/* How an event changed a NIC. */
struct mplink_nic_report {
	const char *nic;
	mplink_u32 event;	/* enum mplink_event */
	mplink_u32 was;		/* enum mplink_reason before the event */
	mplink_u32 now;		/* and after it */
};

/* How an event changed a link. */
struct mplink_link_report {
	const char *nic;
	struct mplink_addr peer;
	struct mplink_addr remote;
	mplink_u8 shared;	/* the peer has other links over that NIC */
	mplink_u32 event;
	mplink_u32 was;
	mplink_u32 now;
};

/* The longest BFD packet that mplink sends or accepts: one with a SHA1 digest. */
#define MPLINK_BFD_MAX_LEN 52

/* The settings of a BFD session. */
struct mplink_bfd_config {
#define MPLINK_BFD_SETTING(id, name, file, bits, ...) mplink_u##bits file;
#include "../uapi/mplink_attributes.def"
};

/* Policy and encap are no members of a struct. */
#define MPLINK_MEMBER_NUMBER(file) mplink_u32 file;
#define MPLINK_MEMBER_POLICY(file)
#define MPLINK_MEMBER_ENCAP(file)
#define MPLINK_MEMBER_LIVENESS(file) mplink_u32 mode;	/* enum mplink_liveness, except INHERIT */

/* A virtual NIC's settings for when links may carry packets. */
struct mplink_liveness_config {
#define MPLINK_DEVICE_SETTING(id, name, file, bits, values, ...) MPLINK_MEMBER_##values(file)
#include "../uapi/mplink_attributes.def"
	struct mplink_bfd_config bfd;
};

#undef MPLINK_MEMBER_NUMBER
#undef MPLINK_MEMBER_POLICY
#undef MPLINK_MEMBER_ENCAP
#undef MPLINK_MEMBER_LIVENESS

/* What the caller must do after an input to a BFD session. */
struct mplink_bfd_step {
	mplink_u64 deadline_us;	/* call mplink_core_bfd_expire() then, or MPLINK_NEVER */
	mplink_u32 drop;	/* enum mplink_bfd_drop */
	mplink_u32 len;		/* send this many of bytes now; 0: none */
	mplink_u8 was;		/* enum mplink_bfd_state before, and after */
	mplink_u8 now;
	mplink_u8 digest;	/* 1: compute the packet's digest first */
	mplink_u8 bytes[MPLINK_BFD_MAX_LEN];
};

/* A virtual NIC's settings for gre-udp. */
struct mplink_tunnel_config {
#define MPLINK_TUNNEL_SETTING(id, name, file, bits, ...) mplink_u##bits file;
#include "../uapi/mplink_attributes.def"
};

/* The state of a BFD session. */
struct mplink_bfd_info {
	mplink_u32 local_discr;
	mplink_u32 remote_discr;	/* 0: the peer is not heard */
	mplink_u32 tx_interval_us;	/* of our packets, before jitter; 0: the peer wants none */
	mplink_u32 rx_interval_us;	/* of its packets; 0: the peer was never heard */
	mplink_u64 detection_us;	/* how long the peer may be silent; 0: it was never heard */
	mplink_u8 state;		/* enum mplink_bfd_state */
	mplink_u8 diag;			/* enum mplink_bfd_diag */
	mplink_u8 remote_state;
	mplink_u8 remote_diag;
};

/* The module's parameters as the user wrote them; NULL if not given. */
struct mplink_params {
	const char *nics;
	const char *peer;
	const char *remotes;
	const char *weights;
	const char *name;
	const char *bfd_interval_us;
	const char *bfd_multiplier;
	const char *key;
#define MPLINK_DEVICE_SETTING(id, name, ...) const char *name;
#define MPLINK_TUNNEL_SETTING(id, name, ...) const char *name;
#include "../uapi/mplink_attributes.def"
};

/* The meaning of the module's parameters. */
struct mplink_config {
	char name[MPLINK_NAME_LEN];
	mplink_u32 policy;
	mplink_u32 encap;
	struct mplink_liveness_config liveness;
	struct mplink_tunnel_config tunnel;
	mplink_u32 nr_nics;
	char nics[MPLINK_MAX_NICS][MPLINK_NAME_LEN];
	mplink_u16 weights[MPLINK_MAX_NICS];
	struct mplink_addr peer;	/* all zero: not given */
	mplink_u32 key;			/* the peer's key; 0: it has none of its own */
	struct mplink_addr remotes[MPLINK_MAX_NICS];
};

/* Which part of a parameter is wrong, and why. */
struct mplink_param_error {
	const char *param;
	const char *value;	/* the wrong part; value_len bytes, without NUL */
	mplink_u32 value_len;
	const char *why;
};

/* How many objects of a kind were made and destroyed since the module was loaded. */
struct mplink_object_counts {
	const char *kind;
	mplink_u64 created;
	mplink_u64 destroyed;
};

#endif /* MPLINK_TYPES_H */
