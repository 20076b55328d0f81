/* SPDX-License-Identifier: GPL-2.0 */
/* sysfs: directories and files, as far as several files here use them. */
#ifndef MPLINK_SYSFS_H
#define MPLINK_SYSFS_H

#include <linux/kobject.h>
#include <linux/sysfs.h>

#include <linux/netdevice.h>

#include "device/vnic.h"
#include "mplink/core.h"
#include "packet/peer_table.h"
#include "report/report.h"

/**
 * struct mplink_dir - a directory, and the object that its files show
 * @kobj: the directory; its last reference frees the struct
 * @list: in mplink_vnic.dirs or mplink_peer_node.dirs
 * @attrs: the files, ending with NULL; also tells the kind of directory
 * @vnic: the virtual NIC; the directory is removed before it goes
 * @peer: the peer, in the directories of a peer and its links; else NULL
 * @id: the id of the NIC or link, in their directories; else 0
 */
struct mplink_dir {
	struct kobject kobj;
	struct list_head list;
	const struct attribute *const *attrs;
	struct mplink_vnic *vnic;
	struct mplink_peer_node *peer;
	u32 id;
};

/**
 * struct mplink_file - a file in a directory
 * @attr: name and mode
 * @show: writes the value to a page; returns its length or a negative errno.  RTNL.
 * @store: takes what a user wrote, which ends with a NUL at buf[len]; returns 0 or a
 *	negative errno.  NULL: read only.  RTNL; the writer has CAP_NET_ADMIN.
 */
struct mplink_file {
	struct attribute attr;
	int (*show)(const struct mplink_dir *dir, char *buf);
	int (*store)(const struct mplink_dir *dir, const char *buf, size_t len);
};

/* A read-only file; mplink_<group>_<file>() shows it. */
#define MPLINK_FILE(group, file) \
	static const struct mplink_file mplink_##group##_##file##_file = { \
		.attr = { .name = #file, .mode = 0444 }, \
		.show = mplink_##group##_##file, \
	}

/* A read-only file that only its owner, the namespace's root, may open. */
#define MPLINK_FILE_SECRET(group, file) \
	static const struct mplink_file mplink_##group##_##file##_file = { \
		.attr = { .name = #file, .mode = 0400 }, \
		.show = mplink_##group##_##file, \
	}

/* A file that can also be written; mplink_<group>_set_<file>() stores it. */
#define MPLINK_FILE_RW(group, file) \
	static const struct mplink_file mplink_##group##_##file##_file = { \
		.attr = { .name = #file, .mode = 0644 }, \
		.show = mplink_##group##_##file, \
		.store = mplink_##group##_set_##file, \
	}

/*
 * For lists: the file of a counter, which is a member of the struct that
 * mplink_<group>_count() returns.
 */
#define MPLINK_COUNTER(group, file) \
	static int mplink_##group##_##file(const struct mplink_dir *dir, char *buf); \
	MPLINK_FILE(group, file); \
	static int mplink_##group##_##file(const struct mplink_dir *dir, char *buf) \
	{ \
		return sysfs_emit(buf, "%llu\n", mplink_##group##_count(dir).file); \
	}

/*
 * For lists: the file of a setting, a number in the struct that mplink_<config>_read()
 * returns and that mplink_<config>_apply() takes; member: in that struct.
 */
#define MPLINK_SETTING(group, config, file, member, least, most) \
	static int mplink_##group##_##file(const struct mplink_dir *dir, char *buf); \
	static int mplink_##group##_set_##file(const struct mplink_dir *dir, const char *buf, \
					       size_t len); \
	MPLINK_FILE_RW(group, file); \
	static int mplink_##group##_##file(const struct mplink_dir *dir, char *buf) \
	{ \
		return sysfs_emit(buf, "%u\n", mplink_##config##_read(dir).member); \
	} \
	static int mplink_##group##_set_##file(const struct mplink_dir *dir, const char *buf, \
					       size_t len) \
	{ \
		struct mplink_##config##_config changed = mplink_##config##_read(dir); \
		u32 number; \
		const int err = mplink_sysfs_number(dir, #file, buf, len, least, most, &number); \
		\
		if (err) \
			return err; \
		changed.member = number; \
		return mplink_##config##_apply(dir, &changed); \
	}

/*
 * Logs why a write was refused.  Rate-limited, because the root of any user namespace may
 * write.
 */
#define mplink_err(vnic, ...) \
	do { \
		if (mplink_may_log(vnic)) \
			netdev_err((vnic)->dev, __VA_ARGS__); \
	} while (0)
/* For %.*s: limits how much of a user's text a log line quotes. */
#define MPLINK_QUOTED(len) ((int)min_t(size_t, len, 64))

/*
 * The functions that add or remove directories need RTNL.  Removing waits for readers, so
 * the object that the directory shows must still exist.
 */

/**
 * mplink_sysfs_add_vnic() - Add the directories of a virtual NIC.
 * @vnic: the virtual NIC, registered
 *
 * Return: 0 or a negative errno.  On error mplink_sysfs_remove() cleans up.
 */
int mplink_sysfs_add_vnic(struct mplink_vnic *vnic);

/* Removes all directories of a virtual NIC, with those of its NICs and peers. */
void mplink_sysfs_remove(struct mplink_vnic *vnic);

/**
 * mplink_sysfs_add_nic() - Add the directory of a NIC.
 * @vnic: the virtual NIC
 * @nic_id: the id of an existing NIC
 *
 * Return: 0 or a negative errno; on error there is no directory.
 */
int mplink_sysfs_add_nic(struct mplink_vnic *vnic, u32 nic_id);

/* Removes the directories of a NIC and of all links over it. */
void mplink_sysfs_remove_nic(struct mplink_vnic *vnic, u32 nic_id);

/**
 * mplink_sysfs_add_peer() - Add the directories of a peer and its links.
 * @vnic: the virtual NIC
 * @peer: the peer, not yet counted by mplink_peers_count()
 *
 * Adds none if @vnic already has MPLINK_SYSFS_PEERS peers.
 *
 * Return: 0 or a negative errno; on error there are no directories.
 */
int mplink_sysfs_add_peer(struct mplink_vnic *vnic, struct mplink_peer_node *peer);

/* Removes the directories of a peer and its links. */
void mplink_sysfs_remove_peer(struct mplink_peer_node *peer);

/**
 * mplink_sysfs_add_link() - Add the directory of a link.
 * @vnic: the virtual NIC
 * @peer: the link's peer; nothing is added if it has no directory
 * @id: the link's id; the link itself need not exist yet
 * @nic_id: the id of the link's NIC
 * @remote: the link's remote
 *
 * The directory is called after the NIC, or NIC@REMOTE if another link of the peer already
 * has the NIC's name.
 *
 * Return: 0 or a negative errno; on error there is no directory.
 */
int mplink_sysfs_add_link(struct mplink_vnic *vnic, struct mplink_peer_node *peer, u32 id,
			  u32 nic_id, const struct mplink_addr *remote);

/**
 * mplink_sysfs_add_estimates() - Add what is measured to the directories of a peer's links.
 * @vnic: the virtual NIC
 * @peer: the peer; links that already have it stay as they are
 *
 * Peers without measured links go without these files, which take 2 KB per link.
 */
void mplink_sysfs_add_estimates(struct mplink_vnic *vnic, struct mplink_peer_node *peer);

/* Removes the directories of a link, if there are any. */
void mplink_sysfs_remove_link(struct mplink_peer_node *peer, u32 id);

/* Renames directories called NIC@REMOTE after remotes have changed. */
void mplink_sysfs_rename_links(struct mplink_peer_node *peer);

/* The length of what a user wrote, without the newline that echo appends.  Any context. */
size_t mplink_sysfs_trim(const char *buf, size_t len);

/**
 * mplink_sysfs_liveness() - Read a mode of liveness that a user wrote.
 * @dir: where, for the log
 * @buf: the text
 * @len: its length in bytes
 * @least: MPLINK_LIVENESS_INHERIT, or MPLINK_LIVENESS_OFF if "inherit" is not allowed
 *
 * Return: enum mplink_liveness, or -EINVAL; the log says why.
 */
int mplink_sysfs_liveness(const struct mplink_dir *dir, const char *buf, size_t len, u32 least);

/**
 * mplink_sysfs_equalize() - Read a peer's setting of the delay equaliser that a user wrote.
 * @dir: the peer's
 * @buf: the text
 * @len: its length in bytes
 *
 * Return: enum mplink_equalize, or -EINVAL, also without encap gre-udp; the log says why.
 */
int mplink_sysfs_equalize(const struct mplink_dir *dir, const char *buf, size_t len);

/**
 * mplink_sysfs_number() - Read a decimal number that a user wrote.
 * @dir: where, for the log
 * @file: the file's name, for the log
 * @buf: the text, ending with a NUL at @buf[@len]
 * @len: its length in bytes
 * @least: the smallest number allowed
 * @most: the largest number allowed
 * @number: takes the number; undefined on error
 *
 * Return: 0, or -EINVAL; the log says why.
 */
int mplink_sysfs_number(const struct mplink_dir *dir, const char *file, const char *buf, size_t len,
			u32 least, u32 most, u32 *number);

/* The files of each kind of directory, ending with NULL. */
extern const struct attribute *const mplink_top_attrs[];
extern const struct attribute *const mplink_drops_attrs[];
extern const struct attribute *const mplink_bfd_attrs[];
extern const struct attribute *const mplink_nic_attrs[];
extern const struct attribute *const mplink_peer_attrs[];
extern const struct attribute *const mplink_link_attrs[];
extern const struct attribute *const mplink_estimate_attrs[];
extern const struct attribute *const mplink_tunnel_attrs[];
extern const struct attribute *const mplink_gre_drops_attrs[];
extern const struct attribute *const mplink_resequencer_attrs[];

#endif /* MPLINK_SYSFS_H */
