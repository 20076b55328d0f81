// SPDX-License-Identifier: GPL-2.0
#include "base/object_counts.hh"

namespace mplink
{

namespace
{

constexpr unsigned kinds = static_cast<unsigned>(Kind::count);

constexpr const char *kind_names[] = {"devices", "nics",     "peers",    "links",
				      "tables",  "dev-refs", "sessions", "resequencers"};
static_assert(sizeof(kind_names) / sizeof(kind_names[0]) == kinds);

struct Tally {
	mplink_u64 created;
	mplink_u64 destroyed;
};

constinit Tally tallies[kinds] = {};

} // namespace

// Atomic: destructors run in RCU callbacks on any CPU, never on the packet path.
void ObjectCounts::created(Kind kind)
{
	__atomic_fetch_add(&tallies[static_cast<unsigned>(kind)].created, 1, __ATOMIC_RELAXED);
}

void ObjectCounts::destroyed(Kind kind)
{
	__atomic_fetch_add(&tallies[static_cast<unsigned>(kind)].destroyed, 1, __ATOMIC_RELAXED);
}

bool ObjectCounts::read(mplink_u32 i, mplink_object_counts &counts)
{
	if (i >= kinds)
		return false;
	counts.kind = kind_names[i];
	counts.created = __atomic_load_n(&tallies[i].created, __ATOMIC_RELAXED);
	counts.destroyed = __atomic_load_n(&tallies[i].destroyed, __ATOMIC_RELAXED);
	return true;
}

} // namespace mplink
