// SPDX-License-Identifier: GPL-2.0
// `mplink doctor`: what is wrong with a set-up that runs, and how to mend it.
#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "doctor/finding.hh"

namespace mplink::cli
{

// Counters are read twice, so long after each other.  Throws Failure with Exit::usage if the facts
// cannot be read: status 1 would say that something is wrong with them.
Diagnosis doctor(const std::string &command_version, const std::optional<std::string> &device,
		 std::chrono::milliseconds apart);

} // namespace mplink::cli
