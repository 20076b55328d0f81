// SPDX-License-Identifier: GPL-2.0
// Long random walks through everything that can happen; the seeds are fixed.

#include "fixture.hh"
#include "random.hh"
#include "random_world.hh"

namespace fake
{

namespace
{

class RandomEvents : public Clean, public testing::WithParamInterface<unsigned>
{
};

TEST_P(RandomEvents, LeaveAConsistentDevice)
{
	Random random(GetParam());
	RandomWorld random_world(1 + GetParam() % 5, GetParam() % 2);

	random_world.world.owner.keep = false;
	for (unsigned i = 0; i < 2000; i++) {
		const auto what = random.byte();
		const auto which = random.byte();

		ASSERT_EQ(random_world.step(what, which), "")
			<< "seed " << GetParam() << ", step " << i << ": " << unsigned{what} % 26
			<< " to " << unsigned{which};
		if (i % 50 == 0) {
			ASSERT_TRUE(random_world.world.reap()) << "a device is held";
		}
	}
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomEvents, testing::Range(1U, 11U));

} // namespace

} // namespace fake
