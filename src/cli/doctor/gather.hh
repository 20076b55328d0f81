// SPDX-License-Identifier: GPL-2.0
// Asks the kernel for all that the checks want to know.
#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "doctor/facts.hh"

namespace mplink::cli
{

// Counters are read twice, so long after each other.  Never loads the module, and changes nothing.
// Throws Failure if there is no such device, or the kernel does not answer.
Facts gather(const std::string &command_version, const std::optional<std::string> &device,
	     std::chrono::milliseconds apart);

} // namespace mplink::cli
