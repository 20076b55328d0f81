// SPDX-License-Identifier: GPL-2.0
#include "common/format.hh"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <utility>

namespace mplink::cli
{

namespace
{

constexpr std::uint64_t second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

std::string scaled(std::uint64_t n, const char *gap, const char *unit)
{
	constexpr const char *prefixes[] = {"", "k", "M", "G", "T", "P", "E"};
	double value = static_cast<double>(n);
	unsigned i = 0;

	if (n < 1000)
		return fmt::format("{}{}{}", n, gap, unit);
	// 999.95 would be written 1000.0.
	while (value >= 999.95) {
		value /= 1000;
		i++;
	}
	return fmt::format("{:.1f}{}{}{}", value, gap, prefixes[i], unit);
}

long microseconds(WallTime t)
{
	const auto since = t.time_since_epoch() % std::chrono::seconds(1);

	return static_cast<long>(
		std::chrono::duration_cast<std::chrono::microseconds>(since).count());
}

} // namespace

std::string human_bytes(std::uint64_t bytes)
{
	return scaled(bytes, " ", "B");
}

std::string human_rate(std::uint64_t bytes_per_second)
{
	constexpr std::pair<double, const char *> units[] = {{1e9, "G"}, {1e6, "M"}, {1e3, "k"}};
	const double bits = 8.0 * static_cast<double>(bytes_per_second);

	for (const auto &[unit, prefix] : units)
		if (bits >= unit)
			return fmt::format("{:.1f} {}bit/s", bits / unit, prefix);
	return fmt::format("{:.0f} bit/s", bits);
}

std::string human_count(std::uint64_t n)
{
	return scaled(n, "", "");
}

std::string human_duration(std::uint64_t ms)
{
	if (ms < minute)
		return fmt::format("{}.{}s", ms / second, ms % second / 100);
	if (ms < hour)
		return fmt::format("{}m {}s", ms / minute, ms % minute / second);
	if (ms < day)
		return fmt::format("{}h {}m", ms / hour, ms % hour / minute);
	return fmt::format("{}d {}h", ms / day, ms % day / hour);
}

std::string human_span(std::chrono::nanoseconds span)
{
	const auto ns = static_cast<double>(span.count());

	return ns < 1e9 ? fmt::format("{:.3f} ms", ns / 1e6) : fmt::format("{:.3f} s", ns / 1e9);
}

std::string local_time(WallTime t)
{
	return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:06}",
			   fmt::localtime(std::chrono::system_clock::to_time_t(t)),
			   microseconds(t));
}

std::string utc_time(WallTime t)
{
	return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z",
			   fmt::gmtime(std::chrono::system_clock::to_time_t(t)), microseconds(t));
}

} // namespace mplink::cli
