// SPDX-License-Identifier: GPL-2.0
/*
 * The real path.c under other names: the core under test gets paths that need
 * no device (platform_stubs.c).
 */
#include "path.h"
#define mplink_path_create mplink_kunit_path_create
#define mplink_path_retire mplink_kunit_path_retire
#define mplink_path_current mplink_kunit_path_current
#include "../../src/kernel/packet/next_hop.c"
#include "../../src/kernel/packet/path.c"
