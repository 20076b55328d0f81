/* SPDX-License-Identifier: GPL-2.0 */
/* Authentication of BFD packets (RFC 5880 6.7). */
#ifndef MPLINK_BFD_AUTH_H
#define MPLINK_BFD_AUTH_H

#include "device/vnic.h"

/**
 * mplink_bfd_auth_start() - Get SHA1 from the kernel
 *
 * Call it before a key is set; more than once does no harm.
 *
 * Context: Process context, RTNL.
 * Return: 0, or a negative errno if the kernel has no SHA1.
 */
int mplink_bfd_auth_start(void);
/**
 * mplink_bfd_auth_exit() - Give SHA1 back
 *
 * Context: Process context, after the last session.
 */
void mplink_bfd_auth_exit(void);
/**
 * mplink_bfd_sign() - Write the digest into a packet (RFC 5880 6.7.4)
 * @key: the key
 * @bytes: the packet, MPLINK_BFD_MAX_LEN bytes
 *
 * Context: Any.
 */
void mplink_bfd_sign(const struct mplink_bfd_key *key, u8 *bytes);
/**
 * mplink_bfd_verify() - Check the digest of a packet (RFC 5880 6.7.4)
 * @key: the key
 * @bytes: the packet, MPLINK_BFD_MAX_LEN bytes
 *
 * Context: Any.
 * Return: true if the digest is right.
 */
bool mplink_bfd_verify(const struct mplink_bfd_key *key, const u8 *bytes);

#endif /* MPLINK_BFD_AUTH_H */
