/* SPDX-License-Identifier: GPL-2.0 */
/* src/kernel/packet/path.c as path_cases.c calls it. */
#ifndef MPLINK_KUNIT_PATH_H
#define MPLINK_KUNIT_PATH_H

#include <linux/types.h>

#include "mplink/core.h"
#include "mplink/platform.h"

struct mplink_path *mplink_kunit_path_create(struct mplink_port *port,
					     const struct mplink_addr *remote,
					     const struct mplink_addr *local, u32 link,
					     u32 *reason);
void mplink_kunit_path_retire(struct mplink_path *path);
int mplink_kunit_path_current(const struct mplink_path *path);

#endif
