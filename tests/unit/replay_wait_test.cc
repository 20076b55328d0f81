// SPDX-License-Identifier: GPL-2.0
// Gaps that wait for packets that are sent once more, because marks have promised them.
#include "random.hh"
#include "resequencer_fixture.hh"
#include "seeds.hh"

namespace fake
{

namespace
{

constexpr mplink_u64 ms = 1000;
constexpr mplink_u64 second = 1000 * ms;
constexpr mplink_u64 slower = 15 * ms; // link 1 than link 0
constexpr mplink_u64 margin = mplink::Resequencer::replay_margin_us;

class ReplayWait : public Rules
{
protected:
	// All links are known.  Link 1 is the slower one.
	mplink_u32 promised(mplink_u32 replay_ms = 40)
	{
		const mplink_u32 n = mature();

		marks(replay_ms);
		return n;
	}
	void marks(mplink_u32 replay_ms)
	{
		for (mplink_u32 link = 0; link < 3; link++)
			all().mark(link, link == 1 ? 20 * ms : 5 * ms, replay_ms);
	}
	// Links 0 and 1 have passed a gap, and link 2 has no carrier.
	void gap(mplink_u32 n)
	{
		all().alive = 3;
		all().arrive(n + 1, 0);
		opened_us = all().now();
		out = all().arrive(n + 2, 1);
	}
	mplink_u64 waits_us() const
	{
		const mplink_u64 deadline = all_->deadline();

		return deadline == MPLINK_NEVER ? 0 : deadline - opened_us;
	}

	mplink_u64 opened_us = 0;
	std::vector<Resequencing::Out> out;
};

TEST_F(ReplayWait, ADeadLinksGapWaits)
{
	const mplink_u32 n = promised();

	gap(n);
	EXPECT_EQ(delivered(out), Numbers{});
	EXPECT_EQ(waits_us(), 40 * ms + slower + margin);
	EXPECT_EQ(delivered(all().pass(40 * ms + slower)), Numbers{});
	EXPECT_EQ(replay(n, 0), range(n, n + 3));
	EXPECT_EQ(all().lost(), 0U);
}

TEST_F(ReplayWait, ButNotForEver)
{
	const mplink_u32 n = promised();

	gap(n);
	EXPECT_EQ(delivered(all().pass(40 * ms + slower + margin - 1)), Numbers{});
	EXPECT_EQ(delivered(all().pass(1)), range(n + 1, n + 3));
	EXPECT_EQ(counters().lost_rule, 1U);
	// The next gap of that link waits, too.
	gap(n + 3);
	EXPECT_EQ(waits_us(), 40 * ms + slower + margin);
}

TEST_F(ReplayWait, NotWithoutAPromise)
{
	const mplink_u32 n = promised(0);

	gap(n);
	EXPECT_EQ(delivered(out), range(n + 1, n + 3));
}

TEST_F(ReplayWait, ASilentLinksGapOutlastsTheTimer)
{
	mplink_u32 n = short_spread(mature());

	for (mplink_u32 i = 0; i < 3; i++)
		ASSERT_EQ(arrive(n + i, i), Numbers{n + i});
	n += 3;
	marks(100);
	arrive(n + 1, 0);
	arrive(n + 2, 1);
	EXPECT_EQ(delivered(all().pass(100 * ms + slower)), Numbers{});
	EXPECT_EQ(replay(n, 0), range(n, n + 3));
}

TEST_F(ReplayWait, NotIfEveryLinkHasPassed)
{
	const mplink_u32 n = promised();

	arrive(n + 1, 0);
	arrive(n + 2, 1);
	EXPECT_EQ(arrive(n + 3, 2), range(n + 1, n + 4));
}

// What comes behind the data by the same link shows as much as data.
TEST_F(ReplayWait, NotIfAMarkHasPassed)
{
	const mplink_u32 n = promised();

	gap(n);
	// Too soon: the packet may have been sent behind it, and be slower.
	all().pass(3 * ms);
	marks(40);
	EXPECT_EQ(delivered(all().expire()), Numbers{});
	all().pass(30 * ms);
	marks(40);
	EXPECT_EQ(delivered(all().expire()), range(n + 1, n + 3));
}

// The sender gives it nothing, so it owes nothing.
TEST_F(ReplayWait, NotForALinkThatIsIdle)
{
	const mplink_u32 n = promised();

	all().mark_again(2, 5 * ms, 40);
	gap(n);
	EXPECT_EQ(delivered(out), range(n + 1, n + 3));
}

// Had it died, the sender would have noticed before it sent the packets of this gap.
TEST_F(ReplayWait, NotForALinkThatWasMarkedLongAgo)
{
	const mplink_u32 n = promised();

	all().pass(79 * ms);
	all().mark(0, 5 * ms, 40);
	all().mark(1, 20 * ms, 40);
	all().pass(2 * ms);
	gap(n);
	EXPECT_EQ(delivered(out), range(n + 1, n + 3));
}

TEST_F(ReplayWait, MarksOfOtherLinksDoNotShowIt)
{
	const mplink_u32 n = promised();

	gap(n);
	all().pass(30 * ms);
	all().mark(0, 5 * ms, 40);
	all().mark(1, 20 * ms, 40);
	EXPECT_EQ(delivered(all().expire()), Numbers{});
	EXPECT_EQ(waits_us(), 40 * ms + slower + margin);
}

// Another link has that id now.
TEST_F(ReplayWait, NorDoesAMarkThatIsForgotten)
{
	const mplink_u32 n = promised();

	gap(n);
	all().pass(30 * ms);
	marks(40);
	all().forget(2);
	EXPECT_EQ(delivered(all().expire()), Numbers{});
}

// At high rates, a link that has died brings nothing of many packets before the sender knows.
TEST_F(ReplayWait, AlsoForALinkThatHasStoppedUntilItsNextMark)
{
	mplink_u32 n = mature();

	for (mplink_u32 i = 0; i < 1024; i++, n++)
		ASSERT_EQ(arrive(n, i % 2), Numbers{n});
	marks(40);
	gap(n);
	EXPECT_EQ(delivered(out), Numbers{});
	all().pass(30 * ms);
	marks(40);
	EXPECT_EQ(delivered(all().expire()), range(n + 1, n + 3));
}

// The sender has sent all once more, and a mark has followed by each other link: what has not come
// by then, will not.
TEST_F(ReplayWait, UntilAllOtherLinksTellThatNothingIsLeft)
{
	const mplink_u32 n = promised();

	gap(n);
	all().tell_resent(2);
	all().pass(10 * ms);
	all().mark(0, 5 * ms, 40);
	EXPECT_EQ(delivered(all().expire()), Numbers{});
	EXPECT_EQ(waits_us(), 40 * ms + slower + margin);
	EXPECT_EQ(all().look_at, 0U);
	all().mark(1, 20 * ms, 40);
	// A mark may overtake what was sent before it.
	EXPECT_EQ(delivered(all().expire()), Numbers{});
	EXPECT_GE(all().look_at, all().now() + margin);
	EXPECT_LT(all().look_at, all().now() + 2 * margin);
	EXPECT_EQ(delivered(all().pass(all().look_at - all().now() - 1)), Numbers{});
	all().pass(1);
	EXPECT_EQ(delivered(all().expire()), range(n + 1, n + 3));
	all().mark(1, 20 * ms, 40);
	EXPECT_EQ(all().look_at, 0U);
}

// A hostile sender tells so of another link with each mark.
TEST_F(ReplayWait, BucketsAreLookedAtForOneAfterTheOther)
{
	promised();
	all().tell_resent(2);
	marks(40);
	all().resent = 0;
	marks(40);
	all().tell_resent(1);
	all().mark(2, 5 * ms, 40);
	all().mark(0, 5 * ms, 40);
	EXPECT_EQ(all().look_at, 0U);
	all().pass(margin);
	all().mark(0, 5 * ms, 40);
	EXPECT_GE(all().look_at, all().now() + margin);
}

// Its sender uses the link again, and then it dies once more.
TEST_F(ReplayWait, UntilMarksTellNothingOfTheKindAnyMore)
{
	mplink_u32 n = promised();

	all().tell_resent(2);
	marks(40);
	all().resent = 0;
	all().mark(0, 5 * ms, 40);
	EXPECT_EQ(arrive(n, 2), Numbers{n});
	n++;
	gap(n);
	EXPECT_EQ(delivered(out), Numbers{});
}

TEST_F(ReplayWait, NotInASparseBucket)
{
	in_order(0, 157);
	marks(40);
	gap(157);
	EXPECT_EQ(delivered(out), range(158, 160));
	in_order(160, 161);
	gap(161);
	EXPECT_EQ(delivered(out), Numbers{});
}

TEST_F(ReplayWait, AReviewTellsWhatTheLastSecondBrought)
{
	mplink_u32 n = promised();

	all().review();
	gap(n);
	EXPECT_EQ(delivered(out), Numbers{});
	EXPECT_EQ(replay(n, 0), range(n, n + 3));
	all().pass(500 * ms);
	all().review();
	gap(n + 3);
	EXPECT_EQ(delivered(out), range(n + 4, n + 6));
}

// The most of what the links' marks say, for a second.
TEST_F(ReplayWait, TheLongestPromiseHolds)
{
	mplink_u32 n = promised(60);

	all().pass(900 * ms);
	marks(20);
	gap(n);
	EXPECT_EQ(waits_us(), 60 * ms + slower + margin);
	ASSERT_EQ(replay(n, 0), range(n, n + 3));
	n += 3;
	all().pass(100 * ms);
	marks(20);
	gap(n);
	EXPECT_EQ(waits_us(), 20 * ms + slower + margin);
	ASSERT_EQ(replay(n, 0), range(n, n + 3));
	n += 3;
	all().mark(0, 5 * ms, 0);
	gap(n);
	EXPECT_EQ(delivered(out), range(n + 1, n + 3));
}

TEST_F(ReplayWait, APromiseOfASenderThatIsSilentEnds)
{
	const mplink_u32 n = promised();

	all().pass(3 * second);
	gap(n);
	EXPECT_EQ(delivered(out), range(n + 1, n + 3));
}

TEST_F(ReplayWait, NoPromiseOutlastsTheLongestWait)
{
	const mplink_u32 n = promised(65535);

	gap(n);
	EXPECT_EQ(waits_us(), 200 * ms);
	EXPECT_EQ(delivered(all().pass(200 * ms)), range(n + 1, n + 3));
}

TEST_F(ReplayWait, NorTheBuffers)
{
	const mplink_u32 n = promised();

	all().config.max_perflow_buffer.write(3);
	gap(n);
	EXPECT_EQ(arrive(n + 3, 0), Numbers{});
	EXPECT_EQ(arrive(n + 4, 0), range(n + 1, n + 5));
	EXPECT_EQ(counters().lost_overflow, 1U);
}

// Links that let packets overtake each other are waited for by the timer, and no longer.
TEST_F(ReplayWait, LinksThatReorderWaitNoLonger)
{
	mplink_u32 n = mature();

	// By one link, late: so the links are not trusted.
	arrive(n + 1, 0);
	arrive(n + 2, 1);
	arrive(n + 3, 2);
	EXPECT_TRUE(is_late(n, 0));
	n += 4;
	marks(100);
	arrive(n + 1, 0);
	arrive(n + 2, 1);
	arrive(n + 3, 2);
	EXPECT_EQ(all().deadline(), all().now() + counters().timer_us);
}

// A link dies at any moment, and all that it lost is sent once more in time: nothing is lost.
TEST_F(ReplayWait, ADeadLinkLosesNothing)
{
	each_seed(40, [](mplink_u32 seed) {
		struct Coming {
			mplink_u32 seq;
			mplink_u32 link;
			bool replayed;
			bool mark;
		};
		Random random(seed);
		Resequencing all(7);
		std::multimap<mplink_u64, Coming> coming;
		const mplink_u64 delays[] = {5 * ms, 5 * ms + random.below(20000),
					     5 * ms + random.below(20000)};
		const mplink_u64 replay_us = (20 + random.below(60)) * ms;
		const mplink_u64 start = all.now();
		const mplink_u64 dies = start + second + random.below(1000000);
		const mplink_u32 dead = random.below(3);
		// Here, the cable is seen to be out; or nothing is seen; or the sender is wrong.
		const mplink_u32 how = random.below(3);
		const mplink_u64 step = 200 + random.below(800);
		const mplink_u64 promise = replay_us / ms;
		mplink_u32 seq = 0;

		all.config.max_perflow_buffer.write(2000);
		for (mplink_u64 at = start; at < start + 3 * second; at += step, seq++) {
			const mplink_u32 link =
				at > dies + replay_us ? (dead + 1 + seq % 2) % 3 : random.below(3);

			if (seq % 20 == 0)
				for (mplink_u32 i = 0; i < 3; i++)
					if (i != dead || at < dies)
						coming.emplace(at + delays[i],
							       Coming{0, i, false, true});
			if (link != dead || at < dies || how == 2)
				coming.emplace(at + delays[link] +
						       (link == dead && at >= dies ? 300 * ms : 0),
					       Coming{seq, link, false, false});
			// In its order, by one link.
			if (link == dead && at >= dies - replay_us / 2)
				coming.emplace(std::max(at + replay_us, dies + replay_us / 2) +
						       delays[(dead + 1) % 3],
					       Coming{seq, (dead + 1) % 3, true, false});
		}
		for (const auto &[at, packet] : coming) {
			if (all.now() < at)
				all.pass(at - all.now());
			if (how == 0 && at > dies + 3 * ms && all.alive == 7) {
				all.alive &= ~(mplink_u64{1} << dead);
				all.expire();
			}
			if (packet.mark)
				all.mark(packet.link, delays[packet.link],
					 static_cast<mplink_u32>(promise));
			else if (packet.replayed)
				all.replay(packet.seq, packet.link);
			else
				all.arrive(packet.seq, packet.link);
			ASSERT_EQ(all.wrong, "");
		}
		all.pass(second);
		EXPECT_EQ(all.delivered, seq);
		EXPECT_EQ(all.lost(), 0U);
		EXPECT_EQ(all.counters().duplicates, 0U);
		EXPECT_EQ(all.counters().late, 0U);
		EXPECT_EQ(all.counters().restarts, 0U);
		EXPECT_GT(all.counters().replayed, 0U);
	});
}

} // namespace

} // namespace fake
