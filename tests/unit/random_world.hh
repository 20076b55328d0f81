// SPDX-License-Identifier: GPL-2.0
// Anything that can happen, picked by a byte: for random walks and the fuzzer.
#pragma once
#include "world.hh"

namespace fake
{

class RandomWorld
{
public:
	// bfd: each link has a session, which comes up when it happens to.
	explicit RandomWorld(mplink_u32 nics, bool bfd = false);
	// Makes one thing happen to one of the devices.  Returns what is wrong then, or "".
	std::string step(mplink_u8 what, mplink_u8 which);

	// The same without a look at the result.
	void happen(mplink_u8 what, mplink_u8 which);

	World world;

private:
	std::string name(mplink_u32 i) const;
	void plug(mplink_u8 what, mplink_u32 i);
	void control(mplink_u32 what, mplink_u32 i);

	mplink_u32 nics_;
	std::vector<Netdev *> away_;
};

} // namespace fake
