/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Plain types that cross the boundary between src/kernel (C) and src/core (C++).
 * Fixed widths only: an enum's size is the compiler's choice.
 */
#ifndef MPLINK_TYPES_H
#define MPLINK_TYPES_H

#include "../uapi/mplink.h"

typedef __UINT8_TYPE__ mplink_u8;
typedef __UINT16_TYPE__ mplink_u16;
typedef __UINT32_TYPE__ mplink_u32;
typedef unsigned long long mplink_u64;	/* as the kernel has it */
typedef __SIZE_TYPE__ mplink_size;

/* Length of an address as text with its NUL: the kernel's INET6_ADDRSTRLEN. */
#define MPLINK_ADDR_LEN 46

/*
 * In network order, IPv4 as ::ffff:a.b.c.d (RFC 4291 2.5.5.2); all zero: none.  No
 * array, for the compiler guards the stack of functions that have one there.
 */
struct mplink_addr {
	mplink_u64 hi;	/* the first 8 bytes */
	mplink_u64 lo;
};

/* No such time. */
#define MPLINK_NEVER (~0ULL)

/* On its way to being valid a NIC passes these; at each, the time since when it has held. */
enum mplink_nic_stage {
	MPLINK_NIC_REGISTERED,	/* it is there, and a member */
	MPLINK_NIC_UP,
	MPLINK_NIC_CARRIER,
	MPLINK_NIC_ADDRESS,
	MPLINK_NIC_STAGES
};

/* And then the links over it. */
enum mplink_link_stage {
	MPLINK_LINK_ROUTE,	/* there is a way to the remote */
	MPLINK_LINK_BFD_INIT,	/* the remote is heard */
	MPLINK_LINK_BFD_UP,	/* and hears us */
	MPLINK_LINK_VALID,
	MPLINK_LINK_STAGES
};

/* What is true of a NIC at the moment of an event, as the kernel tells it. */
struct mplink_snapshot {
	void *netdev;		/* struct net_device; valid during the call only */
	char name[MPLINK_NAME_LEN];
	mplink_u32 ifindex;
	mplink_u8 registered;	/* 0: on its way out; nobody may take hold of it any more */
	mplink_u8 loopback;	/* a loopback device: can never be a NIC */
	mplink_u8 up;		/* IFF_UP and running */
	mplink_u8 carrier;
	struct mplink_addr inet;	/* primary IPv4 address */
	struct mplink_addr inet6;	/* first usable IPv6 address beyond the link */
	struct mplink_addr inet6_local;	/* first usable link-local address */
};

struct mplink_bfd;

/* The link chosen for a packet.  All of it is valid in the same RCU read section. */
struct mplink_choice {
	struct mplink_path *path;	/* NULL: there is no link that works */
	const void *more;		/* broadcast: what gives the next link; else NULL */
};

struct mplink_counters {
	mplink_u64 tx_packets;
	mplink_u64 tx_bytes;	/* with the NIC's MAC header */
	mplink_u64 rx_packets;
	mplink_u64 rx_bytes;
};

/* A NIC as sysfs shows it. */
struct mplink_nic_info {
	char name[MPLINK_NAME_LEN];
	mplink_u32 reason;	/* enum mplink_reason */
	mplink_u32 ifindex;
	mplink_u32 carrier;
	mplink_u32 transitions;	/* changes of validity since the NIC was added */
	mplink_u64 since_ms;	/* how long the present validity has held */
	struct mplink_addr address;
	const char *refused;	/* why its device was not taken; NULL: it was, or is not there */
	mplink_u64 stages_ms[MPLINK_NIC_STAGES];	/* as mplink_now_ms(), or MPLINK_NEVER */
};

/* A link as sysfs shows it. */
struct mplink_link_info {
	char nic[MPLINK_NAME_LEN];
	mplink_u32 nic_id;
	mplink_u32 reason;	/* enum mplink_reason */
	mplink_u32 weight;
	mplink_u32 liveness;	/* enum mplink_liveness: as the user wants it */
	struct mplink_addr remote;
	struct mplink_addr local;	/* as the user wants it; all zero: routing decides */
	const struct mplink_path *path;	/* NULL: there is none; for as long as RTNL is held */
	const struct mplink_bfd *bfd;	/* NULL: there is no session */
	mplink_u64 stages_ms[MPLINK_LINK_STAGES];	/* as a NIC's */
};

/*
 * A link as the user wants it.  The NIC names it, or, where the peer has several links
 * over that NIC, the NIC and the remote.  A remote that none of them has moves the only
 * link over the NIC.
 */
struct mplink_link_config {
	mplink_u32 nic_id;
	mplink_u16 weight;	/* 1 to MPLINK_MAX_WEIGHT; 0: not given */
	mplink_u8 remove;	/* there shall be no such link */
	mplink_u8 add;		/* a new link, beside those over that NIC */
	mplink_u8 liveness_given;
	mplink_u8 liveness;	/* enum mplink_liveness */
	mplink_u8 local_given;
	struct mplink_addr remote;	/* all zero: not given */
	struct mplink_addr local;	/* what it sends comes from; all zero: routing decides */
};

/* A link as a change of its peer will leave it. */
struct mplink_link_plan {
	mplink_u32 nic_id;
	mplink_u32 entry;	/* its place in the request, or MPLINK_NO_ENTRY */
	mplink_u8 fresh;	/* there is no such link yet */
	struct mplink_addr remote;
};

/* The request does not name it: the link stays as it is. */
#define MPLINK_NO_ENTRY (~0U)

/* Why a change that the user asked for cannot be made; nothing has been changed. */
struct mplink_refusal {
	const char *why;	/* a static text */
	mplink_u32 link;	/* the link it is about, by its place in the request */
	mplink_u32 attr;	/* enum mplink_refused */
};

enum mplink_refused {
	MPLINK_REFUSED_ALL,	/* the whole of it: memory is short, say */
	MPLINK_REFUSED_NAME,	/* the NIC's name */
	MPLINK_REFUSED_ADDRESS,	/* the peer's address */
	MPLINK_REFUSED_LINK,	/* that link */
	MPLINK_REFUSED_NIC,	/* that link's NIC */
	MPLINK_REFUSED_REMOTE,	/* that link's remote */
	MPLINK_REFUSED_KEY,	/* the peer's key */
	MPLINK_REFUSED_LOCAL,	/* that link's local address */
};

/* What an event did to a member NIC. */
struct mplink_nic_report {
	const char *nic;
	mplink_u32 event;	/* enum mplink_event */
	mplink_u32 was;		/* enum mplink_reason before */
	mplink_u32 now;		/* and after */
};

/* What an event did to a link. */
struct mplink_link_report {
	const char *nic;
	struct mplink_addr peer;
	struct mplink_addr remote;
	mplink_u8 shared;	/* the peer has other links over that NIC */
	mplink_u32 event;
	mplink_u32 was;
	mplink_u32 now;
};

/* The longest BFD packet that is sent or received: one with a SHA1 digest. */
#define MPLINK_BFD_MAX_LEN 52

/* A BFD session as the user wants it. */
struct mplink_bfd_config {
	mplink_u32 min_tx_us;	/* between packets sent; both: _MIN_ to _MAX_INTERVAL_US */
	mplink_u32 min_rx_us;	/* between packets that the peer may send */
	mplink_u8 detect_mult;	/* so many lost in a row are a failure; 1 to 255 */
	mplink_u8 auth_type;	/* enum mplink_bfd_auth: NONE, SHA1 or METICULOUS_SHA1 */
	mplink_u8 auth_key_id;
	mplink_u8 multihop;	/* 1: the remote may be behind routers (RFC 5883) */
};

/* When links may carry packets, as the user wants it of a virtual NIC. */
struct mplink_liveness_config {
	mplink_u32 mode;	/* enum mplink_liveness, but not INHERIT */
	mplink_u32 wtr_ms;	/* how long a link that came back has to work; 0: not at all */
	mplink_u32 holdoff_ms;	/* how long a link in doubt is given; 0: not at all */
	struct mplink_bfd_config bfd;
};

/* What follows from something that a BFD session was told. */
struct mplink_bfd_step {
	mplink_u64 deadline_us;	/* call mplink_core_bfd_expire() then; MPLINK_NEVER: no need to */
	mplink_u32 drop;	/* enum mplink_bfd_drop */
	mplink_u32 len;		/* of a packet to be sent now; 0: none */
	mplink_u8 was;		/* enum mplink_bfd_state, before and after */
	mplink_u8 now;
	mplink_u8 digest;	/* the packet's digest is to be computed */
	mplink_u8 bytes[MPLINK_BFD_MAX_LEN];
};

/* How gre-udp goes about its packets, as the user wants it of a virtual NIC. */
struct mplink_tunnel_config {
	mplink_u32 flow_buckets;	/* of what is sent; a power of two, 1 to 256 */
	mplink_u32 outoforder_min_us;	/* bounds of outoforder_timer; */
	mplink_u32 outoforder_max_us;	/* 1 to MPLINK_MAX_OUTOFORDER_US */
	mplink_u32 max_perflow_buffer;	/* packets held, of a bucket; 1 to the uapi's maximum */
	mplink_u32 max_peer_buffer;	/* and of a peer; likewise */
	mplink_u32 checksum;		/* 1: IPv4's UDP has one, too */
};

/* How a BFD session stands. */
struct mplink_bfd_info {
	mplink_u32 local_discr;
	mplink_u32 remote_discr;	/* 0: the far end is not heard */
	mplink_u32 tx_interval_us;	/* before jitter; 0: the far end wants no packets */
	mplink_u32 rx_interval_us;	/* which the far end keeps to; 0: it was never heard */
	mplink_u64 detection_us;	/* how long the far end may be silent; 0: likewise */
	mplink_u8 state;		/* enum mplink_bfd_state */
	mplink_u8 diag;			/* enum mplink_bfd_diag */
	mplink_u8 remote_state;
	mplink_u8 remote_diag;
};

/* The module's parameters as the user wrote them; NULL: not given. */
struct mplink_params {
	const char *nics;
	const char *peer;
	const char *remotes;
	const char *policy;
	const char *encap;
	const char *weights;
	const char *name;
	const char *liveness;
	const char *wtr_ms;
	const char *holdoff_ms;
	const char *bfd_interval_us;
	const char *bfd_multiplier;
	const char *key;
	const char *flow_buckets;
	const char *outoforder_min_us;
	const char *outoforder_max_us;
	const char *max_perflow_buffer;
	const char *max_peer_buffer;
	const char *checksum;
};

/* What they mean. */
struct mplink_config {
	char name[MPLINK_NAME_LEN];
	mplink_u32 policy;
	mplink_u32 encap;
	struct mplink_liveness_config liveness;
	struct mplink_tunnel_config tunnel;
	mplink_u32 nr_nics;
	char nics[MPLINK_MAX_NICS][MPLINK_NAME_LEN];
	mplink_u16 weights[MPLINK_MAX_NICS];
	struct mplink_addr peer;	/* none given: all zero */
	mplink_u32 key;			/* the peer's; 0 where it has none of its own */
	struct mplink_addr remotes[MPLINK_MAX_NICS];
};

/* Why they mean nothing. */
struct mplink_param_error {
	const char *param;
	const char *value;	/* the offending part; value_len bytes */
	mplink_u32 value_len;
	const char *why;
};

/* How many objects of a kind have been made and destroyed since the load. */
struct mplink_object_counts {
	const char *kind;
	mplink_u64 created;
	mplink_u64 destroyed;
};

#endif /* MPLINK_TYPES_H */
