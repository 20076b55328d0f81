/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Numbers that user space and the module share.  They are stable: a value is
 * never renumbered, whatever the kernel's own enums do from version to version.
 */
#ifndef _UAPI_MPLINK_H
#define _UAPI_MPLINK_H

/* Most NICs of one virtual NIC. */
#define MPLINK_MAX_NICS 64

/* Highest weight of a link; the lowest is 1. */
#define MPLINK_MAX_WEIGHT 65535

/* A NIC's name with its NUL: the kernel's IFNAMSIZ. */
#define MPLINK_NAME_LEN 16

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
	MPLINK_ENCAPS
};

/* Why a NIC or a link may not carry packets; NONE: it may. */
enum mplink_reason {
	MPLINK_REASON_NONE,
	MPLINK_REASON_UNREGISTERED,
	MPLINK_REASON_ADMIN_DOWN,
	MPLINK_REASON_NO_CARRIER,
	MPLINK_REASON_NO_ADDRESS,
	MPLINK_REASON_NO_ROUTE,
	MPLINK_REASONS
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
};

/* Why a packet was dropped. */
enum mplink_drop {
	MPLINK_DROP_NO_PEER,	/* its next hop or destination names no peer */
	MPLINK_DROP_NO_LINK,	/* the peer has no link that works */
	MPLINK_DROP_MALFORMED,	/* not an IP packet, or cut short */
	MPLINK_DROP_TOO_BIG,	/* longer than the NIC's MTU, past the stack that would cut it */
	MPLINK_DROP_NO_MEMORY,	/* no memory for a header or a copy */
	MPLINK_DROP_NO_NEIGHBOUR,	/* the link's next hop has no neighbour */
	MPLINK_DROPS
};

#endif /* _UAPI_MPLINK_H */
