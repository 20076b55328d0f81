// SPDX-License-Identifier: GPL-2.0
// What `mplink top` shows, as lines of text.  A terminal is no part of it.
#pragma once
#include <chrono>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "model/status.hh"
#include "show/columns.hh"

namespace mplink::cli
{

struct Span {
	std::string text; // UTF-8; each character is one column wide
	Colour colour = Colour::plain;
};

using Line = std::vector<Span>;

// The text of a line without its colours.
std::string plain(const Line &line);

class TopPage
{
public:
	using Clock = std::chrono::steady_clock;

	// blocks: the terminal can show U+2581 to U+2588; else ASCII.
	explicit TopPage(bool blocks) : blocks_(blocks)
	{
	}
	// Takes the state at that time.  Rates are known from the second call on.
	void take(Clock::time_point at, const std::vector<DeviceStatus> &devices);
	// No line is wider than width; fewer than 48 columns count as 48.
	std::vector<Line> lines(std::size_t width) const;

private:
	struct Sample {
		std::uint64_t sent;     // bytes per second
		std::uint64_t received; // bytes per second
		std::uint64_t rtt_us;
		std::uint64_t lost_ppm;
	};

	struct History {
		TrafficCounters counters;
		std::deque<Sample> samples;
		std::uint64_t peak = 0; // of what was sent, in bytes per second
		bool seen = false;
	};

	using Key = std::vector<std::string>; // device, peer, link

	void take(double seconds, const Key &key, const LinkStatus &link);
	const History &history(const Key &key) const;
	Line head(const DeviceStatus &device, std::size_t width) const;
	static Line titles(std::size_t width);
	Line load(const LinkStatus &link, const std::string &name, const History &history,
		  std::size_t width) const;
	Line curves(const LinkStatus &link, const History &history, std::size_t width) const;
	std::string bar(double part, std::size_t width) const;
	std::string curve(const History &history, std::uint64_t Sample::*value, std::uint64_t full,
			  std::size_t width) const;

	bool blocks_;
	bool begun_ = false;
	Clock::time_point at_;
	std::vector<DeviceStatus> devices_;
	std::map<Key, History> histories_;
};

} // namespace mplink::cli
