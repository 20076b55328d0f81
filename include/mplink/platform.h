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
/* Frees what mplink_alloc() gave; NULL is ignored.  Any context. */
void mplink_free(void *p);
/* See core.h.  Constant while the module is loaded; any context. */
mplink_u32 mplink_nr_lanes(void);
/* Monotonic milliseconds, not counting suspend.  Any context. */
mplink_u64 mplink_now_ms(void);

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
 * The word whose bits tell whether the device can send now, and which of them
 * must be set: it can when (*word & *mask) == *want.  Valid until
 * the port is retired.  Changes under the reader: read it once a decision.
 */
const unsigned long *mplink_port_state(const struct mplink_port *port, unsigned long *mask,
				       unsigned long *want);
/* Bytes of MAC header that the device puts before a packet. */
mplink_u32 mplink_port_header_len(const struct mplink_port *port);

/* The way to one remote over one port: what a packet needs to leave. */
struct mplink_path;

/*
 * Looks up how remote is reached over the port, and makes a path for it; or
 * gives NULL with *reason: NONE where memory was short, else NO_ROUTE.  The
 * path is retired no later than its port.  RTNL.
 */
struct mplink_path *mplink_path_create(struct mplink_port *port, const struct mplink_addr *remote,
				       mplink_u32 *reason);
/*
 * Frees the path, with the routes it holds, once no reader can still see it.
 * Any context; NULL is ignored.
 */
void mplink_path_retire(struct mplink_path *path);
/* Whether a lookup now would give the same way.  RTNL. */
int mplink_path_current(const struct mplink_path *path);

/* --- telling the user --------------------------------------------------- */

/* An event of a member NIC: a log line and a tracepoint.  RTNL. */
void mplink_report_nic(void *owner, const struct mplink_nic_report *report);
/* A link whose validity changed: a tracepoint.  RTNL. */
void mplink_report_link(void *owner, const struct mplink_link_report *report);
/* A NIC that could not be attached, and why.  RTNL. */
void mplink_report_refusal(void *owner, const char *nic, const char *why);
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
