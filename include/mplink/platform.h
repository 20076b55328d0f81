/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The functions that the core calls.  src/kernel implements them with Linux, tests/unit with
 * user space.  src/core calls nothing else.
 *
 * An owner is the pointer that was passed to mplink_core_device_create().
 */
#ifndef MPLINK_PLATFORM_H
#define MPLINK_PLATFORM_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct mplink_rcu - room for the platform's callback state
 * @opaque: the platform's own
 *
 * The first member of each object that is freed after a grace period.
 */
struct mplink_rcu {
	void *opaque[2];
};

/* --- memory and time ---------------------------------------------------- */

/**
 * mplink_alloc() - Allocate zeroed memory, aligned to a cache line.
 * @size: in bytes, more than 0
 *
 * Context: Process context; may sleep.
 * Return: The memory, which the caller owns, or NULL.
 */
void *mplink_alloc(mplink_size size);

/**
 * mplink_alloc_now() - Allocate like mplink_alloc(), but without sleeping.
 * @size: in bytes, more than 0
 *
 * For what packets need once, when the first of them comes.  Fails more often than
 * mplink_alloc().
 *
 * Context: Any but hard interrupts.
 * Return: The memory, which the caller owns, or NULL.
 */
void *mplink_alloc_now(mplink_size size);

/**
 * mplink_free() - Free what mplink_alloc() or mplink_alloc_now() returned.
 * @p: the memory, or NULL
 *
 * Context: Any.
 */
void mplink_free(void *p);

/**
 * mplink_nr_lanes() - The number of lanes of all CPUs; core.h explains lanes.
 *
 * Context: Any.
 * Return: More than 0; constant while the module is loaded.
 */
mplink_u32 mplink_nr_lanes(void);

/**
 * mplink_now_ms() - Monotonic time, which stops while the system is suspended.
 *
 * Context: Any.
 * Return: Milliseconds.
 */
mplink_u64 mplink_now_ms(void);

/**
 * mplink_now_us() - The time of mplink_now_ms() in microseconds.
 *
 * Context: Any.
 * Return: Microseconds.
 */
mplink_u64 mplink_now_us(void);

/**
 * mplink_clock_ns() - This CPU's clock, for the packet path.
 *
 * Other CPUs' clocks may differ: compare values of one CPU only.
 *
 * Context: Any, with preemption disabled.
 * Return: Nanoseconds.
 */
mplink_u64 mplink_clock_ns(void);

/* --- RCU and RTNL ------------------------------------------------------- */

/**
 * mplink_call_rcu() - Free an object after a grace period.
 * @rcu: the first member of the object, which no reader can find any more
 * @free: called in softirq with @rcu
 *
 * Context: Any.
 */
void mplink_call_rcu(struct mplink_rcu *rcu, void (*free)(struct mplink_rcu *rcu));

/* Warns if the caller is not in an RCU read section.  Only called with PROVE_RCU. */
void mplink_assert_rcu(void);

/* Warns if the caller does not hold RTNL. */
void mplink_assert_rtnl(void);

/* --- devices ------------------------------------------------------------ */

struct mplink_nic;
/* A NIC's device, attached to a virtual NIC; holds a reference to the device. */
struct mplink_port;

/**
 * mplink_port_attach() - Attach a device below a virtual NIC.
 * @owner: the virtual NIC
 * @netdev: the device; the port takes a reference
 * @nic: passed to mplink_core_receive() with each packet; must outlive the attachment
 * @port: takes the new port, which the caller owns
 * @why: why it failed, a static text, or NULL if memory is short; set on error
 *
 * Links the two devices as lower and upper, and receives the device's packets.
 *
 * Context: RTNL; may sleep.
 * Return: 0 or a negative errno.
 */
int mplink_port_attach(void *owner, void *netdev, const struct mplink_nic *nic,
		       struct mplink_port **port, const char **why);

/**
 * mplink_port_detach() - Undo an attachment, except for the reference.
 * @port: the port; mplink_port_retire() must follow
 *
 * Context: RTNL; waits until no received packet uses the port.
 */
void mplink_port_detach(struct mplink_port *port);

/**
 * mplink_port_retire() - Drop the reference and free the port after a grace period.
 * @port: a detached port that is in no table any more
 *
 * Context: Any.
 */
void mplink_port_retire(struct mplink_port *port);

/**
 * mplink_port_state() - The word that tells whether a port's device can send now.
 * @port: the port
 * @mask: takes the bits that matter
 * @want: takes the value of these bits when the device can send
 *
 * The device can send if (*word & *mask) == *want.  The word changes at any time: read it
 * once per decision.
 *
 * Context: Any.
 * Return: The word; valid until the port is retired.
 */
const unsigned long *mplink_port_state(const struct mplink_port *port, mplink_u32 *mask,
				       mplink_u32 *want);

/**
 * mplink_port_header_len() - Length of the MAC header of a port's device.
 * @port: the port
 *
 * Context: Any.
 * Return: Bytes.
 */
mplink_u32 mplink_port_header_len(const struct mplink_port *port);

/* The path to one remote over one port: what a packet needs to leave. */
struct mplink_path;

/**
 * mplink_path_create() - Look up how a remote is reached over a port.
 * @port: the port; must outlive the path
 * @remote: the remote
 * @local: the source address; all zero: routing chooses it
 * @link: id of the link whose packets will take it
 * @reason: set on error: NONE if memory is short, NO_ADDRESS if this host does not have
 *	@local, else NO_ROUTE
 *
 * Context: RTNL; may sleep.
 * Return: The path, which the caller owns, or NULL.
 */
struct mplink_path *mplink_path_create(struct mplink_port *port, const struct mplink_addr *remote,
				       const struct mplink_addr *local, mplink_u32 link,
				       mplink_u32 *reason);

/**
 * mplink_path_retire() - Free a path and its routes after a grace period.
 * @path: a path that is in no table any more, or NULL
 *
 * Context: Any.
 */
void mplink_path_retire(struct mplink_path *path);

/**
 * mplink_path_current() - Whether a new lookup would give the same path.
 * @path: the path
 *
 * Context: RTNL.
 * Return: 1 or 0.
 */
int mplink_path_current(const struct mplink_path *path);

/* --- liveness ----------------------------------------------------------- */

/*
 * A user's share of a BFD session.  Links with the same port, remote and local address
 * share a session, because RFC 5881 3 allows one session per pair of addresses.
 */
struct mplink_bfd;

/**
 * mplink_bfd_get() - Share a BFD session; the first user starts it.
 * @port: the port
 * @remote: the remote
 * @local: as in mplink_path_create()
 * @config: the settings of the session
 *
 * A new session is Down and sends nothing until mplink_bfd_run().  Call mplink_bfd_put()
 * before the port is detached.
 *
 * Context: RTNL; may sleep.
 * Return: The session, or NULL if memory is short or the UDP port is in use; the log tells
 * the latter.
 */
struct mplink_bfd *mplink_bfd_get(struct mplink_port *port, const struct mplink_addr *remote,
				  const struct mplink_addr *local,
				  const struct mplink_bfd_config *config);

/**
 * mplink_bfd_put() - End the use of a session; the last user ends it and tells the remote.
 * @bfd: the session; its mplink_bfd_up() must be in no table any more
 *
 * Frees the session after a grace period.
 *
 * Context: RTNL.
 */
void mplink_bfd_put(struct mplink_bfd *bfd);

/**
 * mplink_bfd_configure() - Change the settings of a session.
 * @bfd: the session
 * @config: the new settings
 *
 * Context: RTNL.
 */
void mplink_bfd_configure(struct mplink_bfd *bfd, const struct mplink_bfd_config *config);

/**
 * mplink_bfd_run() - Tell a session whether there is a path to its remote.
 * @bfd: the session
 * @on: not 0: there is a path, which the session looks up itself.  0: the session becomes
 *	AdminDown and tells the remote why, if it can (RFC 5880 6.8.16).
 *
 * Context: RTNL.
 * Return: 1, or 0 if memory is short.
 */
int mplink_bfd_run(struct mplink_bfd *bfd, int on);

/**
 * mplink_bfd_up() - The word that tells whether a session is Up.
 * @bfd: the session
 *
 * Context: Any.
 * Return: A word that is not 0 while the session is Up; it changes at any time.
 */
const unsigned long *mplink_bfd_up(const struct mplink_bfd *bfd);

/**
 * mplink_bfd_since() - Since when a session has had its state.
 * @bfd: the session
 * @init_ms: takes the time when the session left Down, as mplink_now_ms(), or MPLINK_NEVER
 *	if it is Down or AdminDown
 * @up_ms: takes the time when the session came Up, or MPLINK_NEVER if it is not Up
 *
 * Context: RTNL.
 */
void mplink_bfd_since(const struct mplink_bfd *bfd, mplink_u64 *init_ms, mplink_u64 *up_ms);

/* --- requests for work -------------------------------------------------- */

/**
 * mplink_request_lanes() - Have mplink_core_make_lanes() called soon.
 * @owner: the virtual NIC
 *
 * Packets call this each time they find a lane without memory of its own.  Until the lane
 * has it, they write to memory that other lanes write, too.
 *
 * Context: Any.
 */
void mplink_request_lanes(void *owner);

/**
 * mplink_request_recheck() - Have mplink_core_recheck(MPLINK_EVENT_RESTORE) called.
 * @owner: the virtual NIC
 * @ms: when at the latest, in milliseconds from now
 *
 * Context: RTNL.
 */
void mplink_request_recheck(void *owner, mplink_u64 ms);

/**
 * mplink_request_refresh() - Have the device refreshed soon, after memory ran out.
 * @owner: the virtual NIC
 *
 * The platform then reports all NICs with MPLINK_EVENT_REFRESH, and calls
 * mplink_core_refresh().
 *
 * Context: RTNL.
 */
void mplink_request_refresh(void *owner);

/*
 * --- reports to the user: RTNL, pointers are valid during the call -------
 *
 * The core reports last, when its own state is complete.  So mplink_report_nic() and
 * mplink_report_link() may call the core.
 */

/* Reports an event of a NIC by a log line and a tracepoint. */
void mplink_report_nic(void *owner, const struct mplink_nic_report *report);
/* Reports by a tracepoint that the validity of a link changed. */
void mplink_report_link(void *owner, const struct mplink_link_report *report);
/* Logs that a NIC could not be attached; why is a static text. */
void mplink_report_not_attached(void *owner, const char *nic, const char *why);
/* Logs that a link flaps, and must work for wait_ms milliseconds from now on. */
void mplink_report_flapping(void *owner, const struct mplink_link_report *report,
			    mplink_u32 wait_ms);
/*
 * Logs that a link is not used, because the far end has not answered in time.  reason: LIVENESS,
 * BFD was turned on; UNCONFIRMED, the far end answers CAPS on other links.
 */
void mplink_report_unanswered(void *owner, const struct mplink_link_report *report,
			      mplink_u32 reason);
/* Sets the carrier of the virtual NIC: on if at least one link is valid. */
void mplink_set_carrier(void *owner, int on);

/* --- parameters --------------------------------------------------------- */

/**
 * mplink_parse_addr() - Read an IPv4 or IPv6 address.
 * @text: the text; needs no NUL
 * @len: its length in bytes
 * @addr: takes the address
 *
 * Context: Any.
 * Return: 0, or -EINVAL if the whole text is not an address.
 */
int mplink_parse_addr(const char *text, mplink_size len, struct mplink_addr *addr);

/**
 * mplink_is_loopback() - Whether a name belongs to a loopback device of the initial namespace.
 * @name: the name; needs no NUL
 * @len: its length in bytes
 *
 * Context: Process context.
 * Return: 1 or 0.
 */
int mplink_is_loopback(const char *name, mplink_size len);

#ifdef __cplusplus
}
#endif
#endif /* MPLINK_PLATFORM_H */
