// SPDX-License-Identifier: GPL-2.0
/*
 * sysfs: the files of the virtual NIC itself, of its drops, and of its settings of BFD.
 */
#include <linux/kernel.h>
#include <linux/rtnetlink.h>
#include <linux/string.h>

#include "control/sysfs.h"
#include "device/encap.h"
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

/* A file for a number in struct mplink_liveness_config. */
#define MPLINK_LIVENESS_FILE(group, file, member, least, most) \
	static int mplink_##group##_##file(const struct mplink_dir *dir, char *buf) \
	{ \
		return sysfs_emit(buf, "%u\n", mplink_liveness_read(dir).member); \
	} \
	static int mplink_##group##_set_##file(const struct mplink_dir *dir, const char *buf, \
					       size_t len) \
	{ \
		struct mplink_liveness_config config = mplink_liveness_read(dir); \
		u32 number; \
		const int err = mplink_sysfs_number(dir, #file, buf, len, least, most, &number); \
		\
		if (err) \
			return err; \
		config.member = number; \
		return mplink_liveness_apply(dir, &config); \
	} \
	MPLINK_FILE_RW(group, file)

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
MPLINK_LIVENESS_FILE(top, wtr_ms, wtr_ms, 0, MPLINK_MAX_WAIT_MS);
MPLINK_LIVENESS_FILE(top, holdoff_ms, holdoff_ms, 0, MPLINK_MAX_WAIT_MS);

const struct attribute *const mplink_top_attrs[] = {
	&mplink_top_policy_file.attr,
	&mplink_top_encap_file.attr,
	&mplink_top_liveness_file.attr,
	&mplink_top_wtr_ms_file.attr,
	&mplink_top_holdoff_ms_file.attr,
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

MPLINK_LIVENESS_FILE(bfd, min_tx_us, bfd.min_tx_us, MPLINK_BFD_MIN_INTERVAL_US,
		     MPLINK_BFD_MAX_INTERVAL_US);
MPLINK_LIVENESS_FILE(bfd, min_rx_us, bfd.min_rx_us, MPLINK_BFD_MIN_INTERVAL_US,
		     MPLINK_BFD_MAX_INTERVAL_US);
MPLINK_LIVENESS_FILE(bfd, detect_mult, bfd.detect_mult, 1, 255);
MPLINK_LIVENESS_FILE(bfd, multihop, bfd.multihop, 0, 1);

const struct attribute *const mplink_bfd_attrs[] = {
	&mplink_bfd_min_tx_us_file.attr,
	&mplink_bfd_min_rx_us_file.attr,
	&mplink_bfd_detect_mult_file.attr,
	&mplink_bfd_multihop_file.attr,
	NULL,
};
