// SPDX-License-Identifier: GPL-2.0
// Numbers and times for people.  Output for programs has them exact.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace mplink::cli
{

using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

// "1.2 GB".  Decimal units, as for the rates of NICs.
std::string human_bytes(std::uint64_t bytes);
// "18.3 Mbit/s"
std::string human_rate(std::uint64_t bytes_per_second);
// 1.2M
std::string human_count(std::uint64_t n);
// The two largest units: 3d 4h, 12m 5s; below a minute 2.5s.
std::string human_duration(std::uint64_t ms);
// 2.143 s, 0.052 ms
std::string human_span(std::chrono::nanoseconds span);
// 2024-05-01 12:00:00.123456, local time
std::string local_time(WallTime t);
// 2024-05-01T10:00:00.123456Z
std::string utc_time(WallTime t);

} // namespace mplink::cli
