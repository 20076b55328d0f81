// SPDX-License-Identifier: GPL-2.0
#include "monitor/runner.hh"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "common/failure.hh"

namespace mplink::cli
{

namespace
{

// Owns the attributes and file actions of posix_spawn().
class Spawn
{
public:
	Spawn()
	{
		sigset_t none, usual;

		// The monitor blocks these signals; the command must have the usual handling.
		sigemptyset(&none);
		sigemptyset(&usual);
		for (const int number : {SIGINT, SIGTERM, SIGCHLD, SIGPIPE})
			sigaddset(&usual, number);
		posix_spawnattr_init(&attributes_);
		posix_spawnattr_setsigmask(&attributes_, &none);
		posix_spawnattr_setsigdefault(&attributes_, &usual);
		// A process group of its own: Ctrl-C does not interrupt the command, and
		// killing the group also ends what the command has started.
		posix_spawnattr_setpgroup(&attributes_, 0);
		posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK |
							       POSIX_SPAWN_SETSIGDEF |
							       POSIX_SPAWN_SETPGROUP);
		posix_spawn_file_actions_init(&files_);
		// The command must not read the terminal.
		posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	}
	~Spawn()
	{
		posix_spawnattr_destroy(&attributes_);
		posix_spawn_file_actions_destroy(&files_);
	}
	Spawn(const Spawn &) = delete;
	Spawn &operator=(const Spawn &) = delete;

	int run(pid_t &pid, char **argv, char **envp) const
	{
		return posix_spawn(&pid, argv[0], &files_, &attributes_, argv, envp);
	}

private:
	posix_spawnattr_t attributes_;
	posix_spawn_file_actions_t files_;
};

} // namespace

Runner::Runner(std::string command, Clock::duration limit, Clock::duration last_limit)
    : command_(std::move(command)), limit_(limit), last_limit_(last_limit)
{
}

Runner::~Runner()
{
	if (running()) {
		kill_all();
		waitpid(pid_, nullptr, 0);
	}
}

void Runner::kill_all()
{
	kill(-pid_, SIGKILL);
}

std::string Runner::add(std::vector<std::string> environment)
{
	if (waiting_.size() >= most_waiting) {
		// Reported for the first change that is left out, and with a count when there
		// is room again.
		return left_out_++
			       ? ""
			       : fmt::format("--exec: \"{}\" is too slow: {} changes wait for it, "
					     "it is not run for those that follow",
					     command_, most_waiting);
	}

	std::string report;

	if (left_out_)
		report = fmt::format("--exec: not run for {} changes", std::exchange(left_out_, 0));
	waiting_.push_back(std::move(environment));
	if (!running())
		start();
	return report;
}

int Runner::timeout_ms() const
{
	if (!running() || overdue_)
		return -1;

	const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now());

	return static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0));
}

void Runner::start()
{
	const std::vector<std::string> own = std::move(waiting_.front());
	std::vector<char *> envp;
	char *argv[] = {const_cast<char *>("/bin/sh"), const_cast<char *>("-c"), command_.data(),
			nullptr};

	waiting_.pop_front();
	// Drop MPLINK_* variables of our own environment: they say nothing about the change.
	for (char **p = environ; *p; p++)
		if (!std::string_view(*p).starts_with("MPLINK_"))
			envp.push_back(*p);
	for (const std::string &variable : own)
		envp.push_back(const_cast<char *>(variable.c_str()));
	envp.push_back(nullptr);

	if (const int error = Spawn().run(pid_, argv, envp.data())) {
		pid_ = 0;
		throw failed(fmt::format("--exec: cannot run /bin/sh: {}", std::strerror(error)));
	}
	started_ = Clock::now();
	deadline_ = started_ + limit_;
	overdue_ = false;
}

std::string Runner::reap()
{
	std::string report;
	int status = 0;

	if (!running())
		return {};

	const pid_t ended = waitpid(pid_, &status, WNOHANG);

	if (!ended) {
		if (overdue_ || Clock::now() < deadline_)
			return {};
		overdue_ = true;
		kill_all();
		return fmt::format("--exec: \"{}\" has not ended within {:.1f} s: killed", command_,
				   std::chrono::duration<double>(deadline_ - started_).count());
	}
	pid_ = 0;
	// A killed command was reported when it was killed.  Without a child there is nothing
	// to report.
	if (overdue_ || ended < 0)
		report = {};
	else if (WIFEXITED(status) && WEXITSTATUS(status))
		report = fmt::format("--exec: \"{}\" ended with status {}", command_,
				     WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		report = fmt::format("--exec: \"{}\" was ended by signal {}", command_,
				     WTERMSIG(status));
	if (!waiting_.empty())
		start();
	return report;
}

std::size_t Runner::stop()
{
	const std::size_t left = waiting_.size();

	waiting_.clear();
	deadline_ = std::min(deadline_, Clock::now() + last_limit_);
	return left;
}

} // namespace mplink::cli
