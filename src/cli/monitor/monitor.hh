// SPDX-License-Identifier: GPL-2.0
// `mplink monitor`: what the module and rtnetlink announce, as one stream.
#pragma once
#include <optional>
#include <string>

namespace mplink::cli
{

struct MonitorOptions {
	bool json = false;
	std::optional<std::string> exec;
};

// Until SIGINT or SIGTERM.
void monitor(const MonitorOptions &options);

} // namespace mplink::cli
