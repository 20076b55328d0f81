/* SPDX-License-Identifier: GPL-2.0 */
/* libstdc++'s os_defines.h wants glibc's <features.h>; here is no libc. */
#define __GLIBC_PREREQ(a, b) 0
