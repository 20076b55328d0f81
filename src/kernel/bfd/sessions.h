/* SPDX-License-Identifier: GPL-2.0 */
/* BFD sessions (RFC 5880): see also include/mplink/platform.h. */
#ifndef MPLINK_BFD_SESSIONS_H
#define MPLINK_BFD_SESSIONS_H

#include "mplink/core.h"

/**
 * mplink_bfd_read() - Read the state of a session
 * @bfd: the session
 * @info: set to its state
 *
 * Context: Process context, RTNL.
 */
void mplink_bfd_read(const struct mplink_bfd *bfd, struct mplink_bfd_info *info);
/**
 * mplink_bfd_init() - Prepare for the first session
 *
 * Context: Process context, while the module is loaded.
 * Return: 0, or a negative errno.
 */
int mplink_bfd_init(void);
/**
 * mplink_bfd_exit() - Free what mplink_bfd_init() has made
 *
 * Call it a grace period after the last session has ended.
 *
 * Context: Process context, while the module is unloaded.
 */
void mplink_bfd_exit(void);

#endif /* MPLINK_BFD_SESSIONS_H */
