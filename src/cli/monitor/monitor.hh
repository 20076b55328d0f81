// SPDX-License-Identifier: GPL-2.0
// `mplink monitor`: the notifications of the module and of rtnetlink as one stream.
#pragma once
#include <optional>
#include <string>

namespace mplink::cli
{

struct MonitorOptions {
	bool json = false;
	std::optional<std::string> exec;
};

// Returns after SIGINT or SIGTERM.
void monitor(const MonitorOptions &options);

} // namespace mplink::cli
