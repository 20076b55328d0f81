// SPDX-License-Identifier: GPL-2.0
// What ends the command: a line for the user and the exit status, which is documented
// in mplink(8) and so never renumbered.
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

// The device that a request is about does not exist, or no longer does.
struct NoDevice : Failure {
	using Failure::Failure;
};

// The user's words or file mean nothing; nothing has been changed.
inline Failure usage_error(const std::string &text)
{
	return {Exit::usage, text};
}

inline Failure failed(const std::string &text)
{
	return {Exit::failed, text};
}

} // namespace mplink::cli
