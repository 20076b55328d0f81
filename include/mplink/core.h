/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the core offers: every decision that the module takes.  src/kernel and the tests call
 * it.
 *
 * Context, unless a function says otherwise: process context with RTNL held; may sleep.
 * Errors are negative errno values.
 */
#ifndef MPLINK_CORE_H
#define MPLINK_CORE_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- names -------------------------------------------------------------- */

/* The name of an enum's value: a static text; "?" for a number beyond the enum.  Any context. */
const char *mplink_core_reason_name(mplink_u32 reason);
const char *mplink_core_policy_name(mplink_u32 policy);
const char *mplink_core_encap_name(mplink_u32 encap);
const char *mplink_core_drop_name(mplink_u32 drop);
const char *mplink_core_event_name(mplink_u32 event);
const char *mplink_core_liveness_name(mplink_u32 liveness);
const char *mplink_core_equalize_name(mplink_u32 equalize);
const char *mplink_core_duplicate_name(mplink_u32 duplicate);
const char *mplink_core_nic_stage_name(mplink_u32 stage);
const char *mplink_core_link_stage_name(mplink_u32 stage);
const char *mplink_core_bfd_state_name(mplink_u32 state);
const char *mplink_core_bfd_diag_name(mplink_u32 diag);
const char *mplink_core_bfd_drop_name(mplink_u32 drop);
const char *mplink_core_gre_drop_name(mplink_u32 drop);
/* All policies, for messages: "balance-rr, balance-xor, ...". */
const char *mplink_core_policy_names(void);

/* The value with that name, or -EINVAL.  The text needs no NUL.  Any context. */
int mplink_core_policy_parse(const char *text, mplink_size len);
int mplink_core_encap_parse(const char *text, mplink_size len);
int mplink_core_liveness_parse(const char *text, mplink_size len);
int mplink_core_equalize_parse(const char *text, mplink_size len);
int mplink_core_duplicate_parse(const char *text, mplink_size len);

/* --- parameters --------------------------------------------------------- */

/**
 * mplink_core_parse_params() - Read the module's parameters.
 * @params: the texts that the user wrote
 * @config: takes the result; set on success
 * @error: takes which part of which parameter is wrong, and why; set on error
 *
 * Context: Any.
 * Return: 0 or -EINVAL.
 */
int mplink_core_parse_params(const struct mplink_params *params, struct mplink_config *config,
			     struct mplink_param_error *error);

/* --- virtual NICs ------------------------------------------------------- */

struct mplink_device;

/**
 * mplink_core_device_create() - Make the core of a virtual NIC, without NICs and peers.
 * @owner: passed to the platform's functions
 *
 * Context: Process context, without a lock; may sleep.
 * Return: The device, which the caller owns, or NULL if memory is short.
 */
struct mplink_device *mplink_core_device_create(void *owner);
/**
 * mplink_core_device_clear() - Detach all NICs and remove all peers.
 * @device: the device; from now on it drops every packet
 */
void mplink_core_device_clear(struct mplink_device *device);
/**
 * mplink_core_device_free() - Free a device.
 * @device: a cleared device; no reader and no event may be under way
 *
 * Context: Any but hard interrupts, without a lock.
 */
void mplink_core_device_free(struct mplink_device *device);

/**
 * mplink_core_set_policy() - Set how packets are spread over links.
 * @device: the device
 * @policy: enum mplink_policy
 *
 * With adaptive, packets for a peer follow balance-rr until its far end has answered, unless a
 * link of it has a bound of its rate or a preference.
 *
 * If memory is short, a peer keeps its old policy until the refresh that the core requests.
 *
 * Return: 0, or -EINVAL if there is no such policy.
 */
int mplink_core_set_policy(struct mplink_device *device, mplink_u32 policy);
mplink_u32 mplink_core_get_policy(const struct mplink_device *device);

/**
 * mplink_core_set_encap() - Set what packets are wrapped in.
 * @device: the device
 * @encap: enum mplink_encap
 * @why: takes a static text that tells why it failed
 *
 * Each encap has a default policy: adaptive with gre-udp, else balance-rr.  If the device has
 * the default of its old encap, it gets that of the new one.
 *
 * Return: 0, -EINVAL if there is no such encapsulation, or -EBUSY while there are peers,
 * because their links are of the old kind.
 */
int mplink_core_set_encap(struct mplink_device *device, mplink_u32 encap, const char **why);
mplink_u32 mplink_core_get_encap(const struct mplink_device *device);

/**
 * mplink_core_set_liveness() - Set when links may carry packets.
 * @device: the device
 * @config: the settings, which are copied
 * @why: takes a static text that tells which value is wrong
 *
 * Return: 0, or -EINVAL if a value is out of range.
 */
int mplink_core_set_liveness(struct mplink_device *device,
			     const struct mplink_liveness_config *config, const char **why);
void mplink_core_get_liveness(const struct mplink_device *device,
			      struct mplink_liveness_config *config);

/* Makes the lanes that mplink_request_lanes() asked for, as far as there is memory. */
void mplink_core_make_lanes(struct mplink_device *device);

/* Looks up every path again, because addresses or routes have changed. */
void mplink_core_refresh(struct mplink_device *device);
/**
 * mplink_core_recheck() - Decide again which links may carry packets.
 * @device: the device
 * @event: MPLINK_EVENT_LIVENESS if a BFD session has changed its state, or
 *	MPLINK_EVENT_ANSWER after mplink_core_take_caps(), MPLINK_EVENT_RESTORE if time has
 *	passed
 */
void mplink_core_recheck(struct mplink_device *device, mplink_u32 event);

/* --- NICs --------------------------------------------------------------- */

struct mplink_nic;

/**
 * mplink_core_nic_add() - Add a NIC by name.
 * @device: the device, which owns the NIC
 * @name: the name; there need not be a device of that name yet
 * @id: takes the NIC's id: 0 to MPLINK_MAX_NICS - 1
 * @extack: takes why it failed; set on error
 *
 * The NIC is unregistered until an event tells of its device.  The id of a removed NIC is used
 * again.
 *
 * Return: 0, -EINVAL, -EEXIST, -ENOSPC (MPLINK_MAX_NICS) or -ENOMEM.
 */
int mplink_core_nic_add(struct mplink_device *device, const char *name, mplink_u32 *id,
			struct mplink_extack *extack);
/**
 * mplink_core_nic_del() - Remove a NIC, and first all links over it.
 * @device: the device
 * @id: the id of a NIC that exists
 *
 * Frees the NIC after a grace period.
 */
void mplink_core_nic_del(struct mplink_device *device, mplink_u32 id);
/* The NIC with that id, or NULL.  It is valid while RTNL is held. */
struct mplink_nic *mplink_core_nic_at(const struct mplink_device *device, mplink_u32 id);
/* The id of the NIC with that name, or -ENOENT. */
int mplink_core_nic_find(const struct mplink_device *device, const char *name);
void mplink_core_nic_info(const struct mplink_nic *nic, struct mplink_nic_info *info);
/* Sets *sum to the traffic of the NIC since it was added. */
void mplink_core_nic_counters(const struct mplink_nic *nic, struct mplink_counters *sum);

/**
 * mplink_core_nic_event() - Tell of an event of a device in the virtual NIC's namespace.
 * @device: the virtual NIC
 * @event: enum mplink_event
 * @snapshot: what is true now; the event itself carries no state
 *
 * Does nothing if the device is no NIC of the virtual NIC.  If the NIC cannot be attached, it
 * stays unregistered, and the next event tries again.  If memory was short, the core requests
 * such an event.
 *
 * Return: 0, or a negative errno if the NIC could not be attached.
 */
int mplink_core_nic_event(struct mplink_device *device, mplink_u32 event,
			  const struct mplink_snapshot *snapshot);

/* --- peers and links ---------------------------------------------------- */

struct mplink_peer;

/*
 * A link is one way to the peer: over one NIC, to one remote.  Its id, 0 to MPLINK_MAX_LINKS - 1,
 * is unique among the peer's links and does not change.
 */

/**
 * mplink_core_peer_add() - Add a peer and its links.
 * @device: the device, which owns the peer
 * @addr: the peer's virtual address; the caller knows that there is no such peer yet
 * @links: its links
 * @n: how many
 * @peer: takes the peer; set on success
 * @extack: takes why it failed; set on error
 *
 * Return: 0, -EINVAL, -ENOENT (no such NIC), -EEXIST (two links over one NIC to one remote),
 * -ENOSPC (MPLINK_MAX_LINKS) or -ENOMEM.
 */
int mplink_core_peer_add(struct mplink_device *device, const struct mplink_addr *addr,
			 const struct mplink_link_config *links, mplink_u32 n,
			 struct mplink_peer **peer, struct mplink_extack *extack);
/**
 * mplink_core_peer_set() - Add, change and remove links of a peer.
 * @device: the device
 * @peer: the peer
 * @links: the changes
 * @n: how many
 * @extack: takes why it failed; set on error
 *
 * Packets see all changes at once.  If one change fails, none is made.  Links and attributes
 * that the request does not name are left unchanged.
 *
 * Return: 0, an error of mplink_core_peer_add(), or -ENOENT also if there is no link to remove.
 */
int mplink_core_peer_set(struct mplink_device *device, struct mplink_peer *peer,
			 const struct mplink_link_config *links, mplink_u32 n,
			 struct mplink_extack *extack);
/* A prepared change of a peer's links. */
struct mplink_changes;

/**
 * mplink_core_peer_prepare() - Do all of mplink_core_peer_set() that can fail.
 * @device: the device
 * @peer: the peer, which is not changed yet
 * @links: the changes; they must stay until commit or cancel
 * @n: how many
 * @changes: takes the prepared changes, which the caller must commit or cancel; NULL on error
 * @extack: takes why it failed; set on error
 *
 * The caller holds RTNL until commit or cancel.
 *
 * Return: As mplink_core_peer_set().
 */
int mplink_core_peer_prepare(struct mplink_device *device, struct mplink_peer *peer,
			     const struct mplink_link_config *links, mplink_u32 n,
			     struct mplink_changes **changes, struct mplink_extack *extack);
/* Sets *plan to the link with that id as it will be, and returns 1; 0: there will be none. */
int mplink_core_changes_link(const struct mplink_changes *changes, mplink_u32 id,
			     struct mplink_link_plan *plan);
/* Make or drop prepared changes.  Both cannot fail, and free the changes. */
void mplink_core_changes_commit(struct mplink_device *device, struct mplink_peer *peer,
				struct mplink_changes *changes);
void mplink_core_changes_cancel(struct mplink_changes *changes);
/* The peer's virtual address.  Any context. */
const struct mplink_addr *mplink_core_peer_addr(const struct mplink_peer *peer);
/* The liveness, enum mplink_liveness, of those of the peer's links that inherit it. */
void mplink_core_peer_set_liveness(struct mplink_device *device, struct mplink_peer *peer,
				   mplink_u32 liveness);
mplink_u32 mplink_core_peer_get_liveness(const struct mplink_peer *peer);
/* Takes the peer from the packet path, and frees it after a grace period. */
void mplink_core_peer_del(struct mplink_device *device, struct mplink_peer *peer);
/**
 * mplink_core_link_ids() - List the links of a peer.
 * @peer: the peer
 * @ids: takes the ids, in the order in which active-backup prefers the links: by NIC, and for
 *	one NIC by id
 *
 * Return: How many links there are.
 */
mplink_u32 mplink_core_link_ids(const struct mplink_peer *peer, mplink_u8 ids[MPLINK_MAX_LINKS]);
/* Whether the peer has a link with that id: 1 or 0. */
int mplink_core_link_exists(const struct mplink_peer *peer, mplink_u32 id);
/* Show a link that exists. */
void mplink_core_link_info(const struct mplink_peer *peer, mplink_u32 id,
			   struct mplink_link_info *info);
void mplink_core_link_counters(const struct mplink_peer *peer, mplink_u32 id,
			       struct mplink_counters *sum);

/* --- the packet path: softirq or preemption disabled, in an RCU read section ---- */

/*
 * A lane is where a CPU keeps its own counters and clocks.  Each CPU has one lane for process
 * context and one for softirq (or softirqs disabled).  Neither context interrupts its own kind,
 * so a lane has one writer at a time.  Lanes are numbered 0 to mplink_nr_lanes() - 1.
 */

/**
 * mplink_core_select() - Choose the link for a packet, and account the packet there.
 * @peer: the peer
 * @len: length of the packet in bytes, from the IP header on
 * @lane: the caller's lane
 * @l3: the IP header
 * @l3_len: how many bytes may be read at @l3
 *
 * The fast path.  It has no answer if the link of first choice is dead, if the policy sends
 * copies, or if the lane has not sent to the peer before.
 *
 * Context: Softirq or preemption disabled, in an RCU read-side section.
 * Return: The path, valid until the section ends, or NULL: call mplink_core_reselect().
 */
struct mplink_path *mplink_core_select(const struct mplink_peer *peer, mplink_size len,
				       mplink_size lane, const mplink_u8 *l3, mplink_u32 l3_len);
/**
 * mplink_core_reselect() - Choose a link when mplink_core_select() returned NULL.
 * @device: the device
 * @peer: the peer
 * @len: as above
 * @lane: as above
 * @l3: as above
 * @l3_len: as above
 *
 * Context: As mplink_core_select().
 * Return: The link; its path is NULL if no link works.
 */
struct mplink_choice mplink_core_reselect(struct mplink_device *device,
					  const struct mplink_peer *peer, mplink_size len,
					  mplink_size lane, const mplink_u8 *l3, mplink_u32 l3_len);
/**
 * mplink_core_next() - Choose the link for the next copy of a packet.
 * @device: the device
 * @more: of the choice before; not NULL
 * @len: as above
 * @lane: as above
 *
 * Context: The RCU read-side section of the first copy.
 * Return: The link.
 */
struct mplink_choice mplink_core_next(struct mplink_device *device, const void *more,
				      mplink_size len, mplink_size lane);
/**
 * mplink_core_copy() - Choose a second link for a packet, and account its copy there.
 * @device: the device
 * @peer: the peer
 * @rate: how much the packet's flow has sent lately: the core's own, 0 at first; CPUs may share
 *	it.  The packet is copied if that is little, if its DSCP asks for it, and if copies have
 *	not taken a twentieth of what the links carry.  NULL: it is copied anyway
 * @first: the path by which the packet leaves
 * @len: as above
 * @lane: as above
 * @l3: as above
 * @l3_len: as above
 *
 * Context: As mplink_core_select(), in the read-side section in which @first was chosen.
 * Return: The path of the link by which it arrives next, if possible over another NIC; NULL: it
 * is not copied.
 */
struct mplink_path *mplink_core_copy(struct mplink_device *device, const struct mplink_peer *peer,
				     mplink_u32 *rate, const struct mplink_path *first,
				     mplink_size len, mplink_size lane, const mplink_u8 *l3,
				     mplink_u32 l3_len);
/**
 * mplink_core_receive() - Account a received packet that does not tell by which link it came.
 * @nic: the NIC that received it
 * @peer: the peer that sent it; its first link over @nic is accounted
 * @len: length in bytes, MAC header included
 * @lane: the caller's lane
 */
void mplink_core_receive(const struct mplink_nic *nic, const struct mplink_peer *peer,
			 mplink_size len, mplink_size lane);
/* The same for a packet that came by the link with that id. */
void mplink_core_receive_link(const struct mplink_nic *nic, const struct mplink_peer *peer,
			      mplink_u32 id, mplink_size len, mplink_size lane);
/* Accounts a dropped packet under enum mplink_drop. */
void mplink_core_drop(struct mplink_device *device, mplink_u32 drop, mplink_size lane);

/* --- BFD sessions: any context, one caller at a time per session ------------ */

struct mplink_bfd_session;

/**
 * mplink_core_bfd_create() - Make a BFD session that is Down.
 * @config: its settings
 * @discr: its discriminator: not 0, and unique on the host
 * @random: a number that nobody can guess, here and below
 *
 * The session's first packet is due at once.
 *
 * Context: Process context; may sleep.
 * Return: The session, which the caller owns, or NULL if memory is short.
 */
struct mplink_bfd_session *mplink_core_bfd_create(const struct mplink_bfd_config *config,
						  mplink_u32 discr, mplink_u32 random);
void mplink_core_bfd_free(struct mplink_bfd_session *session);
/**
 * mplink_core_bfd_peek() - Find out which session a BFD packet is for.
 * @bytes: the UDP payload
 * @len: its length in bytes
 * @discr: takes the discriminator that the packet names, or 0 if it names none
 *
 * Return: enum mplink_bfd_drop; @discr is set if it is NONE.
 */
mplink_u32 mplink_core_bfd_peek(const mplink_u8 *bytes, mplink_size len, mplink_u32 *discr);
/**
 * mplink_core_bfd_check() - Check all of a packet but its digest.
 * @session: the session
 * @now_us: the time, as mplink_now_us(), here and below
 * @bytes: the UDP payload
 * @len: its length in bytes
 * @digest: takes 1 if the packet has a digest, which must be verified before
 *	mplink_core_bfd_receive(); else 0
 *
 * Return: enum mplink_bfd_drop; @digest is set if it is NONE.
 */
mplink_u32 mplink_core_bfd_check(const struct mplink_bfd_session *session, mplink_u64 now_us,
				 const mplink_u8 *bytes, mplink_size len, mplink_u8 *digest);
/*
 * Inputs of a session (RFC 5880): a packet has come (6.8.6), the deadline has passed, the
 * settings have changed.  Each sets *step, which the caller must carry out.
 */
void mplink_core_bfd_receive(struct mplink_bfd_session *session, mplink_u64 now_us,
			     const mplink_u8 *bytes, mplink_size len, mplink_u32 random,
			     struct mplink_bfd_step *step);
void mplink_core_bfd_expire(struct mplink_bfd_session *session, mplink_u64 now_us,
			    mplink_u32 random, struct mplink_bfd_step *step);
void mplink_core_bfd_configure(struct mplink_bfd_session *session, mplink_u64 now_us,
			       const struct mplink_bfd_config *config, mplink_u32 random,
			       struct mplink_bfd_step *step);
/* Holds the session in AdminDown (6.8.16); diag, enum mplink_bfd_diag, is the reason. */
void mplink_core_bfd_disable(struct mplink_bfd_session *session, mplink_u64 now_us,
			     mplink_u8 diag, mplink_u32 random, struct mplink_bfd_step *step);
/* Ends mplink_core_bfd_disable(). */
void mplink_core_bfd_enable(struct mplink_bfd_session *session, mplink_u64 now_us,
			    mplink_u32 random, struct mplink_bfd_step *step);
void mplink_core_bfd_info(const struct mplink_bfd_session *session, struct mplink_bfd_info *info);

/* --- device counters: any context --------------------------------------- */

/* Sets *sum to the traffic of all present and past NICs, so that it never decreases. */
void mplink_core_counters(const struct mplink_device *device, struct mplink_counters *sum);

mplink_u64 mplink_core_drops(const struct mplink_device *device, mplink_u32 drop);
/* The other counters of a virtual NIC that the core keeps. */
void mplink_core_device_counters(const struct mplink_device *device,
				 struct mplink_device_counters *sum);

/* --- object counts: any context ----------------------------------------- */

/* Sets *counts to those of the i'th kind of object, and returns 1; 0: there are fewer kinds. */
int mplink_core_object_counts(mplink_u32 i, struct mplink_object_counts *counts);

#ifdef __cplusplus
}
#endif
#endif /* MPLINK_CORE_H */
