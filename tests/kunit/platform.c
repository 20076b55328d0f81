// SPDX-License-Identifier: GPL-2.0
/*
 * The real platform.c, but for the two functions that want a virtual NIC.
 */
#define mplink_set_carrier mplink_kunit_real_set_carrier
#define mplink_request_refresh mplink_kunit_real_request_refresh
#include "../../src/kernel/platform.c"
