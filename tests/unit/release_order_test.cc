// SPDX-License-Identifier: GPL-2.0
// The order of a release: first no packet can get at a path any more, then the
// path is given up.  The other way round a packet that comes in between keeps it
// beyond the grace period, and no test on one CPU would ever see that packet:
// so here it comes exactly then.
#include "fixture.hh"

namespace fake
{

namespace
{

class ReleaseOrder : public InWorld
{
protected:
	void SetUp() override
	{
		InWorld::SetUp();
		world().start(3);
		// Every link of the table at once.
		ASSERT_EQ(world().set_policy(MPLINK_POLICY_BROADCAST), 0);
		on_release([this] { send(); });
	}
	void TearDown() override
	{
		on_release(nullptr);
		InWorld::TearDown();
	}
	void send()
	{
		const mplink_u8 packet[20] = {0x45};
		const ReadLock lock;
		mplink_choice choice = world().choose(100, 0, packet, sizeof(packet));

		releases_++;
		while (choice.path) {
			EXPECT_FALSE(retired(choice.path));
			EXPECT_NE(device_of(choice.path).port, nullptr);
			if (!choice.more)
				break;
			choice = mplink_core_next(world().device(), choice.more, 100, 0);
		}
	}

	unsigned releases_ = 0;
};

TEST_F(ReleaseOrder, OfANewRoutesPredecessor)
{
	dev("eth2").route_generation++;
	world().refresh();
	EXPECT_EQ(releases_, 1U);
	for (const char *name : {"eth1", "eth2", "eth3"})
		dev(name).route_generation++;
	world().refresh();
	EXPECT_EQ(releases_, 4U) << "each by itself";
}

TEST_F(ReleaseOrder, OfALostRoute)
{
	const mplink_addr remote = remote_address(1);

	dev("eth1").unreachable.insert({remote.hi, remote.lo});
	dev("eth1").route_generation++;
	world().refresh();
	EXPECT_EQ(releases_, 1U);
}

// Still up when it is said to go, as where a namespace dies.
TEST_F(ReleaseOrder, OfADevice)
{
	world().event(MPLINK_EVENT_UNREGISTER, dev("eth1"));
	EXPECT_EQ(releases_, 2U) << "the path, then the port";
}

TEST_F(ReleaseOrder, OfADeviceForWantOfMemory)
{
	const NoMemory none;

	world().event(MPLINK_EVENT_UNREGISTER, dev("eth1"));
	EXPECT_EQ(releases_, 2U);
}

TEST_F(ReleaseOrder, OfAnAddressAndOfAnOpenDevice)
{
	world().set_inet(dev("eth1"), {});
	EXPECT_EQ(releases_, 1U);
	world().set_down(dev("eth2"));
	EXPECT_EQ(releases_, 2U);
}

} // namespace

} // namespace fake
