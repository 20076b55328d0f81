// SPDX-License-Identifier: GPL-2.0
// A bucket whose sender sends once more what links have lost.
#pragma once
#include "resequencer_fixture.hh"

namespace fake
{

inline constexpr mplink_u64 ms = 1000;
inline constexpr mplink_u64 second = 1000 * ms;
inline constexpr mplink_u32 promise_ms = 40;

class Repair : public Rules
{
protected:
	// All links are known, and take 5 ms.
	mplink_u32 promised()
	{
		const mplink_u32 n = mature();

		all().repairs = 1;
		all().kind = MPLINK_PACKET_DATA;
		marks();
		return n;
	}
	void marks()
	{
		for (mplink_u32 link = 0; link < 3; link++)
			all().mark(link, 5 * ms, promise_ms);
	}
	// All links pass these numbers, and bring none of them.
	Numbers lose(mplink_u32 first, mplink_u32 count)
	{
		Numbers out;

		for (mplink_u32 link = 0; link < 3; link++)
			for (const mplink_u32 seq : arrive(first + count + link, link))
				out.push_back(seq);
		return out;
	}
	// What has been asked for since the last call.
	Numbers asked()
	{
		Numbers numbers;

		for (; seen_ < all().nacks.size(); seen_++)
			for (mplink_u32 i = 0; i < MPLINK_NACK_NUMBERS; i++)
				if (all().nacks[seen_].missing >> i & 1)
					numbers.push_back(all().nacks[seen_].first + i);
		return numbers;
	}

private:
	std::size_t seen_ = 0;
};

} // namespace fake
