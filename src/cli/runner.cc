// SPDX-License-Identifier: GPL-2.0
#include "runner.hh"

#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "failure.hh"

namespace mplink::cli
{

Runner::Runner(std::string command) : command_(std::move(command))
{
}

void Runner::add(std::vector<std::string> environment)
{
	waiting_.push_back(std::move(environment));
	if (!running())
		start();
}

void Runner::start()
{
	const std::vector<std::string> own = std::move(waiting_.front());
	std::vector<char *> envp;
	char *argv[] = {const_cast<char *>("sh"), const_cast<char *>("-c"), command_.data(),
			nullptr};
	posix_spawnattr_t attributes;
	sigset_t none;

	waiting_.pop_front();
	// A fact that is not known must not be one that we were given.
	for (char **p = environ; *p; p++)
		if (!std::string_view(*p).starts_with("MPLINK_"))
			envp.push_back(*p);
	for (const std::string &variable : own)
		envp.push_back(const_cast<char *>(variable.c_str()));
	envp.push_back(nullptr);

	// The monitor reads its signals from a file; the command wants them as usual.
	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);

	const int error = posix_spawn(&pid_, "/bin/sh", nullptr, &attributes, argv, envp.data());

	posix_spawnattr_destroy(&attributes);
	if (error)
		throw failed(fmt::format("--exec: cannot run /bin/sh: {}", std::strerror(error)));
}

std::string Runner::reap()
{
	std::string report;
	int status;

	if (!running() || waitpid(pid_, &status, WNOHANG) != pid_)
		return {};
	pid_ = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status))
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
	return left;
}

} // namespace mplink::cli
