// SPDX-License-Identifier: GPL-2.0
#include "stages.hh"

#include "model.hh"

namespace mplink::cli
{

namespace
{

// What the module finds in this order (nic_state): who lacks an address has a carrier.
void complete(NicFact &fact)
{
	if (!fact.reason)
		return;
	switch (*fact.reason) {
	case MPLINK_REASON_UNREGISTERED:
	case MPLINK_REASON_ADMIN_DOWN:
		fact.up = false;
		break;
	case MPLINK_REASON_NO_CARRIER:
		fact.up = true;
		fact.carrier = false;
		break;
	default:
		fact.up = true;
		fact.carrier = true;
	}
}

} // namespace

void Stages::step(Track &track, WallTime at, const char *name)
{
	if (!track.run) {
		track.run = Run{.from = name, .start = at, .last = at, .stages = {}};
		return;
	}
	track.run->stages.push_back({name, at - track.run->last});
	track.run->last = at;
}

std::optional<StagesReport> Stages::observe(const std::string &nic, WallTime at, NicFact fact)
{
	Track &track = tracks_[nic];
	const std::optional<std::uint32_t> was = track.reason;
	const bool waiting = was && !valid(*was);

	complete(fact);
	if (fact.up == false || (fact.carrier == false && track.carrier != false))
		track.run.reset();
	if (waiting && fact.up == true && track.up == false)
		step(track, at, "IFF_UP");
	if (waiting && fact.carrier == true && track.carrier == false &&
	    fact.up.value_or(track.up.value_or(false)))
		step(track, at, "carrier");
	if (fact.up)
		track.up = fact.up;
	if (fact.carrier)
		track.carrier = fact.carrier;
	if (!fact.reason)
		return {};
	track.reason = fact.reason;
	if (!track.run || *fact.reason == was)
		return {};
	if (was == MPLINK_REASON_NO_ADDRESS)
		step(track, at, "address");
	if (was == MPLINK_REASON_NO_ROUTE)
		step(track, at, "route");
	if (!valid(*fact.reason))
		return {};
	step(track, at, "valid");

	StagesReport report{.from = track.run->from,
			    .total = at - track.run->start,
			    .stages = std::move(track.run->stages)};

	track.run.reset();
	return report;
}

void Stages::forget(const std::string &nic)
{
	tracks_.erase(nic);
}

} // namespace mplink::cli
