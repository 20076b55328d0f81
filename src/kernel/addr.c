// SPDX-License-Identifier: GPL-2.0
/* Writes addresses as text. */
#include <linux/kernel.h>
#include <net/ipv6.h>

#include "addr.h"
#include "mplink/core.h"

int mplink_format_addr(char *buf, size_t size, const struct mplink_addr *addr)
{
	const struct in6_addr *in6 = mplink_in6(addr);

	if (ipv6_addr_any(in6))
		return scnprintf(buf, size, "%s", "");
	if (ipv6_addr_v4mapped(in6))
		return scnprintf(buf, size, "%pI4", &in6->s6_addr32[3]);
	return scnprintf(buf, size, "%pI6c", in6);
}
