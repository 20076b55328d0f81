// SPDX-License-Identifier: GPL-2.0
// Runs --exec's command for one change after the other.  What happens meanwhile waits.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <deque>
#include <string>
#include <vector>

namespace mplink::cli
{

class Runner
{
public:
	using Clock = std::chrono::steady_clock;

	// One that takes longer is ended, for others wait; more than that many do not wait.
	static constexpr std::chrono::seconds patience{60};
	static constexpr std::size_t most_waiting = 10000;

	explicit Runner(std::string command, Clock::duration limit = patience);
	// Ends the command, if one runs.
	~Runner();
	Runner(const Runner &) = delete;
	Runner &operator=(const Runner &) = delete;

	// The command's environment beyond this process's own.  What the user should know, or
	// nothing.
	std::string add(std::vector<std::string> environment);
	// After SIGCHLD, at the deadline, and at any other time.  What the user should know
	// of how the command ended, or nothing.
	std::string reap();
	// Starts nothing any more; returns how many had been waiting.
	std::size_t stop();

	bool running() const
	{
		return pid_ > 0;
	}
	// Until reap() is due whatever happens, for poll(); -1: for ever.
	int timeout_ms() const;

private:
	void start();
	void kill_all();

	std::string command_;
	const Clock::duration limit_;
	std::deque<std::vector<std::string>> waiting_;
	pid_t pid_ = 0;
	Clock::time_point deadline_;
	bool overdue_ = false;
	std::size_t left_out_ = 0;
};

} // namespace mplink::cli
