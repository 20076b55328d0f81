// SPDX-License-Identifier: GPL-2.0
/*
 * The digests of BFD packets: keyed SHA1 (RFC 5880 6.7.4).
 */
#include <crypto/algapi.h>
#include <crypto/hash.h>
#include <crypto/sha1.h>
#include <linux/rtnetlink.h>

#include "bfd/auth.h"
#include "device/vnic.h"
#include "mplink/core.h"

/* Offset of the digest.  While it is computed, the key is in its place (RFC 5880 6.7.4). */
#define MPLINK_BFD_DIGEST_AT 32

static_assert(MPLINK_BFD_DIGEST_AT + SHA1_DIGEST_SIZE == MPLINK_BFD_MAX_LEN);
static_assert(MPLINK_BFD_KEY_LEN == SHA1_DIGEST_SIZE);

/* Set with the first key; freed when the module is unloaded. */
static struct crypto_shash *mplink_bfd_sha1;

int mplink_bfd_auth_start(void)
{
	struct crypto_shash *sha1;

	ASSERT_RTNL();

	if (mplink_bfd_sha1)
		return 0;
	sha1 = crypto_alloc_shash("sha1", 0, 0);
	if (IS_ERR(sha1))
		return PTR_ERR(sha1);
	mplink_bfd_sha1 = sha1;
	return 0;
}

void mplink_bfd_auth_exit(void)
{
	crypto_free_shash(mplink_bfd_sha1);
}

/* Returns false if the digest cannot be computed. */
static bool mplink_bfd_digest(const struct mplink_bfd_key *key, const u8 *bytes, u8 *digest)
{
	u8 packet[MPLINK_BFD_MAX_LEN];
	bool ok;

	memcpy(packet, bytes, MPLINK_BFD_DIGEST_AT);
	memcpy(packet + MPLINK_BFD_DIGEST_AT, key->bytes, MPLINK_BFD_KEY_LEN);
	ok = mplink_bfd_sha1 &&
	     !crypto_shash_tfm_digest(mplink_bfd_sha1, packet, sizeof(packet), digest);
	memzero_explicit(packet, sizeof(packet));
	return ok;
}

void mplink_bfd_sign(const struct mplink_bfd_key *key, u8 *bytes)
{
	/* If this fails, the far end drops the packet and counts it. */
	mplink_bfd_digest(key, bytes, bytes + MPLINK_BFD_DIGEST_AT);
}

bool mplink_bfd_verify(const struct mplink_bfd_key *key, const u8 *bytes)
{
	u8 digest[SHA1_DIGEST_SIZE];

	return mplink_bfd_digest(key, bytes, digest) &&
	       !crypto_memneq(digest, bytes + MPLINK_BFD_DIGEST_AT, sizeof(digest));
}
