// SPDX-License-Identifier: GPL-2.0
// Reads what no netlink socket tells.  Nothing here waits for longer than a few seconds.
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace mplink::cli
{

// The first line of a file; empty if it cannot be read.
std::optional<std::string> read_line(const std::string &path);

// Whether depmod has a module of that name for the running kernel.
bool module_installed(const std::string &name);

// What a command prints.  Returns nothing if it fails; *why is then its first line of complaint.
std::optional<std::string> output_of(const std::string &command, std::string *why);

// The lines of the kernel log that begin with that text, oldest first.  Returns nothing if the user
// may not read it; *why says so.
std::optional<std::vector<std::string>> kernel_log(const std::string &beginning, std::string *why);

} // namespace mplink::cli
