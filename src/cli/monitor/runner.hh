// SPDX-License-Identifier: GPL-2.0
// Runs the command of --exec once for each change, one at a time.  Further changes wait.
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

	// A command that runs longer is killed.  If more changes wait, new ones are left out.
	static constexpr std::chrono::seconds patience{60};
	// The same after stop(): whoever pressed Ctrl-C is waiting.
	static constexpr std::chrono::seconds last_patience{1};
	static constexpr std::size_t most_waiting = 10000;

	explicit Runner(std::string command, Clock::duration limit = patience,
			Clock::duration last_limit = last_patience);
	// Kills a running command.
	~Runner();
	Runner(const Runner &) = delete;
	Runner &operator=(const Runner &) = delete;

	// environment: variables in addition to this process's own.  Returns a message for the
	// user, or an empty string.
	std::string add(std::vector<std::string> environment);
	// Call after SIGCHLD and at the deadline; it does no harm at other times.  Returns a
	// message for the user about how the command ended, or an empty string.
	std::string reap();
	// Starts no further command, and gives the running one last_limit at most.  Returns
	// how many changes were waiting.
	std::size_t stop();

	bool running() const
	{
		return pid_ > 0;
	}
	// For poll(): milliseconds until reap() must be called; -1: no deadline.
	int timeout_ms() const;

private:
	void start();
	void kill_all();

	std::string command_;
	const Clock::duration limit_;
	const Clock::duration last_limit_;
	std::deque<std::vector<std::string>> waiting_;
	pid_t pid_ = 0;
	Clock::time_point started_;
	Clock::time_point deadline_;
	bool overdue_ = false;
	std::size_t left_out_ = 0;
};

} // namespace mplink::cli
