// SPDX-License-Identifier: GPL-2.0
// The delay equaliser: what it learns from marks, and which packets it holds back for how long.
#include <optional>
#include <random>

#include "resequencer_fixture.hh"
#include "seeds.hh"

namespace fake
{

namespace
{

using mplink::Equalizer;

class EqualizerLinks : public Clean
{
protected:
	void SetUp() override
	{
		Clean::SetUp();
		links_.emplace();
	}
	void TearDown() override
	{
		links_.reset();
		Clean::TearDown();
	}
	// Milliseconds.
	void mark(mplink_u32 link, double delay, mplink_u64 at)
	{
		now_us_ = at * 1000;
		mplink_mark mark = {};

		mark.sent_us = clock_ + at * 1000 - static_cast<mplink_u64>(delay * 1000);
		EXPECT_TRUE(links_->take(link, mark, at * 1000));
	}
	mplink_u32 above(mplink_u32 link) const
	{
		return links_->above_fastest_us(link, now_us_);
	}

	std::optional<Equalizer> links_;
	mplink_u64 now_us_ = 0;
	mplink_u64 clock_ = 0x123456789abc; // the sender's is another one
};

TEST_F(EqualizerLinks, DelaysAreAboveTheFastestOnes)
{
	EXPECT_EQ(links_->slowest_us(now_us_), 0U);
	mark(3, 50, 1000);
	EXPECT_EQ(above(3), 0U);
	mark(1, 5, 1001);
	mark(7, 20, 1002);
	EXPECT_EQ(above(1), 0U);
	EXPECT_EQ(above(3), 45000U);
	EXPECT_EQ(above(7), 15000U);
	EXPECT_EQ(links_->slowest_us(now_us_), 45000U);
	// The shortest counts.
	mark(3, 90, 1003);
	EXPECT_EQ(above(3), 45000U);
}

TEST_F(EqualizerLinks, OneThatIsMuchSlowerDoesNotCount)
{
	mark(0, 5, 1000);
	mark(1, 15, 1000);
	mark(2, 300, 1000);
	EXPECT_EQ(links_->slowest_us(now_us_), 10000U);
	EXPECT_GT(above(2), Equalizer::most_us);
}

TEST_F(EqualizerLinks, OneWithoutMarksDoesNotCount)
{
	mark(0, 5, 1000);
	mark(1, 15, 1000);
	mark(0, 5, 4100);
	EXPECT_EQ(links_->slowest_us(now_us_), 0U);
	EXPECT_GT(above(1), Equalizer::most_us);
}

TEST_F(EqualizerLinks, WithoutMarksNothingIsKnown)
{
	mark(0, 5, 1000);
	mark(1, 15, 1000);
	now_us_ += Equalizer::silent_us - 1;
	EXPECT_EQ(links_->slowest_us(now_us_), 10000U);
	EXPECT_GT(links_->spread_us(now_us_), 0U);
	EXPECT_GT(links_->lag_us(1, now_us_), 0U);
	now_us_++;
	EXPECT_EQ(links_->slowest_us(now_us_), 0U);
	EXPECT_EQ(links_->spread_us(now_us_), 0U);
	EXPECT_EQ(links_->lag_us(1, now_us_), 0U);
}

// A sender that rests marks its links after 1, 1, 2, 4, 8, and then every 15 seconds.
TEST_F(EqualizerLinks, RareMarksOfARestingSenderAreEnough)
{
	mplink_u64 at = 1000;

	for (const mplink_u64 pause : {1000, 1000, 2000, 4000, 8000, 15000, 15000, 15000}) {
		at += pause;
		mark(0, 5, at);
		mark(1, 15, at);
		EXPECT_EQ(links_->slowest_us(now_us_), 10000U);
	}
	now_us_ += 44000000;
	EXPECT_EQ(links_->slowest_us(now_us_), 10000U);
	now_us_ += 1000001;
	EXPECT_EQ(links_->slowest_us(now_us_), 0U);
	// Two marks that are an hour apart allow no longer pause.
	mark(0, 5, now_us_ / 1000 + 3600000);
	mark(1, 15, now_us_ / 1000);
	now_us_ += Equalizer::most_silent_us;
	EXPECT_EQ(links_->slowest_us(now_us_), 0U);
}

TEST_F(EqualizerLinks, TheyAreSettledAfterAWhile)
{
	EXPECT_FALSE(links_->settling(now_us_));
	mark(0, 5, 1000);
	EXPECT_TRUE(links_->settling(now_us_));
	now_us_ += Equalizer::settles_us;
	EXPECT_FALSE(links_->settling(now_us_));
	mark(0, 5, 1500);
	EXPECT_FALSE(links_->settling(now_us_));
	mark(0, 5, 5000);
	EXPECT_TRUE(links_->settling(now_us_));
}

// The id goes to another link, whose delay is its own.
TEST_F(EqualizerLinks, ALinkThatGoesIsForgotten)
{
	mark(0, 5, 1000);
	mark(1, 15, 1000);
	mark(2, 50, 1000);
	links_->forget(2);
	EXPECT_EQ(links_->lag_us(2, now_us_), 0U);
	mark(0, 5, 1010);
	EXPECT_EQ(links_->slowest_us(now_us_), 10000U);
	mark(2, 80, 1020);
	EXPECT_EQ(above(2), 75000U);
	links_->forget(7);
}

TEST_F(EqualizerLinks, OneMarkOfAnotherClockIsNotBelieved)
{
	mark(0, 5, 1000);
	mark(1, 15, 1000);
	clock_ += 3600000000;
	mark(1, 15, 1010);
	EXPECT_EQ(links_->slowest_us(now_us_), 10000U);
	clock_ -= 3600000000;
	mark(1, 15, 1020);
	clock_ += 3600000000;
	mark(1, 15, 1030);
	mark(1, 15, 1040);
	EXPECT_EQ(links_->slowest_us(now_us_), 10000U);
	// But three are, for all links.
	mark(1, 25, 1050);
	EXPECT_EQ(links_->slowest_us(now_us_), 0U);
	mark(0, 5, 1050);
	EXPECT_EQ(above(1), 20000U);
}

TEST_F(EqualizerLinks, AnyMarksAreBounded)
{
	each_seed(20, [](mplink_u32 seed) {
		std::mt19937_64 any(seed);
		Equalizer links;

		for (mplink_u64 i = 0; i < 2000; i++) {
			const mplink_u64 now = any() % 5 ? i * 1000 : any();

			mplink_mark mark = {};

			mark.sent_us = any() >> any() % 64;
			EXPECT_TRUE(links.take(static_cast<mplink_u32>(any() % MPLINK_MAX_LINKS),
					       mark, now));
			ASSERT_LE(links.slowest_us(now), Equalizer::most_us);
		}
	});
}

// Links of 5, 20 and 50 ms.
class EqualizedBucket : public Rules
{
protected:
	void begin(mplink_u32 setting)
	{
		all().config.equalize.write(setting);
		marks();
	}
	void marks()
	{
		all().mark(0, 5000);
		all().mark(1, 20000);
		all().mark(2, 50000);
	}
	// Of a packet that comes next, how long it waits.
	mplink_u64 waits(mplink_u32 link, mplink_u8 kind)
	{
		all().kind = kind;

		auto out = all().arrive(next_++, link);

		if (out.empty())
			out = all().pass(300000);
		EXPECT_EQ(out.size(), 1U);
		return out.at(0).waited_us;
	}
	// A second of so many packets over these links in turn, and the review after it.
	void second(mplink_u32 packets, mplink_u32 links, mplink_u8 kind = MPLINK_PACKET_TCP_DATA)
	{
		all().kind = kind;
		for (mplink_u32 i = 0; i < packets; i++) {
			all().arrive(next_++, i % links);
			all().pass(1000000 / packets);
		}
		// Until the line is empty.
		all().pass(100000);
		marks();
		all().review();
	}
	mplink_u32 next_ = 0;
};

TEST_F(EqualizedBucket, ATcpFlowIsHeldBackFromItsStart)
{
	begin(MPLINK_EQUALIZE_AUTO);
	EXPECT_EQ(waits(0, MPLINK_PACKET_SYN_ACK), 45000U);
	EXPECT_EQ(waits(0, MPLINK_PACKET_SMALL), 0U);
	EXPECT_EQ(waits(0, MPLINK_PACKET_TCP_DATA), 45000U);
	EXPECT_EQ(waits(1, MPLINK_PACKET_TCP_DATA), 30000U);
	EXPECT_EQ(waits(2, MPLINK_PACKET_TCP_DATA), 0U);
	EXPECT_EQ(waits(0, MPLINK_PACKET_SMALL), 0U);
	EXPECT_EQ(counters().equalized, 3U);
}

TEST_F(EqualizedBucket, AFlowWaitsForTheSlowestLinksFirstMark)
{
	all().config.equalize.write(MPLINK_EQUALIZE_AUTO);
	all().mark(0, 5000);
	EXPECT_EQ(waits(0, MPLINK_PACKET_SYN_ACK), 0U);
	EXPECT_EQ(waits(0, MPLINK_PACKET_TCP_DATA), 0U);
	all().mark(1, 20000);
	EXPECT_EQ(waits(0, MPLINK_PACKET_TCP_DATA), 15000U);
	all().mark(2, 50000);
	EXPECT_EQ(waits(0, MPLINK_PACKET_TCP_DATA), 45000U);
	// From now on, the flow's own packets decide.
	all().pass(Equalizer::settles_us);
	marks();
	EXPECT_EQ(waits(0, MPLINK_PACKET_TCP_DATA), 45000U);
}

TEST_F(EqualizedBucket, OrderIsKept)
{
	begin(MPLINK_EQUALIZE_AUTO);
	all().kind = MPLINK_PACKET_TCP_DATA;
	EXPECT_EQ(arrive(0, 0), Numbers{});
	all().pass(10000);
	EXPECT_EQ(arrive(2, 0), Numbers{}); // before 1
	EXPECT_EQ(arrive(1, 2), Numbers{}); // has taken as long, but 0 comes first
	all().kind = MPLINK_PACKET_SMALL;
	EXPECT_EQ(arrive(3, 1), Numbers{});
	// Of the four, none has left yet. A timer counts none of them again.
	EXPECT_EQ(counters().equalized, 4U);
	EXPECT_EQ(delivered(all().pass(34999)), Numbers{});
	EXPECT_EQ(delivered(all().pass(1)), (Numbers{0, 1}));
	EXPECT_EQ(counters().equalized, 4U);
	EXPECT_EQ(delivered(all().pass(10000)), (Numbers{2, 3}));
}

TEST_F(EqualizedBucket, OtherFlowsAreNotHeldBack)
{
	begin(MPLINK_EQUALIZE_AUTO);
	for (int i = 0; i < 200; i++)
		ASSERT_EQ(waits(0, i % 3 ? MPLINK_PACKET_SMALL : MPLINK_PACKET_DATA), 0U);
	// By now it is known not to be bulk.
	EXPECT_EQ(waits(0, MPLINK_PACKET_TCP_DATA), 0U);
}

TEST_F(EqualizedBucket, OffHoldsNothingBackAndOnAll)
{
	begin(MPLINK_EQUALIZE_OFF);
	EXPECT_EQ(waits(0, MPLINK_PACKET_TCP_DATA), 0U);
	EXPECT_EQ(counters().equalized, 0U);
	begin(MPLINK_EQUALIZE_ON);
	all().review();
	EXPECT_EQ(waits(0, MPLINK_PACKET_SMALL), 45000U);
	EXPECT_EQ(waits(1, MPLINK_PACKET_SMALL), 30000U);
	begin(MPLINK_EQUALIZE_OFF);
	all().review();
	EXPECT_EQ(waits(0, MPLINK_PACKET_TCP_DATA), 0U);
}

TEST_F(EqualizedBucket, ThePeersSettingHoldsUntilItInherits)
{
	begin(MPLINK_EQUALIZE_OFF);
	all().equalize(MPLINK_EQUALIZE_ON);
	all().review();
	EXPECT_EQ(waits(0, MPLINK_PACKET_SMALL), 45000U);
	begin(MPLINK_EQUALIZE_ON);
	all().equalize(MPLINK_EQUALIZE_OFF);
	all().review();
	EXPECT_EQ(waits(0, MPLINK_PACKET_TCP_DATA), 0U);
	all().equalize(MPLINK_EQUALIZE_INHERIT);
	all().review();
	marks();
	EXPECT_EQ(waits(0, MPLINK_PACKET_SMALL), 45000U);
}

TEST_F(EqualizedBucket, ALinkThatIsMuchSlowerHoldsNothingBack)
{
	all().config.equalize.write(MPLINK_EQUALIZE_AUTO);
	all().mark(0, 5000);
	all().mark(1, 250000);
	EXPECT_EQ(waits(0, MPLINK_PACKET_TCP_DATA), 0U);
}

TEST_F(EqualizedBucket, OneThatUsesOneLinkIsNotHeldBackForLong)
{
	begin(MPLINK_EQUALIZE_AUTO);
	for (int i = 0; i < 9; i++)
		second(200, 1);
	EXPECT_EQ(waits(0, MPLINK_PACKET_TCP_DATA), 45000U);
	second(200, 1);
	EXPECT_EQ(waits(0, MPLINK_PACKET_TCP_DATA), 0U);
}

// A flow's seconds over one link do not count for the next flow.
TEST_F(EqualizedBucket, ARestEndsTheCount)
{
	begin(MPLINK_EQUALIZE_AUTO);
	for (int i = 0; i < 9; i++)
		second(200, 1);
	all().review();
	second(200, 1);
	EXPECT_EQ(waits(0, MPLINK_PACKET_TCP_DATA), 45000U);
}

TEST_F(EqualizedBucket, OneThatUsesSeveralIsHeldBackByAndBy)
{
	begin(MPLINK_EQUALIZE_AUTO);
	second(200, 3, MPLINK_PACKET_DATA);

	mplink_u64 before = 0;

	for (int i = 0; i < 60; i++) {
		const mplink_u64 now = waits(0, MPLINK_PACKET_DATA);

		// BBR can follow: less than 1.9 times in ten seconds.
		EXPECT_LE(now + 10000, (before + 10000) * 107 / 100);
		before = now;
		second(200, 3, MPLINK_PACKET_DATA);
	}
	EXPECT_EQ(before, 45000U);
	// And few packets are no bulk.
	for (int i = 0; i < 10; i++)
		second(100, 3, MPLINK_PACKET_DATA);
	EXPECT_EQ(waits(0, MPLINK_PACKET_DATA), 0U);
}

TEST_F(EqualizedBucket, AfterARestAnotherFlowBegins)
{
	begin(MPLINK_EQUALIZE_AUTO);
	for (int i = 0; i < 100; i++)
		ASSERT_EQ(waits(0, MPLINK_PACKET_SMALL), 0U);
	EXPECT_EQ(waits(0, MPLINK_PACKET_TCP_DATA), 0U);
	all().review();
	marks();
	all().review();
	EXPECT_EQ(waits(0, MPLINK_PACKET_TCP_DATA), 45000U);
}

// With any setting: marks tell how long a packet may need by a link that is seldom used.
TEST_F(EqualizedBucket, AGapWaitsForAPacketByASlowLink)
{
	begin(MPLINK_EQUALIZE_OFF);
	in_order(0, 1200, 2);
	EXPECT_EQ(arrive(1201, 0), Numbers{});
	EXPECT_EQ(arrive(1202, 1), Numbers{});
	EXPECT_EQ(delivered(all().pass(45000)), Numbers{});
	EXPECT_EQ(arrive(1200, 2), range(1200, 1203));
	// But not for ever.
	in_order(1203, 2400, 2);
	EXPECT_EQ(arrive(2401, 0), Numbers{});
	EXPECT_EQ(arrive(2402, 1), Numbers{});
	EXPECT_EQ(delivered(all().pass(60000)), range(2401, 2403));
	EXPECT_EQ(all().lost(), 1U);
}

// The far end has another policy now, and sends no mark that would ask for a review.
TEST_F(EqualizedBucket, WithoutMarksNothingIsHeldBack)
{
	begin(MPLINK_EQUALIZE_ON);
	all().review();
	EXPECT_EQ(waits(0, MPLINK_PACKET_TCP_DATA), 45000U);
	all().pass(4000000);
	EXPECT_EQ(waits(0, MPLINK_PACKET_TCP_DATA), 0U);
	// And costs nothing.
	in_order(next_, next_ + 10, 3);
}

TEST_F(EqualizedBucket, AFullLineLosesNothing)
{
	begin(MPLINK_EQUALIZE_ON);
	all().config.max_perflow_buffer.write(10);

	Numbers out;

	for (mplink_u32 i = 0; i < 100; i++) {
		for (const mplink_u32 seq : delivered(all().arrive(i, 0)))
			out.push_back(seq);
		EXPECT_LE(all().counters().held, 10U);
	}
	for (const mplink_u32 seq : delivered(all().pass(50000)))
		out.push_back(seq);
	EXPECT_EQ(out, range(0, 100));
	EXPECT_EQ(all().lost(), 0U);
	EXPECT_EQ(all().counters().held, 0U);
}

// What comes behind a gap needs the room more: if it left too early, its order would be lost.
TEST_F(EqualizedBucket, ALineMakesRoomForGaps)
{
	begin(MPLINK_EQUALIZE_ON);
	all().config.max_perflow_buffer.write(10);
	for (mplink_u32 i = 0; i < 10; i++)
		EXPECT_EQ(arrive(i, 0), Numbers{});
	EXPECT_EQ(arrive(11, 0), Numbers{0});
	EXPECT_EQ(arrive(12, 0), Numbers{1});
	EXPECT_EQ(all().counters().held, 10U);
	EXPECT_EQ(delivered(all().arrive(10, 2)), range(2, 3));
	EXPECT_EQ(delivered(all().pass(50000)), range(3, 13));
	EXPECT_EQ(all().lost(), 0U);
}

} // namespace

} // namespace fake
