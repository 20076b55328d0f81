// SPDX-License-Identifier: GPL-2.0
// Packets that are held, by their numbers: intrusive, without memory of its own.
#pragma once
#include "base/serial.hh"
#include "mplink/tunnel.h"

namespace mplink
{

// What leaves: first in, first out.
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

	HeldList() = default;
	HeldList(const HeldList &) = delete;
	HeldList &operator=(const HeldList &) = delete;

private:
	mplink_held *first_ = nullptr;
	mplink_held **end_ = &first_;
};

// A treap: a search tree by number, and a heap by rank.  Ranks are random, so no order of
// arrival makes it deep: each operation takes O(log n) steps.  In a node, mplink_held.next
// leads to the lower numbers.  No number is in it twice.  All zero: empty.
class HeldTree
{
public:
	bool empty() const
	{
		return !root_;
	}
	// The lowest.  It has been held for the longest, too.  Not of an empty tree.
	mplink_held &first() const
	{
		return *first_;
	}
	// The lowest but one, or null.
	const mplink_held *second() const
	{
		if (first_->right)
			return leftmost(first_->right);

		const mplink_held *above = nullptr;

		for (const mplink_held *at = root_; at != first_; at = at->next)
			above = at;
		return above;
	}

	// held_us is set.  A packet that goes before others waits only as long as they do,
	// for the gap before it has been open for them.  False: its number is here already.
	[[nodiscard]] bool insert(mplink_held &packet, mplink_u16 rank)
	{
		if (!root_)
			base_ = packet.seq - half;

		const mplink_u32 place = packet.seq - base_;
		const mplink_held *above = nullptr;

		for (const mplink_held *at = root_; at;) {
			if (at->seq == packet.seq)
				return false;
			if (place < at->seq - base_) {
				above = at;
				at = at->next;
			} else {
				at = at->right;
			}
		}
		if (above && above->held_us < packet.held_us)
			packet.held_us = above->held_us;

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

	// Lower numbers than place to one side, higher ones to the other.
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
	mplink_u32 base_; // numbers are in order from here on, all around
};

} // namespace mplink
