// SPDX-License-Identifier: GPL-2.0
// Files as a whole: read them, list them, replace them.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace mplink::cli
{

// path: "-" is standard input.
std::string read_file(const std::string &path);

// Whether there is a folder of that name.
bool is_folder(const std::string &path);
// The paths of its files with names that end in this, sorted.  Hidden files are left out: editors
// and replace_file() keep unfinished ones there.
std::vector<std::string> list_folder(const std::string &folder, std::string_view ending);
// With mode 0755, unless it is there.
void make_folder(const std::string &path);

// The file then has mode 0600.  Whenever the machine stops, there is the old file or the new
// one, whole.
void replace_file(const std::string &path, std::string_view content);

} // namespace mplink::cli
