// SPDX-License-Identifier: GPL-2.0
// Makes the tokens of base/rcu.hh.  Only api/ includes this file.  The comments in include/mplink
// say what C must hold at each call; the functions in api/ turn that promise into a token.
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
