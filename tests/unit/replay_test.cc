// SPDX-License-Identifier: GPL-2.0
// Packets that are sent once more: where they are delivered, where they are refused, and what they
// must not tell.
#include "resequencer_fixture.hh"

namespace fake
{

namespace
{

constexpr mplink_u64 ms = 1000;
constexpr mplink_u64 second = 1000 * ms;

class Replays : public Rules
{
protected:
	mplink_u32 refused_as(const std::vector<Resequencing::Out> &out)
	{
		return out.size() == 1 ? out[0].drop : mplink_u32{MPLINK_GRE_DROP_NONE};
	}
	mplink_u32 replay_refused(mplink_u32 seq, mplink_u32 link)
	{
		return refused_as(all().replay(seq, link));
	}
	mplink_u32 arrival_refused(mplink_u32 seq, mplink_u32 link)
	{
		return refused_as(all().arrive(seq, link));
	}
};

TEST_F(Replays, FillTheirGaps)
{
	const mplink_u32 n = mature();

	EXPECT_EQ(arrive(n + 1, 1), Numbers{});
	EXPECT_EQ(arrive(n + 3, 1), Numbers{});
	EXPECT_EQ(replay(n, 2), range(n, n + 2));
	EXPECT_EQ(replay(n + 2, 2), range(n + 2, n + 4));
	EXPECT_EQ(counters().replayed, 2U);
	EXPECT_EQ(all().lost(), 0U);
	in_order(n + 4, n + 100);
}

TEST_F(Replays, ThatAreNextAreDelivered)
{
	const mplink_u32 n = mature();

	EXPECT_EQ(replay(n, 0), Numbers{n});
	EXPECT_EQ(replay(n + 1, 0), Numbers{n + 1});
	EXPECT_EQ(counters().replayed, 2U);
	in_order(n + 2, n + 100);
}

TEST_F(Replays, ThatAreAheadAreHeld)
{
	const mplink_u32 n = mature();

	EXPECT_EQ(replay(n + 2, 0), Numbers{});
	EXPECT_EQ(replay(n + 1, 0), Numbers{});
	EXPECT_EQ(counters().replayed, 0U);
	EXPECT_EQ(arrive(n, 0), range(n, n + 3));
	EXPECT_EQ(counters().replayed, 2U);
	EXPECT_EQ(counters().reordered, 2U);
}

// 64 numbers ahead of what is known.
TEST_F(Replays, ThatAreFarAheadAreLate)
{
	const mplink_u32 n = mature();

	EXPECT_EQ(replay_refused(n + 65, 0), mplink_u32{MPLINK_GRE_DROP_LATE});
	EXPECT_EQ(replay(n + 64, 0), Numbers{});
	EXPECT_EQ(replay_refused(n + 129, 0), mplink_u32{MPLINK_GRE_DROP_LATE});
	EXPECT_EQ(replay(n + 128, 0), Numbers{});
	EXPECT_EQ(replay_refused(n + 0x80000000, 0), mplink_u32{MPLINK_GRE_DROP_LATE});
	EXPECT_EQ(counters().held, 2U);
}

TEST_F(Replays, OfWhatHasComeAreRefused)
{
	const mplink_u32 n = mature();

	arrive(n + 1, 0);
	EXPECT_EQ(replay_refused(n - 1, 1), mplink_u32{MPLINK_GRE_DROP_REPLAY});
	EXPECT_EQ(replay_refused(n - 500, 1), mplink_u32{MPLINK_GRE_DROP_REPLAY});
	EXPECT_EQ(replay_refused(n + 1, 1), mplink_u32{MPLINK_GRE_DROP_REPLAY});
	EXPECT_EQ(counters().duplicates, 0U);
	EXPECT_EQ(counters().held, 1U);
	EXPECT_EQ(replay(n, 1), range(n, n + 2));
	EXPECT_EQ(replay_refused(n, 1), mplink_u32{MPLINK_GRE_DROP_REPLAY});
}

TEST_F(Replays, OfWhatWasGivenUpAreLate)
{
	const mplink_u32 n = mature();
	const mplink_u64 timer = counters().timer_us;

	arrive(n + 1, 0);
	arrive(n + 2, 1);
	EXPECT_EQ(arrive(n + 3, 2), range(n + 1, n + 4));
	EXPECT_EQ(replay_refused(n, 1), mplink_u32{MPLINK_GRE_DROP_LATE});
	EXPECT_EQ(counters().late, 1U);
	EXPECT_EQ(counters().timer_us, timer);
}

// The packet beyond the gap may have had a wrong number, but a replay cannot tell.
TEST_F(Replays, OfAGapThatWasLeaptOverAreLate)
{
	const mplink_u32 n = mature(1);

	all().alive = 1;
	EXPECT_EQ(arrive(n + 1, 0), Numbers{n + 1});
	EXPECT_EQ(replay_refused(n, 1), mplink_u32{MPLINK_GRE_DROP_LATE});
	EXPECT_EQ(arrive(n + 2, 0), Numbers{n + 2});
}

TEST_F(Replays, DoNotShowThatTheirLinkHasPassedAGap)
{
	const mplink_u32 n = mature();

	arrive(n + 1, 0);
	arrive(n + 2, 1);
	EXPECT_EQ(replay(n + 3, 2), Numbers{});
	EXPECT_EQ(replay(n + 4, 2), Numbers{});
	EXPECT_EQ(all().pass(1 * ms).size(), 0U);
	EXPECT_EQ(arrive(n + 5, 2), range(n + 1, n + 6));
}

TEST_F(Replays, AloneBeyondAGapDoNotShowItEither)
{
	const mplink_u32 n = mature();

	arrive(n + 60, 0);
	arrive(n + 61, 1);
	EXPECT_EQ(replay(n + 120, 2), Numbers{});
	EXPECT_EQ(all().pass(30 * ms).size(), 0U);
	EXPECT_EQ(all().lost(), 0U);
}

// A gap before a replay is given up like any other, and for good.
TEST_F(Replays, HaveGapsBeforeThem)
{
	const mplink_u32 n = mature();

	EXPECT_EQ(replay(n + 3, 1), Numbers{});
	EXPECT_EQ(delivered(all().pass(200 * ms)), Numbers{n + 3});
	EXPECT_EQ(counters().lost_timer, 3U);
	EXPECT_TRUE(is_late(n, 0));
	EXPECT_TRUE(is_late(n + 1, 0));
	in_order(n + 4, n + 50);
}

// The sender was wrong: the link was not dead, only slow.
TEST_F(Replays, BeforeTheirOriginalsTakeTheirPlace)
{
	const mplink_u32 n = mature();

	for (mplink_u32 i = 0; i < 10; i++)
		ASSERT_EQ(replay(n + i, 0), Numbers{n + i});
	for (mplink_u32 i = 0; i < 10; i++)
		ASSERT_EQ(arrival_refused(n + i, 1), mplink_u32{MPLINK_GRE_DROP_REPLAY}) << i;
	EXPECT_EQ(counters().duplicates, 0U);
	all().pass(1998 * ms);
	EXPECT_EQ(arrival_refused(n + 3, 2), mplink_u32{MPLINK_GRE_DROP_REPLAY});
	all().pass(3 * ms);
	EXPECT_EQ(arrival_refused(n + 3, 2), mplink_u32{MPLINK_GRE_DROP_DUPLICATE});
	in_order(n + 10, n + 100);
}

TEST_F(Replays, ThatAreHeldTakeTheirPlaceToo)
{
	const mplink_u32 n = mature();

	replay(n + 2, 0);
	replay(n + 1, 0);
	EXPECT_EQ(arrival_refused(n + 2, 1), mplink_u32{MPLINK_GRE_DROP_REPLAY});
	EXPECT_EQ(arrival_refused(n + 1, 2), mplink_u32{MPLINK_GRE_DROP_REPLAY});
	EXPECT_EQ(arrive(n, 0), range(n, n + 3));
}

TEST_F(Replays, LeaveOtherDuplicatesAlone)
{
	const mplink_u32 n = mature();

	EXPECT_EQ(replay(n, 0), Numbers{n});
	EXPECT_EQ(arrival_refused(n - 1, 1), mplink_u32{MPLINK_GRE_DROP_DUPLICATE});
	EXPECT_EQ(arrival_refused(n, 1), mplink_u32{MPLINK_GRE_DROP_REPLAY});
}

// Duplicates that continue each other on their link mean that the far end has begun anew.  Here
// they do not, though the link lets packets overtake each other.
TEST_F(Replays, OriginalsBehindThemAreNoRestart)
{
	const mplink_u32 n = mature();

	for (mplink_u32 i = 0; i < 200; i++)
		ASSERT_EQ(replay(n + i, 0), Numbers{n + i});
	ASSERT_EQ(arrival_refused(n + 199, 1), mplink_u32{MPLINK_GRE_DROP_REPLAY});
	for (mplink_u32 i = 0; i < 199; i++)
		ASSERT_EQ(arrival_refused(n + i, 1), mplink_u32{MPLINK_GRE_DROP_REPLAY}) << i;
	EXPECT_EQ(counters().restarts, 0U);
}

// Nor if nothing else comes for long.
TEST_F(Replays, NorIfTheyDribble)
{
	const mplink_u32 n = mature();

	for (mplink_u32 i = 0; i < 60; i++) {
		ASSERT_EQ(replay(n + i, 0), Numbers{n + i});
		all().pass(50 * ms);
	}
	for (mplink_u32 i = 0; i < 19; i++) {
		ASSERT_EQ(arrival_refused(n + 40 + i, 1), mplink_u32{MPLINK_GRE_DROP_REPLAY}) << i;
		all().pass(100 * ms);
	}
	EXPECT_EQ(counters().restarts, 0U);
}

TEST_F(Replays, NeverTellThatTheFarEndBeganAnew)
{
	const mplink_u32 n = mature();

	for (mplink_u32 i = 0; i < 300; i++) {
		EXPECT_EQ(replay_refused(i, i % 2), mplink_u32{MPLINK_GRE_DROP_REPLAY});
		EXPECT_EQ(replay_refused(0x40000000 + i, i % 2), mplink_u32{MPLINK_GRE_DROP_LATE});
		all().pass(20 * ms);
	}
	EXPECT_EQ(counters().restarts, 0U);
	in_order(n, n + 10);
}

TEST_F(Replays, ContinueNoDoubt)
{
	const mplink_u32 n = mature();

	EXPECT_EQ(arrive(500000, 1), Numbers{});
	EXPECT_EQ(replay_refused(500001, 1), mplink_u32{MPLINK_GRE_DROP_LATE});
	EXPECT_EQ(replay_refused(500002, 2), mplink_u32{MPLINK_GRE_DROP_LATE});
	EXPECT_EQ(counters().restarts, 0U);
	EXPECT_EQ(replay(n, 1), Numbers{n});
	// The second one of the new run does.
	EXPECT_EQ(arrive(500001, 1), range(500000, 500002));
	EXPECT_EQ(counters().restarts, 1U);
}

// An original that comes after its replay shows that its link has gone on.
TEST_F(Replays, OriginalsBehindThemEndADoubt)
{
	const mplink_u32 n = mature();

	EXPECT_EQ(arrive(500000, 1), Numbers{});
	EXPECT_EQ(replay(n, 0), Numbers{n});

	const auto out = all().arrive(n, 1);

	EXPECT_EQ(refused(out, MPLINK_GRE_DROP_REPLAY), Numbers{n});
	EXPECT_EQ(refused(out, MPLINK_GRE_DROP_LATE), Numbers{500000});
}

TEST_F(Replays, OfTheLastRunExplainNoDuplicatesOfThisOne)
{
	const mplink_u32 n = mature();

	EXPECT_EQ(replay(n, 0), Numbers{n});
	arrive(100000, 1);
	ASSERT_EQ(arrive(100001, 1), range(100000, 100002));
	EXPECT_EQ(arrival_refused(100001, 1), mplink_u32{MPLINK_GRE_DROP_DUPLICATE});
}

TEST_F(Replays, OfTheLastRunAreLate)
{
	const mplink_u32 n = mature();

	arrive(100000, 1);
	EXPECT_EQ(arrive(100001, 1), range(100000, 100002));
	arrive(100002, 0);
	EXPECT_EQ(counters().restarts, 1U);
	EXPECT_EQ(replay_refused(n, 0), mplink_u32{MPLINK_GRE_DROP_LATE});
	EXPECT_EQ(replay_refused(n + 2, 1), mplink_u32{MPLINK_GRE_DROP_LATE});
	EXPECT_EQ(replay(100003, 0), Numbers{100003});
}

// The run before began with high numbers, so those of the last one are ahead.
TEST_F(Replays, OfTheLastRunAreLateAheadToo)
{
	in_order(0, 1200);
	arrive(1200000, 0);
	arrive(1200001, 0);
	ASSERT_EQ(counters().restarts, 1U);
	all().pass(3 * second);
	for (mplink_u32 i = 2; i < 30; i++)
		arrive(1200000 + i, i % 3);
	arrive(1199900, 0);
	arrive(1199901, 0);
	ASSERT_EQ(counters().restarts, 2U);
	// The last run ended at 1200030.
	EXPECT_EQ(replay_refused(1199964, 0), mplink_u32{MPLINK_GRE_DROP_NONE});
	EXPECT_EQ(replay_refused(1199967, 0), mplink_u32{MPLINK_GRE_DROP_LATE});
}

TEST_F(Replays, OpenABucketIfTheirNumberIsLow)
{
	EXPECT_EQ(replay_refused(65, 0), mplink_u32{MPLINK_GRE_DROP_LATE});
	EXPECT_EQ(replay_refused(5000, 0), mplink_u32{MPLINK_GRE_DROP_LATE});
	EXPECT_EQ(replay(1, 0), Numbers{});
	EXPECT_EQ(replay(0, 0), range(0, 2));
	// So the bucket does not begin with a high one.
	EXPECT_EQ(arrive(5000, 0), Numbers{});
	EXPECT_EQ(arrive(5001, 0), Numbers{});
	EXPECT_EQ(delivered(all().pass(200 * ms)), range(5000, 5002));
}

TEST_F(Replays, LeaveAnEmptyBucketToItsFirstPacket)
{
	EXPECT_EQ(replay_refused(5000, 0), mplink_u32{MPLINK_GRE_DROP_LATE});
	EXPECT_EQ(arrive(5001, 0), Numbers{5001});
	EXPECT_EQ(replay_refused(5000, 0), mplink_u32{MPLINK_GRE_DROP_LATE});
	EXPECT_EQ(replay(5002, 9), Numbers{5002});
}

TEST_F(Replays, TeachTheTimerNothing)
{
	mplink_u32 n = short_spread(mature());

	const mplink_u64 timer = counters().timer_us;

	ASSERT_LE(timer, 8 * ms);
	arrive(n + 1, 0);
	all().pass(timer - 1);
	EXPECT_EQ(replay(n, 1), range(n, n + 2));
	EXPECT_EQ(counters().timer_us, timer);
	// An original that is late after a replay.
	replay(n + 3, 0);
	all().pass(timer - 1);
	EXPECT_EQ(arrive(n + 2, 1), range(n + 2, n + 4));
	EXPECT_EQ(counters().timer_us, timer);
}

TEST_F(Replays, ByLinksWithHighIdsNeedNoMemory)
{
	const mplink_u32 n = mature();

	EXPECT_EQ(replay(n + 1, 63), Numbers{});
	EXPECT_EQ(delivered(all().pass(200 * ms)), Numbers{n + 1});
	EXPECT_EQ(replay(n + 2, 63), Numbers{n + 2});
	EXPECT_EQ(replay_refused(n, 63), mplink_u32{MPLINK_GRE_DROP_LATE});
}

// With the delay equaliser, a replay leaves behind what was sent before it, and no later.
TEST_F(Replays, KeepTheOrderOfWhatIsHeldBack)
{
	all().equalize(MPLINK_EQUALIZE_ON);
	all().mark(0, 5 * ms);
	all().mark(1, 20 * ms);
	all().pass(1 * ms);
	EXPECT_EQ(arrive(0, 0), Numbers{});
	EXPECT_EQ(arrive(2, 0), Numbers{});
	EXPECT_EQ(replay(1, 1), Numbers{});
	EXPECT_EQ(delivered(all().pass(15 * ms - 1)), Numbers{});
	EXPECT_EQ(delivered(all().pass(1)), range(0, 3));
	EXPECT_EQ(replay(3, 1), Numbers{3});
}

} // namespace

} // namespace fake
