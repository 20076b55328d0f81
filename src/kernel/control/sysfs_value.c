// SPDX-License-Identifier: GPL-2.0
/*
 * sysfs: reads the values that users write.
 */
#include <linux/kstrtox.h>

#include "control/sysfs.h"
#include "mplink/core.h"
#include "packet/peer_table.h"

size_t mplink_sysfs_trim(const char *buf, size_t len)
{
	return len && buf[len - 1] == '\n' ? len - 1 : len;
}

int mplink_sysfs_liveness(const struct mplink_dir *dir, const char *buf, size_t len, u32 least)
{
	int liveness;

	len = mplink_sysfs_trim(buf, len);
	liveness = mplink_core_liveness_parse(buf, len);
	if (liveness >= (int)least)
		return liveness;
	mplink_err(dir->vnic, "liveness \"%.*s\" is none of %soff, bfd\n", MPLINK_QUOTED(len), buf,
		   least == MPLINK_LIVENESS_INHERIT ? "inherit, " : "");
	return -EINVAL;
}

int mplink_sysfs_equalize(const struct mplink_dir *dir, const char *buf, size_t len)
{
	int equalize;

	len = mplink_sysfs_trim(buf, len);
	equalize = mplink_core_equalize_parse(buf, len);
	if (equalize >= 0 && dir->peer->tunnel)
		return equalize;
	mplink_err(dir->vnic, "equalize \"%.*s\" %s\n", MPLINK_QUOTED(len), buf,
		   equalize < 0 ? "is none of inherit, off, auto, on" :
				  "has no effect without encap gre-udp");
	return -EINVAL;
}

/* kstrtou32() needs a NUL at the end; sysfs appends one. */
int mplink_sysfs_number(const struct mplink_dir *dir, const char *file, const char *buf, size_t len,
			u32 least, u32 most, u32 *number)
{
	if (!kstrtou32(buf, 10, number) && *number >= least && *number <= most)
		return 0;
	mplink_err(dir->vnic, "%s \"%.*s\" is not a number from %u to %u\n", file,
		   MPLINK_QUOTED(mplink_sysfs_trim(buf, len)), buf, least, most);
	return -EINVAL;
}
