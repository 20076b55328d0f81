// SPDX-License-Identifier: GPL-2.0
// mplink/tunnel.h: the resequencer of a device's peer, and its settings.
#include "mplink/tunnel.h"

#include <cerrno>
#include <memory>

#include "fixture.hh"
#include "flow_buckets.hh"

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
		buckets_.reset();
		InWorld::TearDown();
	}
	void make()
	{
		mplink_resequencer *made = mplink_core_resequencer_create(world().device());

		ASSERT_NE(made, nullptr);
		buckets_ = std::make_unique<FlowBuckets>(made);
	}
	// How many packets are delivered.
	unsigned arrive(mplink_u32 seq, mplink_u8 link)
	{
		const ReadLock lock;
		mplink_held &packet = packets_[seq];

		packet = {.next = nullptr, .held_us = 0, .seq = seq, .link = link, .drop = 0};
		if (mplink_core_bucket_in_order(buckets_->at(0), &packet))
			return 1;
		mplink_core_bucket_arrive(buckets_->at(0), world().peer(), &packet, &release_);
		return delivered();
	}
	unsigned expire()
	{
		const ReadLock lock;

		mplink_core_bucket_expire(buckets_->at(0), world().peer(), &release_);
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

	std::unique_ptr<FlowBuckets> buckets_;
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
	mplink_core_bucket_flush(buckets_->at(0), &release_);
	EXPECT_EQ(delivered(), 2U);

	const mplink_resequencer_counters sum = buckets_->counters();

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

TEST_F(TunnelApi, CreationThatFails)
{
	const NoMemory none;

	EXPECT_EQ(mplink_core_resequencer_create(world().device()), nullptr);
}

// An idle peer costs one small object, and each bucket in use another.
TEST_F(TunnelApi, MemoryIsTakenWhenABucketIsFirstUsed)
{
	const std::size_t before = Memory::live();

	make();
	EXPECT_EQ(Memory::live(), before + 1);
	EXPECT_EQ(arrive(0, 0), 1U);
	EXPECT_EQ(Memory::live(), before + 2);
	// All that a kernel's lock and timer leave of an allocation of 512 bytes.
	EXPECT_LE(mplink_core_bucket_size(), 512U - 80);

	const NoMemory none;

	for (mplink_u32 seq = 1; seq < 50; seq++)
		EXPECT_EQ(arrive(seq, static_cast<mplink_u8>(seq % 7)), 1U);
	EXPECT_EQ(Memory::live(), before + 2);
}

TEST_F(TunnelApi, ALinkBeyondABucketsRoom)
{
	make();
	EXPECT_EQ(arrive(0, 6), 1U);
	{
		const NoMemory none;

		EXPECT_EQ(arrive(1, 7), 0U);
		ASSERT_NE(release_.refused, nullptr);
		EXPECT_EQ(release_.refused->drop, mplink_u32{MPLINK_GRE_DROP_NO_MEMORY});
		EXPECT_EQ(release_.refused->next, nullptr);
		EXPECT_EQ(release_.deadline_us, MPLINK_NEVER);
		// The others' packets need nothing.
		EXPECT_EQ(arrive(2, 6), 0U);
		EXPECT_EQ(arrive(1, 0), 2U);
	}
	// What the bucket knows of links outlives the move to more room: all three of the
	// peer's have passed number 3.
	EXPECT_EQ(arrive(4, 0), 0U);
	EXPECT_EQ(arrive(5, 1), 0U);
	EXPECT_EQ(arrive(6, 7), 0U);
	EXPECT_EQ(arrive(7, MPLINK_MAX_LINKS - 1), 0U);
	EXPECT_EQ(arrive(8, 2), 5U);
	EXPECT_EQ(buckets_->counters().lost_rule, 1U);

	const NoMemory none;

	for (mplink_u32 seq = 9; seq < 50; seq++)
		EXPECT_EQ(arrive(seq, static_cast<mplink_u8>(seq)), 1U);
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
	EXPECT_EQ(with(&Config::replay, 0), 0);
	EXPECT_EQ(with(&Config::replay, 2), -EINVAL);
	EXPECT_EQ(with(&Config::max_peer_replay, 0), -EINVAL);
	EXPECT_EQ(with(&Config::max_peer_replay, MPLINK_MAX_PEER_REPLAY), 0);
	EXPECT_EQ(with(&Config::max_peer_replay, MPLINK_MAX_PEER_REPLAY + 1), -EINVAL);
	EXPECT_EQ(with(&Config::max_peer_replay_kib, MPLINK_MIN_PEER_REPLAY_KIB - 1), -EINVAL);
	EXPECT_EQ(with(&Config::max_peer_replay_kib, MPLINK_MIN_PEER_REPLAY_KIB), 0);
	EXPECT_EQ(with(&Config::max_peer_replay_kib, MPLINK_MAX_PEER_REPLAY_KIB + 1), -EINVAL);
}

} // namespace

} // namespace fake
