// SPDX-License-Identifier: GPL-2.0
// Gaps that are asked for, because the sender sends once more what links have lost.
#include "random.hh"
#include "repair_fixture.hh"
#include "seeds.hh"

namespace fake
{

namespace
{

TEST_F(Repair, AGapIsAskedForAsSoonAsAllLinksHavePassed)
{
	const mplink_u32 n = promised();

	arrive(n + 1, 0);
	arrive(n + 2, 1);
	EXPECT_EQ(asked(), Numbers{});
	EXPECT_EQ(arrive(n + 3, 2), Numbers{});
	EXPECT_EQ(asked(), Numbers{n});
	all().pass(20 * ms);
	EXPECT_EQ(replay(n, 0), range(n, n + 4));
	EXPECT_EQ(counters().repaired, 1U);
	EXPECT_EQ(counters().replayed, 0U);
	EXPECT_EQ(counters().repair_asked, 1U);
	EXPECT_EQ(counters().repair_us, 20 * ms);
	EXPECT_EQ(all().lost(), 0U);
}

// A replay may be lost, too.
TEST_F(Repair, WhatADeadLinkWasGivenIsAskedForWhenAllIsSentOnceMore)
{
	const mplink_u32 n = promised();

	// Link 2 is dead.
	for (mplink_u32 i = 0; i < 20; i++)
		if (i % 3 != 2)
			arrive(n + i, i % 3);
	all().pass(10 * ms);
	EXPECT_EQ(replay(n + 2, 0), range(n + 2, n + 5));
	EXPECT_EQ(asked(), Numbers{});
	all().tell_resent(2);
	all().mark(0, 5 * ms, promise_ms);
	all().expire();
	EXPECT_EQ(asked(), Numbers{});
	all().mark(1, 5 * ms, promise_ms);
	all().pass(all().look_at - all().now());
	all().expire();
	EXPECT_EQ(asked(), (Numbers{n + 5, n + 8, n + 11, n + 14, n + 17}));
}

// Both of the two other links die.
TEST_F(Repair, ADeadLinkNeedNotTellThatAnotherOneIsDead)
{
	const mplink_u32 n = promised();

	for (mplink_u32 i = 0; i < 6; i++)
		if (i % 3 == 0)
			arrive(n + i, 0);
	all().tell_resent(2);
	all().mark(0, 5 * ms, promise_ms);
	all().expire();
	EXPECT_EQ(asked(), Numbers{});
	all().resent |= mplink_u64{1} << Resequencing::senders_id(1);
	all().mark(0, 5 * ms, promise_ms);
	all().pass(all().look_at - all().now());
	all().expire();
	EXPECT_EQ(asked(), (Numbers{n + 1, n + 2}));
}

// At high rates, the sender needs longer to notice than the order of links needs to give up.
TEST_F(Repair, NotBeforeTheSenderCanKnowThatTheLinkIsDead)
{
	const mplink_u32 n = promised();

	all().mark(2, 5 * ms, promise_ms);
	for (mplink_u32 i = 1; i < 3000; i++)
		arrive(n + i, i % 2);
	EXPECT_EQ(asked(), Numbers{});
	all().pass(promise_ms * ms / 2);
	EXPECT_EQ(asked(), Numbers{});
}

// Losses that follow each other need not wait for each other's round trips.
TEST_F(Repair, AllGapsAreAskedForAtOnce)
{
	const mplink_u32 n = promised();

	lose(n, 1);
	EXPECT_EQ(asked(), Numbers{n});
	lose(n + 4, 2);
	EXPECT_EQ(asked(), range(n + 4, n + 6));
	lose(n + 9, 1);
	EXPECT_EQ(asked(), Numbers{n + 9});
	// The last one first: it waits for the others.
	EXPECT_EQ(replay(n + 9, 1), Numbers{});
	EXPECT_EQ(replay(n + 4, 1), Numbers{});
	EXPECT_EQ(replay(n, 1), range(n, n + 5));
	EXPECT_EQ(replay(n + 5, 1), range(n + 5, n + 13));
	EXPECT_EQ(counters().repaired, 4U);
}

TEST_F(Repair, ANackHoldsWhatFits)
{
	const mplink_u32 n = promised();

	// Every second packet of 100 is lost, and then the last link passes all of them.
	for (mplink_u32 i = 1; i < 100; i += 2)
		arrive(n + i, i / 2 % 2);
	EXPECT_EQ(asked(), Numbers{});
	arrive(n + 101, 2);
	arrive(n + 103, 0);
	arrive(n + 105, 1);

	Numbers want;

	for (mplink_u32 i = 0; i < 102; i += 2)
		want.push_back(n + i);
	EXPECT_EQ(asked(), want);
	EXPECT_LE(all().nacks.size(), 4U);
}

// What is wider is no loss, but a failure, or a stray number.
TEST_F(Repair, AWideGapIsNotAskedFor)
{
	mplink_u32 n = promised();

	lose(n, 64);
	EXPECT_EQ(asked(), range(n, n + 64));
	EXPECT_EQ(delivered(all().refuse(n, ~mplink_u64{0})), range(n + 64, n + 67));
	n += 67;
	lose(n, 65);
	EXPECT_EQ(asked(), Numbers{});
}

// What comes behind the data by the same link shows as much as data.
TEST_F(Repair, AMarkShowsThatALinkHasPassed)
{
	const mplink_u32 n = promised();

	arrive(n + 1, 0);
	arrive(n + 2, 1);
	all().pass(20 * ms);
	EXPECT_EQ(asked(), Numbers{});
	marks();
	arrive(n + 3, 0);
	EXPECT_EQ(asked(), Numbers{n});
}

TEST_F(Repair, ALinkThatIsIdleBringsNothing)
{
	const mplink_u32 n = promised();

	all().mark_again(2, 5 * ms, promise_ms);
	arrive(n + 1, 0);
	arrive(n + 2, 1);
	// A packet and its mark may be on their way.
	all().pass(15 * ms);
	arrive(n + 3, 0);
	EXPECT_EQ(asked(), Numbers{});
	all().pass(10 * ms);
	arrive(n + 4, 1);
	EXPECT_EQ(asked(), Numbers{n});
}

TEST_F(Repair, WhatIsRefusedIsGivenUpAtOnce)
{
	const mplink_u32 n = promised();

	lose(n, 2);
	EXPECT_EQ(delivered(all().refuse(n, 3)), range(n + 2, n + 5));
	EXPECT_EQ(counters().lost_rule, 2U);
}

TEST_F(Repair, OnlyThatGap)
{
	const mplink_u32 n = promised();

	lose(n, 1);
	lose(n + 4, 1);
	asked();
	EXPECT_EQ(delivered(all().refuse(n + 4, 1)), Numbers{});
	EXPECT_EQ(
		replay(n, 0), range(n, n + 8).empty() ? Numbers{} : [&] {
			Numbers all_but = range(n, n + 4);

			for (mplink_u32 seq = n + 5; seq < n + 8; seq++)
				all_but.push_back(seq);
			return all_but;
		}());
	EXPECT_EQ(asked(), Numbers{});
}

TEST_F(Repair, RefusalsOfOtherNumbersChangeNothing)
{
	const mplink_u32 n = promised();

	arrive(n + 1, 0);
	// Not asked for yet.
	all().refuse(n, 1);
	arrive(n + 2, 1);
	arrive(n + 3, 2);
	EXPECT_EQ(asked(), Numbers{n});
	// Delivered, held, or not known yet; and wherever the first number lies.
	for (const mplink_u32 first : {n - 64, n + 1, n + 4, n + 0x7fffffff, n + 0x80000000})
		EXPECT_EQ(delivered(all().refuse(first, ~mplink_u64{0})), Numbers{});
	EXPECT_EQ(replay(n, 0), range(n, n + 4));
}

// The link was slow, but had not lost it.
TEST_F(Repair, TheFirstCopyMayStillCome)
{
	const mplink_u32 n = promised();

	arrive(n + 1, 0);
	all().pass(20 * ms);
	marks();
	arrive(n + 2, 1);
	EXPECT_EQ(asked(), Numbers{n});
	EXPECT_EQ(arrive(n, 2), range(n, n + 3));
	EXPECT_EQ(refused(all().replay(n, 0), MPLINK_GRE_DROP_REPLAY), Numbers{n});
	EXPECT_EQ(counters().repaired, 0U);
}

TEST_F(Repair, OnlyIfTheSenderRepairs)
{
	const mplink_u32 n = promised();

	all().repairs = 0;
	marks();
	EXPECT_EQ(lose(n, 1), range(n + 1, n + 4));
	all().repairs = 1;
	marks();
	EXPECT_EQ(lose(n + 4, 1), Numbers{});
	EXPECT_EQ(replay(n + 4, 0), range(n + 4, n + 8));
	// It is silent.
	all().pass(3 * second);
	EXPECT_EQ(lose(n + 8, 1), range(n + 9, n + 12));
}

// For a flow that sends little, a delay is worse than a loss.  TCP does not see it so.
TEST_F(Repair, SparseBucketsAskForTcpOnly)
{
	all().kind = MPLINK_PACKET_DATA;
	in_order(0, 30);
	all().repairs = 1;
	marks();
	// A new bucket does not know its links yet: marks tell that they have passed.
	arrive(31, 0);
	all().pass(20 * ms);
	marks();
	EXPECT_EQ(arrive(32, 1), range(31, 33));
	EXPECT_EQ(asked(), Numbers{});
	all().pass(second);
	all().kind = MPLINK_PACKET_TCP_DATA;
	marks();
	arrive(34, 0);
	all().pass(20 * ms);
	marks();
	arrive(35, 1);
	EXPECT_EQ(asked(), Numbers{33});
}

// Most short packets are acknowledgments, and the next one tells as much.
TEST_F(Repair, ShortPacketsDoNotWait)
{
	const mplink_u32 n = promised();

	all().kind = MPLINK_PACKET_SMALL;
	EXPECT_EQ(lose(n, 1), range(n + 1, n + 4));
	EXPECT_EQ(asked(), Numbers{});
}

// If a queue drops much, TCP has to know.
TEST_F(Repair, ManyLossesAreNotAskedFor)
{
	mplink_u32 n = promised();

	// So many in any case,
	lose(n, 40);
	lose(n + 43, 25);
	EXPECT_EQ(asked(), range(n, n + 40));
	EXPECT_EQ(delivered(all().refuse(n, ~mplink_u64{0})).size(), 6U);
	n += 71;
	lose(n, 24);
	EXPECT_EQ(asked(), range(n, n + 24));
	all().refuse(n, ~mplink_u64{0});
	n += 27;
	// and one for 32 of those that came in the last second.
	all().review();
	in_order(n, n + 3200);
	n += 3200;
	all().review();
	lose(n, 64);
	lose(n + 67, 36);
	lose(n + 106, 1);
	EXPECT_EQ(asked().size(), 100U);
}

// Where packets overtake each other on a link, only time tells what is lost.
TEST_F(Repair, LinksThatReorderAreGivenTime)
{
	mplink_u32 n = short_spread(mature());

	// By one link, late.
	arrive(n + 1, 0);
	arrive(n + 2, 1);
	arrive(n + 3, 2);
	EXPECT_TRUE(is_late(n, 0));
	n += 4;
	all().repairs = 1;
	all().kind = MPLINK_PACKET_DATA;
	marks();

	const mplink_u64 spread = counters().timer_us / 2 / 4 * 5;

	for (mplink_u32 i = 0; i < 6; i++)
		in_order(n + i, n + i + 1);
	n += 6;
	lose(n, 1);
	all().pass(spread - 1);
	arrive(n + 4, 0);
	EXPECT_EQ(asked(), Numbers{});
	all().pass(1);
	arrive(n + 5, 0);
	EXPECT_EQ(asked(), Numbers{n});
}

TEST_F(Repair, TheBuffersAndTheLongestWaitBoundIt)
{
	mplink_u32 n = promised();

	all().config.max_perflow_buffer.write(3);
	lose(n, 1);
	EXPECT_EQ(arrive(n + 4, 0), range(n + 1, n + 5));
	EXPECT_EQ(counters().lost_overflow, 1U);
	all().config.max_perflow_buffer.write(1024);
	n += 5;
	all().config.outoforder_max_us.write(50000);
	lose(n, 1);
	EXPECT_EQ(delivered(all().pass(50 * ms - 1)), Numbers{});
	EXPECT_EQ(delivered(all().pass(1)), range(n + 1, n + 4));
}

// Links of any delays lose packets at random, and NACKs, refusals and repairs get lost, too.  What
// is lost in the end was asked for twice in vain.
TEST_F(Repair, OnLossyLinksNextToNothingIsLost)
{
	each_seed(60, [](mplink_u32 seed) {
		enum class What { none, packet, repair, mark, nack };
		struct Coming {
			What what;
			mplink_u32 link;
			mplink_u32 seq;
			mplink_nack nack;
		};
		Random random(seed);
		Resequencing all(7);
		std::multimap<mplink_u64, Coming> coming;
		const mplink_u64 delays[] = {5 * ms, 5 * ms + random.below(30000),
					     5 * ms + random.below(30000)};
		const mplink_u32 jitter = random.below(2) ? 0 : 1 + random.below(10000);
		const mplink_u32 per_mille = 1 + random.below(20);
		const mplink_u64 step = 200 + random.below(400);
		const mplink_u32 total = 12000;
		mplink_u64 repairs = 0;
		mplink_u64 lost = 0;
		std::size_t answered = 0;
		mplink_u64 reviewed = all.now();
		const auto loses = [&] { return random.below(1000) < per_mille; };
		const auto delay = [&](mplink_u32 link) {
			return delays[link] + (jitter ? random.below(jitter) : 0);
		};

		all.quick = true;
		all.repairs = 1;
		all.kind = MPLINK_PACKET_TCP_DATA;
		all.config.outoforder_max_us.write(2000000);
		for (mplink_u32 seq = 0; seq < total; seq++) {
			const mplink_u64 at = all.now() + seq * step;
			const mplink_u32 link = random.below(3);

			if (seq % 16 == 0)
				for (mplink_u32 i = 0; i < 3; i++)
					coming.emplace(at + delay(i), Coming{What::mark, i, 0, {}});
			if (loses())
				lost++;
			else
				coming.emplace(at + delay(link),
					       Coming{What::packet, link, seq, {}});
		}
		// When all has been sent, what is asked for still comes.
		while (!coming.empty() || all.held()) {
			Coming it = {What::none, 0, 0, {}};
			const mplink_u64 at =
				coming.empty() ? all.deadline() : coming.begin()->first;

			if (!coming.empty()) {
				it = coming.begin()->second;
				coming.erase(coming.begin());
			}
			if (all.now() < at)
				all.pass(at - all.now());
			if (all.now() >= reviewed + second) {
				reviewed = all.now();
				all.review();
			}
			if (it.what == What::mark) {
				all.mark(it.link, delay(it.link), 100);
			} else if (it.what == What::packet) {
				all.arrive(it.seq, it.link);
			} else if (it.what == What::repair) {
				all.replay(it.seq, it.link);
			} else if (it.what == What::nack) {
				for (mplink_u32 i = 0; i < MPLINK_NACK_NUMBERS; i++) {
					if (!(it.nack.missing >> i & 1))
						continue;
					ASSERT_LT(it.nack.first + i, total);
					repairs++;
					if (!loses())
						coming.emplace(at + delay(0),
							       Coming{What::repair,
								      0,
								      it.nack.first + i,
								      {}});
				}
			}
			for (; answered < all.nacks.size(); answered++)
				if (!loses())
					coming.emplace(
						all.now() + delay(0),
						Coming{What::nack, 0, 0, all.nacks[answered]});
			ASSERT_EQ(all.wrong, "");
		}
		EXPECT_LE(all.lost(), 1 + lost / 50);
		EXPECT_GE(all.delivered + 8, total);
		EXPECT_LE(repairs, lost + lost / 8 + total / 200);
		EXPECT_GT(all.counters().repaired, 0U);
		EXPECT_EQ(all.counters().restarts, 0U);
	});
}

} // namespace

} // namespace fake
