// SPDX-License-Identifier: GPL-2.0
/*
 * What the core asks for besides platform.c: ports and paths without devices,
 * which live and die by the kernel's real RCU, and are counted.
 */
#include <linux/slab.h>

#include "cases.h"
#include "device/port.h"
#include "packet/path.h"

#define PATH_ALIVE 0x600d600d
#define PATH_DEAD 0xdeaddead

struct kunit_port {
	struct mplink_kunit_netdev *netdev;
	struct rcu_head rcu;
};

struct kunit_path {
	u32 alive;
	u32 nic_id;
	struct rcu_head rcu;
};

static atomic_t ports, paths;

int mplink_kunit_ports(void)
{
	return atomic_read(&ports);
}

int mplink_kunit_paths(void)
{
	return atomic_read(&paths);
}

int mplink_kunit_path_lives(const struct mplink_path *path)
{
	return READ_ONCE(((const struct kunit_path *)path)->alive) == PATH_ALIVE;
}

u32 mplink_kunit_path_nic(const struct mplink_path *path)
{
	return ((const struct kunit_path *)path)->nic_id;
}

int mplink_port_attach(void *owner, void *netdev, const struct mplink_nic *nic,
		       struct mplink_port **result, const char **why)
{
	struct kunit_port *port = kzalloc(sizeof(*port), GFP_KERNEL);

	*why = NULL;
	if (!port)
		return -ENOMEM;
	port->netdev = netdev;
	port->netdev->refs++;
	atomic_inc(&ports);
	*result = (struct mplink_port *)port;
	return 0;
}

void mplink_port_detach(struct mplink_port *port)
{
}

static void kunit_port_free(struct rcu_head *rcu)
{
	struct kunit_port *port = container_of(rcu, struct kunit_port, rcu);

	port->netdev->refs--;
	kfree(port);
	atomic_dec(&ports);
}

void mplink_port_retire(struct mplink_port *port)
{
	call_rcu(&((struct kunit_port *)port)->rcu, kunit_port_free);
}

const unsigned long *mplink_port_state(const struct mplink_port *port, u32 *mask, u32 *want)
{
	*mask = 1;
	*want = 1;
	return &((const struct kunit_port *)port)->netdev->state;
}

u32 mplink_port_header_len(const struct mplink_port *port)
{
	return ((const struct kunit_port *)port)->netdev->header_len;
}

struct mplink_path *mplink_path_create(struct mplink_port *port, const struct mplink_addr *remote,
				       const struct mplink_addr *local, u32 link, u32 *reason)
{
	struct kunit_path *path = kzalloc(sizeof(*path), GFP_KERNEL);

	*reason = MPLINK_REASON_NONE;
	if (!path)
		return NULL;
	path->alive = PATH_ALIVE;
	path->nic_id = ((const struct kunit_port *)port)->netdev->nic_id;
	atomic_inc(&paths);
	return (struct mplink_path *)path;
}

static void kunit_path_free(struct rcu_head *rcu)
{
	struct kunit_path *path = container_of(rcu, struct kunit_path, rcu);

	WRITE_ONCE(path->alive, PATH_DEAD);
	kfree(path);
	atomic_dec(&paths);
}

void mplink_path_retire(struct mplink_path *path)
{
	if (path)
		call_rcu(&((struct kunit_path *)path)->rcu, kunit_path_free);
}

int mplink_path_current(const struct mplink_path *path)
{
	return 1;
}

void mplink_report_nic(void *owner, const struct mplink_nic_report *report)
{
}

void mplink_report_link(void *owner, const struct mplink_link_report *report)
{
}

void mplink_report_flapping(void *owner, const struct mplink_link_report *report, u32 wait_ms)
{
}

void mplink_report_unanswered(void *owner, const struct mplink_link_report *report, u32 reason)
{
}

void mplink_request_recheck(void *owner, u64 ms)
{
}

void mplink_request_lanes(void *owner)
{
}

/* No link asks for a session here. */
struct mplink_bfd *mplink_bfd_get(struct mplink_port *port, const struct mplink_addr *remote,
				  const struct mplink_addr *local,
				  const struct mplink_bfd_config *config)
{
	return NULL;
}

void mplink_bfd_put(struct mplink_bfd *bfd)
{
}

void mplink_bfd_configure(struct mplink_bfd *bfd, const struct mplink_bfd_config *config)
{
}

int mplink_bfd_run(struct mplink_bfd *bfd, int on)
{
	return true;
}

const unsigned long *mplink_bfd_up(const struct mplink_bfd *bfd)
{
	return NULL;
}

void mplink_bfd_since(const struct mplink_bfd *bfd, u64 *init_ms, u64 *up_ms)
{
}

void mplink_report_not_attached(void *owner, const char *nic, const char *why)
{
}

void mplink_set_carrier(void *owner, int on)
{
}

void mplink_request_refresh(void *owner)
{
}

/* Asked for by the real mplink_request_refresh() alone, which nobody calls here. */
void mplink_net_refresh(struct net *net, unsigned long delay)
{
}
