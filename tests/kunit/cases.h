/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the suites' two languages share.  Cases end with their function: nothing
 * that exits the thread may be called in C++, past the destructors.
 */
#ifndef MPLINK_KUNIT_CASES_H
#define MPLINK_KUNIT_CASES_H

#include "mplink/core.h"
#include "mplink/platform.h"

#ifdef __cplusplus
extern "C" {
#endif

struct kunit;

/* --- suites.c: what cases need of the kernel ----------------------------- */

/* Fails the case, and goes on, unless ok. */
void mplink_kunit_expect(struct kunit *test, int ok, const char *what, unsigned int line);
void mplink_kunit_rtnl_lock(void);
void mplink_kunit_rtnl_unlock(void);
/* As on the packet path: an RCU read section, BH off.  Returns the CPU. */
mplink_u32 mplink_kunit_packet_begin(void);
void mplink_kunit_packet_end(void);
/* Waits until every callback that was asked for has run. */
void mplink_kunit_rcu_barrier(void);
mplink_u32 mplink_kunit_online_cpus(void);
/*
 * Calls run(arg) over and over in a thread of each online CPU, for ms
 * milliseconds, and meanwhile in this one; 0, or a negative errno.
 */
int mplink_kunit_on_all_cpus(void (*run)(void *arg), void (*meanwhile)(void *arg), void *arg,
			     mplink_u32 ms);

#define EXPECT(test, condition) mplink_kunit_expect(test, !!(condition), #condition, __LINE__)

/* --- platform_stubs.c: ports and paths without devices ---------------------- */

/* Of the NIC whose netdev is handed in as snapshot.netdev. */
struct mplink_kunit_netdev {
	unsigned long state;	/* bit 0: can send */
	mplink_u32 refs;
	mplink_u32 header_len;
	mplink_u32 nic_id;
};

/* Ports and paths that exist, readers' included; 0 when nothing is held. */
int mplink_kunit_ports(void);
int mplink_kunit_paths(void);
/* 1 if the path has not been freed. */
int mplink_kunit_path_lives(const struct mplink_path *path);
mplink_u32 mplink_kunit_path_nic(const struct mplink_path *path);

/* --- the cases ------------------------------------------------------------- */

void mplink_kunit_nic_states(struct kunit *test);
void mplink_kunit_even(struct kunit *test);
void mplink_kunit_weights(struct kunit *test);
void mplink_kunit_flows(struct kunit *test);
void mplink_kunit_broadcast(struct kunit *test);
void mplink_kunit_retirement(struct kunit *test);
void mplink_kunit_readers(struct kunit *test);
void mplink_kunit_object_counts(struct kunit *test);

#ifdef __cplusplus
}
#endif
#endif
