// SPDX-License-Identifier: GPL-2.0
// Counts objects that are made and destroyed, so that the module can prove at unload that none
// has leaked.
#pragma once
#include "mplink/types.h"

namespace mplink
{

enum class Kind : unsigned {
	devices,
	nics,
	peers,
	links,
	tables,
	dev_refs,
	sessions,
	resequencers,
	count
};

class ObjectCounts
{
public:
	static void created(Kind kind);
	static void destroyed(Kind kind);
	static bool read(mplink_u32 i, mplink_object_counts &counts);
};

// Base class of counted classes.
template <Kind kind>
class Counted
{
protected:
	Counted()
	{
		ObjectCounts::created(kind);
	}
	~Counted()
	{
		ObjectCounts::destroyed(kind);
	}

public:
	Counted(const Counted &) = delete;
	Counted &operator=(const Counted &) = delete;
};

} // namespace mplink
