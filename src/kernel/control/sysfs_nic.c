// SPDX-License-Identifier: GPL-2.0
/*
 * sysfs: the files of a NIC, in nics/<nic>/.
 */

#include "addr.h"
#include "control/sysfs.h"
#include "mplink/core.h"

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

#define MPLINK_TRAFFIC_COUNTER(id, name, ...) MPLINK_COUNTER(nic, name)
#include "uapi/mplink_attributes.def"

const struct attribute *const mplink_nic_attrs[] = {
	&mplink_nic_valid_file.attr,
	&mplink_nic_reason_file.attr,
	&mplink_nic_ifindex_file.attr,
	&mplink_nic_carrier_file.attr,
	&mplink_nic_address_file.attr,
	&mplink_nic_transitions_file.attr,
	&mplink_nic_since_ms_file.attr,
#define MPLINK_TRAFFIC_COUNTER(id, name, ...) &mplink_nic_##name##_file.attr,
#include "uapi/mplink_attributes.def"
	NULL,
};
