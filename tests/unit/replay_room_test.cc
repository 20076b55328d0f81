// SPDX-License-Identifier: GPL-2.0
// How much is sent once more at a time, and when the far end is told that nothing is left.
#include <gtest/gtest.h>

#include "measure/meters.hh"

namespace
{

using mplink::Meters;

constexpr mplink_u64 ms = 1000;
constexpr mplink_u64 second = 1000 * ms;
constexpr mplink_u64 tick = 5 * ms;

// Links that carry so many bytes in a tick, and queue what is more.
class Links
{
public:
	static constexpr mplink_u64 nr = 3;
	static constexpr mplink_u64 carries = 5000; // 8 Mbit/s

	// given: bytes, to each link.
	void pass(mplink_u64 given)
	{
		now += tick;
		meters.judge(now, 7, true, ++ticks_);
		for (mplink_u32 i = 0; i < nr; i++)
			marked[i] = mark(i, given);
	}
	void fill()
	{
		for (int i = 0; i < 600; i++)
			pass(carries + carries / 8);
		for (mplink_u32 i = 0; i < nr; i++)
			ASSERT_TRUE(meters.at(i)->settled());
	}

	Meters meters;
	mplink_u64 now = second;
	bool marked[nr] = {};
	mplink_mark last[nr] = {};

private:
	struct Link {
		mplink_counters sent;
		mplink_u64 queue;
		mplink_u64 left;
	};

	bool mark(mplink_u32 id, mplink_u64 given)
	{
		Link &link = links_[id];

		link.sent.tx_bytes += given;
		link.sent.tx_packets += given / 1000;
		link.queue += given;

		const mplink_u64 out = std::min(link.queue, carries);

		link.queue -= out;
		link.left += out;
		if (!meters.mark(id, now, link.sent, last[id]))
			return false;

		const mplink_u64 delay = 10 * ms + link.queue * tick / carries;

		// The report comes at once, which makes round trips short, and rates right.
		meters.take(now + delay, {.mark = last[id],
					  .held_us = 0,
					  .arrived_us = now + delay,
					  .packets = last[id].packets,
					  .bytes = last[id].bytes});
		return true;
	}

	mplink_u16 ticks_ = 0;
	Link links_[nr] = {};
};

// Within an eighth.
void expect_about(mplink_u64 bytes, mplink_u64 want)
{
	EXPECT_GE(bytes, want - want / 8);
	EXPECT_LE(bytes, want + want / 8);
}

TEST(ReplayRoom, IsWhatTheOtherLinksCarry)
{
	Links links;

	links.fill();
	links.pass(0);
	expect_about(links.meters.room_without(1, 0), 2 * Links::carries);
	expect_about(links.meters.room_without(3, 0), Links::carries);
	EXPECT_EQ(links.meters.room_without(7, 0), 0U);
}

// What is new has come first.  Full links would drop what is sent once more.
TEST(ReplayRoom, IsLessByWhatIsNew)
{
	Links links;

	links.fill();
	links.pass(Links::carries / 2);
	expect_about(links.meters.room_without(1, 0), Links::carries);
}

TEST(ReplayRoom, IsNotLessByWhatIsReplayed)
{
	Links links;

	links.fill();
	links.pass(Links::carries);
	expect_about(links.meters.room_without(1, Links::carries), Links::carries);
}

// A sender that never slows down must not hold replays back for ever.
TEST(ReplayRoom, IsAPartOfWhatLinksCarryHoweverMuchIsNew)
{
	Links links;

	links.fill();
	links.pass(10 * Links::carries);
	expect_about(links.meters.room_without(1, 0), 2 * Links::carries / 8);
}

// Nobody knows how much more a link carries that was never full.
TEST(ReplayRoom, OfLinksThatWereNeverFullIsWhatIsKnown)
{
	Links links;

	for (int i = 0; i < 100; i++)
		links.pass(Links::carries / 2);
	ASSERT_FALSE(links.meters.at(0)->settled());
	expect_about(links.meters.room_without(1, 0),
		     2 * links.meters.at(0)->capacity() * tick / second);
}

TEST(ReplayRoom, AfterAPauseIsNoMoreThanForTwoTicks)
{
	Links links;

	for (int i = 0; i < 10; i++)
		links.pass(1000);
	links.now += second;
	links.pass(0);
	expect_about(links.meters.room_without(1, 0),
		     2 * links.meters.at(0)->capacity() * 2 * tick / second);
}

TEST(ReplayRoom, ThatNothingIsLeftIsToldAtOnceByAllLinks)
{
	Links links;

	for (int i = 0; i < 10; i++)
		links.pass(1000);
	// So the next marks are not due.
	do
		links.pass(0);
	while (!links.marked[1]);
	EXPECT_EQ(links.last[1].resent, 0U);
	links.meters.resent(~mplink_u64{1});
	links.pass(0);
	for (mplink_u32 i = 0; i < Links::nr; i++) {
		EXPECT_TRUE(links.marked[i]);
		// Of links that there are.
		EXPECT_EQ(links.last[i].resent, 6U);
	}
	links.pass(0);
	EXPECT_FALSE(links.marked[1]);
	links.meters.resent(0);
	links.pass(0);
	EXPECT_TRUE(links.marked[1]);
	EXPECT_EQ(links.last[1].resent, 0U);
}

} // namespace
