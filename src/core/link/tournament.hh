// SPDX-License-Identifier: GPL-2.0
// A tree of losers over n clocks: which is furthest behind is known at once, and
// moving that one forward replays only the matches it won.
#pragma once
#include <utility>

#include "mplink/types.h"

namespace mplink
{

// Memory that a Tournament over n clocks lays out for itself.
constexpr mplink_size tournament_size(mplink_u32 n)
{
	return mplink_size{n} * sizeof(mplink_u64);
}

// The clocks run for ever and wrap; they are never further apart than one
// packet's cost, far below half of what they can count to.
class Tournament
{
public:
	// mem: tournament_size(n) bytes, aligned to 8.  n: 1 to 64.
	Tournament(void *mem, mplink_u32 n) : node_(static_cast<mplink_u64 *>(mem)), n_(n)
	{
	}

	// The clock furthest behind; of equals, the first.
	mplink_u32 winner() const
	{
		return leaf(node_[0]);
	}

	// Moves the winner on.
	[[gnu::always_inline]] void advance(mplink_u64 by)
	{
		mplink_u64 player = node_[0];
		mplink_size k = (n_ + leaf(player)) / 2;

		player += by << leaf_bits;
		for (; k; k /= 2) {
			const mplink_u64 loser = node_[k];
			const bool lost = behind(loser, player);

			node_[k] = lost ? player : loser;
			player = lost ? loser : player;
		}
		node_[0] = player;
	}

	static bool behind(mplink_u64 a, mplink_u64 b)
	{
		return static_cast<__INT64_TYPE__>(a - b) < 0;
	}

	// Reads the clocks, n of them, and sets them, to be compared with behind()
	// and moved with moved(); in time linear in n.
	void get(mplink_u64 *clocks) const
	{
		for (mplink_u32 k = 0; k < n_; k++)
			clocks[leaf(node_[k])] = node_[k] & ~mplink_u64{leaves - 1};
	}
	static mplink_u64 moved(mplink_u64 clock, mplink_u64 by)
	{
		return clock + (by << leaf_bits);
	}
	void set(const mplink_u64 *clocks)
	{
		mplink_u64 waiting = 0; // nodes where a player waits for another

		for (mplink_u32 i = 0; i < n_; i++) {
			mplink_u64 player = clocks[i] | i;
			mplink_size k = (n_ + i) / 2;

			for (; k && waiting >> k & 1; k /= 2)
				if (behind(node_[k], player))
					player = std::exchange(node_[k], player);
			waiting |= mplink_u64{1} << k;
			node_[k] = player;
		}
	}

private:
	static constexpr mplink_u32 leaf_bits = 6;
	static constexpr mplink_u32 leaves = 1 << leaf_bits;

	static mplink_u32 leaf(mplink_u64 node)
	{
		return node & (leaves - 1);
	}

	// A clock, and below it whose it is.  Nodes 1 to n - 1 hold the losers of
	// matches between the winners of nodes 2k and 2k + 1, where n to 2n - 1
	// stand for the leaves: no power of two needed.  Node 0 holds the winner.
	mplink_u64 *node_;
	mplink_size n_; // as wide as the pointer: padding would have to be cleared
};

} // namespace mplink
