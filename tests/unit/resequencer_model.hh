// SPDX-License-Identifier: GPL-2.0
// A plain model of the resequencer. Numbers do not wrap, and it remembers all of the past.
// It has no restarts and no full buffers, and its links keep the order.
#pragma once
#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "mplink/types.h"

namespace fake
{

class Model
{
public:
	using Numbers = std::vector<mplink_u64>;

	// base: added to a number on the wire.
	explicit Model(mplink_u64 base) : base_(base)
	{
	}

	// Returns the delivered numbers.  timeout: outoforder_timer afterwards.
	Numbers arrive(mplink_u64 number, mplink_u32 link, mplink_u64 now, mplink_u64 alive,
		       mplink_u64 timeout)
	{
		Link &l = links_[link];

		// Low numbers are so on the wire, where these may begin anywhere.
		if (!begun_ && static_cast<mplink_u32>(base_ + number) >= 64)
			next_ = number;
		begun_ = true;
		if (number >= next_)
			held_.emplace(number, now);
		l.pause = l.last ? std::max(arrivals_ - l.last, l.pause / 2) : 0;
		l.highest = std::max(l.highest, number);
		l.last = ++arrivals_;
		return settle(now, alive, timeout);
	}
	Numbers settle(mplink_u64 now, mplink_u64 alive, mplink_u64 timeout)
	{
		Numbers out;

		for (;;) {
			for (; held_.count(next_); held_.erase(next_++))
				out.push_back(next_);
			if (held_.empty())
				break;
			if (now < oldest() + (passed(alive) ? grace(alive, timeout) : timeout))
				break;
			lost_ += held_.begin()->first - next_;
			next_ = held_.begin()->first;
		}
		delivered_.insert(out.begin(), out.end());
		return out;
	}
	// It is held, or was delivered.
	bool has(mplink_u64 number) const
	{
		return held_.count(number) || delivered_.count(number);
	}
	mplink_u64 lost() const
	{
		return lost_;
	}
	mplink_u64 next() const
	{
		return next_;
	}

private:
	struct Link {
		mplink_u64 highest = 0;
		mplink_u64 last = 0; // 0: never
		mplink_u64 pause = 0;
	};

	// A packet alone, and numbers missing before it: it may be wrong.
	mplink_u64 grace(mplink_u64 alive, mplink_u64 timeout) const
	{
		const mplink_u64 first = held_.begin()->first;
		const auto second = std::next(held_.begin());

		if (first - next_ == 1 || !alive ||
		    (second != held_.end() && second->first - first <= 64))
			return 0;
		return std::min<mplink_u64>(timeout, 20000);
	}
	mplink_u64 oldest() const
	{
		mplink_u64 oldest = ~0ULL;

		for (const auto &[number, since] : held_)
			oldest = std::min(oldest, since);
		return oldest;
	}
	bool passed(mplink_u64 alive)
	{
		for (mplink_u32 id = 0; id < 64; id++) {
			if (!(alive >> id & 1))
				continue;

			const Link &l = links_[id];
			const mplink_u64 since = arrivals_ - l.last;

			if (!l.last ? arrivals_ < 1024
				    : l.highest < next_ && (since < 1024 || since / 2 < l.pause))
				return false;
		}
		return true;
	}

	mplink_u64 base_;
	bool begun_ = false;
	mplink_u64 next_ = 0;
	mplink_u64 arrivals_ = 0;
	mplink_u64 lost_ = 0;
	std::map<mplink_u64, mplink_u64> held_; // and since when
	std::set<mplink_u64> delivered_;
	std::map<mplink_u32, Link> links_;
};

} // namespace fake
