// SPDX-License-Identifier: GPL-2.0
/*
 * BFD sessions (RFC 5880): their timers, creation and end.  The core is the state machine.
 *
 * Requests under RTNL, the timer and packets change a session, always under its lock.
 * Packets look sessions up under RCU, so a packet may hold one that has ended.  Such a
 * session is dead, and arms no timer.
 */
#include <linux/hrtimer.h>
#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "addr.h"
#include "bfd/auth.h"
#include "bfd/sessions.h"
#include "bfd/socket.h"
#include "compat.h"
#include "device/netns.h"
#include "device/port.h"
#include "device/vnic.h"
#include "mplink/core.h"
#include "mplink/platform.h"
#include "packet/path.h"

struct mplink_bfd_id {
	struct mplink_port *port;
	struct mplink_addr remote;
	struct mplink_addr local;	/* all zero: the address that routing prefers */
};

struct mplink_bfd {
	/* Read by all packets of the links; written only when the state changes. */
	unsigned long up;

	/* BFD packets write much of the rest. */
	struct mplink_bfd_id id ____cacheline_aligned_in_smp;
	struct rhash_head node;
	struct rcu_head rcu;
	u32 discr;
	u32 users;			/* RTNL */
	struct mplink_path __rcu *path;	/* NULL: there is no way to the remote */
	struct mplink_bfd_socket __rcu *socket;

	spinlock_t lock;		/* for the rest; taken in softirq */
	struct mplink_bfd_session *session;
	struct hrtimer timer;
	u64 armed_us;			/* when the timer expires, or MPLINK_NEVER */
	u32 random;			/* jitter of the next packet; most events send none */
	bool dead;
	struct mplink_bfd_key key;
	u64 init_ms;
	u64 up_ms;
};

static const struct rhashtable_params mplink_bfd_params = {
	.key_len = sizeof(struct mplink_bfd_id),
	.key_offset = offsetof(struct mplink_bfd, id),
	.head_offset = offsetof(struct mplink_bfd, node),
	.automatic_shrinking = true,
};

static struct rhashtable mplink_bfds;
/* By discriminator.  The memory is charged to the user's cgroup, as that of a session is. */
static DEFINE_XARRAY_FLAGS(mplink_bfd_discrs, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);

static u64 mplink_bfd_now(void)
{
	return ktime_to_us(ktime_get());
}

/* --- effects of an event ----------------------------------------------------------- */

/* If the deadline moves back, the timer fires early and is set again. */
static void mplink_bfd_arm(struct mplink_bfd *bfd, u64 deadline_us)
{
	lockdep_assert_held(&bfd->lock);

	if (bfd->dead || deadline_us >= bfd->armed_us)
		return;
	bfd->armed_us = deadline_us;
	hrtimer_start(&bfd->timer, ns_to_ktime(deadline_us * NSEC_PER_USEC),
		      HRTIMER_MODE_ABS_SOFT);
}

static void mplink_bfd_enter(struct mplink_bfd *bfd, u8 state)
{
	const bool init = state == MPLINK_BFD_INIT || state == MPLINK_BFD_UP;
	const bool up = state == MPLINK_BFD_UP;
	const u64 now = mplink_now_ms();

	/* Packets read this themselves, so they need not wait for the worker. */
	WRITE_ONCE(bfd->up, up);
	if (!init || bfd->init_ms == MPLINK_NEVER)
		bfd->init_ms = init ? now : MPLINK_NEVER;
	bfd->up_ms = up ? now : MPLINK_NEVER;
	mplink_net_liveness(dev_net(bfd->id.port->dev));
}

static void mplink_bfd_apply(struct mplink_bfd *bfd, struct mplink_bfd_step *step)
{
	lockdep_assert_held(&bfd->lock);

	if (step->len)
		bfd->random = get_random_u32();
	if (step->was != step->now)
		mplink_bfd_enter(bfd, step->now);
	if (step->digest)
		mplink_bfd_sign(&bfd->key, step->bytes);
	mplink_bfd_arm(bfd, step->deadline_us);
}

/* Call without the lock, because sending may take long, and with softirqs disabled. */
static void mplink_bfd_send(const struct mplink_bfd *bfd, const struct mplink_bfd_step *step)
{
	const struct mplink_path *path;

	if (!step->len)
		return;
	rcu_read_lock();
	path = rcu_dereference(bfd->path);
	if (path)
		mplink_bfd_xmit(rcu_dereference(bfd->socket), path, step->bytes, step->len,
				bfd->discr);
	rcu_read_unlock();
}

static enum hrtimer_restart mplink_bfd_expire(struct hrtimer *timer)
{
	struct mplink_bfd *bfd = container_of(timer, struct mplink_bfd, timer);
	struct mplink_bfd_step step;

	spin_lock(&bfd->lock);
	bfd->armed_us = MPLINK_NEVER;
	mplink_core_bfd_expire(bfd->session, mplink_bfd_now(), bfd->random, &step);
	mplink_bfd_apply(bfd, &step);
	spin_unlock(&bfd->lock);
	mplink_bfd_send(bfd, &step);
	return HRTIMER_NORESTART;
}

/* --- received packets ----------------------------------------------------------------- */

static bool mplink_bfd_is(const struct mplink_bfd *bfd, const struct mplink_bfd_id *id)
{
	return bfd->id.port == id->port && mplink_addr_equal(&bfd->id.remote, &id->remote) &&
	       (mplink_addr_none(&bfd->id.local) ||
		mplink_addr_equal(&bfd->id.local, &id->local));
}

/* id: from the packet.  discr: 0 until the far end knows our discriminator. */
static struct mplink_bfd *mplink_bfd_find(const struct mplink_bfd_id *id, u32 discr)
{
	const struct mplink_bfd_id any = { .port = id->port, .remote = id->remote };
	struct mplink_bfd *bfd;

	if (discr) {
		bfd = xa_load(&mplink_bfd_discrs, discr);
		return bfd && mplink_bfd_is(bfd, id) ? bfd : NULL;
	}
	bfd = rhashtable_lookup(&mplink_bfds, id, mplink_bfd_params);
	return bfd ?: rhashtable_lookup(&mplink_bfds, &any, mplink_bfd_params);
}

static u32 mplink_bfd_take(struct mplink_bfd *bfd, const u8 *bytes, size_t len,
			   struct mplink_bfd_step *step)
{
	const u64 now = mplink_bfd_now();
	u8 digest;
	u32 drop;

	lockdep_assert_held(&bfd->lock);

	if (bfd->dead)
		return MPLINK_BFD_DROP_SESSION;
	drop = mplink_core_bfd_check(bfd->session, now, bytes, len, &digest);
	if (drop)
		return drop;
	if (digest && !mplink_bfd_verify(&bfd->key, bytes))
		return MPLINK_BFD_DROP_AUTH_DIGEST;
	mplink_core_bfd_receive(bfd->session, now, bytes, len, bfd->random, step);
	mplink_bfd_apply(bfd, step);
	return step->drop;
}

static u32 mplink_bfd_receive(const struct mplink_port *port, const struct mplink_addr *from,
			      const struct mplink_addr *to, const u8 *bytes, size_t len)
{
	const struct mplink_bfd_id id = {
		.port = (struct mplink_port *)port,
		.remote = *from,
		.local = *to,
	};
	struct mplink_bfd_step step = {};
	struct mplink_bfd *bfd;
	struct mplink_path *path;
	u32 discr, drop;

	drop = mplink_core_bfd_peek(bytes, len, &discr);
	if (drop)
		return drop;
	bfd = mplink_bfd_find(&id, discr);
	if (!bfd)
		return MPLINK_BFD_DROP_SESSION;
	spin_lock(&bfd->lock);
	drop = mplink_bfd_take(bfd, bytes, len, &step);
	spin_unlock(&bfd->lock);
	path = rcu_dereference(bfd->path);
	if (!drop && path)
		mplink_path_heard(path, to);
	mplink_bfd_send(bfd, &step);
	return drop;
}

/* --- requests under RTNL ----------------------------------------------------------------- */

static void mplink_bfd_begin(struct mplink_bfd *bfd)
	__acquires(&bfd->lock)
{
	local_bh_disable();
	spin_lock(&bfd->lock);
}

static void mplink_bfd_end(struct mplink_bfd *bfd, struct mplink_bfd_step *step)
	__releases(&bfd->lock)
{
	mplink_bfd_apply(bfd, step);
	spin_unlock(&bfd->lock);
	mplink_bfd_send(bfd, step);
	local_bh_enable();
}

static void mplink_bfd_disable(struct mplink_bfd *bfd, u8 diag)
{
	struct mplink_bfd_step step;

	mplink_bfd_begin(bfd);
	mplink_core_bfd_disable(bfd->session, mplink_bfd_now(), diag, bfd->random, &step);
	mplink_bfd_end(bfd, &step);
}

static void mplink_bfd_enable(struct mplink_bfd *bfd)
{
	struct mplink_bfd_step step;

	mplink_bfd_begin(bfd);
	mplink_core_bfd_enable(bfd->session, mplink_bfd_now(), bfd->random, &step);
	mplink_bfd_end(bfd, &step);
}

static void mplink_bfd_set_path(struct mplink_bfd *bfd, struct mplink_path *path)
{
	struct mplink_path *old = rtnl_dereference(bfd->path);

	rcu_assign_pointer(bfd->path, path);
	mplink_path_retire(old);
}

int mplink_bfd_run(struct mplink_bfd *bfd, int on)
{
	const struct mplink_path *now = rtnl_dereference(bfd->path);
	u32 reason = MPLINK_REASON_NO_ROUTE;

	ASSERT_RTNL();

	/* The session needs its own path: those of its links come and go one by one. */
	if (on && (!now || !mplink_path_current(now))) {
		struct mplink_path *path = mplink_path_create(bfd->id.port, &bfd->id.remote,
							      &bfd->id.local, 0, &reason);

		on = !!path;
		if (path)
			mplink_bfd_set_path(bfd, path);
	}
	if (on) {
		mplink_bfd_enable(bfd);
		return true;
	}
	mplink_bfd_disable(bfd, MPLINK_BFD_DIAG_PATH);
	mplink_bfd_set_path(bfd, NULL);
	return reason != MPLINK_REASON_NONE;
}

/* Returns false if the socket cannot be opened; then the session keeps its old one. */
static bool mplink_bfd_set_socket(struct mplink_bfd *bfd, bool multihop)
{
	struct mplink_bfd_socket *old = rtnl_dereference(bfd->socket);
	struct mplink_bfd_socket *socket;

	socket = mplink_bfd_socket_get(bfd->id.port, &bfd->id.remote, multihop,
				       mplink_bfd_receive);
	if (IS_ERR(socket))
		return false;
	rcu_assign_pointer(bfd->socket, socket);
	/* Senders may still use the old socket in a read section. */
	if (old && old != socket)
		synchronize_net();
	if (old)
		mplink_bfd_socket_put(old);
	return true;
}

void mplink_bfd_configure(struct mplink_bfd *bfd, const struct mplink_bfd_config *config)
{
	const struct mplink_vnic *vnic = netdev_priv(bfd->id.port->upper);
	struct mplink_bfd_step step;

	ASSERT_RTNL();

	/* If this fails, the log says so, and the session keeps its old socket. */
	mplink_bfd_set_socket(bfd, config->multihop);
	mplink_bfd_begin(bfd);
	bfd->key = vnic->bfd_key;
	mplink_core_bfd_configure(bfd->session, mplink_bfd_now(), config, bfd->random, &step);
	mplink_bfd_end(bfd, &step);
}

/* --- creation and end -------------------------------------------------------------------- */

static int mplink_bfd_publish(struct mplink_bfd *bfd)
{
	int err;

	err = rhashtable_insert_fast(&mplink_bfds, &bfd->node, mplink_bfd_params);
	if (err)
		return err;
	/* xa_alloc_cyclic() has reserved the entry, so this cannot fail. */
	xa_store(&mplink_bfd_discrs, bfd->discr, bfd, GFP_KERNEL);
	return 0;
}

static void mplink_bfd_free(struct rcu_head *rcu)
{
	struct mplink_bfd *bfd = container_of(rcu, struct mplink_bfd, rcu);

	mplink_core_bfd_free(bfd->session);
	kfree_sensitive(bfd);
}

static struct mplink_bfd *mplink_bfd_start(const struct mplink_bfd_id *id,
					   const struct mplink_bfd_config *config)
{
	const struct mplink_vnic *vnic = netdev_priv(id->port->upper);
	struct mplink_bfd *bfd = kzalloc(sizeof(*bfd), GFP_KERNEL_ACCOUNT);
	/* A random start does not reveal how many sessions there were. */
	u32 next = get_random_u32();

	if (!bfd)
		return NULL;
	bfd->id = *id;
	bfd->users = 1;
	bfd->key = vnic->bfd_key;
	bfd->armed_us = MPLINK_NEVER;
	bfd->init_ms = MPLINK_NEVER;
	bfd->up_ms = MPLINK_NEVER;
	bfd->random = get_random_u32();
	spin_lock_init(&bfd->lock);
	mplink_hrtimer_setup(&bfd->timer, mplink_bfd_expire, HRTIMER_MODE_ABS_SOFT);
	if (xa_alloc_cyclic(&mplink_bfd_discrs, &bfd->discr, NULL, xa_limit_32b, &next,
			    GFP_KERNEL) < 0)
		goto err_free;
	bfd->session = mplink_core_bfd_create(config, bfd->discr, get_random_u32());
	if (!bfd->session)
		goto err_discr;
	if (!mplink_bfd_set_socket(bfd, config->multihop))
		goto err_session;
	if (mplink_bfd_publish(bfd))
		goto err_socket;
	return bfd;

err_socket:
	mplink_bfd_socket_put(rtnl_dereference(bfd->socket));
err_session:
	mplink_core_bfd_free(bfd->session);
err_discr:
	xa_erase(&mplink_bfd_discrs, bfd->discr);
err_free:
	kfree_sensitive(bfd);
	return NULL;
}

struct mplink_bfd *mplink_bfd_get(struct mplink_port *port, const struct mplink_addr *remote,
				  const struct mplink_addr *local,
				  const struct mplink_bfd_config *config)
{
	const struct mplink_bfd_id id = { .port = port, .remote = *remote, .local = *local };
	struct mplink_bfd *bfd;

	ASSERT_RTNL();

	bfd = rhashtable_lookup_fast(&mplink_bfds, &id, mplink_bfd_params);
	if (!bfd)
		return mplink_bfd_start(&id, config);
	bfd->users++;
	return bfd;
}

void mplink_bfd_put(struct mplink_bfd *bfd)
{
	ASSERT_RTNL();

	if (--bfd->users)
		return;
	/* Without a path the session has already told the remote why. */
	if (rtnl_dereference(bfd->path))
		mplink_bfd_disable(bfd, MPLINK_BFD_DIAG_ADMIN);
	rhashtable_remove_fast(&mplink_bfds, &bfd->node, mplink_bfd_params);
	xa_erase(&mplink_bfd_discrs, bfd->discr);
	spin_lock_bh(&bfd->lock);
	bfd->dead = true;
	spin_unlock_bh(&bfd->lock);
	hrtimer_cancel(&bfd->timer);
	/* A packet that found the session before may still answer, in its read section. */
	mplink_bfd_set_path(bfd, NULL);
	mplink_bfd_socket_put(rtnl_dereference(bfd->socket));
	call_rcu(&bfd->rcu, mplink_bfd_free);
}

/* --- state --------------------------------------------------------------------------------- */

const unsigned long *mplink_bfd_up(const struct mplink_bfd *bfd)
{
	return &bfd->up;
}

void mplink_bfd_since(const struct mplink_bfd *bfd, u64 *init_ms, u64 *up_ms)
{
	/* The state may change between the two reads. */
	*init_ms = READ_ONCE(bfd->init_ms);
	*up_ms = READ_ONCE(bfd->up_ms);
}

void mplink_bfd_read(const struct mplink_bfd *bfd, struct mplink_bfd_info *info)
{
	spinlock_t *lock = &((struct mplink_bfd *)bfd)->lock;

	ASSERT_RTNL();

	spin_lock_bh(lock);
	mplink_core_bfd_info(bfd->session, info);
	spin_unlock_bh(lock);
}

int mplink_bfd_init(void)
{
	return rhashtable_init(&mplink_bfds, &mplink_bfd_params);
}

void mplink_bfd_exit(void)
{
	rhashtable_destroy(&mplink_bfds);
	xa_destroy(&mplink_bfd_discrs);
	mplink_bfd_auth_exit();
}
