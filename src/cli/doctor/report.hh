// SPDX-License-Identifier: GPL-2.0
// The output of `mplink doctor`: for people, and for programs (JSON).
#pragma once
#include <string>

#include "doctor/finding.hh"

namespace mplink::cli
{

std::string report_text(const Diagnosis &diagnosis, bool colour);
std::string report_json(const Diagnosis &diagnosis, bool pretty);

} // namespace mplink::cli
