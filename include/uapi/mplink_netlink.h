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
	MPLINK_A_DEVICE_LIVENESS,	/* u32, enum mplink_liveness: OFF or BFD */
	MPLINK_A_DEVICE_WTR_MS,		/* u32: how long a link that came back has to work */
	MPLINK_A_DEVICE_HOLDOFF_MS,	/* u32: how long a link that fails is kept */
	MPLINK_A_DEVICE_BFD,		/* nest: enum mplink_a_bfd */
	MPLINK_A_DEVICE_BFD_RECEIVED,	/* u64: BFD packets */
	MPLINK_A_DEVICE_BFD_DROP,	/* nest, one a reason: enum mplink_a_bfd_drop */
	MPLINK_A_DEVICE_TUNNEL,		/* nest: enum mplink_a_tunnel */
	/* Of the namespace, whose devices share their sockets. */
	MPLINK_A_DEVICE_GRE_RECEIVED,	/* u64: gre-udp packets */
	MPLINK_A_DEVICE_GRE_DROP,	/* nest, one a reason: enum mplink_a_gre_drop */
	__MPLINK_A_DEVICE_MAX
};

#define MPLINK_A_DEVICE_MAX (__MPLINK_A_DEVICE_MAX - 1)

/* What is wanted of BFD sessions. */
enum mplink_a_bfd {
	MPLINK_A_BFD_UNSPEC,
	MPLINK_A_BFD_MIN_TX_US,		/* u32: between packets sent, 3300 to 60000000 */
	MPLINK_A_BFD_MIN_RX_US,		/* u32: between packets that the far end may send */
	MPLINK_A_BFD_DETECT_MULT,	/* u8, 1 to 255: so many lost in a row are a failure */
	MPLINK_A_BFD_MULTIHOP,		/* u8: 1, the remotes may be behind routers (RFC 5883) */
	MPLINK_A_BFD_AUTH,		/* u32, enum mplink_bfd_auth: NONE forgets the key */
	MPLINK_A_BFD_KEY_ID,		/* u8 */
	MPLINK_A_BFD_KEY,		/* 1 to 20 bytes; it can be set, but not read */
	__MPLINK_A_BFD_MAX
};

#define MPLINK_A_BFD_MAX (__MPLINK_A_BFD_MAX - 1)

/* What is wanted of gre-udp. */
enum mplink_a_tunnel {
	MPLINK_A_TUNNEL_UNSPEC,
	MPLINK_A_TUNNEL_FLOW_BUCKETS,		/* u32: a power of two, 1 to 256 */
	MPLINK_A_TUNNEL_OUTOFORDER_MIN_US,	/* u32: bounds of outoforder_timer, */
	MPLINK_A_TUNNEL_OUTOFORDER_MAX_US,	/* u32: 1 to 10000000 (RFC 2890 2.2) */
	MPLINK_A_TUNNEL_MAX_PERFLOW_BUFFER,	/* u32: packets held of a bucket, 1 to 65535 */
	MPLINK_A_TUNNEL_MAX_PEER_BUFFER,	/* u32: packets held of a peer, 1 to 1048576 */
	MPLINK_A_TUNNEL_CHECKSUM,		/* u32: 1, UDP over IPv4 has a checksum, too */
	__MPLINK_A_TUNNEL_MAX
};

#define MPLINK_A_TUNNEL_MAX (__MPLINK_A_TUNNEL_MAX - 1)

enum mplink_a_drop {
	MPLINK_A_DROP_UNSPEC,
	MPLINK_A_DROP_PAD,
	MPLINK_A_DROP_REASON,	/* u32, enum mplink_drop */
	MPLINK_A_DROP_PACKETS,	/* u64 */
	__MPLINK_A_DROP_MAX
};

#define MPLINK_A_DROP_MAX (__MPLINK_A_DROP_MAX - 1)

enum mplink_a_bfd_drop {
	MPLINK_A_BFD_DROP_UNSPEC,
	MPLINK_A_BFD_DROP_PAD,
	MPLINK_A_BFD_DROP_REASON,	/* u32, enum mplink_bfd_drop */
	MPLINK_A_BFD_DROP_PACKETS,	/* u64 */
	__MPLINK_A_BFD_DROP_MAX
};

#define MPLINK_A_BFD_DROP_MAX (__MPLINK_A_BFD_DROP_MAX - 1)

enum mplink_a_gre_drop {
	MPLINK_A_GRE_DROP_UNSPEC,
	MPLINK_A_GRE_DROP_PAD,
	MPLINK_A_GRE_DROP_REASON,	/* u32, enum mplink_gre_drop */
	MPLINK_A_GRE_DROP_PACKETS,	/* u64 */
	__MPLINK_A_GRE_DROP_MAX
};

#define MPLINK_A_GRE_DROP_MAX (__MPLINK_A_GRE_DROP_MAX - 1)

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
	MPLINK_A_NIC_STAGES,	/* nest: enum mplink_a_nic_stages */
	__MPLINK_A_NIC_MAX
};

#define MPLINK_A_NIC_MAX (__MPLINK_A_NIC_MAX - 1)

/*
 * Since when each has held, as u64 milliseconds of CLOCK_MONOTONIC; missing: it does
 * not.  So, too, a link's.
 */
enum mplink_a_nic_stages {
	MPLINK_A_NIC_STAGES_UNSPEC,
	MPLINK_A_NIC_STAGES_PAD,
	MPLINK_A_NIC_STAGES_REGISTERED,	/* it is there, and a member */
	MPLINK_A_NIC_STAGES_UP,
	MPLINK_A_NIC_STAGES_CARRIER,
	MPLINK_A_NIC_STAGES_ADDRESS,
	__MPLINK_A_NIC_STAGES_MAX
};

#define MPLINK_A_NIC_STAGES_MAX (__MPLINK_A_NIC_STAGES_MAX - 1)

enum mplink_a_peer {
	MPLINK_A_PEER_UNSPEC,
	MPLINK_A_PEER_PAD,
	MPLINK_A_PEER_DEVICE,	/* u32: the virtual NIC's ifindex */
	MPLINK_A_PEER_ADDRESS,	/* 4 or 16 bytes: the virtual address */
	MPLINK_A_PEER_LINK,	/* nest, one a link: enum mplink_a_link */
	MPLINK_A_PEER_EVENT,	/* u32, enum mplink_event: in LINK_NTF, what happened */
	MPLINK_A_PEER_LIVENESS,	/* u32, enum mplink_liveness */
	/*
	 * u32, 0 to 0xffffff: of gre-udp; both ends have the same.  For who has CAP_NET_ADMIN,
	 * and in no notification.
	 */
	MPLINK_A_PEER_KEY,
	MPLINK_A_PEER_RESEQUENCER,	/* nest: enum mplink_a_resequencer; not without gre-udp */
	__MPLINK_A_PEER_MAX
};

#define MPLINK_A_PEER_MAX (__MPLINK_A_PEER_MAX - 1)

/*
 * In a request the NIC names the link, or, where the peer has several links over it, the
 * NIC and the remote.  PEER_ADD: each nest is a link.  PEER_SET: a remote that no link over
 * the NIC has moves the only one there, or with ADD makes another one.
 */
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
	MPLINK_A_LINK_LIVENESS,	/* u32, enum mplink_liveness */
	MPLINK_A_LINK_SESSION,	/* nest: enum mplink_a_session; missing if there is none */
	MPLINK_A_LINK_STAGES,	/* nest: enum mplink_a_link_stages */
	MPLINK_A_LINK_ADD,	/* flag, in PEER_SET: a link beside those over that NIC */
	MPLINK_A_LINK_LOCAL,	/* 4 or 16 bytes: what it sends comes from; none: routing decides */
	MPLINK_A_LINK_SOURCE,	/* 4 or 16 bytes: what it sends comes from now */
	__MPLINK_A_LINK_MAX
};

#define MPLINK_A_LINK_MAX (__MPLINK_A_LINK_MAX - 1)

/* How a BFD session stands; links of the same NIC, remote and local share theirs. */
enum mplink_a_session {
	MPLINK_A_SESSION_UNSPEC,
	MPLINK_A_SESSION_PAD,
	MPLINK_A_SESSION_STATE,		/* u32, enum mplink_bfd_state */
	MPLINK_A_SESSION_DIAG,		/* u32, enum mplink_bfd_diag */
	MPLINK_A_SESSION_REMOTE_STATE,	/* u32 */
	MPLINK_A_SESSION_REMOTE_DIAG,	/* u32 */
	MPLINK_A_SESSION_DISCR,		/* u32: the discriminator */
	MPLINK_A_SESSION_REMOTE_DISCR,	/* u32; 0: the far end is not heard */
	MPLINK_A_SESSION_TX_US,		/* u32: the interval in use; 0: nothing is wanted */
	MPLINK_A_SESSION_RX_US,		/* u32: that of the far end; 0: it was never heard */
	MPLINK_A_SESSION_DETECTION_US,	/* u64: how long it may be silent; 0: likewise */
	__MPLINK_A_SESSION_MAX
};

#define MPLINK_A_SESSION_MAX (__MPLINK_A_SESSION_MAX - 1)

/*
 * What has become of a peer's packets; all u64.  Numbers, not all of them packets, for a
 * lost one never came.
 */
enum mplink_a_resequencer {
	MPLINK_A_RESEQUENCER_UNSPEC,
	MPLINK_A_RESEQUENCER_PAD,
	MPLINK_A_RESEQUENCER_IN_ORDER,		/* delivered as they came */
	MPLINK_A_RESEQUENCER_REORDERED,		/* delivered after they had been held */
	MPLINK_A_RESEQUENCER_DUPLICATES,	/* refused: it has been delivered */
	MPLINK_A_RESEQUENCER_LATE,		/* refused: it had been given up */
	MPLINK_A_RESEQUENCER_LOST_RULE,		/* given up: RFC 1990 4.1 */
	MPLINK_A_RESEQUENCER_LOST_TIMER,	/* given up: outoforder_timer (RFC 2890 2.2) */
	MPLINK_A_RESEQUENCER_LOST_OVERFLOW,	/* given up: max_perflow_buffer, or the peer's */
	MPLINK_A_RESEQUENCER_RESTARTS,		/* the far end's numbers began anew */
	MPLINK_A_RESEQUENCER_HELD,		/* now */
	MPLINK_A_RESEQUENCER_HELD_MAX,		/* at most, in one bucket */
	MPLINK_A_RESEQUENCER_WAIT_US,		/* of all that were held, together */
	MPLINK_A_RESEQUENCER_WAIT_MAX_US,
	MPLINK_A_RESEQUENCER_TIMER_US,		/* outoforder_timer now */
	__MPLINK_A_RESEQUENCER_MAX
};

#define MPLINK_A_RESEQUENCER_MAX (__MPLINK_A_RESEQUENCER_MAX - 1)

/* After those of the NIC. */
enum mplink_a_link_stages {
	MPLINK_A_LINK_STAGES_UNSPEC,
	MPLINK_A_LINK_STAGES_PAD,
	MPLINK_A_LINK_STAGES_ROUTE,	/* there is a way to the remote */
	MPLINK_A_LINK_STAGES_BFD_INIT,	/* the remote is heard */
	MPLINK_A_LINK_STAGES_BFD_UP,	/* and hears us */
	MPLINK_A_LINK_STAGES_VALID,
	__MPLINK_A_LINK_STAGES_MAX
};

#define MPLINK_A_LINK_STAGES_MAX (__MPLINK_A_LINK_STAGES_MAX - 1)

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
	MPLINK_CMD_DEVICE_SET,	/* policy, encap, liveness and what belongs to them */
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
