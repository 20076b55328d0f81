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

/* A NIC's name with its NUL: the kernel's IFNAMSIZ. */
#define MPLINK_NAME_LEN 16

/* The longest wait to restore, and the longest hold-off. */
#define MPLINK_MAX_WAIT_MS 3600000

/* The shortest interval of BFD packets (RFC 7419 3), and the longest that is of use. */
#define MPLINK_BFD_MIN_INTERVAL_US 3300
#define MPLINK_BFD_MAX_INTERVAL_US 60000000

/* The longest key of BFD's keyed SHA1 (RFC 5880 4.4); a shorter one is filled up with zeros. */
#define MPLINK_BFD_KEY_LEN 20

/* How the packets for a peer are spread over its valid links. */
enum mplink_policy {
	MPLINK_POLICY_BALANCE_RR,	/* even in bytes, by weight */
	MPLINK_POLICY_BALANCE_XOR,	/* a flow stays on a link */
	MPLINK_POLICY_ACTIVE_BACKUP,	/* the first valid link, in order */
	MPLINK_POLICY_BROADCAST,	/* a copy on every valid link */
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

/* Why a gre-udp packet was not delivered. */
enum mplink_gre_drop {
	MPLINK_GRE_DROP_NONE,
	/* Found by the header alone. */
	MPLINK_GRE_DROP_TRUNCATED,	/* shorter than its header */
	MPLINK_GRE_DROP_VERSION,	/* not 0 */
	MPLINK_GRE_DROP_FLAGS,		/* one that nobody sets any more, as routing (RFC 2784) */
	MPLINK_GRE_DROP_PROTOCOL,	/* neither IPv4 nor IPv6 */
	MPLINK_GRE_DROP_KEY_MISSING,	/* no key */
	/* Found by who sent it. */
	MPLINK_GRE_DROP_KEY,		/* no peer has that key */
	MPLINK_GRE_DROP_SENDER,		/* it is not from a remote of the peer with that key */
	/* Found by what it carries. */
	MPLINK_GRE_DROP_CHECKSUM,
	MPLINK_GRE_DROP_INNER,		/* not an IP packet of that kind, or cut short */
	MPLINK_GRE_DROP_ECN,		/* congestion that the packet cannot tell (RFC 6040) */
	/* Found by its number. */
	MPLINK_GRE_DROP_DUPLICATE,	/* it has been delivered */
	MPLINK_GRE_DROP_LATE,		/* it had been given up */
	/* The host's. */
	MPLINK_GRE_DROP_DOWN,		/* the virtual NIC is down */
	MPLINK_GRE_DROP_BACKLOG,	/* the host does not keep up: net.core.netdev_max_backlog */
	MPLINK_GRE_DROP_NO_MEMORY,
	/* Found by how it came. */
	MPLINK_GRE_DROP_NIC,		/* by another NIC than the link's */
	MPLINK_GRE_DROP_ICMP,		/* ICMP that quotes nothing we sent, or makes no sense */
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
	MPLINK_REASONS
};

/* What tells, beside carrier, address and route, that a link works. */
enum mplink_liveness {
	MPLINK_LIVENESS_INHERIT,	/* of a link as its peer's, of a peer as the device's */
	MPLINK_LIVENESS_OFF,		/* nothing does */
	MPLINK_LIVENESS_BFD,		/* a BFD session with its remote (RFC 5880) */
	MPLINK_LIVENESSES
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
};

/* Why a packet was dropped. */
enum mplink_drop {
	MPLINK_DROP_NO_PEER,	/* its next hop or destination names no peer */
	MPLINK_DROP_NO_LINK,	/* the peer has no link that works */
	MPLINK_DROP_MALFORMED,	/* not an IP packet, or cut short */
	MPLINK_DROP_TOO_BIG,	/* longer than the NIC's MTU, past the stack that would cut it */
	MPLINK_DROP_NO_MEMORY,	/* no memory for a header or a copy */
	MPLINK_DROP_NO_NEIGHBOUR,	/* the link's next hop has no neighbour */
	MPLINK_DROP_LOOP,	/* virtual NICs above each other, too deep: a loop? */
	MPLINK_DROP_POLICY,	/* an IPsec policy forbids it, or has no state for it yet */
	MPLINK_DROP_NO_PEER_MULTICAST,	/* to many, of whom none is a peer: nothing amiss */
	MPLINK_DROP_REDIRECT,	/* an ICMP redirect: there is no way but by the peer */
	MPLINK_DROPS
};

#endif /* _UAPI_MPLINK_H */
