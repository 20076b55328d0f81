/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Numbers that user space and the module share.  They are stable: a value is
 * never renumbered, whatever the kernel's own enums do from version to version.
 */
#ifndef _UAPI_MPLINK_H
#define _UAPI_MPLINK_H

/* Most NICs of one virtual NIC. */
#define MPLINK_MAX_NICS 64

/* Most links of one peer. */
#define MPLINK_MAX_LINKS 64

/* Highest weight of a link; the lowest is 1. */
#define MPLINK_MAX_WEIGHT 65535
/* Highest bound of a link's rate, in kbit/s: 400 Gbit/s. */
#define MPLINK_MAX_RATE 400000000
/* The last tier of links; the first is 0. */
#define MPLINK_MAX_PREFERENCE 7

/* A NIC's name with its NUL: the kernel's IFNAMSIZ. */
#define MPLINK_NAME_LEN 16

/* The longest wait to restore, and the longest hold-off. */
#define MPLINK_MAX_WAIT_MS 3600000

/* The shortest interval of BFD packets (RFC 7419 3), and the longest that is of use. */
#define MPLINK_BFD_MIN_INTERVAL_US 3300
#define MPLINK_BFD_MAX_INTERVAL_US 60000000

/* The longest key of BFD's keyed SHA1 (RFC 5880 4.4); a shorter one is filled up with zeros. */
#define MPLINK_BFD_KEY_LEN 20

/*
 * How the packets for a peer are spread over its valid links.  The default is adaptive with encap
 * gre-udp, else balance-rr.
 */
enum mplink_policy {
	MPLINK_POLICY_BALANCE_RR,	/* even in bytes, by weight */
	MPLINK_POLICY_BALANCE_XOR,	/* a flow stays on a link */
	MPLINK_POLICY_ACTIVE_BACKUP,	/* the first valid link, in order */
	MPLINK_POLICY_BROADCAST,	/* a copy on every valid link */
	MPLINK_POLICY_ADAPTIVE,	/* the link by which the packet arrives first, as measured */
	MPLINK_POLICIES
};

/* What a packet is wrapped in. */
enum mplink_encap {
	MPLINK_ENCAP_NONE,
	MPLINK_ENCAP_GRE_UDP,	/* GRE in UDP (RFC 8086), sequenced (RFC 2890) */
	MPLINK_ENCAPS
};

/* Of gre-udp: a GRE key is a peer's key, and below it the bucket of the flow. */
#define MPLINK_FLOW_BUCKETS 256
#define MPLINK_MAX_PEER_KEY 0xffffff

/* Bounds of the bounds of outoforder_timer. */
#define MPLINK_MAX_OUTOFORDER_US 10000000

/* How many packets may be held at most, of a flow bucket and of a peer. */
#define MPLINK_MAX_PERFLOW_BUFFER 65535
#define MPLINK_MAX_PEER_BUFFER 1048576

/* How many packets of a peer may be kept at most to be sent once more, and their memory. */
#define MPLINK_MAX_PEER_REPLAY 65536
#define MPLINK_MIN_PEER_REPLAY_KIB 64
#define MPLINK_MAX_PEER_REPLAY_KIB 1048576

/* Above all DSCPs (RFC 2474 3). */
#define MPLINK_NO_DSCP 64

/* Why a gre-udp packet was not delivered. */
enum mplink_gre_drop {
	MPLINK_GRE_DROP_NONE,
#define MPLINK_GRE_DROP(id, ...) MPLINK_GRE_DROP_##id,
#include "mplink_drops.def"
	MPLINK_GRE_DROPS
};

/* Why a NIC or a link may not carry packets; NONE: it may. */
enum mplink_reason {
	MPLINK_REASON_NONE,
	MPLINK_REASON_UNREGISTERED,
	MPLINK_REASON_ADMIN_DOWN,
	MPLINK_REASON_NO_CARRIER,
	MPLINK_REASON_NO_ADDRESS,
	MPLINK_REASON_NO_ROUTE,
	MPLINK_REASON_LIVENESS,		/* of a link: the far end does not answer on it */
	MPLINK_REASON_WAIT_TO_RESTORE,	/* of a link: it works again; will it last? */
	MPLINK_REASON_UNCONFIRMED,	/* of a link: the far end answers only on other links */
	MPLINK_REASONS
};

/* What tells, beside carrier, address and route, that a link works. */
enum mplink_liveness {
	MPLINK_LIVENESS_INHERIT,	/* of a link as its peer's, of a peer as the device's */
	MPLINK_LIVENESS_OFF,		/* nothing does */
	MPLINK_LIVENESS_BFD,		/* a BFD session with its remote (RFC 5880) */
	MPLINK_LIVENESSES
};

/* Whether gre-udp holds received packets of faster links back, until all have taken as long. */
enum mplink_equalize {
	MPLINK_EQUALIZE_OFF,
	MPLINK_EQUALIZE_AUTO,	/* of flows that may be bulk */
	MPLINK_EQUALIZE_ON,	/* of all flows */
	MPLINK_EQUALIZE_INHERIT,	/* of a peer: as the device says */
	MPLINK_EQUALIZES
};

/* Which packets gre-udp sends twice, by two links, so that the first to come is taken. */
enum mplink_duplicate {
	MPLINK_DUPLICATE_OFF,
	MPLINK_DUPLICATE_SPARSE,	/* of flows that send little, and from duplicate_dscp on */
	MPLINK_DUPLICATE_ALL,
	MPLINK_DUPLICATE_INHERIT,	/* of a peer: as the device says */
	MPLINK_DUPLICATES
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
	MPLINK_BFD_AUTH_MD5,		/* refused, too: broken */
	MPLINK_BFD_AUTH_METICULOUS_MD5,
	MPLINK_BFD_AUTH_SHA1,
	MPLINK_BFD_AUTH_METICULOUS_SHA1,
	MPLINK_BFD_AUTHS
};

/* Why a BFD packet was refused; it has changed no state. */
enum mplink_bfd_drop {
	MPLINK_BFD_DROP_NONE,
#define MPLINK_BFD_DROP(id, ...) MPLINK_BFD_DROP_##id,
#include "mplink_drops.def"
	MPLINK_BFD_DROPS
};

/*
 * Notifier events, numbered as Linux 4.15 did.  Later kernels inserted events
 * and shifted the rest (GOING_DOWN is 10 in 6.1); a log must not change its
 * meaning with the kernel that wrote it.
 */
enum mplink_event {
	MPLINK_EVENT_UP = 0x1,
	MPLINK_EVENT_DOWN = 0x2,
	MPLINK_EVENT_CHANGE = 0x4,
	MPLINK_EVENT_REGISTER = 0x5,
	MPLINK_EVENT_UNREGISTER = 0x6,
	MPLINK_EVENT_CHANGEMTU = 0x7,
	MPLINK_EVENT_CHANGEADDR = 0x8,
	MPLINK_EVENT_GOING_DOWN = 0x9,
	MPLINK_EVENT_CHANGENAME = 0xa,
	MPLINK_EVENT_PRE_UP = 0xd,
	/* Not of the netdevice chain, and so beyond its numbers. */
	MPLINK_EVENT_INET_UP = 0x101,	/* an IPv4 address was assigned */
	MPLINK_EVENT_INET_DOWN = 0x102,	/* an IPv4 address was removed */
	MPLINK_EVENT_REFRESH = 0x201,	/* IPv6 addresses or routes changed */
	MPLINK_EVENT_CONTROL = 0x202,	/* the user changed NICs, peers or links */
	MPLINK_EVENT_LIVENESS = 0x203,	/* a BFD session changed its state */
	MPLINK_EVENT_RESTORE = 0x204,	/* a wait to restore, or a hold-off, is over */
	MPLINK_EVENT_ANSWER = 0x205,	/* the far end of a tunnel has answered on a link */
};

/* Why a packet was dropped. */
enum mplink_drop {
#define MPLINK_DROP(id, ...) MPLINK_DROP_##id,
#include "mplink_drops.def"
	MPLINK_DROPS
};

#endif /* _UAPI_MPLINK_H */
