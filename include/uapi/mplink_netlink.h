/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The generic netlink family "mplink".  mplink.yaml beside this file says the same in
 * the form that YNL tools read; a test compares the two.
 *
 * mplink_attributes.def lists the attributes of those enums that hold settings or counters,
 * with types, bounds and meaning.
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
#define MPLINK_DEVICE_SETTING(id, ...) MPLINK_A_DEVICE_##id,
#define MPLINK_DEVICE_COUNTER(id, ...) MPLINK_A_DEVICE_##id,
#define MPLINK_DEVICE_OTHER(id) MPLINK_A_DEVICE_##id,
#include "mplink_attributes.def"
	__MPLINK_A_DEVICE_MAX
};

#define MPLINK_A_DEVICE_MAX (__MPLINK_A_DEVICE_MAX - 1)

/* What is wanted of BFD sessions. */
enum mplink_a_bfd {
	MPLINK_A_BFD_UNSPEC,
#define MPLINK_BFD_SETTING(id, ...) MPLINK_A_BFD_##id,
#define MPLINK_BFD_OTHER(id) MPLINK_A_BFD_##id,
#include "mplink_attributes.def"
	__MPLINK_A_BFD_MAX
};

#define MPLINK_A_BFD_MAX (__MPLINK_A_BFD_MAX - 1)

/* What is wanted of gre-udp. */
enum mplink_a_tunnel {
	MPLINK_A_TUNNEL_UNSPEC,
#define MPLINK_TUNNEL_SETTING(id, ...) MPLINK_A_TUNNEL_##id,
#include "mplink_attributes.def"
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
#define MPLINK_PEER_SETTING(id, ...) MPLINK_A_PEER_##id,
#define MPLINK_PEER_OTHER(id) MPLINK_A_PEER_##id,
#include "mplink_attributes.def"
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
#define MPLINK_LINK_SETTING(id, ...) MPLINK_A_LINK_##id,
#define MPLINK_LINK_OTHER(id) MPLINK_A_LINK_##id,
#include "mplink_attributes.def"
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
	MPLINK_A_SESSION_DETECTION_US,	/* u64: how long it may be silent; 0: the same */
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
#define MPLINK_RESEQUENCER_COUNTER(id, ...) MPLINK_A_RESEQUENCER_##id,
#include "mplink_attributes.def"
	__MPLINK_A_RESEQUENCER_MAX
};

#define MPLINK_A_RESEQUENCER_MAX (__MPLINK_A_RESEQUENCER_MAX - 1)

/* What is measured of a link; all u64. */
enum mplink_a_estimate {
	MPLINK_A_ESTIMATE_UNSPEC,
	MPLINK_A_ESTIMATE_PAD,
#define MPLINK_ESTIMATE_COUNTER(id, ...) MPLINK_A_ESTIMATE_##id,
#include "mplink_attributes.def"
	__MPLINK_A_ESTIMATE_MAX
};

#define MPLINK_A_ESTIMATE_MAX (__MPLINK_A_ESTIMATE_MAX - 1)

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
#define MPLINK_TRAFFIC_COUNTER(id, ...) MPLINK_A_COUNTERS_##id,
#include "mplink_attributes.def"
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
