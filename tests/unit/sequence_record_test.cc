// SPDX-License-Identifier: GPL-2.0
// The record of past numbers, compared with a list of all of them.
#include "tunnel/sequence_record.hh"

#include <gtest/gtest.h>

#include <vector>

#include "random.hh"

namespace mplink
{

namespace
{

TEST(SequenceRecord, TellsWhatItStillKnowsAndNothingElse)
{
	for (mplink_u32 seed = 1; seed <= 20; seed++) {
		fake::Random random(seed);
		const mplink_u32 start = random.below(2) ? 0U - random.below(300) : random();
		SequenceRecord record;
		std::vector<bool> delivered; // from start on
		mplink_u32 last_gap = 0;     // where the last gap ends, and begins
		mplink_u32 last_gap_from = 0;

		record.begin(start);
		for (int step = 0; step < 60; step++) {
			const mplink_u32 longest = random.below(4) ? 5 : 200;

			for (mplink_u32 run = random.below(longest); run; run--)
				delivered.push_back(true);
			if (random.below(2)) {
				const mplink_u32 lost = 1 + random.below(longest);
				const auto at = static_cast<mplink_u32>(delivered.size());

				record.give_up(start + at, start + at + lost);
				if (at != last_gap)
					last_gap_from = at;
				delivered.insert(delivered.end(), lost, false);
				last_gap = at + lost;
			}

			const auto next = static_cast<mplink_u32>(delivered.size());

			for (mplink_u32 i = 0; i < next; i++) {
				const Fate fate = record.fate(start + next, start + i);
				const bool known = i >= last_gap_from || i + 64 >= last_gap;

				ASSERT_EQ(fate, !known         ? Fate::unknown
						: delivered[i] ? Fate::delivered
							       : Fate::given_up)
					<< "seed " << seed << ", " << i << " of " << next;
			}
		}
	}
}

TEST(SequenceRecord, BeforeItsBeginningNothingWasDelivered)
{
	SequenceRecord record;

	record.begin(1000);
	EXPECT_EQ(record.fate(1000, 999), Fate::given_up);
	EXPECT_EQ(record.fate(1000, 936), Fate::given_up);
	EXPECT_EQ(record.fate(1000, 935), Fate::unknown);
	EXPECT_EQ(record.fate(1001, 1000), Fate::delivered);
}

} // namespace

} // namespace mplink
