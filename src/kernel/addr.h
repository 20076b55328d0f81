/* SPDX-License-Identifier: GPL-2.0 */
/* Conversions between the kernel's addresses and struct mplink_addr. */
#ifndef MPLINK_ADDR_H
#define MPLINK_ADDR_H

/* For get_unaligned(), because the path of its own header depends on the kernel. */
#include <linux/etherdevice.h>
#include <linux/in6.h>
#include <linux/kernel.h>
#include <net/ipv6.h>

#include "mplink/core.h"

/**
 * mplink_addr4() - Convert an IPv4 address.
 * @addr: in network order
 *
 * Context: Any.
 * Return: The IPv4-mapped address ::ffff:a.b.c.d (RFC 4291 2.5.5.2).
 */
static inline struct mplink_addr mplink_addr4(__be32 addr)
{
	const union {
		__be32 in[2];
		u64 lo;
	} mapped = { .in = { htonl(0xffff), addr } };

	return (struct mplink_addr){ .lo = mapped.lo };
}

/**
 * mplink_addr6() - Convert an IPv6 address.
 * @addr: need not be aligned
 *
 * Context: Any.
 */
static inline struct mplink_addr mplink_addr6(const struct in6_addr *addr)
{
	return (struct mplink_addr){
		.hi = get_unaligned((const u64 *)&addr->s6_addr[0]),
		.lo = get_unaligned((const u64 *)&addr->s6_addr[8]),
	};
}

/**
 * mplink_in6() - An address as the kernel's type.
 * @addr: the address
 *
 * Context: Any.
 * Return: @addr itself; an IPv4 address is IPv4-mapped.
 */
static inline const struct in6_addr *mplink_in6(const struct mplink_addr *addr)
{
	return (const struct in6_addr *)addr;
}

/*
 * Whether two addresses are the same.  Not ipv6_addr_equal(): it compares without a branch,
 * which costs each packet more instructions.
 */
static __always_inline bool mplink_addr_equal(const struct mplink_addr *a,
					      const struct mplink_addr *b)
{
	return a->hi == b->hi && a->lo == b->lo;
}

/* True for the all-zero address, which means "none". */
static __always_inline bool mplink_addr_none(const struct mplink_addr *addr)
{
	return ipv6_addr_any(mplink_in6(addr));
}

/**
 * mplink_format_addr() - Write an address as text.
 * @buf: takes the text and a NUL
 * @size: bytes in @buf; MPLINK_ADDR_LEN always suffices
 * @addr: IPv4-mapped addresses are written as a.b.c.d, the all-zero address as nothing
 *
 * Context: Any.
 * Return: Length of the text without the NUL.
 */
int mplink_format_addr(char *buf, size_t size, const struct mplink_addr *addr);

#endif /* MPLINK_ADDR_H */
