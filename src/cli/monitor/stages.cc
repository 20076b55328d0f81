// SPDX-License-Identifier: GPL-2.0
#include "monitor/stages.hh"

#include "model/status.hh"

namespace mplink::cli
{

namespace
{

// The module tests in this order (nic_state), so a NIC without an address, say, has a carrier.
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

// The module tests a link for these reasons in this order.  A valid link has passed all tests.
std::uint32_t rank(std::uint32_t reason)
{
	return valid(reason) ? ~0U : reason;
}

const char *awaited(std::uint32_t reason)
{
	switch (reason) {
	case MPLINK_REASON_UNREGISTERED:
		return "registration";
	case MPLINK_REASON_ADMIN_DOWN:
		return "IFF_UP";
	case MPLINK_REASON_NO_CARRIER:
		return "carrier";
	case MPLINK_REASON_NO_ADDRESS:
		return "address";
	case MPLINK_REASON_NO_ROUTE:
		return "route";
	case MPLINK_REASON_LIVENESS:
		return "BFD";
	case MPLINK_REASON_WAIT_TO_RESTORE:
		return "wait to restore";
	case MPLINK_REASON_UNCONFIRMED:
		return "answer";
	default:
		return "?";
	}
}

} // namespace

void StageRun::step(WallTime at, const char *name)
{
	stages.push_back({name, at - last});
	last = at;
}

StagesReport StageRun::report(WallTime at)
{
	return {.from = from, .total = at - start, .stages = std::move(stages)};
}

void NicStages::step(Track &track, WallTime at, const char *name)
{
	if (!track.run) {
		track.run = StageRun{.from = name, .start = at, .last = at, .stages = {}};
		return;
	}
	track.run->step(at, name);
}

std::optional<StagesReport> NicStages::observe(const std::string &nic, WallTime at, NicFact fact)
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

	StagesReport report = track.run->report(at);

	track.run.reset();
	return report;
}

void NicStages::forget(const std::string &nic)
{
	tracks_.erase(nic);
}

std::optional<StagesReport> LinkStages::observe(const Id &link, WallTime at, std::uint32_t was,
						std::uint32_t now)
{
	const auto run = runs_.find(link);

	if (rank(now) <= rank(was)) {
		if (now != was)
			runs_.erase(link);
		return {};
	}
	if (run == runs_.end()) {
		// A link that becomes valid at once has no stages to report.
		if (!valid(now))
			runs_[link] = {.from = awaited(was), .start = at, .last = at, .stages = {}};
		return {};
	}
	run->second.step(at, awaited(was));
	if (!valid(now))
		return {};

	StagesReport report = run->second.report(at);

	runs_.erase(run);
	if (was != MPLINK_REASON_LIVENESS && was != MPLINK_REASON_WAIT_TO_RESTORE)
		return {};
	return report;
}

void LinkStages::forget(const std::function<bool(const Id &)> &which)
{
	std::erase_if(runs_, [&](const auto &run) { return which(run.first); });
}

} // namespace mplink::cli
