// SPDX-License-Identifier: GPL-2.0
/* Holds the listener. */
#include <linux/cache.h>

#include "report/listener.h"

const struct mplink_listener *mplink_listener __ro_after_init;
