// SPDX-License-Identifier: GPL-2.0
// A tree of losers over n clocks.  It knows at once which clock is furthest behind.  When that
// clock moves on, only the matches that it won are played again.
#pragma once
#include <utility>

#include "mplink/types.h"

namespace mplink
{

// Bytes of memory that a Tournament over n clocks needs.
constexpr mplink_size tournament_size(mplink_u32 n)
{
	return mplink_size{n} * sizeof(mplink_u64);
}

// Clocks wrap.  They are never further apart than the cost of one packet, which is far less than
// half of their range.
class Tournament
{
public:
	// mem: tournament_size(n) bytes, aligned to 8.  n: 1 to 64.
	Tournament(void *mem, mplink_u32 n) : node_(static_cast<mplink_u64 *>(mem)), n_(n)
	{
	}

	// The clock that is furthest behind; among equals the first.
	mplink_u32 winner() const
	{
		return leaf(node_[0]);
	}

	// Moves the winner's clock on.
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

	// get() reads all n clocks, and set() writes them; both take time linear in n.  Between
	// them, compare clocks with behind() and move them with moved().
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

	// A node holds a clock, and in its lowest bits the number of the clock.  Node k, from 1 to
	// n - 1, holds the loser of the match between the winners of nodes 2k and 2k + 1.  Nodes n
	// to 2n - 1 stand for the leaves; n need not be a power of two.  Node 0 holds the winner.
	mplink_u64 *node_;
	mplink_size n_; // as wide as the pointer, so that there is no padding to clear
};

} // namespace mplink
