// SPDX-License-Identifier: GPL-2.0
// Change requests as command lines, for `mplink load --dry-run`.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/change_request.hh"

namespace mplink::cli
{

// Quotes the argument if a shell would not read it as one word.
std::string shell_argument(std::string_view word);

// "mplink peer set dev mpl0 10.99.0.2 link eth1 remote 10.0.1.2".  Prints KEY in place of a BFD
// key.
std::string command_line(const std::string &device, const ChangeRequest &request);

} // namespace mplink::cli
