// SPDX-License-Identifier: GPL-2.0
/*
 * sysfs: the files of the virtual NIC itself, of its drops, and of its settings of BFD.
 */
#include <linux/kernel.h>
#include <linux/rtnetlink.h>
#include <linux/string.h>

#include "control/sysfs.h"
#include "device/encap_settings.h"
#include "device/vnic.h"
#include "mplink/core.h"

/* --- settings of liveness -------------------------------------------------------- */

static struct mplink_liveness_config mplink_liveness_read(const struct mplink_dir *dir)
{
	struct mplink_liveness_config config;

	mplink_core_get_liveness(dir->vnic->core, &config);
	return config;
}

static int mplink_liveness_apply(const struct mplink_dir *dir,
				 const struct mplink_liveness_config *config)
{
	const char *why;
	const int err = mplink_vnic_set_liveness(dir->vnic, config, NULL, &why);

	if (err)
		mplink_err(dir->vnic, "settings of liveness: %s\n", why);
	return err;
}

/* --- the top --------------------------------------------------------------------- */

static int mplink_top_policy(const struct mplink_dir *dir, char *buf)
{
	return sysfs_emit(buf, "%s\n",
			  mplink_core_policy_name(mplink_core_get_policy(dir->vnic->core)));
}

static int mplink_top_set_policy(const struct mplink_dir *dir, const char *buf, size_t len)
{
	int policy;

	len = mplink_sysfs_trim(buf, len);
	policy = mplink_core_policy_parse(buf, len);
	if (policy < 0) {
		mplink_err(dir->vnic, "policy \"%.*s\" is none of %s\n",
			   MPLINK_QUOTED(len), buf, mplink_core_policy_names());
		return policy;
	}
	return mplink_vnic_set_policy(dir->vnic, policy);
}

static int mplink_top_encap(const struct mplink_dir *dir, char *buf)
{
	return sysfs_emit(buf, "%s\n",
			  mplink_core_encap_name(mplink_core_get_encap(dir->vnic->core)));
}

static int mplink_top_set_encap(const struct mplink_dir *dir, const char *buf, size_t len)
{
	const char *why = "is neither none nor gre-udp";
	int encap, err;

	len = mplink_sysfs_trim(buf, len);
	encap = mplink_core_encap_parse(buf, len);
	err = encap < 0 ? encap : mplink_vnic_set_encap(dir->vnic, encap, &why);
	if (err)
		mplink_err(dir->vnic, "encap \"%.*s\" %s\n", MPLINK_QUOTED(len), buf, why);
	return err;
}

static int mplink_top_liveness(const struct mplink_dir *dir, char *buf)
{
	return sysfs_emit(buf, "%s\n", mplink_core_liveness_name(mplink_liveness_read(dir).mode));
}

static int mplink_top_set_liveness(const struct mplink_dir *dir, const char *buf, size_t len)
{
	struct mplink_liveness_config config = mplink_liveness_read(dir);
	const int liveness = mplink_sysfs_liveness(dir, buf, len, MPLINK_LIVENESS_OFF);

	if (liveness < 0)
		return liveness;
	config.mode = liveness;
	return mplink_liveness_apply(dir, &config);
}

MPLINK_FILE_RW(top, policy);
MPLINK_FILE_RW(top, encap);
MPLINK_FILE_RW(top, liveness);

/* The settings that have names for values are above. */
#define MPLINK_TOP_NUMBER(file, least, most) \
	MPLINK_SETTING(top, liveness, file, file, least, most)
#define MPLINK_TOP_POLICY(file, least, most)
#define MPLINK_TOP_ENCAP(file, least, most)
#define MPLINK_TOP_LIVENESS(file, least, most)
#define MPLINK_DEVICE_SETTING(id, name, file, bits, values, least, most, ...) \
	MPLINK_TOP_##values(file, least, most)
#include "uapi/mplink_attributes.def"

const struct attribute *const mplink_top_attrs[] = {
#define MPLINK_DEVICE_SETTING(id, name, file, ...) &mplink_top_##file##_file.attr,
#include "uapi/mplink_attributes.def"
	NULL,
};

/* --- drops: as in ethtool -S -------------------------------------------------- */

#define MPLINK_DROP(id, file, ...) \
	static int mplink_drops_##file(const struct mplink_dir *dir, char *buf); \
	MPLINK_FILE(drops, file); \
	static int mplink_drops_##file(const struct mplink_dir *dir, char *buf) \
	{ \
		return sysfs_emit(buf, "%llu\n", \
				  mplink_core_drops(dir->vnic->core, MPLINK_DROP_##id)); \
	}
#include "uapi/mplink_drops.def"

const struct attribute *const mplink_drops_attrs[] = {
#define MPLINK_DROP(id, file, ...) \
	[MPLINK_DROP_##id] = &mplink_drops_##file##_file.attr,
#include "uapi/mplink_drops.def"
	NULL,
};

/* --- bfd: authentication is netlink's, for a key is nothing to be read ------------- */

#define MPLINK_BFD_FILE_NUMBER(file, least, most) \
	MPLINK_SETTING(bfd, liveness, file, bfd.file, least, most)
#define MPLINK_BFD_FILE_SWITCH(file, least, most) \
	MPLINK_SETTING(bfd, liveness, file, bfd.file, least, most)
#define MPLINK_BFD_FILE_AUTH(file, least, most)
#define MPLINK_BFD_FILE_KEY_ID(file, least, most)
#define MPLINK_BFD_SETTING(id, name, file, bits, values, least, most, ...) \
	MPLINK_BFD_FILE_##values(file, least, most)
#include "uapi/mplink_attributes.def"

#define MPLINK_BFD_ATTR_NUMBER(file) &mplink_bfd_##file##_file.attr,
#define MPLINK_BFD_ATTR_SWITCH(file) &mplink_bfd_##file##_file.attr,
#define MPLINK_BFD_ATTR_AUTH(file)
#define MPLINK_BFD_ATTR_KEY_ID(file)

const struct attribute *const mplink_bfd_attrs[] = {
#define MPLINK_BFD_SETTING(id, name, file, bits, values, ...) MPLINK_BFD_ATTR_##values(file)
#include "uapi/mplink_attributes.def"
	NULL,
};
