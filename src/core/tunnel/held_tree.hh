// SPDX-License-Identifier: GPL-2.0
// Held packets, sorted by number.  Intrusive: no memory of its own.
#pragma once
#include "base/serial.hh"
#include "mplink/tunnel.h"

namespace mplink
{

// Packets that leave: first in, first out.
class HeldList
{
public:
	void append(mplink_held &packet)
	{
		packet.next = nullptr;
		*end_ = &packet;
		end_ = &packet.next;
	}
	mplink_held *first() const
	{
		return first_;
	}
	// The list must not be empty.
	mplink_held &take_first()
	{
		mplink_held &taken = *first_;

		first_ = taken.next;
		if (!first_)
			end_ = &first_;
		return taken;
	}

	HeldList() = default;
	HeldList(const HeldList &) = delete;
	HeldList &operator=(const HeldList &) = delete;

private:
	mplink_held *first_ = nullptr;
	mplink_held **end_ = &first_;
};

// A treap: a search tree by number, and a heap by rank.  Ranks are random, so no order of
// arrival makes it deep: each operation takes O(log n) steps.  In a node, mplink_held.next
// leads to the lower numbers.  A number is in the tree once at most.  All zero means empty.
class HeldTree
{
public:
	bool empty() const
	{
		return !root_;
	}
	// The packet with the lowest number.  Arrival times never decrease towards higher
	// numbers, so it has also been held longest.  The tree must not be empty.
	mplink_held &first() const
	{
		return *first_;
	}
	// The packet with the second lowest number, or null.
	const mplink_held *second() const
	{
		if (first_->right)
			return leftmost(first_->right);

		const mplink_held *above = nullptr;

		for (const mplink_held *at = root_; at != first_; at = at->next)
			above = at;
		return above;
	}

	// The packet with the lowest number that is not below seq, or null.
	mplink_held *from(mplink_u32 seq) const
	{
		const mplink_u32 place = seq - base_;
		mplink_held *above = nullptr;

		for (mplink_held *at = root_; at;) {
			if (at->seq - base_ >= place) {
				above = at;
				at = at->next;
			} else {
				at = at->right;
			}
		}
		return above;
	}

	// held_us must be set.  It is lowered to that of the next higher packet, because the gap
	// before that one has been open for as long.  asked is that packet's, too.  False: the
	// number is in the tree already.
	[[nodiscard]] bool insert(mplink_held &packet, mplink_u16 rank)
	{
		if (!root_)
			base_ = packet.seq - half;

		const mplink_u32 place = packet.seq - base_;
		const mplink_held *above = from(packet.seq);

		if (above && above->seq == packet.seq)
			return false;
		if (above && above->held_us < packet.held_us)
			packet.held_us = above->held_us;
		// What is missing before it was missing before that one.
		packet.asked = above ? above->asked : mplink_u8{0};
		packet.asked_us = above ? above->asked_us : 0;

		packet.rank = rank;
		mplink_held **at = &root_;

		while (*at && (*at)->rank >= rank)
			at = place < (*at)->seq - base_ ? &(*at)->next : &(*at)->right;
		split(*at, place, &packet.next, &packet.right);
		*at = &packet;
		if (!first_ || place < first_->seq - base_)
			first_ = &packet;
		return true;
	}

	// Call it if an inserted packet may be older than packets below it.  They take over its
	// age: see first().
	void age_below(const mplink_held &packet)
	{
		mplink_held *below = last_before(packet);

		while (below && packet.held_us < below->held_us) {
			below->held_us = packet.held_us;
			below = last_before(*below);
		}
	}

	mplink_held &take_first()
	{
		mplink_held &taken = *first_;
		mplink_held **at = &root_;

		while (*at != &taken)
			at = &(*at)->next;
		*at = taken.right;
		first_ = root_ ? leftmost(root_) : nullptr;
		return taken;
	}

private:
	static constexpr mplink_u32 half = 1U << 31;

	static mplink_held *leftmost(mplink_held *at)
	{
		while (at->next)
			at = at->next;
		return at;
	}

	// The packet with the next lower number, or null.
	mplink_held *last_before(const mplink_held &packet)
	{
		const mplink_u32 place = packet.seq - base_;
		mplink_held *below = nullptr;

		for (mplink_held *at = root_; at;) {
			if (at->seq - base_ < place) {
				below = at;
				at = at->right;
			} else {
				at = at->next;
			}
		}
		return below;
	}

	// Splits the tree: numbers lower than place to one side, higher ones to the other.
	void split(mplink_held *at, mplink_u32 place, mplink_held **lower, mplink_held **higher)
	{
		while (at) {
			if (at->seq - base_ < place) {
				*lower = at;
				lower = &at->right;
				at = *lower;
			} else {
				*higher = at;
				higher = &at->next;
				at = *higher;
			}
		}
		*lower = *higher = nullptr;
	}

	mplink_held *root_;
	mplink_held *first_;
	mplink_u32 base_; // numbers are compared from here on, all around
};

} // namespace mplink
