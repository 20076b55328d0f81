// SPDX-License-Identifier: GPL-2.0
/*
 * path.c: looking up the way to a remote.  The scenario has made the NIC kunit0
 * with 10.55.0.1/24, fd55::1/64, and 10.56.0.0/24 via 10.55.0.9.
 */
#include <kunit/test.h>
#include <linux/rtnetlink.h>
#include <net/dst.h>
#include <net/route.h>

#include "compat.h"
#include "device/port.h"
#include "packet/path.h"
#include "path.h"
#include "suites.h"

/* Looks up text over kunit0.  RTNL held on return, port->dev held; NULL: skipped. */
static struct mplink_path *path_to(struct kunit *test, struct mplink_port *port, const char *text,
				   u32 *reason)
{
	const struct mplink_addr local = {};
	struct mplink_addr remote;

	*port = (struct mplink_port){};
	*reason = MPLINK_REASONS;
	rtnl_lock();
	port->dev = dev_get_by_name(&init_net, "kunit0");
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, port->dev);
	KUNIT_EXPECT_EQ(test, mplink_parse_addr(text, strlen(text), &remote), 0);
	return port->dev ? mplink_kunit_path_create(port, &remote, &local, 0, reason) : NULL;
}

static void path_end(struct mplink_port *port, struct mplink_path *path)
{
	mplink_kunit_path_retire(path);
	rtnl_unlock();
	rcu_barrier();
	dev_put(port->dev);
}

void mplink_kunit_path_inet(struct kunit *test)
{
	struct mplink_port port;
	struct mplink_path *path;
	struct dst_entry *dst;
	u32 reason;

	path = path_to(test, &port, "10.55.0.2", &reason);
	KUNIT_EXPECT_EQ(test, reason, MPLINK_REASON_NONE);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, path);
	if (path) {
		KUNIT_EXPECT_EQ(test, path->gw4, htonl(0x0a370002));
		KUNIT_EXPECT_TRUE(test, mplink_kunit_path_current(path));
		dst = mplink_path_dst(path, false);
		KUNIT_EXPECT_PTR_EQ(test, dst->dev, port.dev);
		KUNIT_EXPECT_EQ(test, dst_rtable(dst)->rt_gw4, htonl(0x0a370002));
		KUNIT_EXPECT_PTR_EQ(test, mplink_path_dst(path, true), NULL);
	}
	path_end(&port, path);

	path = path_to(test, &port, "10.56.0.7", &reason);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, path);
	if (path)
		KUNIT_EXPECT_EQ(test, path->gw4, htonl(0x0a370009));
	path_end(&port, path);
}

void mplink_kunit_path_inet6(struct kunit *test)
{
	struct mplink_port port;
	struct mplink_path *path;
	u32 reason;

	path = path_to(test, &port, "fd55::2", &reason);
	KUNIT_EXPECT_EQ(test, reason, MPLINK_REASON_NONE);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, path);
	if (path) {
		KUNIT_EXPECT_TRUE(test, path->inet6);
		KUNIT_EXPECT_TRUE(test, mplink_kunit_path_current(path));
		KUNIT_EXPECT_PTR_EQ(test, mplink_path_dst(path, false)->dev, port.dev);
		KUNIT_EXPECT_PTR_EQ(test, mplink_path_dst(path, true)->dev, port.dev);
	}
	path_end(&port, path);
}

/* No route, a route over another device, and one of our own addresses. */
void mplink_kunit_path_none(struct kunit *test)
{
	static const char *const remotes[] = {
		"192.0.2.1", "127.0.0.1", "10.55.0.1", "2001:db8::1",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(remotes); i++) {
		struct mplink_port port;
		u32 reason;
		struct mplink_path *path = path_to(test, &port, remotes[i], &reason);

		KUNIT_EXPECT_PTR_EQ_MSG(test, path, NULL, "%s", remotes[i]);
		KUNIT_EXPECT_EQ_MSG(test, reason, MPLINK_REASON_NO_ROUTE, "%s", remotes[i]);
		path_end(&port, path);
	}
}
