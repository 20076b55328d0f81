/* SPDX-License-Identifier: GPL-2.0 */
/* Authentication of BFD packets (RFC 5880 6.7). */
#ifndef MPLINK_BFD_AUTH_H
#define MPLINK_BFD_AUTH_H

#include "device/vnic.h"

/* Before a key is set: 0, or a negative errno where the kernel has no SHA1.  RTNL. */
int mplink_bfd_auth_start(void);
void mplink_bfd_auth_exit(void);
/* Puts the digest into a packet of MPLINK_BFD_MAX_LEN bytes.  Any context. */
void mplink_bfd_sign(const struct mplink_bfd_key *key, u8 *bytes);
/* Whether it has the right one.  Any context. */
bool mplink_bfd_verify(const struct mplink_bfd_key *key, const u8 *bytes);

#endif /* MPLINK_BFD_AUTH_H */
