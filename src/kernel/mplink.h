/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of src/kernel share.  Each has one section below.
 */
#ifndef MPLINK_KERNEL_H
#define MPLINK_KERNEL_H

#include <linux/cache.h>
#include <linux/in6.h>
#include <linux/netdevice.h>
#include <linux/ratelimit.h>
#include <linux/skbuff.h>
#include <linux/workqueue.h>
#include <net/ipv6.h>

#include "compat.h"

#include "mplink/core.h"
#include "mplink/platform.h"

/* A CPU's lanes: see core.h. */
#define MPLINK_LANES 2

/*
 * Preemption disabled, for no longer than the core needs the lane: on PREEMPT_RT much
 * of what else happens to a packet may sleep.  Or in softirq.  Computed in 32 bits, which
 * extend to a register's width by themselves.
 */
static inline size_t mplink_lane(void)
{
	return (u32)(MPLINK_LANES * smp_processor_id() + !!in_serving_softirq());
}

/*
 * The same with bottom halves disabled, in softirq or not: no softirq, whose lane it is,
 * can come between.
 */
static inline size_t mplink_lane_bh(void)
{
	return (u32)(MPLINK_LANES * smp_processor_id() + 1);
}

static inline void mplink_count_drop(struct mplink_device *core, u32 drop)
{
	preempt_disable();
	mplink_core_drop(core, drop, mplink_lane());
	preempt_enable();
}

/* --- vnic.c: the virtual NIC -------------------------------------------- */

struct mplink_dir;

struct mplink_peer_node;
struct mplink_peer_table;
struct mplink_delivery;
struct mplink_tunnel;
struct mplink_tunnel_socket;

/* Of BFD's keyed SHA1; all zero: there is none. */
struct mplink_bfd_key {
	u8 bytes[MPLINK_BFD_KEY_LEN];
};

/* netdev_priv() of a virtual NIC.  Guarded by RTNL unless said otherwise. */
struct mplink_vnic {
	/* Read by packets; set before the device is registered. */
	struct mplink_device *core;
	struct net_device *dev;

	struct list_head list;		/* in mplink_net.vnics */
	struct list_head dirs;		/* of mplink_dir, in order of creation */
	u32 generation;			/* counts changes of NICs, peers and links */
	struct mplink_dir *nics_dir;
	struct mplink_dir *peers_dir;
	struct ratelimit_state log;	/* of event lines */
	unsigned int mtu_set;		/* by the user: the most it may be; or 0 */
	bool mtu_following;		/* the change under way is our own */

	struct mplink_peer_table __rcu *peers;
	u32 nr_peers;			/* RTNL, as below */
	u32 most_links;			/* that a peer has ever had */

	/* Of encap gre-udp; else NULL.  Outlives all packets that its peers have received. */
	struct mplink_delivery *delivery;
	struct mplink_tunnel_socket *socket;	/* likewise */
	u32 flow_mask;			/* of a hash, to a flow bucket; read by packets */
	bool checksum;			/* of UDP over IPv4, too; likewise */
	u32 nr_outer6;			/* peers with an IPv6 remote: their headers are longer */

	struct mplink_bfd_key bfd_key;
	/* BFD packets that came, by enum mplink_bfd_drop: NONE counts those received. */
	atomic64_t bfd_drops[MPLINK_BFD_DROPS];
};

/* That of all virtual NICs. */
extern const struct net_device_ops *mplink_netdev_ops;

/* From then on users can make virtual NICs: 0, or a negative errno. */
int mplink_vnic_register(const struct ethtool_ops *ethtool_ops);
/* Deletes the virtual NICs of all namespaces. */
void mplink_vnic_unregister(void);

/* Creates and registers a virtual NIC in the initial namespace.  RTNL. */
int mplink_vnic_create(const struct mplink_config *config);
/*
 * Names a NIC, and takes its device if there is one.  0, or a negative errno and
 * *refusal: as mplink_core_nic_add(), or the device cannot be taken.  RTNL.
 */
int mplink_vnic_add_nic(struct mplink_vnic *vnic, const char *name, struct mplink_refusal *refusal);
/* Removes the NIC of that id with all links over it.  RTNL. */
void mplink_vnic_del_nic(struct mplink_vnic *vnic, u32 id);
/* How many NICs have been named.  RTNL. */
u32 mplink_vnic_count_nics(const struct mplink_vnic *vnic);
int mplink_vnic_set_policy(struct mplink_vnic *vnic, u32 policy);
/*
 * key: for config->bfd.auth_type; NULL: the one there is.  0, or a negative errno and
 * *why, a static text.  RTNL.
 */
int mplink_vnic_set_liveness(struct mplink_vnic *vnic, const struct mplink_liveness_config *config,
			     const struct mplink_bfd_key *key, const char **why);
/* The MTU that all member NICs can carry has changed.  RTNL. */
void mplink_vnic_follow_mtu(struct mplink_vnic *vnic);

static inline bool mplink_is_vnic(const struct net_device *dev)
{
	return dev->netdev_ops == mplink_netdev_ops;
}

/* --- namespace.c: what the module keeps for each network namespace ------- */

/* Counters of the kernel's that change whenever a look-up may give another route. */
struct mplink_routing {
	int inet;
	int inet6;
	u32 inet6_gone;
};

struct mplink_net {
	struct net *net;
	struct list_head vnics;		/* RTNL */
	struct mplink_tunnel_socket *tunnel;	/* NULL: nobody wants it; RTNL, and its users */
	u32 generation;			/* counts their comings and goings */
	struct mplink_routing routing;	/* when addresses and routes were re-read last */
	struct delayed_work watch;	/* whether that has changed */
	struct delayed_work refresh;	/* re-reads addresses and routes */
	struct delayed_work lanes;	/* makes what packets have asked for */
	struct work_struct liveness;	/* follows BFD sessions */
	struct delayed_work restore;	/* ends waits to restore and hold-offs */
};

struct mplink_net *mplink_net(const struct net *net);
/* A virtual NIC enters or leaves its namespace.  RTNL. */
int mplink_net_add(struct mplink_vnic *vnic);
void mplink_net_remove(struct mplink_vnic *vnic);
/* Re-reads addresses and routes soon.  Any context. */
void mplink_net_refresh(struct net *net, unsigned long delay);
/* A BFD session has changed its state.  Any context. */
void mplink_net_liveness(struct net *net);
/* A link of the peer's, if there is such a peer, is valid no more.  RTNL. */
void mplink_net_link_lost(struct mplink_vnic *vnic, const struct mplink_addr *peer);

/* What is done when it has been asked for. */
struct mplink_net_works {
	work_func_t refresh;
	work_func_t lanes;
	work_func_t liveness;
	work_func_t restore;
	work_func_t watch;
	void (*link_lost)(struct mplink_vnic *vnic, const struct mplink_addr *peer);
};

extern const struct mplink_net_works mplink_watch_works;

int mplink_net_init(const struct mplink_net_works *works);
void mplink_net_exit(void);

/* --- events.c: notifiers ------------------------------------------------- */

int mplink_events_init(void);
void mplink_events_exit(void);
/* Tells a virtual NIC of its NICs' devices as they are now, with this event.  RTNL. */
void mplink_events_replay(struct mplink_vnic *vnic, u32 event);
/* The same for one NIC. */
void mplink_events_replay_nic(struct mplink_vnic *vnic, u32 nic_id, u32 event);

/* --- facts.c ------------------------------------------------------------- */

/* What is true of the device now.  RTNL. */
void mplink_facts_read(struct net_device *dev, struct mplink_facts *facts);

/* --- hook.c: POST_ROUTING ------------------------------------------------ */

/* The hooks live only in namespaces with a virtual NIC.  RTNL. */
int mplink_hook_register(struct net *net);
void mplink_hook_unregister(struct net *net);

/* --- output.c: what reaches the virtual NIC past the hook ---------------- */

netdev_tx_t mplink_output(struct sk_buff *skb, struct net_device *dev);
/*
 * The link for a packet that begins with its IP header, of which len bytes are accounted
 * there; and that of a broadcast's next copy, of what choice.more was.  In an RCU read
 * section.
 */
struct mplink_choice mplink_choose(struct mplink_vnic *vnic, const struct mplink_peer_node *peer,
				   const struct sk_buff *skb, u32 len);
struct mplink_choice mplink_choose_next(struct mplink_vnic *vnic, const void *more, u32 len);
/* Frees a packet, and counts why. */
void mplink_drop(struct mplink_vnic *vnic, struct sk_buff *skb, u32 drop);
/*
 * Frees a packet that is longer than mtu, in front of which nothing is left but its IP
 * header, and tells its sender.
 */
void mplink_too_big(struct mplink_vnic *vnic, struct sk_buff *skb, u32 mtu, bool inet6);
/* Whether an IP packet goes to more than one host; dst: its route, or NULL. */
bool mplink_to_many(const struct sk_buff *skb, const struct dst_entry *dst);
/* Why such a packet has no peer: enum mplink_drop. */
u32 mplink_no_peer(const struct sk_buff *skb, const struct dst_entry *dst);
/* Whether an ICMP, or ICMPv6, packet is a redirect. */
bool mplink_is_redirect4(const struct sk_buff *skb);
bool mplink_is_redirect6(const struct sk_buff *skb);

/* --- input.c -------------------------------------------------------------- */

rx_handler_result_t mplink_input(struct sk_buff **pskb);

/* --- port.c: attached NICs ------------------------------------------------ */

struct mplink_port {
	struct net_device *dev;		/* the NIC; held */
	struct net_device *upper;	/* the virtual NIC; outlives the attachment */
	const struct mplink_nic *nic;	/* the core's; outlives the attachment */
	/* What comes is not just Ethernet for a running virtual NIC of encap none. */
	bool special;
	netdevice_tracker tracker;
	struct rcu_head rcu;
};

/* Takes what attached NICs receive.  Set when the module is loaded. */
extern rx_handler_func_t *mplink_port_handler;

/* Whether the device is attached.  RTNL, or an RCU read section. */
static inline bool mplink_port_is(const struct net_device *dev)
{
	return rcu_access_pointer(dev->rx_handler) == mplink_port_handler;
}

/* The virtual NIC has been opened or closed, or has another encap.  RTNL. */
void mplink_ports_follow(struct net_device *upper);

/* --- path.c: the way to a remote ------------------------------------------ */

struct mplink_route;

struct mplink_path {
	struct net_device *dev;		/* the port's */
	struct dst_entry *const *dst;	/* the route's copies */
	bool inet6;			/* the next hop is an IPv6 address */
	union {
		__be32 gw4;
		struct in6_addr gw6;
	};
	bool outer6;			/* the remote is one */
	u32 pmtu;			/* no more bytes get through; U32_MAX: unknown */
	unsigned long pmtu_until;	/* jiffies: then it may have changed */
	struct mplink_addr remote;
	struct mplink_addr wanted;	/* as local, by the user; or none */
	struct mplink_addr local;	/* what packets of our own come from; or none */
	struct mplink_route *route;	/* a share of it */
	bool heard;			/* the far end has sent something to local */
	bool learned;			/* local is where it sends to, not the route's choice */
	u8 strays;			/* packets in a row to one and the same other address */
	struct rcu_head rcu;
};

DECLARE_PER_CPU(u32, mplink_slot);

/*
 * The route for an IPv4 or IPv6 packet.  Each CPU has a copy, so that no two count
 * references in one cache line; but any copy will do, and so may preemption.  NULL for
 * IPv6 if the next hop is an IPv4 address: the stack knows no such route.
 */
static inline struct dst_entry *mplink_path_dst(const struct mplink_path *path, bool inet6)
{
	return path->dst[2 * (size_t)raw_cpu_read(mplink_slot) + inet6];
}

/* Before the first path. */
void mplink_path_init(void);

/* Counts paths created: whoever remembers something of one sees that there may be another. */
extern u32 mplink_path_generation;

/**
 * mplink_path_heard() - the remote has sent a packet by this path's NIC
 * @path: to the sender, which has proven what it can: its address, NIC and key
 * @to: the address of ours that it sent to
 *
 * A far end that knows us by a second address of the NIC, or by one of a loopback, refuses
 * what comes from another.  So we answer from where it sends to, unless the user has set
 * the address.  A new path takes the first packet's word, one in use that of eight in a row.
 *
 * Context: softirq, in an RCU read section.
 * Return: false if the next such packet is to be told as well.
 */
bool mplink_path_heard(struct mplink_path *path, const struct mplink_addr *to);

/* The longest IP packet of our own that is known to fit. */
static inline u32 mplink_path_mtu(const struct mplink_path *path)
{
	const u32 mtu = READ_ONCE(path->dev->mtu), pmtu = READ_ONCE(path->pmtu);

	if (likely(mtu <= pmtu) || time_after(jiffies, READ_ONCE(path->pmtu_until)))
		return mtu;
	return pmtu;
}

/* --- peers.c: from an address to a peer ----------------------------------- */

struct mplink_peer_node {
	struct mplink_addr addr;
	struct mplink_peer *core;
	struct mplink_tunnel *tunnel;	/* of encap gre-udp; else NULL: for as long as it lives */
	/* A remote is an IPv4 address: IPv6 packets cannot go by a route. */
	bool inet_remotes;
	bool outer6;			/* a remote is an IPv6 address: RTNL */
	u32 key;			/* of gre-udp, 24 bits: RTNL */
	struct list_head dirs;		/* of mplink_dir, in order of creation */
	struct rcu_head rcu;
};

/* What the user wants of a peer: what is not given stays as it is. */
struct mplink_peer_config {
	const struct mplink_link_config *links;
	u32 nr_links;
	bool liveness_given;
	u32 liveness;			/* enum mplink_liveness */
	bool key_given;
	u32 key;			/* 0 to MPLINK_MAX_PEER_KEY */
};

/*
 * As mplink_core_peer_add(), _set() and _del(), with what users see of the peer; or
 * -EEXIST, if there is such a peer.  All of config or nothing.  RTNL.
 */
int mplink_peers_add(struct mplink_vnic *vnic, const struct mplink_addr *addr,
		     const struct mplink_peer_config *config, struct mplink_refusal *refusal);
int mplink_peers_set(struct mplink_vnic *vnic, struct mplink_peer_node *peer,
		     const struct mplink_peer_config *config, struct mplink_refusal *refusal);
void mplink_peers_del(struct mplink_vnic *vnic, struct mplink_peer_node *peer);
/* Before a NIC goes, with links of any peers, and after it. */
void mplink_peers_forget_nic(struct mplink_vnic *vnic, u32 nic_id);
void mplink_peers_follow(struct mplink_vnic *vnic);
/* A link of the peer's, if there is such a peer, is valid no more. */
void mplink_peers_revisit(struct mplink_vnic *vnic, const struct mplink_addr *addr);
/* NULL if there is none. */
struct mplink_peer_node *mplink_peers_get(struct mplink_vnic *vnic, const struct mplink_addr *addr);
u32 mplink_peers_count(const struct mplink_vnic *vnic);
/*
 * The peer at *cursor, which begins with 0 and is moved on, or NULL at the end.  While
 * vnic->generation is the same, each peer comes just once.
 */
struct mplink_peer_node *mplink_peers_next(const struct mplink_vnic *vnic, unsigned long *cursor);
/* Makes room for one more: 0 or -ENOMEM.  RTNL. */
int mplink_peers_reserve(struct mplink_vnic *vnic);
/* Packets find the peer from then on, or no longer.  RTNL. */
void mplink_peers_insert(struct mplink_vnic *vnic, struct mplink_peer_node *peer);
void mplink_peers_remove(struct mplink_vnic *vnic, const struct mplink_peer_node *peer);
int mplink_peers_init(struct mplink_vnic *vnic);
/* Packets find no peer any more; the core's peers stay.  RTNL. */
void mplink_peers_clear(struct mplink_vnic *vnic);
/* After the last packet. */
void mplink_peers_free(struct mplink_vnic *vnic);

static inline struct mplink_addr mplink_addr4(__be32 addr)
{
	const union {
		__be32 in[2];
		u64 lo;
	} mapped = { .in = { htonl(0xffff), addr } };

	return (struct mplink_addr){ .lo = mapped.lo };
}

static inline struct mplink_addr mplink_addr6(const struct in6_addr *addr)
{
	return (struct mplink_addr){
		.hi = get_unaligned((const u64 *)&addr->s6_addr[0]),
		.lo = get_unaligned((const u64 *)&addr->s6_addr[8]),
	};
}

static inline const struct in6_addr *mplink_in6(const struct mplink_addr *addr)
{
	return (const struct in6_addr *)addr;
}

/* Not ipv6_addr_equal(), which compares without a branch: a packet pays for that. */
static __always_inline bool mplink_addr_equal(const struct mplink_addr *a,
					      const struct mplink_addr *b)
{
	return a->hi == b->hi && a->lo == b->lo;
}

/* As which none is known, or given. */
static __always_inline bool mplink_addr_none(const struct mplink_addr *addr)
{
	return ipv6_addr_any(mplink_in6(addr));
}

/* --- bfd.c, bfd_auth.c: see also include/mplink/platform.h ------------------ */

/* How the session stands.  RTNL. */
void mplink_bfd_read(const struct mplink_bfd *bfd, struct mplink_bfd_info *info);
/* Before a key is set: 0, or a negative errno where the kernel has no SHA1.  RTNL. */
int mplink_bfd_auth_start(void);
int mplink_bfd_init(void);
/* After the last session, and the grace period that follows. */
void mplink_bfd_exit(void);
void mplink_bfd_auth_exit(void);

/* --- sysfs.c --------------------------------------------------------------- */

int mplink_sysfs_add_vnic(struct mplink_vnic *vnic);
int mplink_sysfs_add_nic(struct mplink_vnic *vnic, u32 nic_id);
/* Waits for readers, as all of these do: what they show must not have gone yet. */
void mplink_sysfs_remove_nic(struct mplink_vnic *vnic, u32 nic_id);
/* With its links.  Does nothing beyond the first MPLINK_SYSFS_PEERS peers. */
int mplink_sysfs_add_peer(struct mplink_vnic *vnic, struct mplink_peer_node *peer);
void mplink_sysfs_remove_peer(struct mplink_peer_node *peer);
/*
 * The link of that id, that there will be over the NIC to the remote.  It bears the NIC's
 * name, or NIC@REMOTE where another one of the peer's does already.
 */
int mplink_sysfs_add_link(struct mplink_vnic *vnic, struct mplink_peer_node *peer, u32 id,
			  u32 nic_id, const struct mplink_addr *remote);
void mplink_sysfs_remove_link(struct mplink_peer_node *peer, u32 id);
/* Remotes have changed: NIC@REMOTE follows. */
void mplink_sysfs_rename_links(struct mplink_peer_node *peer);
/* Waits for readers: nothing they show may have gone yet.  RTNL. */
void mplink_sysfs_remove(struct mplink_vnic *vnic);

/* --- ethtool.c -------------------------------------------------------------- */

extern const struct ethtool_ops mplink_ethtool_ops;

/* --- report.c ---------------------------------------------------------------- */

/* Writes an address as users do: IPv4 as a.b.c.d; nothing if there is none. */
/*
 * Whether a line about the virtual NIC may be logged now.  Of what a user namespace can
 * cause, every line asks.  Any context.
 */
bool mplink_may_log(struct mplink_vnic *vnic);
/* Packets from that remote come that much later than others', and too late.  Any context. */
void mplink_report_slow(struct mplink_vnic *vnic, const struct mplink_addr *remote, u64 us);
int mplink_format_addr(char *buf, size_t size, const struct mplink_addr *addr);
void mplink_report_drop(struct mplink_vnic *vnic, struct sk_buff *skb, u32 drop);

#endif /* MPLINK_KERNEL_H */
