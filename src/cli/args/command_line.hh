// SPDX-License-Identifier: GPL-2.0
// A step as the command that would take it, and whether it takes something away.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/change_request.hh"

namespace mplink::cli
{

// For a shell: in quotes, where one would read more than a word in it.
std::string shell_argument(std::string_view word);

// "mplink peer set dev mpl0 10.99.0.2 link eth1 remote 10.0.1.2".  A key of BFD's is not told:
// KEY stands in its place.
std::string command_line(const std::string &device, const ChangeRequest &request);

} // namespace mplink::cli
