/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the core offers: every decision the module takes.  Called by src/kernel
 * and by the tests.  Unless said otherwise: process context, RTNL held.
 */
#ifndef MPLINK_CORE_H
#define MPLINK_CORE_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- names -------------------------------------------------------------- */

/* Static texts; "?" beyond the enum.  Any context. */
const char *mplink_core_reason_name(mplink_u32 reason);
const char *mplink_core_policy_name(mplink_u32 policy);
const char *mplink_core_encap_name(mplink_u32 encap);
const char *mplink_core_drop_name(mplink_u32 drop);
const char *mplink_core_event_name(mplink_u32 event);
const char *mplink_core_liveness_name(mplink_u32 liveness);
const char *mplink_core_nic_stage_name(mplink_u32 stage);
const char *mplink_core_link_stage_name(mplink_u32 stage);
const char *mplink_core_bfd_state_name(mplink_u32 state);
const char *mplink_core_bfd_diag_name(mplink_u32 diag);
const char *mplink_core_bfd_drop_name(mplink_u32 drop);
const char *mplink_core_gre_drop_name(mplink_u32 drop);
/* All policies, for messages: "balance-rr, balance-xor, ...". */
const char *mplink_core_policy_names(void);

/* What has that name, or -EINVAL.  Any context. */
int mplink_core_policy_parse(const char *text, mplink_size len);
int mplink_core_encap_parse(const char *text, mplink_size len);
int mplink_core_liveness_parse(const char *text, mplink_size len);

/* --- parameters --------------------------------------------------------- */

/* 0 and *config, or -EINVAL and *error.  Any context. */
int mplink_core_parse_params(const struct mplink_params *params, struct mplink_config *config,
			     struct mplink_param_error *error);

/* --- virtual NICs ------------------------------------------------------- */

struct mplink_device;

/*
 * A device without NICs and peers, or NULL where memory is short.  owner is
 * handed to the platform's functions.  No lock needed.
 */
struct mplink_device *mplink_core_device_create(void *owner);
/* Detaches all NICs and removes all peers.  After it, every packet is dropped. */
void mplink_core_device_clear(struct mplink_device *device);
/* Frees a cleared device.  No reader, no event may be under way.  No lock needed. */
void mplink_core_device_free(struct mplink_device *device);

/*
 * 0 or -EINVAL.  A peer for which memory is short has no link until the refresh that
 * is then asked for.
 */
int mplink_core_set_policy(struct mplink_device *device, mplink_u32 policy);
mplink_u32 mplink_core_get_policy(const struct mplink_device *device);

/*
 * 0, or -EINVAL, or -EBUSY while there are peers, whose links are of the old kind; and
 * *why, a static text.
 */
int mplink_core_set_encap(struct mplink_device *device, mplink_u32 encap, const char **why);
mplink_u32 mplink_core_get_encap(const struct mplink_device *device);

/* 0, or -EINVAL and *why, a static text. */
int mplink_core_set_liveness(struct mplink_device *device,
			     const struct mplink_liveness_config *config, const char **why);
void mplink_core_get_liveness(const struct mplink_device *device,
			      struct mplink_liveness_config *config);

/* Makes what mplink_request_lanes() was called for, as far as there is memory. */
void mplink_core_make_lanes(struct mplink_device *device);

/* Re-reads every path: addresses or routes have changed. */
void mplink_core_refresh(struct mplink_device *device);
/*
 * Looks anew which links may carry packets: a BFD session has changed its state
 * (MPLINK_EVENT_LIVENESS), or time has passed (MPLINK_EVENT_RESTORE).
 */
void mplink_core_recheck(struct mplink_device *device, mplink_u32 event);

/* --- NICs --------------------------------------------------------------- */

struct mplink_nic;

/*
 * Names a NIC, which need not exist yet: it is unregistered until an event tells
 * of it.  0 and *id, or -EINVAL, -EEXIST, -ENOSPC (MPLINK_MAX_NICS) or -ENOMEM, and
 * *refusal.  The device owns it.  An id is below MPLINK_MAX_NICS, and used again
 * once its NIC has been removed.
 */
int mplink_core_nic_add(struct mplink_device *device, const char *name, mplink_u32 *id,
			struct mplink_refusal *refusal);
/* Removes the NIC, and first all links over it.  It is freed after a grace period. */
void mplink_core_nic_del(struct mplink_device *device, mplink_u32 id);
/* The NIC of that id, or NULL. */
struct mplink_nic *mplink_core_nic_at(const struct mplink_device *device, mplink_u32 id);
/* The id of the NIC of that name, or -ENOENT. */
int mplink_core_nic_find(const struct mplink_device *device, const char *name);
void mplink_core_nic_info(const struct mplink_nic *nic, struct mplink_nic_info *info);
/* What has passed over the NIC since it was added. */
void mplink_core_nic_counters(const struct mplink_nic *nic, struct mplink_counters *sum);

/*
 * An event of some device in the virtual NIC's namespace.  Does nothing if the
 * device is none of its NICs.  snapshot says what is true now: an event never
 * carries state.  Returns 0, or a negative errno if the NIC could not be
 * attached (it stays unregistered; the next event tries again, which the core asks
 * for where memory was short).
 */
int mplink_core_nic_event(struct mplink_device *device, mplink_u32 event,
			  const struct mplink_snapshot *snapshot);

/* --- peers and links ---------------------------------------------------- */

struct mplink_peer;

/*
 * A link is a way to the peer over one NIC to one remote.  Its id, below
 * MPLINK_MAX_LINKS, is its own among the peer's links for as long as it lives.
 */

/*
 * A peer with these links.  0 and *peer, or -EINVAL, -ENOENT (a NIC), -EEXIST (two links
 * over one NIC to one remote), -ENOSPC (MPLINK_MAX_LINKS) or -ENOMEM, and *refusal.  The
 * device owns it.  That there is no such peer yet is the caller's to know.
 */
int mplink_core_peer_add(struct mplink_device *device, const struct mplink_addr *addr,
			 const struct mplink_link_config *links, mplink_u32 n,
			 struct mplink_peer **peer, struct mplink_refusal *refusal);
/*
 * Adds, changes and removes links of the peer: all at once, in the eyes of a packet, or
 * none.  A link that is not named stays as it is, and so does what is not given of one
 * that is.  0, or an error as above, or -ENOENT also for a link that cannot be removed.
 */
int mplink_core_peer_set(struct mplink_device *device, struct mplink_peer *peer,
			 const struct mplink_link_config *links, mplink_u32 n,
			 struct mplink_refusal *refusal);
/*
 * The same in two steps: what can fail, and the change itself, which cannot.  Between
 * them the peer stays as it is, and RTNL is not released.  links must stay until the end.
 */
struct mplink_changes;

int mplink_core_peer_prepare(struct mplink_device *device, struct mplink_peer *peer,
			     const struct mplink_link_config *links, mplink_u32 n,
			     struct mplink_changes **changes, struct mplink_refusal *refusal);
/* The link of that id as it will be: 1 and *plan, or 0: there will be none. */
int mplink_core_changes_link(const struct mplink_changes *changes, mplink_u32 id,
			     struct mplink_link_plan *plan);
/* Both free the changes. */
void mplink_core_changes_commit(struct mplink_device *device, struct mplink_peer *peer,
				struct mplink_changes *changes);
void mplink_core_changes_cancel(struct mplink_changes *changes);
/* enum mplink_liveness, of those of its links that inherit it. */
void mplink_core_peer_set_liveness(struct mplink_device *device, struct mplink_peer *peer,
				   mplink_u32 liveness);
mplink_u32 mplink_core_peer_get_liveness(const struct mplink_peer *peer);
/* Takes the peer from the packet path.  It is freed after a grace period. */
void mplink_core_peer_del(struct mplink_device *device, struct mplink_peer *peer);
/*
 * The ids of the peer's links, in the order in which active-backup prefers them: that of
 * the NICs, and over one NIC that of the ids.  Returns their number.
 */
mplink_u32 mplink_core_link_ids(const struct mplink_peer *peer, mplink_u8 ids[MPLINK_MAX_LINKS]);
/* Whether the peer has a link of that id: 1 or 0. */
int mplink_core_link_exists(const struct mplink_peer *peer, mplink_u32 id);
/* Of a link that exists. */
void mplink_core_link_info(const struct mplink_peer *peer, mplink_u32 id,
			   struct mplink_link_info *info);
void mplink_core_link_counters(const struct mplink_peer *peer, mplink_u32 id,
			       struct mplink_counters *sum);

/* --- the packet path: softirq or preemption disabled, in an RCU read section ---- */

/*
 * A lane is a place on a CPU that nothing else uses while the packet is under way:
 * each CPU has one for process context and one for softirq, or where it is disabled;
 * neither interrupts its own kind.  0 to mplink_nr_lanes() - 1.
 */

/*
 * Chooses the link for a packet of len bytes from the IP header on, of which
 * l3_len may be read at l3, and accounts it there.
 * NULL: there is no simple answer, ask mplink_core_reselect(); so it is with the first
 * packets of a lane to a peer, too.
 */
struct mplink_path *mplink_core_select(const struct mplink_peer *peer, mplink_size len,
				       mplink_size lane, const mplink_u8 *l3, mplink_u32 l3_len);
/* The same where the first choice is dead, or all links are (a broadcast). */
struct mplink_choice mplink_core_reselect(struct mplink_device *device,
					  const struct mplink_peer *peer, mplink_size len,
					  mplink_size lane, const mplink_u8 *l3, mplink_u32 l3_len);
/* The link of a broadcast's next copy, in the read section of its first. */
struct mplink_choice mplink_core_next(struct mplink_device *device, const void *more,
				      mplink_size len, mplink_size lane);
/*
 * Accounts a packet of len bytes (MAC header included) from the peer on that NIC: to the
 * first of its links there, for the packet does not say which.
 */
void mplink_core_receive(const struct mplink_nic *nic, const struct mplink_peer *peer,
			 mplink_size len, mplink_size lane);
/* The same where the packet says by which link it came: the one of that id. */
void mplink_core_receive_link(const struct mplink_nic *nic, const struct mplink_peer *peer,
			      mplink_u32 id, mplink_size len, mplink_size lane);
/* Accounts a drop.  enum mplink_drop; also where mplink_core_reselect() found no link. */
void mplink_core_drop(struct mplink_device *device, mplink_u32 drop, mplink_size lane);

/* --- BFD sessions: any context, one caller at a time for each -------------- */

struct mplink_bfd_session;

/*
 * A session that is Down, its first packet due at once; or NULL where memory is short.
 * discr: its discriminator, not 0, that of no other session of the host.  random, here
 * and below: what nobody can guess.  Process context.
 */
struct mplink_bfd_session *mplink_core_bfd_create(const struct mplink_bfd_config *config,
						  mplink_u32 discr, mplink_u32 random);
void mplink_core_bfd_free(struct mplink_bfd_session *session);
/*
 * Which session len bytes of UDP payload are for: the discriminator they name, or 0 if
 * they name none, with DROP_NONE; else enum mplink_bfd_drop.
 */
mplink_u32 mplink_core_bfd_peek(const mplink_u8 *bytes, mplink_size len, mplink_u32 *discr);
/*
 * Whether the session would take the packet, but for its digest: enum mplink_bfd_drop;
 * if none, *digest: whether there is one, to be verified before it is received.
 */
mplink_u32 mplink_core_bfd_check(const struct mplink_bfd_session *session, mplink_u64 now_us,
				 const mplink_u8 *bytes, mplink_size len, mplink_u8 *digest);
/* The rest is told what follows in *step, and does it. */
void mplink_core_bfd_receive(struct mplink_bfd_session *session, mplink_u64 now_us,
			     const mplink_u8 *bytes, mplink_size len, mplink_u32 random,
			     struct mplink_bfd_step *step);
void mplink_core_bfd_expire(struct mplink_bfd_session *session, mplink_u64 now_us,
			    mplink_u32 random, struct mplink_bfd_step *step);
void mplink_core_bfd_configure(struct mplink_bfd_session *session, mplink_u64 now_us,
			       const struct mplink_bfd_config *config, mplink_u32 random,
			       struct mplink_bfd_step *step);
/* Holds it in AdminDown for that reason, enum mplink_bfd_diag. */
void mplink_core_bfd_disable(struct mplink_bfd_session *session, mplink_u64 now_us,
			     mplink_u8 diag, mplink_u32 random, struct mplink_bfd_step *step);
/* Ends that. */
void mplink_core_bfd_enable(struct mplink_bfd_session *session, mplink_u64 now_us,
			    mplink_u32 random, struct mplink_bfd_step *step);
void mplink_core_bfd_info(const struct mplink_bfd_session *session, struct mplink_bfd_info *info);

/* --- device counters: any context --------------------------------------- */

/* What has passed over all NICs there ever were: it never decreases. */
void mplink_core_counters(const struct mplink_device *device, struct mplink_counters *sum);

mplink_u64 mplink_core_drops(const struct mplink_device *device, mplink_u32 drop);
/* Packets whose first choice had died, and which took another link. */
mplink_u64 mplink_core_rescheduled(const struct mplink_device *device);
/* What a broadcast has sent beyond one of each packet. */
mplink_u64 mplink_core_copies(const struct mplink_device *device);

/* --- object counts: any context ----------------------------------------- */

/* The i'th kind of object, or 0 beyond the last; else 1 and *counts. */
int mplink_core_object_counts(mplink_u32 i, struct mplink_object_counts *counts);

#ifdef __cplusplus
}
#endif
#endif /* MPLINK_CORE_H */
