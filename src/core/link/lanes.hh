// SPDX-License-Identifier: GPL-2.0
// What a peer has for each lane: the counters of its links, and how far balance-rr has
// come with them.
//
// Most peers are used by few lanes, if by any, and there are as many lanes as there could
// be CPUs.  So a lane has nothing until a packet asks for it, and a worker, which may
// sleep, makes it.  Until then the lane's packets share counters and clocks with others.
#pragma once
#include "base/counters.hh"
#include "base/rcu.hh"
#include "link/tournament.hh"

namespace mplink
{

// Where a link counts: the slots lie one below the other, and this is how many bytes below
// the lane.
constexpr mplink_u16 place_of(mplink_u32 slot)
{
	return static_cast<mplink_u16>((slot + 1) * sizeof(TrafficCounters));
}

// No lane has room for it.
inline constexpr mplink_u16 no_place = 0xffff;

// One allocation: counters, this, and the clocks.
class Lane
{
public:
	constexpr Lane(mplink_u32 slots, bool wanting, Lane *older = nullptr)
	    : room_(slots * sizeof(TrafficCounters)), wanting_(wanting), older_(older)
	{
	}
	Lane(const Lane &) = delete;
	Lane &operator=(const Lane &) = delete;

	// As wide as a register, like at(): it is extended once.
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
	Shared<mplink_u32> wanting_;      // more room: read by the worker
	Lane *older_;                     // had less room; its counts are part of the sums
	mplink_u64 seen_ = 0;             // bytes sent, at the last share_out()
	mplink_u64 recent_ = 0;           // bytes sent lately
};

// What all of a device's peers have that have no lane yet.
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
	// none: outlives all readers of this.
	explicit Lanes(const NoLanes &none) : all_(none.lanes())
	{
	}
	Lanes(const Lanes &) = delete;
	Lanes &operator=(const Lanes &) = delete;
	~Lanes();

	// One that has not been made has no room, and no clocks.
	[[gnu::always_inline]] Lane &at(mplink_size lane) const
	{
		return *all_.read()[lane].read();
	}
	// A packet of that lane's, which does not have what it needs, asks for it.
	// True: grow() is due.
	[[nodiscard]] bool want(mplink_size lane);
	// Makes the lanes that are wanted, with room for so many slots.  They stay for as
	// long as the peer.  False: memory is short, and packets have to ask again.
	[[nodiscard]] bool grow(Rtnl, mplink_u32 slots);
	// Adds up what all lanes have counted in that slot.
	// Tells each lane its part of what has been sent since the last call.  One caller at a
	// time, in any context.
	void share_out();
	// Any context: lanes stay for as long as the peer.
	void add_to(mplink_counters &sum, mplink_u32 slot) const;

private:
	Shared<Shared<Lane *> *> all_;
	Shared<Shared<Lane *> *> own_; // all_, once it is the peer's own
	Shared<mplink_u32> wanted_;    // 1 + the lane that asked first
};

} // namespace mplink
