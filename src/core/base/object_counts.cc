// SPDX-License-Identifier: GPL-2.0
#include "base/object_counts.hh"

#include "base/atomic.hh"

namespace mplink
{

namespace
{

constexpr unsigned kinds = static_cast<unsigned>(Kind::count);

constexpr const char *kind_names[] = {"devices", "nics",     "peers",    "links",
				      "tables",  "dev-refs", "sessions", "resequencers"};
static_assert(sizeof(kind_names) / sizeof(kind_names[0]) == kinds);

struct Tally {
	Shared<mplink_u64> created;
	Shared<mplink_u64> destroyed;
};

constinit Tally tallies[kinds] = {};

} // namespace

// Atomic, because destructors run in RCU callbacks on any CPU; never on the packet path.
void ObjectCounts::created(Kind kind)
{
	tallies[static_cast<unsigned>(kind)].created.add(1);
}

void ObjectCounts::destroyed(Kind kind)
{
	tallies[static_cast<unsigned>(kind)].destroyed.add(1);
}

bool ObjectCounts::read(mplink_u32 i, mplink_object_counts &counts)
{
	if (i >= kinds)
		return false;
	counts.kind = kind_names[i];
	counts.created = tallies[i].created.read();
	counts.destroyed = tallies[i].destroyed.read();
	return true;
}

} // namespace mplink
