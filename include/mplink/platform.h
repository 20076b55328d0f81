/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the core asks of its surroundings.  src/kernel implements it with Linux,
 * tests/unit with user space.  Nothing else may be called from src/core.
 */
#ifndef MPLINK_PLATFORM_H
#define MPLINK_PLATFORM_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Room for the surroundings' own callback state; first member of what is freed by RCU. */
struct mplink_rcu {
	void *opaque[2];
};

/* --- memory and time ---------------------------------------------------- */

/* Zeroed memory aligned to a cache line, or NULL.  Process context; may sleep. */
void *mplink_alloc(mplink_size size);
/*
 * The same without sleeping: for what packets need once, when the first of them comes.  It
 * fails more often.  Any context but hard interrupts.
 */
void *mplink_alloc_now(mplink_size size);
/* Frees what either gave; NULL is ignored.  Any context. */
void mplink_free(void *p);
/* See core.h.  Constant while the module is loaded; any context. */
mplink_u32 mplink_nr_lanes(void);
/* Monotonic milliseconds, not counting suspend.  Any context. */
mplink_u64 mplink_now_ms(void);
/* The same in microseconds. */
mplink_u64 mplink_now_us(void);

/* --- RCU and RTNL ------------------------------------------------------- */

/* Calls free(rcu) in softirq once no reader can hold what rcu is part of. */
void mplink_call_rcu(struct mplink_rcu *rcu, void (*free)(struct mplink_rcu *rcu));
/* Complain if the caller is not in an RCU read section.  Not called without PROVE_RCU. */
void mplink_assert_rcu(void);
/* Complain if the caller does not hold RTNL. */
void mplink_assert_rtnl(void);

/* --- devices ------------------------------------------------------------ */

struct mplink_nic;
/* A member NIC's device, attached to a virtual NIC; holds a device reference. */
struct mplink_port;

/*
 * Attaches netdev below the virtual NIC owner: takes a reference, links the two
 * as lower and upper, and has netdev's packets from peers handed to owner.
 * nic comes back in mplink_core_receive().  RTNL.
 * Returns 0 and *port, or a negative errno and *why, a static text, or NULL
 * where it is only memory that was short.
 */
int mplink_port_attach(void *owner, void *netdev, const struct mplink_nic *nic,
		       struct mplink_port **port, const char **why);
/* Undoes the attachment, but not the reference.  RTNL; waits for readers. */
void mplink_port_detach(struct mplink_port *port);
/*
 * Drops the reference once no reader can still see the port, which the caller
 * has detached and taken out of every table.  Any context.
 */
void mplink_port_retire(struct mplink_port *port);
/*
 * The word whose low bits tell whether the device can send now, and which of them
 * must be set: it can when (*word & *mask) == *want.  Valid until
 * the port is retired.  Changes under the reader: read it once a decision.
 */
const unsigned long *mplink_port_state(const struct mplink_port *port, mplink_u32 *mask,
				       mplink_u32 *want);
/* Bytes of MAC header that the device puts before a packet. */
mplink_u32 mplink_port_header_len(const struct mplink_port *port);

/* The way to one remote over one port: what a packet needs to leave. */
struct mplink_path;

/*
 * Looks up how remote is reached over the port from the address local, and makes
 * a path for it.  local all zero: from the address that routing prefers.
 * Returns NULL with *reason: NONE if memory is short, NO_ADDRESS if this host has
 * no such address as local, else NO_ROUTE.  The path is retired no later than its
 * port.  RTNL.
 */
struct mplink_path *mplink_path_create(struct mplink_port *port, const struct mplink_addr *remote,
				       const struct mplink_addr *local, mplink_u32 *reason);
/*
 * Frees the path, with the routes it holds, once no reader can still see it.
 * Any context; NULL is ignored.
 */
void mplink_path_retire(struct mplink_path *path);
/* Whether a lookup now would give the same way.  RTNL. */
int mplink_path_current(const struct mplink_path *path);

/* --- liveness ----------------------------------------------------------- */

/*
 * The BFD session with a remote over a port from a local address, shared by all links
 * that have the three in common: RFC 5881 3 knows one for a pair of addresses.
 */
struct mplink_bfd;

/*
 * Takes part in the session, which the first one starts: Down, and silent until
 * mplink_bfd_run() says whether it has a way to the remote.  local is as that of
 * mplink_path_create().  NULL where it cannot be had now: memory is short, or the port in
 * use, which the log tells.  To be put no later than the port is detached.  RTNL.
 */
struct mplink_bfd *mplink_bfd_get(struct mplink_port *port, const struct mplink_addr *remote,
				  const struct mplink_addr *local,
				  const struct mplink_bfd_config *config);
/*
 * The last one ends the session, and tells the remote so.  What mplink_bfd_up() gave
 * must be in no table any more; it goes once no reader can still see it.  RTNL.
 */
void mplink_bfd_put(struct mplink_bfd *bfd);
/* What is wanted of it from now on.  RTNL. */
void mplink_bfd_configure(struct mplink_bfd *bfd, const struct mplink_bfd_config *config);
/*
 * Whether there is a way to the remote, which is looked up anew.  Without one the
 * session is AdminDown; the remote is told why, if it can be.  False: memory is short.  RTNL.
 */
int mplink_bfd_run(struct mplink_bfd *bfd, int on);
/* Not 0 while the session is Up.  Changes under the reader.  Any context. */
const unsigned long *mplink_bfd_up(const struct mplink_bfd *bfd);
/*
 * When the session became Init or more, and Up, as mplink_now_ms(); MPLINK_NEVER: it is
 * not.  RTNL.
 */
void mplink_bfd_since(const struct mplink_bfd *bfd, mplink_u64 *init_ms, mplink_u64 *up_ms);
/*
 * Soon call mplink_core_make_lanes(): packets have found a lane that has no memory of its
 * own yet.  Until then they write what other lanes write.  Called by packets, again and
 * again while nothing has been made.
 */
void mplink_request_lanes(void *owner);
/*
 * In so many milliseconds, or sooner, call mplink_core_recheck() with
 * MPLINK_EVENT_RESTORE.  RTNL.
 */
void mplink_request_recheck(void *owner, mplink_u64 ms);

/* --- telling the user --------------------------------------------------- */

/* An event of a member NIC: a log line and a tracepoint.  RTNL. */
void mplink_report_nic(void *owner, const struct mplink_nic_report *report);
/* A link whose validity changed: a tracepoint.  RTNL. */
void mplink_report_link(void *owner, const struct mplink_link_report *report);
/* A NIC that could not be attached, and why.  RTNL. */
void mplink_report_refusal(void *owner, const char *nic, const char *why);
/* A link that flaps, and has to work for so many milliseconds from now on.  RTNL. */
void mplink_report_flapping(void *owner, const struct mplink_link_report *report,
			    mplink_u32 wait_ms);
/*
 * A link that was used when BFD was asked for, and has had no answer since: it is used no
 * longer.  RTNL.
 */
void mplink_report_unanswered(void *owner, const struct mplink_link_report *report);
/* Whether any link works has changed: the virtual NIC's carrier.  RTNL. */
void mplink_set_carrier(void *owner, int on);
/*
 * Memory ran out: soon tell of the device's NICs with MPLINK_EVENT_REFRESH, and call
 * mplink_core_refresh().  RTNL.
 */
void mplink_request_refresh(void *owner);
/* Reads an address: 0, or -EINVAL if text[0..len) is not one. */
int mplink_parse_addr(const char *text, mplink_size len, struct mplink_addr *addr);
/* Whether there is a loopback of that name in the initial namespace.  Process context. */
int mplink_is_loopback(const char *name, mplink_size len);

#ifdef __cplusplus
}
#endif
#endif /* MPLINK_PLATFORM_H */
