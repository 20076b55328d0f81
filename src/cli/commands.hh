// SPDX-License-Identifier: GPL-2.0
// What each subcommand does, once its arguments are parsed.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "args/arguments.hh"

namespace mplink::cli
{

struct ShowOptions {
	bool json = false;
	bool pretty = false;
	bool prometheus = false;
	bool timeline = false;
};

struct SaveOptions {
	bool to_boot = false; // to files that are loaded at boot, not to standard output
	bool force = false;   // replace files with comments, too
};

struct DoctorOptions {
	bool json = false;
	bool pretty = false;
	unsigned seconds = 2; // between the two readings of the counters
};

struct LoadOptions {
	bool check = false;   // only check the files, without the module
	bool dry_run = false; // only print the commands
};

void show(const std::optional<std::string> &device, const ShowOptions &options);
// Throws Failure without text if it has found anything, once that is written.
void doctor(const std::optional<std::string> &device, const DoctorOptions &options,
	    const std::string &version);
void carry_out(const ChangeRequests &changes);
void save(const std::optional<std::string> &device, const SaveOptions &options);
// paths: files, folders, or "-" for standard input.
void load(const std::vector<std::string> &paths, const LoadOptions &options);

} // namespace mplink::cli
