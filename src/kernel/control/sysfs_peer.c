// SPDX-License-Identifier: GPL-2.0
/*
 * sysfs: the files of a peer, in peers/<peer>/, and of its links, in links/<link>/ there, with
 * what is measured of a link in estimate/.
 */
#include <linux/rtnetlink.h>

#include "addr.h"
#include "bfd/sessions.h"
#include "control/sysfs.h"
#include "device/peers.h"
#include "measure/measure.h"
#include "mplink/core.h"
#include "packet/path.h"

/* --- the peer ------------------------------------------------------------------ */

static int mplink_peer_liveness(const struct mplink_dir *dir, char *buf)
{
	const u32 liveness = mplink_core_peer_get_liveness(dir->peer->core);

	return sysfs_emit(buf, "%s\n", mplink_core_liveness_name(liveness));
}

/* Ignores the extack: the peer and the link exist, so only memory can be short. */
static int mplink_peer_apply(const struct mplink_dir *dir, const struct mplink_peer_config *config)
{
	struct mplink_extack extack;

	return mplink_peers_set(dir->vnic, dir->peer, config, &extack);
}

static int mplink_peer_set_liveness(const struct mplink_dir *dir, const char *buf, size_t len)
{
	const int liveness = mplink_sysfs_liveness(dir, buf, len, MPLINK_LIVENESS_INHERIT);
	const struct mplink_peer_config config = {
		.liveness_given = true,
		.liveness = liveness,
	};

	return liveness < 0 ? liveness : mplink_peer_apply(dir, &config);
}

static int mplink_peer_equalize(const struct mplink_dir *dir, char *buf)
{
	return sysfs_emit(buf, "%s\n", mplink_core_equalize_name(mplink_peers_equalize(dir->peer)));
}

static int mplink_peer_set_equalize(const struct mplink_dir *dir, const char *buf, size_t len)
{
	const int equalize = mplink_sysfs_equalize(dir, buf, len);
	const struct mplink_peer_config config = {
		.equalize_given = true,
		.equalize = equalize,
	};

	return equalize < 0 ? equalize : mplink_peer_apply(dir, &config);
}

static int mplink_peer_key(const struct mplink_dir *dir, char *buf)
{
	/* The mode alone does not do: a process without rights may get the file already open. */
	if (!ns_capable(dev_net(dir->vnic->dev)->user_ns, CAP_NET_ADMIN))
		return -EPERM;
	return sysfs_emit(buf, "%u\n", dir->peer->key);
}

MPLINK_FILE_RW(peer, liveness);
MPLINK_FILE_SECRET(peer, key);
MPLINK_FILE_RW(peer, equalize);

const struct attribute *const mplink_peer_attrs[] = {
	&mplink_peer_liveness_file.attr,
	&mplink_peer_key_file.attr,
	&mplink_peer_equalize_file.attr,
	NULL,
};

/* --- a link --------------------------------------------------------------------- */

static struct mplink_link_info mplink_link_read(const struct mplink_dir *dir)
{
	struct mplink_link_info info;

	mplink_core_link_info(dir->peer->core, dir->id, &info);
	return info;
}

static int mplink_link_valid(const struct mplink_dir *dir, char *buf)
{
	return sysfs_emit(buf, "%d\n", mplink_link_read(dir).reason == MPLINK_REASON_NONE);
}

static int mplink_link_reason(const struct mplink_dir *dir, char *buf)
{
	return sysfs_emit(buf, "%s\n", mplink_core_reason_name(mplink_link_read(dir).reason));
}

static int mplink_link_remote(const struct mplink_dir *dir, char *buf)
{
	const struct mplink_link_info info = mplink_link_read(dir);
	char addr[MPLINK_ADDR_LEN];

	mplink_format_addr(addr, sizeof(addr), &info.remote);
	return sysfs_emit(buf, "%s\n", addr);
}

/* Shows the address in use; without a path, the one that the user wants. */
static int mplink_link_local(const struct mplink_dir *dir, char *buf)
{
	const struct mplink_link_info info = mplink_link_read(dir);
	char addr[MPLINK_ADDR_LEN];

	mplink_format_addr(addr, sizeof(addr), info.path ? &info.path->local : &info.local);
	return sysfs_emit(buf, "%s\n", addr);
}

static int mplink_link_weight(const struct mplink_dir *dir, char *buf)
{
	return sysfs_emit(buf, "%u\n", mplink_link_read(dir).weight);
}

static int mplink_link_rate_min(const struct mplink_dir *dir, char *buf)
{
	return sysfs_emit(buf, "%u\n", mplink_link_read(dir).rate_min);
}

static int mplink_link_rate_max(const struct mplink_dir *dir, char *buf)
{
	return sysfs_emit(buf, "%u\n", mplink_link_read(dir).rate_max);
}

static int mplink_link_preference(const struct mplink_dir *dir, char *buf)
{
	return sysfs_emit(buf, "%u\n", mplink_link_read(dir).preference);
}

static struct mplink_counters mplink_link_count(const struct mplink_dir *dir)
{
	struct mplink_counters sum;

	mplink_core_link_counters(dir->peer->core, dir->id, &sum);
	return sum;
}

static int mplink_link_liveness(const struct mplink_dir *dir, char *buf)
{
	return sysfs_emit(buf, "%s\n", mplink_core_liveness_name(mplink_link_read(dir).liveness));
}

static int mplink_link_set_liveness(const struct mplink_dir *dir, const char *buf, size_t len)
{
	const int liveness = mplink_sysfs_liveness(dir, buf, len, MPLINK_LIVENESS_INHERIT);
	const struct mplink_link_info info = mplink_link_read(dir);
	const struct mplink_link_config link = {
		.nic_id = info.nic_id,
		.remote = info.remote,
		.liveness_given = true,
		.liveness = liveness,
	};
	const struct mplink_peer_config config = { .links = &link, .nr_links = 1 };

	return liveness < 0 ? liveness : mplink_peer_apply(dir, &config);
}

static int mplink_link_bfd_state(const struct mplink_dir *dir, char *buf)
{
	const struct mplink_link_info info = mplink_link_read(dir);
	struct mplink_bfd_info session;

	if (!info.bfd)
		return sysfs_emit(buf, "off\n");
	mplink_bfd_read(info.bfd, &session);
	return sysfs_emit(buf, "%s\n", mplink_core_bfd_state_name(session.state));
}

MPLINK_FILE(link, valid);
MPLINK_FILE(link, reason);
MPLINK_FILE(link, remote);
MPLINK_FILE(link, local);
MPLINK_FILE(link, weight);
MPLINK_FILE(link, rate_min);
MPLINK_FILE(link, rate_max);
MPLINK_FILE(link, preference);
MPLINK_FILE_RW(link, liveness);
MPLINK_FILE(link, bfd_state);

#define MPLINK_TRAFFIC_COUNTER(id, name, ...) MPLINK_COUNTER(link, name)
#include "uapi/mplink_attributes.def"

const struct attribute *const mplink_link_attrs[] = {
	&mplink_link_valid_file.attr,
	&mplink_link_reason_file.attr,
	&mplink_link_remote_file.attr,
	&mplink_link_local_file.attr,
	&mplink_link_weight_file.attr,
	&mplink_link_rate_min_file.attr,
	&mplink_link_rate_max_file.attr,
	&mplink_link_preference_file.attr,
	&mplink_link_liveness_file.attr,
	&mplink_link_bfd_state_file.attr,
#define MPLINK_TRAFFIC_COUNTER(id, name, ...) &mplink_link_##name##_file.attr,
#include "uapi/mplink_attributes.def"
	NULL,
};

/* --- what is measured of a link ------------------------------------------------- */

/* All 0 if nothing is known any more, because the far end has begun anew. */
static struct mplink_estimate mplink_estimate_count(const struct mplink_dir *dir)
{
	struct mplink_estimate estimate;

	mplink_measure_estimate(dir->peer->tunnel, dir->id, &estimate);
	return estimate;
}

#define MPLINK_ESTIMATE_COUNTER(id, name, ...) MPLINK_COUNTER(estimate, name)
#include "uapi/mplink_attributes.def"

const struct attribute *const mplink_estimate_attrs[] = {
#define MPLINK_ESTIMATE_COUNTER(id, name, ...) &mplink_estimate_##name##_file.attr,
#include "uapi/mplink_attributes.def"
	NULL,
};
