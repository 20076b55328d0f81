// SPDX-License-Identifier: GPL-2.0
// A winner tree over n clocks: which is furthest behind is known at once, and
// moving one forward replays only the matches on its way to the root.
#pragma once
#include "mplink/types.h"

namespace mplink
{

// Memory that a Tournament over n clocks lays out for itself.
constexpr mplink_size tournament_size(mplink_u32 n)
{
	return mplink_size{n} * (sizeof(mplink_u64) + 2);
}

class Tournament
{
public:
	// mem: tournament_size(n) bytes, aligned to 8.  n: 1 to 64.
	Tournament(void *mem, mplink_u32 n)
	    : clock_(static_cast<mplink_u64 *>(mem)),
	      node_(reinterpret_cast<mplink_u8 *>(clock_ + n)), n_(n)
	{
	}

	// All clocks at zero.
	void reset()
	{
		for (mplink_u32 i = 0; i < n_; i++)
			clock_[i] = 0;
		replay_all();
	}

	// The clock furthest behind; of equals, one of them.  With n = 1 the
	// root is also the only leaf.
	mplink_u32 winner() const
	{
		return node_[1];
	}

	void advance(mplink_u32 i, mplink_u64 by)
	{
		clock_[i] += by;
		for (mplink_u32 k = (n_ + i) >> 1; k; k >>= 1)
			play(k);
	}

	// Whether clock a is behind clock b.  The clocks run for ever and wrap;
	// they are never further apart than one packet's cost, far below 2^63.
	bool behind(mplink_u32 a, mplink_u32 b) const
	{
		return static_cast<__INT64_TYPE__>(clock_[a] - clock_[b]) < 0;
	}

	// Clock i catches up with clock to; call replay_all() after.
	void catch_up(mplink_u32 i, mplink_u32 to)
	{
		clock_[i] = clock_[to];
	}

	void replay_all()
	{
		for (mplink_u32 i = 0; i < n_; i++)
			node_[n_ + i] = static_cast<mplink_u8>(i);
		for (mplink_u32 k = n_ - 1; k; k--)
			play(k);
	}

private:
	// Nodes 1 to n - 1 are matches, n to 2n - 1 the leaves: no power of two needed.
	void play(mplink_u32 k)
	{
		const mplink_size below = mplink_size{k} * 2;
		const mplink_u8 a = node_[below];
		const mplink_u8 b = node_[below + 1];

		node_[k] = behind(b, a) ? b : a;
	}

	mplink_u64 *clock_;
	mplink_u8 *node_;
	mplink_u32 n_;
};

} // namespace mplink
