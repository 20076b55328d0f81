// SPDX-License-Identifier: GPL-2.0
// What the doctor says.
#pragma once
#include <string>
#include <vector>

namespace mplink::cli
{

enum class Severity { warning, error };

struct Finding {
	Severity severity = Severity::error;
	std::string subject; // a device, NIC, peer or link
	std::string what;    // what is wrong
	std::string why;     // why that matters, and what to mind
	// Command lines.  Words in capitals are for the user to fill in.
	std::vector<std::string> remedy;
	bool far_end = false; // the remedy is for the far end
};

using Findings = std::vector<Finding>;

// What could not be read, and why.
struct Unread {
	std::string what;
	std::string why;
};

struct Diagnosis {
	Findings findings;
	std::vector<Unread> unread;
};

} // namespace mplink::cli
