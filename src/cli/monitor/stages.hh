// SPDX-License-Identifier: GPL-2.0
// Measures how long a NIC takes from IFF_UP, or from the carrier, to valid, and what it waits
// for meanwhile; and the same for a link, from the first repair.
//
// The kernel and the module both report about a NIC, in any order.  The first report of a fact
// counts; the second one changes nothing.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "common/address.hh"
#include "common/format.hh"

namespace mplink::cli
{

struct Stage {
	std::string name; // what the NIC or link waited for
	std::chrono::nanoseconds took;

	friend bool operator==(const Stage &, const Stage &) = default;
};

struct StagesReport {
	std::string from; // "IFF_UP", "carrier"; for a link, what it waited for first
	std::chrono::nanoseconds total;
	std::vector<Stage> stages;

	friend bool operator==(const StagesReport &, const StagesReport &) = default;
};

struct StageRun {
	std::string from;
	WallTime start;
	WallTime last;
	std::vector<Stage> stages;

	void step(WallTime at, const char *name);
	StagesReport report(WallTime at);
};

struct NicFact {
	std::optional<bool> up;
	std::optional<bool> carrier;
	std::optional<std::uint32_t> reason;
};

class NicStages
{
public:
	// The first report about a NIC starts no run: nothing is known about the time before.
	std::optional<StagesReport> observe(const std::string &nic, WallTime at, NicFact fact);
	void forget(const std::string &nic);

private:
	struct Track {
		std::optional<bool> up;
		std::optional<bool> carrier;
		std::optional<std::uint32_t> reason;
		std::optional<StageRun> run;
	};

	static void step(Track &track, WallTime at, const char *name);

	std::map<std::string, Track> tracks_;
};

class LinkStages
{
public:
	// Device, peer, NIC and remote.
	using Id = std::tuple<std::uint32_t, Address, std::string, Address>;

	// Returns a report only if the link waited for liveness or for the wait to restore.
	//  Otherwise the report of the NIC says the same.
	std::optional<StagesReport> observe(const Id &link, WallTime at, std::uint32_t was,
					    std::uint32_t now);
	// Forgets links that no longer exist.
	void forget(const std::function<bool(const Id &)> &which);

private:
	std::map<Id, StageRun> runs_;
};

} // namespace mplink::cli
