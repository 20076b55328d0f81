// SPDX-License-Identifier: GPL-2.0
// Packets of any kind, over any policy and any set of live links.
#include <memory>

#include "link/flow_hash.hh"
#include "require.hh"
#include "world.hh"

namespace
{

using fake::World;

// Made once: the packet path changes nothing but counters.
World &shared_world()
{
	static World *world = [] {
		fake::rcu_start(fake::RcuMode::deferred);

		auto *made = new World;

		made->owner.keep = false;
		made->start(3, {1, 2, 65535});
		return made;
	}();

	return *world;
}

void select(World &world, const mplink_u8 *l3, mplink_u32 len, unsigned alive)
{
	const fake::ReadLock lock;
	mplink_choice choice = world.choose(len, 0, l3, len);
	unsigned copies = 0;

	require(!choice.path == !alive, "dropped despite a link, or sent without");
	while (choice.path) {
		require(fake::usable(choice.path), "no path");
		require(fake::device_of(choice.path).has_carrier(), "a dead link");
		copies++;
		if (!choice.more)
			break;
		choice = mplink_core_next(world.device(), choice.more, len, 0);
	}
	require(copies <= 3, "too many copies");
}

} // namespace

// A byte of policy and live links, then the packet.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
	World &world = shared_world();

	if (!size)
		return 0;

	const unsigned alive = *data & 7U;
	const mplink_u32 policy = *data >> 3 & 3U;
	const auto len = static_cast<mplink_u32>(size - 1);
	const auto packet = std::make_unique<mplink_u8[]>(len);

	for (mplink_u32 i = 0; i < len; i++)
		packet[i] = data[1 + i];
	require(mplink::flow_hash(packet.get(), len) == mplink::flow_hash(packet.get(), len),
		"two hashes");
	for (mplink_u32 i = 0; i < 3; i++)
		world.cable(*world.find(world.name(i)), alive >> i & 1);
	if (mplink_core_get_policy(world.device()) != policy) {
		require(!world.set_policy(policy), "a policy was refused");
		fake::grace_period();
	}
	select(world, packet.get(), len, alive);
	return 0;
}
