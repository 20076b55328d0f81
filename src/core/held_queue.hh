// SPDX-License-Identifier: GPL-2.0
// Packets that are held, by their numbers: intrusive, of no memory of its own.
#pragma once
#include "mplink/tunnel.h"
#include "serial.hh"

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

// Ascending, and no number twice.  Whoever is behind another has been held for no longer
// than that one.  All zero: empty.
class HeldQueue
{
public:
	bool empty() const
	{
		return !last_;
	}
	// Not of an empty one; so the next two.
	const mplink_held &first() const
	{
		return *last_->next;
	}
	const mplink_held &last() const
	{
		return *last_;
	}
	mplink_held &take_first()
	{
		mplink_held *first = last_->next;

		if (first == last_)
			last_ = nullptr;
		else
			last_->next = first->next;
		return *first;
	}

	// Its number is ahead of all that are here.
	void append(mplink_held &packet)
	{
		if (last_) {
			packet.next = last_->next;
			last_->next = &packet;
		} else {
			packet.next = &packet;
		}
		last_ = &packet;
	}

	enum class Inserted { yes, duplicate, too_far };

	// Puts it where it belongs, past no more than `steps` others.  One that goes before
	// others waits as long as they do: the gap it is in has been open for them.
	[[nodiscard]] Inserted insert(mplink_held &packet, mplink_u32 steps)
	{
		if (!last_ || ahead_of(packet.seq, last_->seq) > 0) {
			append(packet);
			return Inserted::yes;
		}

		mplink_held *before = last_;

		while (ahead_of(packet.seq, before->next->seq) > 0) {
			if (!steps--)
				return Inserted::too_far;
			before = before->next;
		}
		if (packet.seq == before->next->seq)
			return Inserted::duplicate;
		packet.next = before->next;
		before->next = &packet;
		packet.held_us = packet.next->held_us;
		return Inserted::yes;
	}

private:
	mplink_held *last_; // its next is the first
};

} // namespace mplink
