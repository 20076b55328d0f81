// SPDX-License-Identifier: GPL-2.0
// Scripts of events on a device of four NICs, with and without memory.  After each event the
// state must follow from the last snapshot, and at the end nothing is left.
#include "fake_memory.hh"
#include "random_world.hh"
#include "require.hh"

namespace
{

using fake::Memory;
using fake::RandomWorld;

// Everything is told anew, as the kernel side does once it is asked to.
void make_good(RandomWorld &random)
{
	for (mplink_u32 i = 0; i < random.world.nics(); i++)
		if (fake::Netdev *dev = random.world.find(random.world.name(i)))
			random.world.event(MPLINK_EVENT_REFRESH, *dev);
	random.world.refresh();
}

void run(const unsigned char *data, std::size_t size)
{
	RandomWorld random(4, size % 2);

	random.world.owner.keep = false;
	for (std::size_t i = 0; i + 1 < size; i += 2) {
		const mplink_u8 what = data[i] & 0x1f;
		const unsigned shortage = data[i] >> 5;
		const mplink_u8 which = data[i + 1];
		std::string wrong;

		if (shortage) {
			Memory::fail_nth(shortage);
			random.happen(what, which);
			Memory::fail_nth(0);
			wrong = random.world.wrong(true);
			random.world.send(100, which);
			make_good(random);
			require(wrong.empty(), wrong);
			wrong = random.world.wrong();
		} else {
			wrong = random.step(what, which);
		}
		require(wrong.empty(), wrong);
	}
	require(random.world.reap(), "a device is held");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
	fake::rcu_start(fake::RcuMode::deferred);
	run(data, size);
	require(fake::objects_left().empty(), fake::objects_left());
	require(!Memory::live(), "memory is left");
	require(!fake::Netdev::live, "devices are left");
	return 0;
}
