// SPDX-License-Identifier: GPL-2.0
// mplink/tunnel.h: the resequencer of a device's peer, and its settings.
#include "mplink/tunnel.h"

#include <cerrno>

#include "fixture.hh"

namespace fake
{

namespace
{

class TunnelApi : public InWorld
{
protected:
	void SetUp() override
	{
		InWorld::SetUp();
		world().start(3);
	}
	void TearDown() override
	{
		mplink_core_resequencer_free(resequencer_);
		InWorld::TearDown();
	}
	void make()
	{
		resequencer_ = mplink_core_resequencer_create(world().device());
		ASSERT_NE(resequencer_, nullptr);
		ASSERT_EQ(cover(7), 0);
	}
	int cover(mplink_u64 links)
	{
		const RtnlLock rtnl;

		return mplink_core_resequencer_cover(resequencer_, links);
	}
	// How many packets are delivered.
	unsigned arrive(mplink_u32 seq, mplink_u8 link)
	{
		const ReadLock lock;
		mplink_held &packet = packets_[seq];

		packet = {.next = nullptr, .held_us = 0, .seq = seq, .link = link, .drop = 0};
		if (mplink_core_resequencer_arrive(resequencer_, world().peer(), 0, &packet,
						   &release_))
			return 1;
		return delivered();
	}
	unsigned expire()
	{
		const ReadLock lock;

		mplink_core_resequencer_expire(resequencer_, world().peer(), 0, &release_);
		return delivered();
	}
	unsigned delivered() const
	{
		unsigned n = 0;

		for (const mplink_held *p = release_.deliver; p; p = p->next)
			n++;
		return n;
	}
	int set(const mplink_tunnel_config &config)
	{
		const RtnlLock rtnl;
		const char *why = nullptr;
		const int err = mplink_core_set_tunnel(world().device(), &config, &why);

		EXPECT_EQ(!err, !why);
		return err;
	}
	mplink_tunnel_config settings() const
	{
		mplink_tunnel_config config;

		mplink_core_get_tunnel(world_device(), &config);
		return config;
	}
	mplink_device *world_device() const
	{
		return const_cast<TunnelApi *>(this)->world().device();
	}

	mplink_resequencer *resequencer_ = nullptr;
	mplink_release release_ = {};
	mplink_held packets_[100] = {};
};

TEST_F(TunnelApi, ValidLinksAreThePeersOwn)
{
	make();
	EXPECT_EQ(arrive(0, 0), 1U);
	EXPECT_EQ(arrive(2, 0), 0U);
	EXPECT_EQ(arrive(3, 1), 0U);
	EXPECT_NE(release_.deadline_us, MPLINK_NEVER);
	// The cable of the third is out, which nobody has told of yet.
	world().cable(dev("eth3"), false);
	EXPECT_EQ(expire(), 2U);
	EXPECT_EQ(release_.deadline_us, MPLINK_NEVER);

	world().cable(dev("eth3"), true);
	EXPECT_EQ(arrive(5, 0), 0U);
	EXPECT_EQ(arrive(6, 1), 0U);
	world().set_down(dev("eth3"));
	EXPECT_EQ(expire(), 2U);

	EXPECT_EQ(arrive(8, 0), 0U);
	EXPECT_EQ(arrive(9, 1), 2U);
}

TEST_F(TunnelApi, APeerWithoutALinkWaitsForNothing)
{
	make();
	EXPECT_EQ(arrive(0, 0), 1U);
	EXPECT_EQ(arrive(2, 0), 0U);
	for (const char *name : {"eth1", "eth2", "eth3"})
		world().set_down(dev(name));
	EXPECT_EQ(expire(), 1U);
	EXPECT_EQ(arrive(4, 1), 1U);
}

TEST_F(TunnelApi, FlushingGivesAllUp)
{
	make();
	EXPECT_EQ(arrive(2, 0), 0U);
	EXPECT_EQ(arrive(9, 0), 0U);
	mplink_core_resequencer_flush(resequencer_, 0, &release_);
	EXPECT_EQ(delivered(), 2U);

	mplink_resequencer_counters sum;

	mplink_core_resequencer_counters(resequencer_, &sum);
	EXPECT_EQ(sum.reordered, 2U);
	EXPECT_EQ(sum.held, 0U);
	EXPECT_EQ(sum.lost_timer, 2U + 6U);
}

TEST_F(TunnelApi, TheDevicesSettingsAreFollowedAtOnce)
{
	mplink_tunnel_config config = settings();

	make();
	EXPECT_EQ(arrive(1, 0), 0U);
	EXPECT_EQ(release_.deadline_us, mplink_now_us() + 200000);
	config.outoforder_max_us = 5000;
	EXPECT_EQ(set(config), 0);
	EXPECT_EQ(expire(), 0U);
	EXPECT_EQ(release_.deadline_us, mplink_now_us() + 5000);
	config.max_perflow_buffer = 1;
	EXPECT_EQ(set(config), 0);
	EXPECT_EQ(expire(), 0U);
	EXPECT_EQ(arrive(3, 0), 1U);
}

TEST_F(TunnelApi, MemoryThatIsShort)
{
	for (unsigned n = 1;; n++) {
		Memory::fail_nth(n);
		resequencer_ = mplink_core_resequencer_create(world().device());

		const int err = resequencer_ ? cover(7) : -ENOMEM;
		const bool failed = Memory::has_failed();

		Memory::fail_nth(0);
		EXPECT_EQ(err, failed ? -ENOMEM : 0);
		if (!failed) {
			EXPECT_EQ(n, 5U);
			break;
		}
		// What it has is good for what it was for before, and the rest can follow.
		if (resequencer_) {
			EXPECT_EQ(cover(7), 0);
			EXPECT_EQ(arrive(0, 2), 1U);
		}
		mplink_core_resequencer_free(resequencer_);
	}
	// There is nothing left to be made.
	const NoMemory none;

	EXPECT_EQ(cover(7), 0);
	EXPECT_EQ(cover(15), -ENOMEM);
	EXPECT_EQ(arrive(0, 1), 1U);
}

TEST_F(TunnelApi, Headers)
{
	const mplink_gre gre = {.len = 0,
				.key = 7,
				.seq = 9,
				.protocol = 0x86dd,
				.bucket = 8,
				.sequenced = 0,
				.checksummed = 0};
	mplink_gre read = {};
	mplink_u8 bytes[MPLINK_GRE_LEN];

	mplink_core_gre_write(bytes, &gre);
	EXPECT_EQ(mplink_core_gre_read(bytes, sizeof(bytes), &read),
		  mplink_u32{MPLINK_GRE_DROP_NONE});
	EXPECT_EQ(read.seq, 9U);
	EXPECT_EQ(mplink_core_gre_read(bytes, 3, &read), mplink_u32{MPLINK_GRE_DROP_TRUNCATED});
}

TEST_F(TunnelApi, SettingsWithinTheirBounds)
{
	const mplink_tunnel_config good = settings();
	const auto with = [&](mplink_u32 mplink_tunnel_config::*field, mplink_u32 value) {
		mplink_tunnel_config config = good;

		config.*field = value;

		const int err = set(config);

		EXPECT_EQ(settings().*field, err ? good.*field : value);
		EXPECT_EQ(set(good), 0);
		return err;
	};
	using Config = mplink_tunnel_config;

	EXPECT_EQ(good.flow_buckets, 256U);
	for (mplink_u32 buckets = 0; buckets <= 512; buckets++)
		EXPECT_EQ(with(&Config::flow_buckets, buckets),
			  buckets && buckets <= 256 && !(buckets & (buckets - 1)) ? 0 : -EINVAL)
			<< buckets;
	EXPECT_EQ(with(&Config::outoforder_min_us, 0), -EINVAL);
	EXPECT_EQ(with(&Config::outoforder_min_us, 2000000), 0);
	EXPECT_EQ(with(&Config::outoforder_min_us, 2000001), -EINVAL);
	EXPECT_EQ(with(&Config::outoforder_max_us, 999), -EINVAL);
	EXPECT_EQ(with(&Config::outoforder_max_us, MPLINK_MAX_OUTOFORDER_US), 0);
	EXPECT_EQ(with(&Config::outoforder_max_us, MPLINK_MAX_OUTOFORDER_US + 1), -EINVAL);
	EXPECT_EQ(with(&Config::max_perflow_buffer, 0), -EINVAL);
	EXPECT_EQ(with(&Config::max_perflow_buffer, MPLINK_MAX_PERFLOW_BUFFER), 0);
	EXPECT_EQ(with(&Config::max_perflow_buffer, MPLINK_MAX_PERFLOW_BUFFER + 1), -EINVAL);
	EXPECT_EQ(with(&Config::max_peer_buffer, 0), -EINVAL);
	EXPECT_EQ(with(&Config::max_peer_buffer, MPLINK_MAX_PEER_BUFFER), 0);
	EXPECT_EQ(with(&Config::max_peer_buffer, MPLINK_MAX_PEER_BUFFER + 1), -EINVAL);
	EXPECT_EQ(with(&Config::checksum, 1), 0);
	EXPECT_EQ(with(&Config::checksum, 2), -EINVAL);
}

} // namespace

} // namespace fake
