// SPDX-License-Identifier: GPL-2.0
// A peer's lanes.  A lane holds the counters of the peer's links and a clock per link for the
// policy; one CPU at a time writes it (mplink/core.h).
//
// There are as many lanes as there can be CPUs, and few of them send to one peer.  So a lane has
// no memory until a packet asks for it; a worker, which may sleep, makes it.  Until then the
// lane's packets share counters and clocks with other lanes.
#pragma once
#include "base/counters.hh"
#include "base/rcu.hh"
#include "link/tournament.hh"

namespace mplink
{

// The place of a link's counters: how many bytes they lie below the Lane.  Slots lie one below
// the other.
constexpr mplink_u16 place_of(mplink_u32 slot)
{
	return static_cast<mplink_u16>((slot + 1) * sizeof(TrafficCounters));
}

// A place that no lane has room for.
inline constexpr mplink_u16 no_place = 0xffff;

// One allocation: the counters, then this object, then the clocks.
class Lane
{
public:
	constexpr Lane(mplink_u32 slots, bool wanting, Lane *older = nullptr)
	    : room_(slots * sizeof(TrafficCounters)), wanting_(wanting), older_(older)
	{
	}
	Lane(const Lane &) = delete;
	Lane &operator=(const Lane &) = delete;

	// Whether the lane has room for that place.  place is as wide as a register, here and in
	// at(), so that it is extended only once.
	[[gnu::always_inline]] bool has(mplink_size place) const
	{
		return static_cast<mplink_u32>(place) <= room_;
	}
	[[gnu::always_inline]] TrafficCounters &at(mplink_size place) const
	{
		auto *here = reinterpret_cast<mplink_u8 *>(const_cast<Lane *>(this));

		return *reinterpret_cast<TrafficCounters *>(here - place);
	}
	Tournament clocks(mplink_u32 n) const
	{
		return {const_cast<Lane *>(this) + 1, n};
	}
	// The same memory, for a policy that keeps a word per link of its own.
	mplink_u64 *words() const
	{
		return reinterpret_cast<mplink_u64 *>(const_cast<Lane *>(this) + 1);
	}
	// The part of the peer's traffic that this lane sends: one in so many 256ths.
	mplink_u32 one_in() const
	{
		return one_in_.read();
	}
	// The serial number of the table that the lane was started with, or 0.
	mplink_u64 serial() const
	{
		return serial_;
	}
	void started(mplink_u64 serial)
	{
		serial_ = serial;
	}

private:
	friend class Lanes;

	static Lane *create(mplink_u32 slots, Lane *older);
	// Bytes sent since it was made.
	mplink_u64 sent_bytes() const;
	void *allocation()
	{
		return &at(room_);
	}

	mplink_u64 serial_ = 0;
	Shared<mplink_u32> one_in_ = 256; // Lanes::share_out() writes it now and then
	mplink_u32 room_;                 // bytes of counters
	Shared<mplink_u32> wanting_;      // a packet needs more room; the worker reads it
	Lane *older_;           // the lane before, with less room; its counts are part of the sums
	mplink_u64 seen_ = 0;   // bytes sent, at the last share_out()
	mplink_u64 recent_ = 0; // bytes sent lately
};

// The empty lanes that all peers of a device share until they get their own.
class NoLanes
{
public:
	NoLanes();

	explicit operator bool() const
	{
		return static_cast<bool>(lanes_);
	}
	Shared<Lane *> *lanes() const
	{
		return lanes_.begin();
	}

private:
	Array<Shared<Lane *>> lanes_;
};

class Lanes
{
public:
	// none: must outlive all readers of this object.
	explicit Lanes(const NoLanes &none) : all_(none.lanes())
	{
	}
	Lanes(const Lanes &) = delete;
	Lanes &operator=(const Lanes &) = delete;
	~Lanes();

	// A lane that has not been made yet has no room and no clocks.
	[[gnu::always_inline]] Lane &at(mplink_size lane) const
	{
		return *all_.read()[lane].read();
	}
	// A packet asks for memory for its lane.  True: the caller must have grow() called.
	[[nodiscard]] bool want(mplink_size lane);
	// Makes the lanes that packets asked for, with room for that many slots.  Lanes live as
	// long as the peer.  False: memory is short, and packets will ask again.
	[[nodiscard]] bool grow(Rtnl, mplink_u32 slots);
	// Tells each lane its part of what has been sent since the last call.  One caller at a
	// time, in any context.
	void share_out();
	// Adds what all lanes have counted in that slot.  Any context: lanes live as long as the
	// peer.
	void add_to(mplink_counters &sum, mplink_u32 slot) const;

private:
	Shared<Shared<Lane *> *> all_;
	Shared<Shared<Lane *> *> own_; // all_, once it is the peer's own
	Shared<mplink_u32> wanted_;    // 1 + the lane that asked first
};

} // namespace mplink
