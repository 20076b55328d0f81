/* SPDX-License-Identifier: GPL-2.0 */
/* BFD sessions (RFC 5880): see also include/mplink/platform.h. */
#ifndef MPLINK_BFD_SESSIONS_H
#define MPLINK_BFD_SESSIONS_H

#include "mplink/core.h"

/* How the session stands.  RTNL. */
void mplink_bfd_read(const struct mplink_bfd *bfd, struct mplink_bfd_info *info);
int mplink_bfd_init(void);
/* After the last session, and the grace period that follows. */
void mplink_bfd_exit(void);

#endif /* MPLINK_BFD_SESSIONS_H */
