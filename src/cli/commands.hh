// SPDX-License-Identifier: GPL-2.0
// What each subcommand does once its words are understood.
#pragma once
#include <optional>
#include <string>

#include "words.hh"

namespace mplink::cli
{

struct ShowOptions {
	bool json = false;
	bool pretty = false;
	bool prometheus = false;
	bool timeline = false;
};

void show(const std::optional<std::string> &device, const ShowOptions &options);
void carry_out(const Order &order);
void save(const std::optional<std::string> &device);
// file: a path, or "-" for standard input.
void load(const std::string &file, bool check_only);

} // namespace mplink::cli
