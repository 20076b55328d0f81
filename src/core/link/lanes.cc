// SPDX-License-Identifier: GPL-2.0
#include "link/lanes.hh"

namespace mplink
{

namespace
{

// Nothing writes to either.
constinit Lane nobody(0, false);
constinit Lane asked(0, true);

bool made(const Lane *lane)
{
	return lane != &nobody && lane != &asked;
}

} // namespace

Lane *Lane::create(mplink_u32 slots, Lane *older)
{
	constexpr mplink_size each = sizeof(TrafficCounters) + sizeof(mplink_u64);
	mplink_size size = 64;

	// What the allocator would round it up to is room for more links.
	while (size < sizeof(Lane) + slots * each)
		size *= 2;

	const auto capacity = static_cast<mplink_u32>((size - sizeof(Lane)) / each);
	auto *counters = static_cast<TrafficCounters *>(mplink_alloc(size));

	return counters ? new (counters + capacity) Lane(capacity, false, older) : nullptr;
}

NoLanes::NoLanes() : lanes_(mplink_nr_lanes())
{
	for (Lane *&lane : lanes_)
		lane = &nobody;
}

Lanes::~Lanes()
{
	for (mplink_u32 i = 0; own_ && i < mplink_nr_lanes(); i++) {
		Lane *lane = own_[i];

		while (lane && made(lane)) {
			Lane *older = lane->older_;

			mplink_free(lane->allocation());
			lane = older;
		}
	}
	mplink_free(own_);
}

bool Lanes::want(mplink_size lane)
{
	// A lane is written by its own packets only while they find nobody there, and by
	// the worker only while it does not.
	if (Lane **own = read_once(own_)) {
		Lane *it = read_once(own[lane]);

		if (it == &nobody)
			write_once(own[lane], &asked);
		else if (made(it))
			write_once(it->wanting_, 1);
	}
	// That another one has asked may be old news: then the lane's next packet asks.
	if (read_once(wanted_))
		return false;
	write_once(wanted_, static_cast<mplink_u32>(lane) + 1);
	return true;
}

bool Lanes::grow(Rtnl, mplink_u32 slots)
{
	if (!read_once(wanted_))
		return true;

	const mplink_u32 first = __atomic_exchange_n(&wanted_, 0, __ATOMIC_ACQ_REL) - 1;
	bool complete = true;

	if (!own_) {
		auto *own = static_cast<Lane **>(mplink_alloc(sizeof(Lane *) * mplink_nr_lanes()));

		if (!own)
			return false;
		for (mplink_u32 i = 0; i < mplink_nr_lanes(); i++)
			own[i] = i == first ? &asked : &nobody;
		__atomic_store_n(&own_, own, __ATOMIC_RELEASE);
		__atomic_store_n(&all_, own, __ATOMIC_RELEASE);
	}
	for (mplink_u32 i = 0; i < mplink_nr_lanes(); i++) {
		Lane *const old = read_once(own_[i]);

		if (!read_once(old->wanting_) || old->has(slots * sizeof(TrafficCounters)))
			continue;

		Lane *const lane = Lane::create(slots, made(old) ? old : nullptr);

		if (lane)
			__atomic_store_n(&own_[i], lane, __ATOMIC_RELEASE);
		complete &= !!lane;
	}
	return complete;
}

void Lanes::add_to(mplink_counters &sum, mplink_u32 slot) const
{
	Lane **const own = read_once(own_);

	for (mplink_u32 i = 0; own && i < mplink_nr_lanes(); i++)
		for (const Lane *lane = read_once(own[i]); lane; lane = lane->older_)
			if (lane->has(place_of(slot)))
				add(sum, lane->at(place_of(slot)));
}

} // namespace mplink
