// SPDX-License-Identifier: GPL-2.0
// How long a NIC took from IFF_UP, or from the cable's being plugged in, to valid, and
// what it waited for meanwhile; and so a link, from what was first mended.
//
// The kernel and the module both tell of a NIC, in no certain order: what a fact implies
// counts from whoever says it first, and is no news from the other.
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
	std::string name; // what was waited for
	std::chrono::nanoseconds took;

	friend bool operator==(const Stage &, const Stage &) = default;
};

struct StagesReport {
	std::string from; // "IFF_UP", "carrier"; of a link whatever it waited for first
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
	// The first fact of a NIC starts nothing: it was so before.
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

	// A report only of one that liveness, or the wait to restore, has kept waiting: of
	// the others the NIC's says it all.
	std::optional<StagesReport> observe(const Id &link, WallTime at, std::uint32_t was,
					    std::uint32_t now);
	// Those for which it is so: they are no more.
	void forget(const std::function<bool(const Id &)> &which);

private:
	std::map<Id, StageRun> runs_;
};

} // namespace mplink::cli
