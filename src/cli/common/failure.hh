// SPDX-License-Identifier: GPL-2.0
// Why the command ends: a message for the user and the exit status.  mplink(8) documents the
// statuses, so their numbers never change.
#pragma once
#include <stdexcept>
#include <string>

namespace mplink::cli
{

enum class Exit { success, failed, usage, no_module };

struct Failure : std::runtime_error {
	Failure(Exit exit, const std::string &text) : std::runtime_error(text), status(exit)
	{
	}
	Exit status;
};

// The device of the request does not exist, or no longer does.
struct NoDevice : Failure {
	using Failure::Failure;
};

// The arguments or the file are not valid.  Nothing has been changed.
inline Failure usage_error(const std::string &text)
{
	return {Exit::usage, text};
}

inline Failure failed(const std::string &text)
{
	return {Exit::failed, text};
}

} // namespace mplink::cli
