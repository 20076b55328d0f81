// SPDX-License-Identifier: GPL-2.0
/*
 * NACKs of a tick are gathered, so that one walk over what is kept answers all of them: a far end
 * that asks for everything for ever costs 200 walks a second at most, and a part of the rate.
 */
#include <linux/bitops.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "tunnel/repair.h"

/* One packet of so many that are sent may be sent once more, */
#define MPLINK_REPAIR_SHARE 32
/* and so many at once. */
#define MPLINK_REPAIR_BURST 64

void mplink_repairs_init(struct mplink_repairs *repairs)
{
	spin_lock_init(&repairs->lock);
}

void mplink_repairs_ask(struct mplink_repairs *repairs, const struct mplink_nack *nack, u32 link)
{
	struct mplink_repair *repair;
	u32 i;

	spin_lock(&repairs->lock);
	for (i = 0; i < repairs->nr_asked; i++) {
		repair = &repairs->asked[i];
		if (repair->nack.bucket == nack->bucket && repair->nack.first == nack->first) {
			repair->nack.missing |= nack->missing;
			goto out;
		}
	}
	if (i < MPLINK_REPAIRS)
		repairs->asked[repairs->nr_asked++] = (struct mplink_repair){
			.nack = *nack,
			.link = link,
		};
	else
		repairs->refused += hweight64(nack->missing);
out:
	spin_unlock(&repairs->lock);
}

bool mplink_repairs_begin(struct mplink_repairs *repairs, u64 sent)
{
	const u32 most = MPLINK_REPAIR_BURST * MPLINK_REPAIR_SHARE;

	repairs->credit = min_t(u64, repairs->credit + sent, most);
	spin_lock(&repairs->lock);
	repairs->nr_due = repairs->nr_asked;
	memcpy(repairs->due, repairs->asked, repairs->nr_asked * sizeof(*repairs->asked));
	repairs->nr_asked = 0;
	spin_unlock(&repairs->lock);
	return repairs->nr_due;
}

bool mplink_repairs_take(struct mplink_repairs *repairs, u8 bucket, u32 seq)
{
	u32 i;

	for (i = 0; i < repairs->nr_due; i++) {
		struct mplink_nack *nack = &repairs->due[i].nack;
		const u32 at = seq - nack->first;

		if (nack->bucket != bucket || at >= MPLINK_NACK_NUMBERS ||
		    !(nack->missing >> at & 1))
			continue;
		if (repairs->credit < MPLINK_REPAIR_SHARE)
			return false;
		repairs->credit -= MPLINK_REPAIR_SHARE;
		nack->missing &= ~BIT_ULL(at);
		return true;
	}
	return false;
}

const struct mplink_repair *mplink_repairs_refuse(struct mplink_repairs *repairs)
{
	struct mplink_repair *repair;

	while (repairs->nr_due) {
		repair = &repairs->due[--repairs->nr_due];
		if (!repair->nack.missing)
			continue;
		repair->nack.refused = 1;
		repairs->refused += hweight64(repair->nack.missing);
		return repair;
	}
	return NULL;
}
