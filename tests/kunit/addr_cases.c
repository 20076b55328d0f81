// SPDX-License-Identifier: GPL-2.0
/*
 * platform.c: addresses, memory, and what else the core asks Linux for.
 */
#include <kunit/test.h>

#include "addr.h"
#include "mplink/platform.h"
#include "suites.h"

void mplink_kunit_parse(struct kunit *test)
{
	static const struct {
		const char *text;
		const char *canonical;	/* NULL: it is none */
	} cases[] = {
		{ "10.99.0.2", "10.99.0.2" },
		{ "0.0.0.0", "0.0.0.0" },
		{ "255.255.255.255", "255.255.255.255" },
		{ "fd99::2", "fd99::2" },
		{ "FD99:0:0:0:0:0:0:2", "fd99::2" },
		{ "::", "::" },
		{ "::ffff:10.0.0.1", "10.0.0.1" },
		{ "fe80::1:2:3:4", "fe80::1:2:3:4" },
		{ "", NULL },
		{ "10.99.0", NULL },
		{ "10.99.0.2.1", NULL },
		{ "10.99.0.256", NULL },
		{ "10.99.0.2 ", NULL },
		{ " 10.99.0.2", NULL },
		{ "fd99::1::2", NULL },
		{ "fd99:::2", NULL },
		{ "fd99::12345", NULL },
		{ "1:2:3:4:5:6:7", NULL },
		{ "1:2:3:4:5:6:7:8:9", NULL },
		{ "fd99::2%eth1", NULL },
		{ "host", NULL },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255.255.255.255", NULL },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *text = cases[i].text;
		struct mplink_addr addr = {};
		const struct in6_addr *in6 = mplink_in6(&addr);
		char shown[MPLINK_ADDR_LEN];
		int err = mplink_parse_addr(text, strlen(text), &addr);

		KUNIT_EXPECT_EQ_MSG(test, !err, !!cases[i].canonical, "\"%s\"", text);
		if (err || !cases[i].canonical)
			continue;
		if (ipv6_addr_v4mapped(in6))
			snprintf(shown, sizeof(shown), "%pI4", &in6->s6_addr32[3]);
		else
			snprintf(shown, sizeof(shown), "%pI6c", in6);
		KUNIT_EXPECT_STREQ(test, shown, cases[i].canonical);
	}
}

/* A length ends the text, whatever comes behind it. */
void mplink_kunit_no_address(struct kunit *test)
{
	struct mplink_addr addr;

	KUNIT_EXPECT_EQ(test, mplink_parse_addr("10.0.0.1,10.0.0.2", 8, &addr), 0);
	KUNIT_EXPECT_EQ(test, mplink_in6(&addr)->s6_addr32[3], htonl(0x0a000001));
	KUNIT_EXPECT_EQ(test, mplink_parse_addr("10.0.0.12", 8, &addr), 0);
	KUNIT_EXPECT_EQ(test, mplink_in6(&addr)->s6_addr32[3], htonl(0x0a000001));
	KUNIT_EXPECT_EQ(test, mplink_parse_addr("10.0.0.1", 0, &addr), -EINVAL);
}

void mplink_kunit_memory(struct kunit *test)
{
	static const size_t sizes[] = { 1, 8, 63, 64, 65, 96, 192, 255, 256, 1000, 5000, 300000 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		u8 *p = mplink_alloc(sizes[i]);

		KUNIT_EXPECT_NOT_ERR_OR_NULL(test, p);
		if (!p)
			continue;
		KUNIT_EXPECT_TRUE_MSG(test, IS_ALIGNED((unsigned long)p, SMP_CACHE_BYTES),
				      "%zu bytes", sizes[i]);
		KUNIT_EXPECT_PTR_EQ(test, memchr_inv(p, 0, sizes[i]), NULL);
		memset(p, 0x5a, sizes[i]);
		mplink_free(p);
	}
	mplink_free(NULL);
	KUNIT_EXPECT_GE(test, mplink_nr_lanes(), num_online_cpus());
}

void mplink_kunit_loopback(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, mplink_is_loopback("lo", 2));
	KUNIT_EXPECT_TRUE(test, mplink_is_loopback("lo0", 2));
	KUNIT_EXPECT_FALSE(test, mplink_is_loopback("lo0", 3));
	KUNIT_EXPECT_FALSE(test, mplink_is_loopback("kunit0", 6));
	KUNIT_EXPECT_FALSE(test, mplink_is_loopback("lo-and-a-name-that-is-too-long", 30));
}
