// SPDX-License-Identifier: GPL-2.0
// Runs --exec's command for one change after the other.  What happens meanwhile waits.
#pragma once
#include <sys/types.h>

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

namespace mplink::cli
{

class Runner
{
public:
	explicit Runner(std::string command);

	// The command's environment beyond this process's own.
	void add(std::vector<std::string> environment);
	// After SIGCHLD.  What the user should know of how the command ended, or nothing.
	std::string reap();
	// Starts nothing any more; returns how many had been waiting.
	std::size_t stop();

	bool running() const
	{
		return pid_ > 0;
	}

private:
	void start();

	std::string command_;
	std::deque<std::vector<std::string>> waiting_;
	pid_t pid_ = 0;
};

} // namespace mplink::cli
