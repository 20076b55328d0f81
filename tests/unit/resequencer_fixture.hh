// SPDX-License-Identifier: GPL-2.0
// Tests of the resequencer's rules, one at a time.
#pragma once
#include "fixture.hh"
#include "resequencing.hh"

namespace fake
{

using Numbers = std::vector<mplink_u32>;

// Those delivered, in their order.
inline Numbers delivered(const std::vector<Resequencing::Out> &out)
{
	Numbers numbers;

	for (const auto &o : out)
		if (!o.drop)
			numbers.push_back(o.seq);
	return numbers;
}

// Those refused for that reason.
inline Numbers refused(const std::vector<Resequencing::Out> &out, mplink_u32 why)
{
	Numbers numbers;

	for (const auto &o : out)
		if (o.drop == why)
			numbers.push_back(o.seq);
	return numbers;
}

inline Numbers range(mplink_u32 from, mplink_u32 to)
{
	Numbers numbers;

	for (; from != to; from++)
		numbers.push_back(from);
	return numbers;
}

// Links 0, 1 and 2, unless a test wants others.
class Rules : public Clean
{
protected:
	void SetUp() override
	{
		Clean::SetUp();
		all_.emplace();
	}
	void TearDown() override
	{
		EXPECT_EQ(all_->wrong, "");
		all_.reset();
		Clean::TearDown();
	}
	Resequencing &all()
	{
		return *all_;
	}
	Numbers arrive(mplink_u32 seq, mplink_u32 link)
	{
		return delivered(all_->arrive(seq, link));
	}
	Numbers replay(mplink_u32 seq, mplink_u32 link)
	{
		return delivered(all_->replay(seq, link));
	}
	// Teaches the timer, from that number on, that links differ by 2 ms.  Returns the next
	// number.
	mplink_u32 short_spread(mplink_u32 n)
	{
		for (int i = 0; i < 6; i++, n += 2) {
			arrive(n + 1, 0);
			all_->pass(2000);
			arrive(n, 1);
			all_->pass(1100000);
		}
		return n;
	}
	// One after the other, over the links in turn; all in order.
	void in_order(mplink_u32 from, mplink_u32 to, mplink_u32 links = 3)
	{
		for (; from != to; from++)
			ASSERT_EQ(arrive(from, from % links), Numbers{from});
	}
	// Past the time when all valid links are waited for.
	mplink_u32 mature(mplink_u32 links = 3)
	{
		in_order(0, 1200, links);
		return 1200;
	}
	bool is_duplicate(mplink_u32 seq, mplink_u32 link)
	{
		return refused(all_->arrive(seq, link), MPLINK_GRE_DROP_DUPLICATE) == Numbers{seq};
	}
	bool is_late(mplink_u32 seq, mplink_u32 link)
	{
		return refused(all_->arrive(seq, link), MPLINK_GRE_DROP_LATE) == Numbers{seq};
	}
	mplink_resequencer_counters counters() const
	{
		return all_->counters();
	}

	std::optional<Resequencing> all_;
};

} // namespace fake
