// SPDX-License-Identifier: GPL-2.0
// Where the tokens of base/rcu.hh come from.  Only api/ includes this: C promises on each call
// what the comments of include/mplink say, and the functions there pass the proof on.
#pragma once
#include "base/rcu.hh"

namespace mplink
{

class Boundary
{
public:
	// C holds RTNL.
	static Rtnl rtnl()
	{
		return {};
	}
	// C is in an RCU read-side section, and stays there while it uses the answer.
	[[gnu::always_inline]] static ReadSection read_section()
	{
		return {};
	}
};

} // namespace mplink
