// SPDX-License-Identifier: GPL-2.0
#include "doctor/read.hh"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>

namespace mplink::cli
{

std::optional<std::string> read_line(const std::string &path)
{
	std::ifstream in(path);
	std::string line;

	if (!std::getline(in, line))
		return {};
	return line;
}

bool module_installed(const std::string &name)
{
	utsname kernel;

	if (uname(&kernel))
		return false;

	std::ifstream list(fmt::format("/lib/modules/{}/modules.dep", kernel.release));
	const std::string file = "/" + name + ".ko";

	for (std::string line; std::getline(list, line);)
		if (line.substr(0, line.find(':')).find(file) != std::string::npos)
			return true;
	return false;
}

std::optional<std::string> output_of(const std::string &command, std::string *why)
{
	// The shell is there in any case, and timeout(1) ends what hangs.
	const auto close = [](FILE *pipe) { return pclose(pipe); };
	std::unique_ptr<FILE, decltype(close)> pipe(
		popen(fmt::format("LC_ALL=C timeout -k 1 5 {} 2>&1", command).c_str(), "re"),
		close);
	std::string said;
	std::array<char, 1 << 16> buffer;

	if (!pipe) {
		*why = std::strerror(errno);
		return {};
	}
	while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe.get()))
		said.append(buffer.data(), n);
	if (const int status = pclose(pipe.release()); status) {
		*why = WIFEXITED(status) && WEXITSTATUS(status) == 124
			       ? "no answer within 5 seconds"
			       : said.substr(0, said.find('\n'));
		return {};
	}
	return said;
}

std::optional<std::vector<std::string>> kernel_log(const std::string &beginning, std::string *why)
{
	const int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	std::vector<std::string> lines;
	std::array<char, 8192> record;

	if (log < 0) {
		*why = std::strerror(errno);
		return {};
	}
	for (;;) {
		const ssize_t n = read(log, record.data(), record.size());

		// EPIPE: the record was overwritten meanwhile; the next read has the oldest one.
		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n <= 0)
			break;

		// "6,1234,5678,-;text\n KEY=value\n..."
		const std::string_view all(record.data(), static_cast<std::size_t>(n));
		const std::string_view line = all.substr(0, all.find('\n'));
		const std::string_view text =
			line.substr(std::min(line.find(';'), line.size() - 1) + 1);

		if (text.starts_with(beginning))
			lines.emplace_back(text);
	}
	close(log);
	return lines;
}

} // namespace mplink::cli
