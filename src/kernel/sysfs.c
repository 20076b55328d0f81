// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/class/net/<virtual NIC>/mplink/: one value a file.
 *
 * What the files show is guarded by RTNL, which a reader may only try to get:
 * removing a directory waits for its readers, and is done under RTNL.
 */
#include <linux/kobject.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "mplink.h"

/* A directory and what it shows.  The virtual NIC removes it before that goes. */
struct mplink_dir {
	struct kobject kobj;
	struct list_head list;		/* in mplink_vnic.dirs, or mplink_peer_node.dirs */
	const struct attribute *const *attrs;
	struct mplink_vnic *vnic;
	const struct mplink_peer_node *peer;	/* the link's */
	u32 id;				/* the NIC's, or that of the link's */
};

/*
 * A peer with three links has 30 files and directories here, which take twice the
 * memory of all else about it.  Beyond so many peers nobody looks at files: netlink
 * shows them all.
 */
#define MPLINK_SYSFS_PEERS 256

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

/* --- the top -------------------------------------------------------------- */

static int mplink_top_policy(const struct mplink_dir *dir, char *buf)
{
	return sysfs_emit(buf, "%s\n",
			  mplink_core_policy_name(mplink_core_get_policy(dir->vnic->core)));
}

static int mplink_top_set_policy(const struct mplink_dir *dir, const char *buf, size_t len)
{
	int policy;

	if (len && buf[len - 1] == '\n')
		len--;
	policy = mplink_core_policy_parse(buf, len);
	if (policy < 0) {
		netdev_err(dir->vnic->dev,
			   "policy \"%.*s\" is none of balance-rr, balance-xor, active-backup, broadcast\n",
			   (int)len, buf);
		return policy;
	}
	return mplink_vnic_set_policy(dir->vnic, policy);
}

static int mplink_top_encap(const struct mplink_dir *dir, char *buf)
{
	return sysfs_emit(buf, "%s\n", mplink_core_encap_name(MPLINK_ENCAP_NONE));
}

static const struct mplink_file mplink_top_policy_file = {
	.attr = { .name = "policy", .mode = 0644 },
	.show = mplink_top_policy,
	.store = mplink_top_set_policy,
};

MPLINK_FILE(top, encap);

static const struct attribute *const mplink_top_attrs[] = {
	&mplink_top_policy_file.attr,
	&mplink_top_encap_file.attr,
	NULL,
};

/* --- drops: as ethtool -S has them ------------------------------------------- */

#define MPLINK_DROP_FILE(file, drop) \
	static int mplink_drops_##file(const struct mplink_dir *dir, char *buf) \
	{ \
		return sysfs_emit(buf, "%llu\n", mplink_core_drops(dir->vnic->core, drop)); \
	} \
	MPLINK_FILE(drops, file)

MPLINK_DROP_FILE(no_peer, MPLINK_DROP_NO_PEER);
MPLINK_DROP_FILE(no_link, MPLINK_DROP_NO_LINK);
MPLINK_DROP_FILE(malformed, MPLINK_DROP_MALFORMED);
MPLINK_DROP_FILE(too_big, MPLINK_DROP_TOO_BIG);
MPLINK_DROP_FILE(no_memory, MPLINK_DROP_NO_MEMORY);
MPLINK_DROP_FILE(no_neighbour, MPLINK_DROP_NO_NEIGHBOUR);

static const struct attribute *const mplink_drops_attrs[] = {
	&mplink_drops_no_peer_file.attr,
	&mplink_drops_no_link_file.attr,
	&mplink_drops_malformed_file.attr,
	&mplink_drops_too_big_file.attr,
	&mplink_drops_no_memory_file.attr,
	&mplink_drops_no_neighbour_file.attr,
	NULL,
};

static_assert(ARRAY_SIZE(mplink_drops_attrs) == MPLINK_DROPS + 1);

/* --- nics/<nic> -------------------------------------------------------------- */

static struct mplink_nic_info mplink_nic_read(const struct mplink_dir *dir)
{
	struct mplink_nic_info info;

	mplink_core_nic_info(mplink_core_nic_at(dir->vnic->core, dir->id), &info);
	return info;
}

static int mplink_nic_valid(const struct mplink_dir *dir, char *buf)
{
	return sysfs_emit(buf, "%d\n", mplink_nic_read(dir).reason == MPLINK_REASON_NONE);
}

static int mplink_nic_reason(const struct mplink_dir *dir, char *buf)
{
	return sysfs_emit(buf, "%s\n", mplink_core_reason_name(mplink_nic_read(dir).reason));
}

static int mplink_nic_ifindex(const struct mplink_dir *dir, char *buf)
{
	return sysfs_emit(buf, "%u\n", mplink_nic_read(dir).ifindex);
}

static int mplink_nic_carrier(const struct mplink_dir *dir, char *buf)
{
	return sysfs_emit(buf, "%u\n", mplink_nic_read(dir).carrier);
}

static int mplink_nic_address(const struct mplink_dir *dir, char *buf)
{
	const struct mplink_nic_info info = mplink_nic_read(dir);
	char addr[MPLINK_ADDR_LEN];

	mplink_format_addr(addr, sizeof(addr), &info.address);
	return sysfs_emit(buf, "%s\n", addr);
}

static int mplink_nic_transitions(const struct mplink_dir *dir, char *buf)
{
	return sysfs_emit(buf, "%u\n", mplink_nic_read(dir).transitions);
}

static int mplink_nic_since_ms(const struct mplink_dir *dir, char *buf)
{
	return sysfs_emit(buf, "%llu\n", mplink_nic_read(dir).since_ms);
}

static struct mplink_counters mplink_nic_count(const struct mplink_dir *dir)
{
	struct mplink_counters sum;

	mplink_core_nic_counters(mplink_core_nic_at(dir->vnic->core, dir->id), &sum);
	return sum;
}

MPLINK_FILE(nic, valid);
MPLINK_FILE(nic, reason);
MPLINK_FILE(nic, ifindex);
MPLINK_FILE(nic, carrier);
MPLINK_FILE(nic, address);
MPLINK_FILE(nic, transitions);
MPLINK_FILE(nic, since_ms);

/* --- peers/<peer>/links/<nic> -------------------------------------------------- */

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

static int mplink_link_weight(const struct mplink_dir *dir, char *buf)
{
	return sysfs_emit(buf, "%u\n", mplink_link_read(dir).weight);
}

static struct mplink_counters mplink_link_count(const struct mplink_dir *dir)
{
	struct mplink_counters sum;

	mplink_core_link_counters(dir->peer->core, dir->id, &sum);
	return sum;
}

MPLINK_FILE(link, valid);
MPLINK_FILE(link, reason);
MPLINK_FILE(link, remote);
MPLINK_FILE(link, weight);

/* --- counters: those of a NIC and of a link are the same four -------------------- */

#define MPLINK_COUNTER(group, file) \
	static int mplink_##group##_##file(const struct mplink_dir *dir, char *buf) \
	{ \
		return sysfs_emit(buf, "%llu\n", mplink_##group##_count(dir).file); \
	} \
	MPLINK_FILE(group, file)

MPLINK_COUNTER(nic, tx_packets);
MPLINK_COUNTER(nic, tx_bytes);
MPLINK_COUNTER(nic, rx_packets);
MPLINK_COUNTER(nic, rx_bytes);
MPLINK_COUNTER(link, tx_packets);
MPLINK_COUNTER(link, tx_bytes);
MPLINK_COUNTER(link, rx_packets);
MPLINK_COUNTER(link, rx_bytes);

static const struct attribute *const mplink_nic_attrs[] = {
	&mplink_nic_valid_file.attr,
	&mplink_nic_reason_file.attr,
	&mplink_nic_ifindex_file.attr,
	&mplink_nic_carrier_file.attr,
	&mplink_nic_address_file.attr,
	&mplink_nic_transitions_file.attr,
	&mplink_nic_since_ms_file.attr,
	&mplink_nic_tx_packets_file.attr,
	&mplink_nic_tx_bytes_file.attr,
	&mplink_nic_rx_packets_file.attr,
	&mplink_nic_rx_bytes_file.attr,
	NULL,
};

static const struct attribute *const mplink_link_attrs[] = {
	&mplink_link_valid_file.attr,
	&mplink_link_reason_file.attr,
	&mplink_link_remote_file.attr,
	&mplink_link_weight_file.attr,
	&mplink_link_tx_packets_file.attr,
	&mplink_link_tx_bytes_file.attr,
	&mplink_link_rx_packets_file.attr,
	&mplink_link_rx_bytes_file.attr,
	NULL,
};

static const struct attribute *const mplink_no_attrs[] = { NULL };

/* --- directories ------------------------------------------------------------------ */

static const struct kobj_type mplink_dir_type = {
	.sysfs_ops = &mplink_dir_ops,
	.release = mplink_dir_release,
};

/* list: the end of which takes it. */
static struct mplink_dir *mplink_dir_add(struct mplink_vnic *vnic, struct list_head *list,
					 struct kobject *parent, const char *name,
					 const struct attribute *const *attrs,
					 const struct mplink_peer_node *peer, u32 id)
{
	struct mplink_dir *dir = kzalloc(sizeof(*dir), GFP_KERNEL);
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

	/* Children were made after their parents. */
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
	struct mplink_dir *top, *drops;

	top = mplink_dir_add_top(vnic, &vnic->dev->dev.kobj, "mplink", mplink_top_attrs);
	if (IS_ERR(top))
		return PTR_ERR(top);
	drops = mplink_dir_add_top(vnic, &top->kobj, "drops", mplink_drops_attrs);
	if (IS_ERR(drops))
		return PTR_ERR(drops);
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

void mplink_sysfs_remove_nic(struct mplink_vnic *vnic, u32 nic_id)
{
	struct mplink_peer_node *peer;
	unsigned long cursor = 0;

	ASSERT_RTNL();

	while ((peer = mplink_peers_next(vnic, &cursor)))
		mplink_sysfs_remove_link(peer, nic_id);
	mplink_dirs_remove_one(&vnic->dirs, mplink_nic_attrs, nic_id);
}

static int mplink_sysfs_add_links(struct mplink_vnic *vnic, struct mplink_peer_node *peer)
{
	u32 id;

	for (id = 0; id < MPLINK_MAX_NICS; id++)
		if (mplink_core_link_exists(peer->core, id)) {
			int err = mplink_sysfs_add_link(vnic, peer, id);

			if (err)
				return err;
		}
	return 0;
}

int mplink_sysfs_add_peer(struct mplink_vnic *vnic, struct mplink_peer_node *peer)
{
	char name[MPLINK_ADDR_LEN];
	struct mplink_dir *dir;
	int err;

	if (mplink_peers_count(vnic) >= MPLINK_SYSFS_PEERS)
		return 0;
	mplink_format_addr(name, sizeof(name), &peer->addr);
	dir = mplink_dir_add(vnic, &peer->dirs, &vnic->peers_dir->kobj, name, mplink_no_attrs, peer,
			     0);
	if (!IS_ERR(dir))
		dir = mplink_dir_add(vnic, &peer->dirs, &dir->kobj, "links", mplink_no_attrs, peer,
				     0);
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

int mplink_sysfs_add_link(struct mplink_vnic *vnic, struct mplink_peer_node *peer, u32 nic_id)
{
	struct mplink_nic_info info;
	struct mplink_dir *links;

	if (list_empty(&peer->dirs) || mplink_dirs_find(&peer->dirs, mplink_link_attrs, nic_id))
		return 0;
	/* The second that mplink_sysfs_add_peer() made. */
	links = list_next_entry(list_first_entry(&peer->dirs, struct mplink_dir, list), list);
	mplink_core_nic_info(mplink_core_nic_at(vnic->core, nic_id), &info);
	return PTR_ERR_OR_ZERO(mplink_dir_add(vnic, &peer->dirs, &links->kobj, info.name,
					      mplink_link_attrs, peer, nic_id));
}

void mplink_sysfs_remove_link(struct mplink_peer_node *peer, u32 nic_id)
{
	ASSERT_RTNL();

	mplink_dirs_remove_one(&peer->dirs, mplink_link_attrs, nic_id);
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
