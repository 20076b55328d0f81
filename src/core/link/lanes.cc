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

// A lane that begins to send has a bit of the rate at once.
constexpr mplink_u32 most_one_in = 256 * 16;

} // namespace

mplink_u64 Lane::sent_bytes() const
{
	mplink_u64 sum = 0;

	for (mplink_size place = sizeof(TrafficCounters); has(place);
	     place += sizeof(TrafficCounters))
		sum += at(place).tx_bytes.read();
	return sum;
}

Lane *Lane::create(mplink_u32 slots, Lane *older)
{
	constexpr mplink_size each = sizeof(TrafficCounters) + sizeof(mplink_u64);
	mplink_size size = 64;

	// The allocator rounds up to a power of two; use the rest for more links.
	while (size < sizeof(Lane) + slots * each)
		size *= 2;

	const auto capacity = static_cast<mplink_u32>((size - sizeof(Lane)) / each);
	auto *counters = static_cast<TrafficCounters *>(mplink_alloc(size));

	return counters ? new (counters + capacity) Lane(capacity, false, older) : nullptr;
}

NoLanes::NoLanes() : lanes_(mplink_nr_lanes())
{
	for (Shared<Lane *> &lane : lanes_)
		lane.write(&nobody);
}

Lanes::~Lanes()
{
	Shared<Lane *> *const own = own_.read();

	for (mplink_u32 i = 0; own && i < mplink_nr_lanes(); i++) {
		Lane *lane = own[i].read();

		while (lane && made(lane)) {
			Lane *older = lane->older_;

			mplink_free(lane->allocation());
			lane = older;
		}
	}
	mplink_free(own);
}

bool Lanes::want(mplink_size lane)
{
	// While the lane is `nobody`, only its own packets write it; afterwards only the worker
	// does.
	if (Shared<Lane *> *own = own_.read()) {
		Lane *it = own[lane].read();

		if (it == &nobody)
			own[lane].write(&asked);
		else if (made(it))
			it->wanting_.write(1);
	}
	// If the request seen here has just been served, the lane's next packet asks again.
	if (wanted_.read())
		return false;
	wanted_.write(static_cast<mplink_u32>(lane) + 1);
	return true;
}

bool Lanes::grow(Rtnl, mplink_u32 slots)
{
	if (!wanted_.read())
		return true;

	const mplink_u32 first = wanted_.take(0) - 1;
	bool complete = true;

	auto *own = own_.read();

	if (!own) {
		own = static_cast<Shared<Lane *> *>(mplink_alloc(sizeof(*own) * mplink_nr_lanes()));
		if (!own)
			return false;
		for (mplink_u32 i = 0; i < mplink_nr_lanes(); i++)
			own[i].write(i == first ? &asked : &nobody);
		own_.publish(own);
		all_.publish(own);
	}
	for (mplink_u32 i = 0; i < mplink_nr_lanes(); i++) {
		Lane *const old = own[i].read();

		if (!old->wanting_.read() || old->has(slots * sizeof(TrafficCounters)))
			continue;

		Lane *const lane = Lane::create(slots, made(old) ? old : nullptr);

		if (lane)
			own[i].publish(lane);
		complete &= !!lane;
	}
	return complete;
}

void Lanes::share_out()
{
	const Shared<Lane *> *const own = own_.read();
	mplink_u64 all = 0;

	for (mplink_u32 i = 0; own && i < mplink_nr_lanes(); i++) {
		Lane *const lane = own[i].read();

		if (!made(lane))
			continue;

		const mplink_u64 sent = lane->sent_bytes();

		lane->recent_ += sent - lane->seen_ - lane->recent_ / 4;
		lane->seen_ = sent;
		all += lane->recent_;
	}
	for (mplink_u32 i = 0; own && i < mplink_nr_lanes(); i++) {
		Lane *const lane = own[i].read();

		if (!made(lane))
			continue;

		const mplink_u64 one_in = lane->recent_ ? 256 * all / lane->recent_ : 256;

		lane->one_in_.write(one_in < most_one_in ? static_cast<mplink_u32>(one_in)
							 : most_one_in);
	}
}

void Lanes::add_to(mplink_counters &sum, mplink_u32 slot) const
{
	const Shared<Lane *> *const own = own_.read();

	for (mplink_u32 i = 0; own && i < mplink_nr_lanes(); i++)
		for (const Lane *lane = own[i].read(); lane; lane = lane->older_)
			if (lane->has(place_of(slot)))
				add(sum, lane->at(place_of(slot)));
}

} // namespace mplink
