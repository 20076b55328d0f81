// SPDX-License-Identifier: GPL-2.0
// What the senders of tests/bench share: sockets in named network namespaces,
// their addresses, and how to end when something fails.
#ifndef MPLINK_BENCH_SOCKETS_HH
#define MPLINK_BENCH_SOCKETS_HH

#include <arpa/inet.h>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sched.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

// At both ends, so that a flow hashes to the same link in each of its streams.
constexpr unsigned port = 4096;

[[noreturn]] inline void die(const std::string &what)
{
	std::fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what.c_str(),
		     std::strerror(errno));
	std::exit(1);
}

inline int check(int result, const std::string &what)
{
	if (result < 0)
		die(what);
	return result;
}

// A socket in the named namespace ("-": the present one); the process itself
// stays where it is.
inline int socket_in(const std::string &name, int type = SOCK_DGRAM, int protocol = 0)
{
	const int home = check(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "own namespace");

	if (name != "-") {
		const std::string path = "/run/netns/" + name;
		const int other = check(open(path.c_str(), O_RDONLY | O_CLOEXEC), path);

		check(setns(other, CLONE_NEWNET), path);
		close(other);
	}
	const int sock = check(socket(AF_INET, type | SOCK_CLOEXEC, protocol), "socket");

	check(setns(home, CLONE_NEWNET), "return to own namespace");
	close(home);
	return sock;
}

inline sockaddr_in address(const std::string &text, unsigned number = port)
{
	sockaddr_in a{};

	a.sin_family = AF_INET;
	a.sin_port = htons(static_cast<uint16_t>(number));
	errno = EINVAL;
	if (inet_pton(AF_INET, text.c_str(), &a.sin_addr) != 1)
		die("address " + text);
	return a;
}

// A flow from SOURCE to DESTINATION, and who receives it.
struct Flow {
	Flow(const std::string &from, const std::string &source, const std::string &to,
	     const std::string &destination)
	    : tx(socket_in(from)), rx(socket_in(to))
	{
		const sockaddr_in s = address(source), d = address(destination);

		check(bind(tx, reinterpret_cast<const sockaddr *>(&s), sizeof(s)),
		      "bind to " + source);
		check(connect(tx, reinterpret_cast<const sockaddr *>(&d), sizeof(d)),
		      "connect to " + destination);
		check(bind(rx, reinterpret_cast<const sockaddr *>(&d), sizeof(d)),
		      "bind to " + destination);
	}

	const int tx, rx;
};

#endif
