// SPDX-License-Identifier: GPL-2.0
// How long a NIC took from IFF_UP, or from the cable's being plugged in, to valid, and
// what it waited for meanwhile.
//
// The kernel and the module both tell of a NIC, in no certain order: what a fact implies
// counts from whoever says it first, and is no news from the other.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "format.hh"

namespace mplink::cli
{

struct Stage {
	std::string name; // what was waited for
	std::chrono::nanoseconds took;

	friend bool operator==(const Stage &, const Stage &) = default;
};

struct StagesReport {
	std::string from; // "IFF_UP" or "carrier"
	std::chrono::nanoseconds total;
	std::vector<Stage> stages;

	friend bool operator==(const StagesReport &, const StagesReport &) = default;
};

struct NicFact {
	std::optional<bool> up;
	std::optional<bool> carrier;
	std::optional<std::uint32_t> reason;
};

class Stages
{
public:
	// The first fact of a NIC starts nothing: it was so before.
	std::optional<StagesReport> observe(const std::string &nic, WallTime at, NicFact fact);
	void forget(const std::string &nic);

private:
	struct Run {
		std::string from;
		WallTime start;
		WallTime last;
		std::vector<Stage> stages;
	};
	struct Track {
		std::optional<bool> up;
		std::optional<bool> carrier;
		std::optional<std::uint32_t> reason;
		std::optional<Run> run;
	};

	static void step(Track &track, WallTime at, const char *name);

	std::map<std::string, Track> tracks_;
};

} // namespace mplink::cli
