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

/* What is true of a NIC at the moment of an event, as the kernel tells it. */
struct mplink_facts {
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
	const char *refused;	/* why its device could not be taken; NULL: it could, or is not there */
};

/* A link as sysfs shows it. */
struct mplink_link_info {
	char nic[MPLINK_NAME_LEN];
	mplink_u32 reason;	/* enum mplink_reason */
	mplink_u32 weight;
	struct mplink_addr remote;
};

/* A link as the user wants it. */
struct mplink_link_config {
	mplink_u32 nic_id;
	mplink_u16 weight;	/* 1 to MPLINK_MAX_WEIGHT; 0: not given */
	mplink_u8 remove;	/* there shall be no such link */
	struct mplink_addr remote;	/* all zero: not given */
};

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
	mplink_u32 event;
	mplink_u32 was;
	mplink_u32 now;
};

/* How a BFD session stands (RFC 5880 4.1): numbers of the wire. */
enum mplink_bfd_state {
	MPLINK_BFD_ADMIN_DOWN,
	MPLINK_BFD_DOWN,
	MPLINK_BFD_INIT,
	MPLINK_BFD_UP,
	MPLINK_BFD_STATES
};

/* Why a session changed its state (RFC 5880 4.1): numbers of the wire. */
enum mplink_bfd_diag {
	MPLINK_BFD_DIAG_NONE,
	MPLINK_BFD_DIAG_TIMEOUT,	/* no packet in the detection time */
	MPLINK_BFD_DIAG_ECHO,
	MPLINK_BFD_DIAG_NEIGHBOUR,	/* the peer said that it is down */
	MPLINK_BFD_DIAG_FORWARDING,
	MPLINK_BFD_DIAG_PATH,		/* something else than BFD says so */
	MPLINK_BFD_DIAG_CONCATENATED,
	MPLINK_BFD_DIAG_ADMIN,
	MPLINK_BFD_DIAG_REVERSE,
	MPLINK_BFD_DIAGS
};

/* How packets are authenticated (RFC 5880 4.1): numbers of the wire. */
enum mplink_bfd_auth {
	MPLINK_BFD_AUTH_NONE,
	MPLINK_BFD_AUTH_PASSWORD,	/* known, and refused: anyone on the path can read it */
	MPLINK_BFD_AUTH_MD5,		/* likewise: broken */
	MPLINK_BFD_AUTH_METICULOUS_MD5,
	MPLINK_BFD_AUTH_SHA1,
	MPLINK_BFD_AUTH_METICULOUS_SHA1,
	MPLINK_BFD_AUTHS
};

/* Why a BFD packet was refused; it has changed no state. */
enum mplink_bfd_drop {
	MPLINK_BFD_DROP_NONE,
	/* Found by the packet alone. */
	MPLINK_BFD_DROP_TOO_SHORT,	/* not even the 24 bytes that each has */
	MPLINK_BFD_DROP_VERSION,	/* not 1 */
	MPLINK_BFD_DROP_LENGTH_SMALL,	/* its length field: less than its sections take */
	MPLINK_BFD_DROP_LENGTH_LARGE,	/* its length field: more than has come */
	MPLINK_BFD_DROP_DETECT_MULT,	/* zero */
	MPLINK_BFD_DROP_MULTIPOINT,	/* a bit that nobody may set yet */
	MPLINK_BFD_DROP_MY_DISCR,	/* zero */
	MPLINK_BFD_DROP_YOUR_DISCR,	/* zero, of one that says it hears us */
	MPLINK_BFD_DROP_AUTH_LENGTH,	/* not that of its type, or not to the packet's end */
	MPLINK_BFD_DROP_AUTH_WEAK,	/* password or MD5 */
	MPLINK_BFD_DROP_AUTH_UNKNOWN,	/* a type that RFC 5880 has not */
	/* Found by the session. */
	MPLINK_BFD_DROP_SESSION,	/* it is for another session, or for none */
	MPLINK_BFD_DROP_AUTH_MISSING,	/* not authenticated, but has to be */
	MPLINK_BFD_DROP_AUTH_UNWANTED,	/* authenticated, but must not be */
	MPLINK_BFD_DROP_AUTH_TYPE,	/* not the one in use */
	MPLINK_BFD_DROP_AUTH_KEY,	/* not the key in use */
	MPLINK_BFD_DROP_AUTH_SEQUENCE,	/* replayed, or out of step */
	MPLINK_BFD_DROP_ADMIN_DOWN,	/* the session is disabled */
	/* Found by the socket and by the crypto. */
	MPLINK_BFD_DROP_TTL,		/* not 255: it has come over a router (RFC 5881 5) */
	MPLINK_BFD_DROP_AUTH_DIGEST,	/* not that of the key */
	MPLINK_BFD_DROPS
};

/* The shortest interval of BFD packets (RFC 7419 3), and the longest that is of use. */
#define MPLINK_BFD_MIN_INTERVAL_US 3300
#define MPLINK_BFD_MAX_INTERVAL_US 60000000

/* A BFD session as the user wants it. */
struct mplink_bfd_config {
	mplink_u32 min_tx_us;	/* between packets sent; both: _MIN_ to _MAX_INTERVAL_US */
	mplink_u32 min_rx_us;	/* between packets that the peer may send */
	mplink_u8 detect_mult;	/* so many lost in a row are a failure; 1 to 255 */
	mplink_u8 auth_type;	/* enum mplink_bfd_auth: NONE, SHA1 or METICULOUS_SHA1 */
	mplink_u8 auth_key_id;
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
};

/* What they mean. */
struct mplink_config {
	char name[MPLINK_NAME_LEN];
	mplink_u32 policy;
	mplink_u32 encap;
	mplink_u32 nr_nics;
	char nics[MPLINK_MAX_NICS][MPLINK_NAME_LEN];
	mplink_u16 weights[MPLINK_MAX_NICS];
	struct mplink_addr peer;	/* none given: all zero */
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
struct mplink_census {
	const char *kind;
	mplink_u64 created;
	mplink_u64 destroyed;
};

#endif /* MPLINK_TYPES_H */
