/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses of either family, as the core has them. */
#ifndef MPLINK_ADDR_H
#define MPLINK_ADDR_H

/* It brings get_unaligned(), whose own header differs from kernel to kernel. */
#include <linux/etherdevice.h>
#include <linux/in6.h>
#include <linux/kernel.h>
#include <net/ipv6.h>

#include "mplink/core.h"

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

/*
 * Writes an address as users do: IPv4 as a.b.c.d; nothing if there is none.  Returns the
 * length without the NUL.  Any context.
 */
int mplink_format_addr(char *buf, size_t size, const struct mplink_addr *addr);

#endif /* MPLINK_ADDR_H */
