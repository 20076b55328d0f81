// SPDX-License-Identifier: GPL-2.0
#include "top/page.hh"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/format.hh"
#include "mplink/core.h"

namespace mplink::cli
{

namespace
{

// As much as the widest terminal can show.
constexpr std::size_t most_samples = 200;
constexpr std::size_t least_width = 48;
constexpr std::size_t name_width = 14;

constexpr const char *block_levels[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr const char *ascii_levels[] = {"_", ".", ":", "-", "=", "+", "*", "#"};
constexpr std::size_t levels = std::size(block_levels);

// NICs have any bytes in their names; a terminal must not get all of them.
std::string printable(std::string text)
{
	for (char &c : text)
		if (c < ' ' || c > '~')
			c = '?';
	return text;
}

std::string fitted(const std::string &text, std::size_t width)
{
	return text.size() <= width ? text + std::string(width - text.size(), ' ')
				    : text.substr(0, width - 1) + "~";
}

std::uint64_t per_second(std::uint64_t now, std::uint64_t before, double seconds)
{
	// A link that was replaced by another one of its name counts from 0.
	return now < before
		       ? 0
		       : static_cast<std::uint64_t>(static_cast<double>(now - before) / seconds);
}

// The numbers behind a bar: 44 columns.
constexpr char numbers_format[] = " {:>5} {:>13} {:>13} {:>9}";
constexpr std::size_t numbers_width = 44;

constexpr std::size_t bar_width(std::size_t width)
{
	constexpr std::size_t least = 8;
	const std::size_t others = name_width + 1 + numbers_width + 1;

	return width > others + least ? width - others : least;
}

// What the bar is a part of: the capacity, or until it is known the most that was sent.
std::uint64_t full_rate(const LinkStatus &link, std::uint64_t peak)
{
	return link.estimate && link.estimate->capacity ? link.estimate->capacity : peak;
}

} // namespace

std::string plain(const Line &line)
{
	std::string text;

	for (const Span &span : line)
		text += span.text;
	return text;
}

void TopPage::take(double seconds, const Key &key, const LinkStatus &link)
{
	const auto [it, fresh] = histories_.try_emplace(key);
	History &history = it->second;
	const Estimate estimate = link.estimate.value_or(Estimate{});

	if (!fresh && seconds > 0) {
		history.samples.push_back(
			{per_second(link.counters.tx_bytes, history.counters.tx_bytes, seconds),
			 per_second(link.counters.rx_bytes, history.counters.rx_bytes, seconds),
			 estimate.rtt_us, estimate.lost_ppm});
		history.peak = std::max(history.peak, history.samples.back().sent);
		if (history.samples.size() > most_samples)
			history.samples.pop_front();
	}
	history.counters = link.counters;
	history.seen = true;
}

void TopPage::take(Clock::time_point at, const std::vector<DeviceStatus> &devices)
{
	const double seconds = begun_ ? std::chrono::duration<double>(at - at_).count() : 0;

	for (auto &[key, history] : histories_)
		history.seen = false;
	for (const DeviceStatus &device : devices)
		for (const PeerStatus &peer : device.peers)
			for (const LinkStatus &link : peer.links)
				take(seconds,
				     {device.name, peer.address.text(),
				      link_name(link.nic, link.remote, shared(peer, link))},
				     link);
	std::erase_if(histories_, [](const auto &it) { return !it.second.seen; });
	begun_ = true;
	at_ = at;
	devices_ = devices;
}

const TopPage::History &TopPage::history(const Key &key) const
{
	static const History none;
	const auto it = histories_.find(key);

	return it == histories_.end() ? none : it->second;
}

std::string TopPage::bar(double part, std::size_t width) const
{
	const auto full = static_cast<std::size_t>(
		std::lround(std::min(part, 1.0) * static_cast<double>(width)));
	std::string text;

	for (std::size_t i = 0; i < width; i++)
		text += i < full ? (blocks_ ? "█" : "#") : (blocks_ ? "·" : ".");
	return text;
}

// The latest sample is the rightmost.
std::string TopPage::curve(const History &history, std::uint64_t Sample::*value, std::uint64_t full,
			   std::size_t width) const
{
	const std::size_t n = std::min(width, history.samples.size());
	std::string text(width - n, ' ');

	for (std::size_t i = history.samples.size() - n; i < history.samples.size(); i++) {
		const std::uint64_t part =
			full ? history.samples[i].*value * (levels - 1) / full : 0;
		const std::size_t level = std::min<std::size_t>(part, levels - 1);

		text += blocks_ ? block_levels[level] : ascii_levels[level];
	}
	return text;
}

Line TopPage::head(const DeviceStatus &device, std::size_t width) const
{
	std::uint64_t sent = 0;
	std::uint64_t received = 0;

	for (const auto &[key, history] : histories_)
		if (key[0] == device.name && !history.samples.empty()) {
			sent += history.samples.back().sent;
			received += history.samples.back().received;
		}

	const std::string name = printable(device.name);
	const std::string text =
		fmt::format(": {}, {}, carrier {}; out {}, in {}",
			    info(Setting::policy).text(device.settings[Setting::policy]),
			    info(Setting::encap).text(device.settings[Setting::encap]),
			    device.carrier ? "on" : "off", human_rate(sent), human_rate(received));

	return {{name, Colour::bold}, {text.substr(0, width - name.size())}};
}

// What stands above the columns of load().
Line TopPage::titles(std::size_t width)
{
	const std::size_t left = width - name_width - 1;
	const std::string text = fitted("LOAD", bar_width(width)) +
				 fmt::format(numbers_format, "", "SENT", "ROUND TRIP", "LOSS");

	return {{fitted("  LINK", name_width) + " " + text.substr(0, left)}};
}

// "  eth1          ████████····  72 %  14.3 Mbit/s   10.250 ms  0.00 %"
Line TopPage::load(const LinkStatus &link, const std::string &name, const History &history,
		   std::size_t width) const
{
	const std::string title = "  " + fitted(printable(name), name_width - 2) + " ";

	if (!valid(link.reason))
		return {{title}, {mplink_core_reason_name(link.reason), Colour::wrong}};
	if (history.samples.empty())
		return {{title}, {"valid", Colour::good}};

	const Sample &now = history.samples.back();
	const std::uint64_t full = full_rate(link, history.peak);
	const double part = full ? static_cast<double>(now.sent) / static_cast<double>(full) : 0;
	const bool known = link.estimate && link.estimate->capacity;
	const std::size_t left = width - title.size();
	const std::size_t bar_wide = bar_width(width);
	const std::string percent = known ? fmt::format("{:.0f} %", 100 * part) : "";
	const std::string loss = fmt::format("{:.2f} %", static_cast<double>(now.lost_ppm) / 10000);
	const std::string text =
		fmt::format(numbers_format, percent, human_rate(now.sent),
			    link.estimate ? human_span(std::chrono::microseconds(now.rtt_us)) : "-",
			    link.estimate ? loss : "-");

	return {{title},
		{bar(part, bar_wide), Colour::good},
		{text.substr(0, left - std::min(left, bar_wide))}};
}

// "                sent ▁▁▂▃▅▇█  round trip ▄▄▄▄▄  loss ▁▁▁▁▁"
Line TopPage::curves(const LinkStatus &link, const History &history, std::size_t width) const
{
	constexpr std::size_t words = 27;
	const std::size_t each = (width - name_width - 1 - words) / 3;
	std::uint64_t rtt = 0;
	std::uint64_t rtt_least = ~std::uint64_t{0};
	// Less than 1 % shall look like little.
	std::uint64_t lost = 10000;
	std::string text(name_width + 1, ' ');

	for (const Sample &sample : history.samples) {
		rtt = std::max(rtt, sample.rtt_us);
		rtt_least = std::min(rtt_least, sample.rtt_us);
		lost = std::max(lost, sample.lost_ppm);
	}
	text += "sent " + curve(history, &Sample::sent,
				std::max(history.peak, full_rate(link, history.peak)), each);
	// A constant round trip is in the middle.
	if (link.estimate)
		text += "  round trip " +
			curve(history, &Sample::rtt_us, std::max(rtt, 2 * rtt_least), each) +
			"  loss " + curve(history, &Sample::lost_ppm, lost, each);
	return {{text}};
}

std::vector<Line> TopPage::lines(std::size_t width) const
{
	std::vector<Line> out;

	width = std::max(width, least_width);
	for (const DeviceStatus &device : devices_) {
		if (!out.empty())
			out.push_back({});
		out.push_back(head(device, width));
		out.push_back(titles(width));
		if (device.peers.empty())
			out.push_back({{"  no peers"}});
		for (const PeerStatus &peer : device.peers) {
			out.push_back({{peer.address.text()}});
			if (peer.links.empty())
				out.push_back({{"  no links", Colour::wrong}});
			for (const LinkStatus &link : peer.links) {
				const std::string name =
					link_name(link.nic, link.remote, shared(peer, link));
				const History &past =
					history({device.name, peer.address.text(), name});

				out.push_back(load(link, name, past, width));
				if (!past.samples.empty() && valid(link.reason))
					out.push_back(curves(link, past, width));
			}
		}
	}
	return out;
}

} // namespace mplink::cli
