/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of sysfs share: a directory, and the files in one.
 */
#ifndef MPLINK_SYSFS_H
#define MPLINK_SYSFS_H

#include <linux/kobject.h>
#include <linux/sysfs.h>

#include <linux/netdevice.h>

#include "device/vnic.h"
#include "mplink/core.h"
#include "packet/peer_table.h"
#include "report/report.h"

/* A directory and what it shows.  The virtual NIC removes it before that goes. */
struct mplink_dir {
	struct kobject kobj;
	struct list_head list;		/* in mplink_vnic.dirs, or mplink_peer_node.dirs */
	const struct attribute *const *attrs;
	struct mplink_vnic *vnic;
	struct mplink_peer_node *peer;	/* of a peer or a link */
	u32 id;				/* the NIC's, or the link's */
};

/* show: the length; store: 0 or a negative errno.  Both with RTNL. */
struct mplink_file {
	struct attribute attr;
	int (*show)(const struct mplink_dir *dir, char *buf);
	int (*store)(const struct mplink_dir *dir, const char *buf, size_t len);
};

#define MPLINK_FILE(group, file) \
	static const struct mplink_file mplink_##group##_##file##_file = { \
		.attr = { .name = #file, .mode = 0444 }, \
		.show = mplink_##group##_##file, \
	}

/* One that can be written, too. */
/* For its owner only, who is the namespace's root. */
#define MPLINK_FILE_SECRET(group, file) \
	static const struct mplink_file mplink_##group##_##file##_file = { \
		.attr = { .name = #file, .mode = 0400 }, \
		.show = mplink_##group##_##file, \
	}

#define MPLINK_FILE_RW(group, file) \
	static const struct mplink_file mplink_##group##_##file##_file = { \
		.attr = { .name = #file, .mode = 0644 }, \
		.show = mplink_##group##_##file, \
		.store = mplink_##group##_set_##file, \
	}

/* A member of what mplink_<group>_count() gives. */
#define MPLINK_COUNTER(group, file) \
	static int mplink_##group##_##file(const struct mplink_dir *dir, char *buf) \
	{ \
		return sysfs_emit(buf, "%llu\n", mplink_##group##_count(dir).file); \
	} \
	MPLINK_FILE(group, file)

/*
 * Why what was written to a file is refused; in a user namespace anyone may write, so no
 * more often than the log can bear.
 */
#define mplink_err(vnic, ...) \
	do { \
		if (mplink_may_log(vnic)) \
			netdev_err((vnic)->dev, __VA_ARGS__); \
	} while (0)
/* For %.*s: as much of what was written as helps to find it. */
#define MPLINK_QUOTED(len) ((int)min_t(size_t, len, 64))

int mplink_sysfs_add_vnic(struct mplink_vnic *vnic);
int mplink_sysfs_add_nic(struct mplink_vnic *vnic, u32 nic_id);
/* Waits for readers, as all of these do: what they show must not have gone yet. */
void mplink_sysfs_remove_nic(struct mplink_vnic *vnic, u32 nic_id);
/* With its links.  Does nothing beyond the first MPLINK_SYSFS_PEERS peers. */
int mplink_sysfs_add_peer(struct mplink_vnic *vnic, struct mplink_peer_node *peer);
void mplink_sysfs_remove_peer(struct mplink_peer_node *peer);
/*
 * The link of that id, that there will be over the NIC to the remote.  It bears the NIC's
 * name, or NIC@REMOTE where another one of the peer's does already.
 */
int mplink_sysfs_add_link(struct mplink_vnic *vnic, struct mplink_peer_node *peer, u32 id,
			  u32 nic_id, const struct mplink_addr *remote);
void mplink_sysfs_remove_link(struct mplink_peer_node *peer, u32 id);
/* Remotes have changed: NIC@REMOTE follows. */
void mplink_sysfs_rename_links(struct mplink_peer_node *peer);
/* Waits for readers: nothing they show may have gone yet.  RTNL. */
void mplink_sysfs_remove(struct mplink_vnic *vnic);

/* What was written, without the newline that echo puts behind it: a new length. */
size_t mplink_sysfs_trim(const char *buf, size_t len);
/* enum mplink_liveness, or a negative errno, which the log explains; least: the first allowed. */
int mplink_sysfs_liveness(const struct mplink_dir *dir, const char *buf, size_t len, u32 least);

/* A number from least to most, or -EINVAL, which the log explains. */
int mplink_sysfs_number(const struct mplink_dir *dir, const char *file, const char *buf, size_t len,
			u32 least, u32 most, u32 *number);

/* sysfs_device.c, sysfs_nic.c, sysfs_peer.c, sysfs_tunnel.c: the files of each directory. */
extern const struct attribute *const mplink_top_attrs[];
extern const struct attribute *const mplink_drops_attrs[];
extern const struct attribute *const mplink_bfd_attrs[];
extern const struct attribute *const mplink_nic_attrs[];
extern const struct attribute *const mplink_peer_attrs[];
extern const struct attribute *const mplink_link_attrs[];
extern const struct attribute *const mplink_tunnel_attrs[];
extern const struct attribute *const mplink_gre_drops_attrs[];
extern const struct attribute *const mplink_resequencer_attrs[];

#endif /* MPLINK_SYSFS_H */
