/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The generic netlink family "mplink".  mplink.yaml beside this file says the same in
 * the form that YNL tools read; a test compares the two.
 */
#ifndef _UAPI_MPLINK_NETLINK_H
#define _UAPI_MPLINK_NETLINK_H

#include "mplink.h"

#define MPLINK_FAMILY_NAME "mplink"
#define MPLINK_FAMILY_VERSION 1

/* Multicast: every change of a device, NIC, peer or link in the namespace. */
#define MPLINK_MCGRP_EVENTS "events"

/* Of a virtual NIC. */
enum mplink_a_device {
	MPLINK_A_DEVICE_UNSPEC,
	MPLINK_A_DEVICE_PAD,
	MPLINK_A_DEVICE_IFINDEX,	/* u32 */
	MPLINK_A_DEVICE_NAME,		/* string */
	MPLINK_A_DEVICE_POLICY,		/* u32, enum mplink_policy */
	MPLINK_A_DEVICE_ENCAP,		/* u32, enum mplink_encap */
	MPLINK_A_DEVICE_NICS,		/* u32: how many */
	MPLINK_A_DEVICE_PEERS,		/* u32: how many */
	MPLINK_A_DEVICE_RESCHEDULED,	/* u64: packets whose first choice had died */
	MPLINK_A_DEVICE_COPIES,		/* u64: what a broadcast sent beyond one of each */
	MPLINK_A_DEVICE_DROP,		/* nest, one a reason: enum mplink_a_drop */
	__MPLINK_A_DEVICE_MAX
};

#define MPLINK_A_DEVICE_MAX (__MPLINK_A_DEVICE_MAX - 1)

enum mplink_a_drop {
	MPLINK_A_DROP_UNSPEC,
	MPLINK_A_DROP_PAD,
	MPLINK_A_DROP_REASON,	/* u32, enum mplink_drop */
	MPLINK_A_DROP_PACKETS,	/* u64 */
	__MPLINK_A_DROP_MAX
};

#define MPLINK_A_DROP_MAX (__MPLINK_A_DROP_MAX - 1)

enum mplink_a_nic {
	MPLINK_A_NIC_UNSPEC,
	MPLINK_A_NIC_PAD,
	MPLINK_A_NIC_DEVICE,	/* u32: the virtual NIC's ifindex */
	MPLINK_A_NIC_NAME,	/* string */
	MPLINK_A_NIC_IFINDEX,	/* u32; 0 while it is not registered */
	MPLINK_A_NIC_REASON,	/* u32, enum mplink_reason; NONE: valid */
	MPLINK_A_NIC_CARRIER,	/* u8 */
	MPLINK_A_NIC_ADDRESS,	/* 4 or 16 bytes; missing if it has none */
	MPLINK_A_NIC_TRANSITIONS,	/* u32: changes of validity since it was added */
	MPLINK_A_NIC_SINCE_MS,	/* u64: how long the present validity has held */
	MPLINK_A_NIC_COUNTERS,	/* nest: enum mplink_a_counters */
	MPLINK_A_NIC_EVENT,	/* u32, enum mplink_event: in NIC_NTF, what happened */
	MPLINK_A_NIC_WAS,	/* u32, enum mplink_reason: in NIC_NTF, before it did */
	__MPLINK_A_NIC_MAX
};

#define MPLINK_A_NIC_MAX (__MPLINK_A_NIC_MAX - 1)

enum mplink_a_peer {
	MPLINK_A_PEER_UNSPEC,
	MPLINK_A_PEER_PAD,
	MPLINK_A_PEER_DEVICE,	/* u32: the virtual NIC's ifindex */
	MPLINK_A_PEER_ADDRESS,	/* 4 or 16 bytes: the virtual address */
	MPLINK_A_PEER_LINK,	/* nest, one a link: enum mplink_a_link */
	MPLINK_A_PEER_EVENT,	/* u32, enum mplink_event: in LINK_NTF, what happened */
	__MPLINK_A_PEER_MAX
};

#define MPLINK_A_PEER_MAX (__MPLINK_A_PEER_MAX - 1)

enum mplink_a_link {
	MPLINK_A_LINK_UNSPEC,
	MPLINK_A_LINK_PAD,
	MPLINK_A_LINK_NIC,	/* string: the NIC's name */
	MPLINK_A_LINK_REMOTE,	/* 4 or 16 bytes: the peer's address on that NIC */
	MPLINK_A_LINK_WEIGHT,	/* u16, 1 to 65535 */
	MPLINK_A_LINK_REMOVE,	/* flag, in PEER_SET: there shall be no such link */
	MPLINK_A_LINK_REASON,	/* u32, enum mplink_reason; NONE: valid */
	MPLINK_A_LINK_WAS,	/* u32, enum mplink_reason: in LINK_NTF, before */
	MPLINK_A_LINK_COUNTERS,	/* nest: enum mplink_a_counters */
	__MPLINK_A_LINK_MAX
};

#define MPLINK_A_LINK_MAX (__MPLINK_A_LINK_MAX - 1)

/* All u64; bytes with the NIC's MAC header. */
enum mplink_a_counters {
	MPLINK_A_COUNTERS_UNSPEC,
	MPLINK_A_COUNTERS_PAD,
	MPLINK_A_COUNTERS_TX_PACKETS,
	MPLINK_A_COUNTERS_TX_BYTES,
	MPLINK_A_COUNTERS_RX_PACKETS,
	MPLINK_A_COUNTERS_RX_BYTES,
	__MPLINK_A_COUNTERS_MAX
};

#define MPLINK_A_COUNTERS_MAX (__MPLINK_A_COUNTERS_MAX - 1)

/*
 * Reading needs no privilege, changing CAP_NET_ADMIN in the user namespace of the
 * network namespace.  NIC_* and PEER_* name their device by MPLINK_A_*_DEVICE; a GET
 * without NLM_F_DUMP also the NIC or peer.
 */
enum mplink_cmd {
	MPLINK_CMD_UNSPEC,
	MPLINK_CMD_DEVICE_GET,	/* by ifindex or name; dump: all in the namespace */
	MPLINK_CMD_DEVICE_SET,	/* policy */
	MPLINK_CMD_DEVICE_NTF,	/* settings have changed */
	MPLINK_CMD_NIC_GET,
	MPLINK_CMD_NIC_ADD,
	MPLINK_CMD_NIC_DEL,	/* with the links over it */
	MPLINK_CMD_NIC_NTF,	/* what happened to the NIC; without an EVENT, it was added */
	MPLINK_CMD_NIC_DEL_NTF,
	MPLINK_CMD_PEER_GET,
	MPLINK_CMD_PEER_ADD,
	MPLINK_CMD_PEER_SET,	/* all of its changes at once, or none */
	MPLINK_CMD_PEER_DEL,
	MPLINK_CMD_PEER_NTF,	/* added, or its links were changed by the user */
	MPLINK_CMD_PEER_DEL_NTF,
	MPLINK_CMD_LINK_NTF,	/* a link's reason has changed: its peer, and it alone */
	__MPLINK_CMD_MAX
};

#define MPLINK_CMD_MAX (__MPLINK_CMD_MAX - 1)

#endif /* _UAPI_MPLINK_NETLINK_H */
