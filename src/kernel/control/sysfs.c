// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/class/net/<virtual NIC>/mplink/: its directories.
 *
 * RTNL guards what the files show.  Readers and writers must not wait for RTNL, because
 * directories are removed under RTNL, and removing waits for readers and writers.
 */
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "addr.h"
#include "compat.h"
#include "control/sysfs.h"
#include "device/vnic.h"
#include "mplink/core.h"
#include "packet/peer_table.h"

/*
 * Only this many peers have directories; netlink shows all.  A peer with three links needs
 * 40 files and directories (55 with a tunnel), which take twice the memory of the peer.
 */
#define MPLINK_SYSFS_PEERS 256

static ssize_t mplink_dir_show(struct kobject *kobj, struct attribute *attr, char *buf)
{
	const struct mplink_dir *dir = container_of(kobj, struct mplink_dir, kobj);
	const struct mplink_file *file = container_of(attr, struct mplink_file, attr);
	int len;

	if (!rtnl_trylock())
		return restart_syscall();
	len = file->show(dir, buf);
	rtnl_unlock();
	return len;
}

static ssize_t mplink_dir_store(struct kobject *kobj, struct attribute *attr, const char *buf,
				size_t len)
{
	const struct mplink_dir *dir = container_of(kobj, struct mplink_dir, kobj);
	const struct mplink_file *file = container_of(attr, struct mplink_file, attr);
	int err;

	if (!file->store)
		return -EACCES;
	if (!ns_capable(dev_net(dir->vnic->dev)->user_ns, CAP_NET_ADMIN))
		return -EPERM;
	if (!rtnl_trylock())
		return restart_syscall();
	err = file->store(dir, buf, len);
	rtnl_unlock();
	return err ?: len;
}

static const struct sysfs_ops mplink_dir_ops = {
	.show = mplink_dir_show,
	.store = mplink_dir_store,
};

static void mplink_dir_release(struct kobject *kobj)
{
	kfree(container_of(kobj, struct mplink_dir, kobj));
}

static const struct attribute *const mplink_no_attrs[] = { NULL };

/* The namespace's root owns the directories, as it owns the device's other files. */
static void mplink_dir_ownership(MPLINK_OWNED_KOBJ *kobj, kuid_t *uid, kgid_t *gid)
{
	const struct mplink_dir *dir = container_of(kobj, struct mplink_dir, kobj);

	net_ns_get_ownership(dev_net(dir->vnic->dev), uid, gid);
}

static const struct kobj_type mplink_dir_type = {
	.sysfs_ops = &mplink_dir_ops,
	.release = mplink_dir_release,
	.get_ownership = mplink_dir_ownership,
};

/* Adds a directory, and appends it to the list. */
static struct mplink_dir *mplink_dir_add(struct mplink_vnic *vnic, struct list_head *list,
					 struct kobject *parent, const char *name,
					 const struct attribute *const *attrs,
					 struct mplink_peer_node *peer, u32 id)
{
	struct mplink_dir *dir = kzalloc(sizeof(*dir), GFP_KERNEL_ACCOUNT);
	int err;

	if (!dir)
		return ERR_PTR(-ENOMEM);
	dir->attrs = attrs;
	dir->vnic = vnic;
	dir->peer = peer;
	dir->id = id;
	err = kobject_init_and_add(&dir->kobj, &mplink_dir_type, parent, "%s", name);
	if (!err)
		err = sysfs_create_files(&dir->kobj, attrs);
	if (err) {
		kobject_put(&dir->kobj);
		return ERR_PTR(err);
	}
	list_add_tail(&dir->list, list);
	return dir;
}

static void mplink_dir_remove(struct mplink_dir *dir)
{
	list_del(&dir->list);
	kobject_del(&dir->kobj);
	kobject_put(&dir->kobj);
}

static void mplink_dirs_remove(struct list_head *list)
{
	struct mplink_dir *dir, *next;

	/* In reverse, because children come after their parents. */
	list_for_each_entry_safe_reverse(dir, next, list, list)
		mplink_dir_remove(dir);
}

static struct mplink_dir *mplink_dirs_find(struct list_head *list,
					   const struct attribute *const *attrs, u32 id)
{
	struct mplink_dir *dir;

	list_for_each_entry(dir, list, list)
		if (dir->attrs == attrs && dir->id == id)
			return dir;
	return NULL;
}

static void mplink_dirs_remove_one(struct list_head *list, const struct attribute *const *attrs,
				   u32 id)
{
	struct mplink_dir *dir = mplink_dirs_find(list, attrs, id);

	if (dir)
		mplink_dir_remove(dir);
}

static struct mplink_dir *mplink_dir_add_top(struct mplink_vnic *vnic, struct kobject *parent,
					     const char *name, const struct attribute *const *attrs)
{
	return mplink_dir_add(vnic, &vnic->dirs, parent, name, attrs, NULL, 0);
}

int mplink_sysfs_add_vnic(struct mplink_vnic *vnic)
{
	struct mplink_dir *top, *dir;

	top = mplink_dir_add_top(vnic, &vnic->dev->dev.kobj, "mplink", mplink_top_attrs);
	if (IS_ERR(top))
		return PTR_ERR(top);
	dir = mplink_dir_add_top(vnic, &top->kobj, "drops", mplink_drops_attrs);
	if (IS_ERR(dir))
		return PTR_ERR(dir);
	dir = mplink_dir_add_top(vnic, &top->kobj, "bfd", mplink_bfd_attrs);
	if (IS_ERR(dir))
		return PTR_ERR(dir);
	dir = mplink_dir_add_top(vnic, &top->kobj, "tunnel", mplink_tunnel_attrs);
	if (IS_ERR(dir))
		return PTR_ERR(dir);
	dir = mplink_dir_add_top(vnic, &top->kobj, "gre_drops", mplink_gre_drops_attrs);
	if (IS_ERR(dir))
		return PTR_ERR(dir);
	vnic->nics_dir = mplink_dir_add_top(vnic, &top->kobj, "nics", mplink_no_attrs);
	if (IS_ERR(vnic->nics_dir))
		return PTR_ERR(vnic->nics_dir);
	vnic->peers_dir = mplink_dir_add_top(vnic, &top->kobj, "peers", mplink_no_attrs);
	return PTR_ERR_OR_ZERO(vnic->peers_dir);
}

int mplink_sysfs_add_nic(struct mplink_vnic *vnic, u32 nic_id)
{
	struct mplink_nic_info info;

	mplink_core_nic_info(mplink_core_nic_at(vnic->core, nic_id), &info);
	return PTR_ERR_OR_ZERO(mplink_dir_add(vnic, &vnic->dirs, &vnic->nics_dir->kobj, info.name,
					      mplink_nic_attrs, NULL, nic_id));
}

/* Removes the directories of a peer's links over a NIC. */
static void mplink_sysfs_remove_links(struct mplink_peer_node *peer, u32 nic_id)
{
	struct mplink_dir *dir, *next;

	/* In reverse, because children come after their parents. */
	list_for_each_entry_safe_reverse(dir, next, &peer->dirs, list) {
		struct mplink_link_info info;

		if (dir->attrs != mplink_link_attrs && dir->attrs != mplink_estimate_attrs)
			continue;
		mplink_core_link_info(peer->core, dir->id, &info);
		if (info.nic_id == nic_id)
			mplink_dir_remove(dir);
	}
}

void mplink_sysfs_remove_nic(struct mplink_vnic *vnic, u32 nic_id)
{
	struct mplink_peer_node *peer;
	unsigned long cursor = 0;

	ASSERT_RTNL();

	while ((peer = mplink_peers_next(vnic, &cursor)))
		mplink_sysfs_remove_links(peer, nic_id);
	mplink_dirs_remove_one(&vnic->dirs, mplink_nic_attrs, nic_id);
}

static int mplink_sysfs_add_links(struct mplink_vnic *vnic, struct mplink_peer_node *peer)
{
	u8 ids[MPLINK_MAX_LINKS];
	const u32 n = mplink_core_link_ids(peer->core, ids);
	int err = 0;
	u32 i;

	for (i = 0; !err && i < n; i++) {
		struct mplink_link_info info;

		mplink_core_link_info(peer->core, ids[i], &info);
		err = mplink_sysfs_add_link(vnic, peer, ids[i], info.nic_id, &info.remote);
	}
	return err;
}

int mplink_sysfs_add_peer(struct mplink_vnic *vnic, struct mplink_peer_node *peer)
{
	struct mplink_dir *top, *dir;
	char name[MPLINK_ADDR_LEN];
	int err;

	if (mplink_peers_count(vnic) >= MPLINK_SYSFS_PEERS)
		return 0;
	mplink_format_addr(name, sizeof(name), &peer->addr);
	top = mplink_dir_add(vnic, &peer->dirs, &vnic->peers_dir->kobj, name, mplink_peer_attrs,
			     peer, 0);
	dir = top;
	if (!IS_ERR(dir))
		dir = mplink_dir_add(vnic, &peer->dirs, &top->kobj, "links", mplink_no_attrs, peer,
				     0);
	/* Encap does not change while there is a peer. */
	if (!IS_ERR(dir) && mplink_core_get_encap(vnic->core) == MPLINK_ENCAP_GRE_UDP)
		dir = mplink_dir_add(vnic, &peer->dirs, &top->kobj, "resequencer",
				     mplink_resequencer_attrs, peer, 0);
	err = PTR_ERR_OR_ZERO(dir) ?: mplink_sysfs_add_links(vnic, peer);
	if (err)
		mplink_sysfs_remove_peer(peer);
	return err;
}

void mplink_sysfs_remove_peer(struct mplink_peer_node *peer)
{
	ASSERT_RTNL();

	mplink_dirs_remove(&peer->dirs);
}

static bool mplink_link_name_taken(const struct mplink_peer_node *peer, const char *name)
{
	const struct mplink_dir *dir;

	list_for_each_entry(dir, &peer->dirs, list)
		if (dir->attrs == mplink_link_attrs && !strcmp(kobject_name(&dir->kobj), name))
			return true;
	return false;
}

/* NIC@REMOTE, with its NUL. */
#define MPLINK_LINK_NAME_LEN (MPLINK_NAME_LEN + MPLINK_ADDR_LEN)

static void mplink_link_full_name(char name[MPLINK_LINK_NAME_LEN], const char *nic,
				  const struct mplink_addr *remote)
{
	char addr[MPLINK_ADDR_LEN];

	mplink_format_addr(addr, sizeof(addr), remote);
	snprintf(name, MPLINK_LINK_NAME_LEN, "%s@%s", nic, addr);
}

int mplink_sysfs_add_link(struct mplink_vnic *vnic, struct mplink_peer_node *peer, u32 id,
			  u32 nic_id, const struct mplink_addr *remote)
{
	char name[MPLINK_LINK_NAME_LEN];
	struct mplink_nic_info nic;
	struct mplink_dir *links;

	if (list_empty(&peer->dirs))
		return 0;
	/* links/ is the second directory that mplink_sysfs_add_peer() adds. */
	links = list_next_entry(list_first_entry(&peer->dirs, struct mplink_dir, list), list);
	mplink_core_nic_info(mplink_core_nic_at(vnic->core, nic_id), &nic);
	/* Scripts expect that the only link over a NIC has the NIC's name. */
	strscpy(name, nic.name, sizeof(name));
	if (mplink_link_name_taken(peer, name))
		mplink_link_full_name(name, nic.name, remote);
	/* A NIC may be called NIC@REMOTE.  No NIC's name contains a colon. */
	if (mplink_link_name_taken(peer, name))
		snprintf(name, sizeof(name), "%s:%u", nic.name, id);
	return PTR_ERR_OR_ZERO(mplink_dir_add(vnic, &peer->dirs, &links->kobj, name,
					      mplink_link_attrs, peer, id));
}

void mplink_sysfs_remove_link(struct mplink_peer_node *peer, u32 id)
{
	ASSERT_RTNL();

	mplink_dirs_remove_one(&peer->dirs, mplink_estimate_attrs, id);
	mplink_dirs_remove_one(&peer->dirs, mplink_link_attrs, id);
}

void mplink_sysfs_add_estimates(struct mplink_vnic *vnic, struct mplink_peer_node *peer)
{
	struct mplink_dir *dir;

	ASSERT_RTNL();

	list_for_each_entry(dir, &peer->dirs, list) {
		if (dir->attrs != mplink_link_attrs ||
		    mplink_dirs_find(&peer->dirs, mplink_estimate_attrs, dir->id))
			continue;
		/* Memory is short.  The next link that the far end confirms tries again. */
		if (IS_ERR(mplink_dir_add(vnic, &peer->dirs, &dir->kobj, "estimate",
					  mplink_estimate_attrs, peer, dir->id)))
			return;
	}
}

void mplink_sysfs_rename_links(struct mplink_peer_node *peer)
{
	struct mplink_dir *dir;

	ASSERT_RTNL();

	list_for_each_entry(dir, &peer->dirs, list) {
		const char *now = kobject_name(&dir->kobj);
		char name[MPLINK_LINK_NAME_LEN];
		struct mplink_link_info info;

		if (dir->attrs != mplink_link_attrs)
			continue;
		mplink_core_link_info(peer->core, dir->id, &info);
		if (!strcmp(now, info.nic) || strchr(now, ':') == now + strlen(info.nic))
			continue;
		mplink_link_full_name(name, info.nic, &info.remote);
		if (!strcmp(now, name) || mplink_link_name_taken(peer, name))
			continue;
		/* Without memory the directory keeps its old name. */
		if (kobject_rename(&dir->kobj, name))
			netdev_warn(dir->vnic->dev, "sysfs: %s: not renamed to %s\n", now, name);
	}
}

void mplink_sysfs_remove(struct mplink_vnic *vnic)
{
	struct mplink_peer_node *peer;
	unsigned long cursor = 0;

	ASSERT_RTNL();

	while ((peer = mplink_peers_next(vnic, &cursor)))
		mplink_sysfs_remove_peer(peer);
	mplink_dirs_remove(&vnic->dirs);
}
