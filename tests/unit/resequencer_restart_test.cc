// SPDX-License-Identifier: GPL-2.0
// A far end that begins anew, and what only looks like one.
#include "random.hh"
#include "resequencer_fixture.hh"
#include "seeds.hh"

namespace fake
{

namespace
{

using Restarts = Rules;

TEST_F(Restarts, TwoThatContinueEachOtherBeginAnew)
{
	in_order(0, 500);
	EXPECT_EQ(arrive(0, 0), Numbers{});
	EXPECT_EQ(counters().restarts, 0U);
	EXPECT_EQ(arrive(1, 0), (Numbers{0, 1}));
	EXPECT_EQ(counters().restarts, 1U);
	// The links are waited for as in any new bucket.
	EXPECT_EQ(arrive(3, 2), Numbers{});
	EXPECT_EQ(arrive(2, 1), (Numbers{2, 3}));
	in_order(4, 500);
	EXPECT_EQ(counters().restarts, 1U);
	EXPECT_EQ(all().lost(), 0U);
}

// Of three links each brings every third number.
TEST_F(Restarts, NothingOfANewRunIsLost)
{
	in_order(0, 500);
	EXPECT_EQ(arrive(2, 2), Numbers{});
	EXPECT_EQ(arrive(0, 0), Numbers{});
	EXPECT_EQ(arrive(3, 0), Numbers{0});
	EXPECT_EQ(arrive(1, 1), (Numbers{1, 2, 3}));
	EXPECT_EQ(counters().restarts, 1U);
	EXPECT_EQ(counters().late + counters().duplicates, 0U);
}

TEST_F(Restarts, WhatWasDeliveredBeforeIsForgotten)
{
	in_order(0, 500);
	EXPECT_EQ(arrive(100, 0), Numbers{});
	EXPECT_EQ(arrive(101, 1), (Numbers{100, 101}));
	EXPECT_TRUE(is_late(99, 1));
	EXPECT_EQ(arrive(102, 1), Numbers{102});
}

TEST_F(Restarts, WhatIsHeldIsDelivered)
{
	in_order(0, 500);
	EXPECT_EQ(arrive(502, 1), Numbers{});
	EXPECT_EQ(arrive(505, 1), Numbers{});
	EXPECT_EQ(arrive(0, 0), Numbers{});
	EXPECT_EQ(arrive(1, 0), (Numbers{502, 505, 0, 1}));
	EXPECT_EQ(all().lost(), 4U);
}

TEST_F(Restarts, AfterFewNumbersItTakesTwo)
{
	in_order(0, 30);
	EXPECT_TRUE(is_duplicate(0, 0));
	EXPECT_TRUE(counters().restarts == 0);
	// Over another link just as well.
	EXPECT_EQ(arrive(1, 1), Numbers{1});
	EXPECT_EQ(counters().restarts, 1U);
	in_order(2, 100);
}

// Where links let packets overtake each other, two old duplicates in a row are no wonder.
TEST_F(Restarts, WhereLinksReorderItTakesALongerRow)
{
	in_order(0, 40, 1);
	EXPECT_EQ(arrive(41, 0), Numbers{});
	EXPECT_EQ(arrive(40, 0), range(40, 42));

	mplink_u32 seq = 0;

	while (seq < 40 && arrive(seq, 0).empty())
		seq++;
	EXPECT_EQ(seq + 1, mplink::Resequencer::long_run);
	in_order(seq + 1, 200);
	EXPECT_EQ(counters().restarts, 1U);
}

TEST_F(Restarts, LoneDuplicatesAreNone)
{
	in_order(0, 300);
	for (mplink_u32 seq = 300; seq < 600; seq++) {
		ASSERT_EQ(arrive(seq, seq % 3), Numbers{seq});
		ASSERT_TRUE(is_duplicate(seq - 3 * (seq % 20), seq % 3));
	}
	EXPECT_EQ(counters().restarts, 0U);
	// Nor the same one many times over.
	ASSERT_EQ(arrive(600, 0), Numbers{600});
	for (int i = 0; i < 100; i++)
		ASSERT_TRUE(is_duplicate(590, 2));
	EXPECT_EQ(counters().restarts, 0U);
}

// One link's packets take another way, and those that were on the old one come after.
TEST_F(Restarts, StragglersOfALinkAreNone)
{
	const mplink_u32 next = mature(1);

	for (mplink_u32 i = 0; i < 400; i++) {
		arrive(next + 400 + i, 0);
		arrive(next + i, 0);
	}
	EXPECT_EQ(counters().held, 0U);
	EXPECT_EQ(counters().late, 0U);
	EXPECT_EQ(counters().restarts, 0U);
}

// broadcast: each number comes over each link, and over the slow one for the second time.
TEST_F(Restarts, ASlowLinksDuplicatesAreNone)
{
	constexpr mplink_u32 lag = 700;

	for (mplink_u32 seq = 0; seq < 5000; seq++) {
		all().pass(100);
		ASSERT_EQ(arrive(seq, 0), Numbers{seq});
		ASSERT_TRUE(is_duplicate(seq, 1));
		if (seq >= lag) {
			ASSERT_TRUE(is_duplicate(seq - lag, 2));
		}
	}
	// Now the fast ones die, and for a while the slow one brings only old numbers.
	for (mplink_u32 seq = 5000 - lag; seq < 5000; seq++) {
		all().pass(100);
		ASSERT_TRUE(is_duplicate(seq, 2));
	}
	for (mplink_u32 seq = 5000; seq < 6000; seq++)
		ASSERT_EQ(arrive(seq, 2), Numbers{seq});
	EXPECT_EQ(counters().restarts, 0U);
	EXPECT_EQ(counters().late, 0U);
}

TEST_F(Restarts, ABroadcastsLossIsFilledByTheSlowLink)
{
	constexpr mplink_u32 lag = 2000;
	unsigned filled = 0;

	for (mplink_u32 seq = 0; seq < 20000; seq++) {
		all().pass(20);
		// The fast link loses one in 5000.
		if (seq % 5000 != 4000)
			arrive(seq, 0);
		if (seq >= lag)
			filled += arrive(seq - lag, 1).size() > 1;
		all().config.max_perflow_buffer.write(4000);
	}
	EXPECT_EQ(filled, 3U);
	EXPECT_EQ(all().lost(), 0U);
	EXPECT_EQ(counters().restarts, 0U);
}

// It restarts while packets of before are under way on the slow link.
TEST_F(Restarts, WhatIsUnderWayOfBeforeIsLate)
{
	for (const mplink_u32 life : {200U, 5000U, 200000U, 0x90000000U}) {
		Resequencing fresh(3);
		const auto out = [&fresh](mplink_u32 seq, mplink_u32 link) {
			fresh.pass(100);
			return fresh.arrive(seq, link);
		};
		const mplink_u32 lag = 100;
		mplink_u64 count = 0;

		// Even numbers over the fast link, odd ones over the slow one.
		for (mplink_u32 i = 0; i < 2000; i++) {
			out(life - 2000 + i, i % 2);
			count++;
		}
		for (mplink_u32 i = 0; i < 2000; i++) {
			if (i % 2 == 0 || i >= lag)
				count += delivered(out(i % 2 ? i - lag : i, i % 2)).size();
			else if (i == 1) // nothing has continued the first yet
				ASSERT_TRUE(out(life + 1, 1).empty());
			else
				ASSERT_EQ(refused(out(life + i, 1), MPLINK_GRE_DROP_LATE),
					  Numbers{life + i})
					<< life;
		}
		EXPECT_EQ(fresh.counters().restarts, 1U) << life;
		EXPECT_EQ(fresh.lost(), 1U) << life;
		EXPECT_EQ(fresh.wrong, "");
	}
}

// But not for ever: what was under way has come by then, or never will.
TEST_F(Restarts, ALinkThatComesBackLaterIsHeard)
{
	for (const mplink_u64 pause : {1000000U, 2000000U}) {
		Resequencing fresh(7);

		for (mplink_u32 seq = 0; seq < 500; seq++)
			fresh.arrive(seq, seq % 3);
		for (mplink_u32 seq = 0; seq < 400; seq++)
			fresh.arrive(seq, seq % 2);
		EXPECT_EQ(fresh.counters().restarts, 1U);
		fresh.pass(pause);
		fresh.arrive(480, 2);
		EXPECT_EQ(fresh.counters().late, pause < 2000000 ? 1U : 0U);
		EXPECT_EQ(fresh.wrong, "");
	}
}

TEST_F(Restarts, AJumpAheadIsNoLoss)
{
	in_order(0, 500);
	EXPECT_EQ(arrive(502, 0), Numbers{});
	EXPECT_EQ(arrive(501 + 65537, 1), Numbers{});
	EXPECT_EQ(arrive(501 + 65538, 0), (Numbers{502, 501 + 65537, 501 + 65538}));
	EXPECT_EQ(counters().restarts, 1U);
	EXPECT_EQ(all().lost(), 2U);
}

TEST_F(Restarts, TheFurthestThatIsALoss)
{
	in_order(0, 500);
	EXPECT_EQ(arrive(500 + 65534, 0), Numbers{});
	EXPECT_EQ(arrive(500 + 65535, 1), Numbers{});
	EXPECT_EQ(arrive(500 + 65536, 2).size(), 3U);
	EXPECT_EQ(counters().restarts, 0U);
	EXPECT_EQ(counters().lost_rule, 65534U);
}

TEST_F(Restarts, JumpsByHalfTheRange)
{
	for (const mplink_u32 jump : {0x7fffffffU, 0x80000000U, 0x80000001U}) {
		Resequencing fresh(1);
		mplink_u32 seq = 1000;

		for (int round = 0; round < 10; round++, seq += jump)
			for (mplink_u32 i = 0; i < 100; i++, seq++) {
				const Numbers expected = !round || i > 1 ? Numbers{seq}
							 : i             ? range(seq - 1, seq + 1)
									 : Numbers{};

				EXPECT_EQ(delivered(fresh.arrive(seq, 0)), expected)
					<< round << ", " << i;
			}
		EXPECT_EQ(fresh.counters().restarts, 9U) << jump;
		EXPECT_EQ(fresh.lost(), 0U);
		EXPECT_EQ(fresh.wrong, "");
	}
}

// Whatever comes, a far end that goes on sending is heard again.
// The packet that was doubted first is the highest one, and all of them have waited since.
TEST_F(Restarts, TheFirstThatWasDoubtedIsNotHeldForLonger)
{
	all().arrive(0x8000008b, 0);
	all().arrive(0x7ffffff1, 1);
	all().arrive(14, 0);
	all().pass(300);
	all().arrive(0U - 46U, 2);
	all().arrive(0U - 43U, 2);
	EXPECT_EQ(all().counters().restarts, 1U);
	EXPECT_EQ(all().deadline(), 1000000U + 200000U);
}

TEST_F(Restarts, OverALinkThatHadBroughtNothing)
{
	mature(2);

	// Links 0 and 1 are dead, and the far end begins anew over link 2.
	all().alive = 4;

	mplink_u32 seq = 0;

	for (; seq < 10000 && arrive(seq, 2).empty(); seq++)
		all().pass(10000);
	EXPECT_LE(seq, 204U);
	EXPECT_EQ(counters().restarts, 1U);
	for (mplink_u32 end = seq + 100; ++seq < end;)
		EXPECT_EQ(arrive(seq, 2), Numbers{seq});
}

// Whatever one packet says, it costs no other packet anything.
class Strays : public Rules
{
protected:
	// Sends a run of packets, with a stray in the midst of it: all others come out, each
	// once, and in order.
	static void unharmed(mplink_u32 links, mplink_u32 number, mplink_u32 by,
			     mplink_u64 interval, const std::string &what)
	{
		SCOPED_TRACE(what + ", links " + std::to_string(links) + ", by " +
			     std::to_string(by) + ", interval " + std::to_string(interval));
		const mplink_u32 start = 100000;
		const mplink_u32 end = start + 3000;
		Resequencing all((1U << links) - 1);
		Numbers got;
		const auto see = [&got](const std::vector<Resequencing::Out> &out) {
			for (const auto &o : out)
				if (!o.drop && !o.tag)
					got.push_back(o.seq);
		};

		all.config.outoforder_max_us.write(2000000);
		all.strays = true;
		for (mplink_u32 seq = start; seq < end; seq++) {
			see(all.pass(interval));
			if (seq == start + 1500)
				see(all.arrive(number, by, 0, 1));
			see(all.arrive(seq, seq % links));
		}
		see(all.pass(4000000));
		// One more may be taken for the stray's double, and one that the stray has
		// just overtaken for late.
		const mplink_u32 ahead = number - (start + 1500);

		if (ahead < 1500)
			std::erase(got, number);
		EXPECT_LE(got.size(), 3000U - (ahead < 1500));
		EXPECT_GE(got.size(), 3000U - (ahead < 1500) - (ahead < 3));
		EXPECT_TRUE(std::is_sorted(got.begin(), got.end()));
		EXPECT_EQ(all.counters().restarts, 0U);
		EXPECT_EQ(all.wrong, "");
	}
};

TEST_F(Strays, AnyBitFlipped)
{
	for (const mplink_u32 links : {1U, 2U, 3U})
		for (const mplink_u64 interval : {0U, 100U, 20000U, 300000U})
			for (mplink_u32 bit = 0; bit < 32; bit++)
				for (mplink_u32 by = 0; by < links; by++)
					unharmed(links, 101500 ^ 1U << bit, by, interval,
						 "bit " + std::to_string(bit));
}

TEST_F(Strays, AtAnyDistance)
{
	for (const mplink_u32 links : {1U, 2U, 3U})
		for (const mplink_u64 interval : {100U, 20000U})
			for (const mplink_u32 distance : {1U, 2U, 63U, 64U, 65U, 70U, 1000U, 65535U,
							  65536U, 65537U, 1000000U, 0x7fffffffU})
				for (mplink_u32 by = 0; by < links; by++) {
					const std::string what = std::to_string(distance);

					unharmed(links, 101500 + distance, by, interval,
						 what + " ahead");
					unharmed(links, 101500 - distance, by, interval,
						 what + " back");
				}
}

// Ten in twenty seconds, from anywhere.
TEST_F(Strays, ManyOfThem)
{
	each_seed(20, [](mplink_u32 seed) {
		Random random(seed);
		Resequencing all(3);
		mplink_u64 good = 0;

		all.config.outoforder_max_us.write(2000000);
		all.strays = true;
		for (mplink_u32 seq = 0; seq < 20000; seq++) {
			const auto count = [&good](const std::vector<Resequencing::Out> &out) {
				for (const auto &o : out)
					good += !o.drop && !o.tag;
			};

			count(all.pass(1000));
			count(all.arrive(seq, seq % 2));
			if (!random.below(2000))
				count(all.arrive(random(), random.below(2), 0, 1));
		}
		EXPECT_EQ(good, 20000U);
		EXPECT_EQ(all.counters().restarts, 0U);
		EXPECT_EQ(all.wrong, "");
	});
}

// The first of a bucket is believed, having no other; until two others say it is wrong.
TEST_F(Strays, AsTheFirstOfABucket)
{
	for (const mplink_u32 links : {1U, 2U, 3U}) {
		Resequencing all((1U << links) - 1);
		mplink_u64 good = 0;

		all.strays = true;
		all.arrive(0x40000000, 0, 0, 1);
		for (mplink_u32 seq = 0; seq < 100; seq++)
			good += delivered(all.arrive(seq, seq % links)).size();
		EXPECT_EQ(good, 100U);
		EXPECT_EQ(all.wrong, "");
	}
}

// Two that continue each other are believed; but what they say is undone by two others.
TEST_F(Strays, ARunOfTwo)
{
	in_order(0, 3000);
	EXPECT_EQ(arrive(0x40000000, 0), Numbers{});
	EXPECT_EQ(arrive(0x40000001, 0), range(0x40000000, 0x40000002));

	unsigned lost = 0;

	for (mplink_u32 seq = 3000; seq < 4000; seq++) {
		all().pass(1000);
		lost += 1 - static_cast<unsigned>(arrive(seq, seq % 3).size());
	}
	EXPECT_LE(lost, 3U);
	EXPECT_LE(counters().restarts, 2U);
}

TEST_F(Strays, ADuplicateFarBackIsOne)
{
	in_order(0, 500);
	EXPECT_EQ(arrive(430, 430 % 3), Numbers{});
	in_order(500, 2500);
	EXPECT_EQ(counters().duplicates, 1U);
	EXPECT_EQ(counters().restarts, 0U);
}

// A link that has been silent for half of all numbers is not ahead of the others.
TEST_F(Strays, ASilentLinkIsNotAhead)
{
	mature(2);
	in_order(1200, 4000, 1);
	// Numbers jump by as much as a gap may be, to get there sooner.
	mplink_u32 seq = 4000;

	for (mplink_u32 i = 0; i < 0x80000000U / 60000 + 10; i++, seq += 60000)
		for (mplink_u32 end = seq + 5; seq < end; seq++)
			arrive(seq, 0);
	arrive(seq++, 0);
	arrive(seq++, 0);
	in_order(seq, seq + 200000, 1);
	seq += 200000;
	// What the silent one brings is late, and no new run.
	for (mplink_u32 i = 0; i < 20; i++) {
		arrive(seq - 500 + 2 * i, 1);
		ASSERT_EQ(arrive(seq + i, 0), Numbers{seq + i});
	}
	EXPECT_EQ(counters().restarts, 0U);
}

} // namespace

} // namespace fake
