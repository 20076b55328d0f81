// SPDX-License-Identifier: GPL-2.0
// `mplink top`: the load of the links, on a terminal, until the user quits.
#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/status.hh"

namespace mplink::cli
{

// Throws Failure if standard input or output is no terminal, or if there is no such device.
void top(const std::optional<std::string> &device);

// The same with the state from elsewhere, read anew after each interval.
void top(const std::function<std::vector<DeviceStatus>()> &read,
	 std::chrono::milliseconds interval);

} // namespace mplink::cli
