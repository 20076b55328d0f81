// SPDX-License-Identifier: GPL-2.0
/*
 * The listener: see listener.h.
 */
#include <linux/cache.h>

#include "report/listener.h"

const struct mplink_listener *mplink_listener __ro_after_init;
