// Numbered UDP packets at a steady rate, IPv4 or IPv6, and what became of them.
//
// usage: stream send DST PORT [--rate PPS] [--size BYTES] [--seconds S]
//        stream receive PORT [--seconds S]
//
// Ends after S seconds, or at SIGTERM or SIGINT, and then prints one line of
// key=value. The sender knows `sent` (attempts; the number is used up even if the
// send failed) and `errors` (failed attempts, as when a hook drops the packet).
// The receiver takes the highest number it saw for the last one sent: what was
// lost at the very end only the sender's `sent` tells. A packet is `reordered` if
// a higher number came before it. `longest_gap_ms` is between two arrivals, by the
// kernel's receive time. BYTES is the UDP payload, at least 8.
#include <arpa/inet.h>
#include <endian.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string_view>
#include <vector>

namespace
{

using Clock = std::chrono::steady_clock;
constexpr std::size_t kNumberBytes = sizeof(std::uint64_t);

volatile std::sig_atomic_t stopped = 0;

struct Options {
	double rate = 1000;
	std::size_t size = 200;
	double seconds = 5;
};

[[noreturn]] void die(const char *what)
{
	std::perror(what);
	std::exit(1);
}

[[noreturn]] void usage()
{
	std::fputs("usage: stream send DST PORT [--rate PPS] [--size BYTES] [--seconds S]\n"
		   "       stream receive PORT [--seconds S]\n",
		   stderr);
	std::exit(2);
}

template <typename T>
T number(std::string_view text)
{
	T value{};
	const auto [end, error] = std::from_chars(text.begin(), text.end(), value);
	if (error != std::errc{} || end != text.end())
		usage();
	return value;
}

Options options(int argc, char **argv, int first)
{
	Options o;
	for (int i = first; i < argc; i += 2) {
		if (i + 1 == argc)
			usage();
		const std::string_view name = argv[i];
		if (name == "--rate")
			o.rate = number<double>(argv[i + 1]);
		else if (name == "--size")
			o.size = number<std::size_t>(argv[i + 1]);
		else if (name == "--seconds")
			o.seconds = number<double>(argv[i + 1]);
		else
			usage();
	}
	if (o.rate <= 0 || o.size < kNumberBytes || o.size > 65507)
		usage();
	return o;
}

Clock::duration duration(double seconds)
{
	return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

int send(const char *destination, const char *port, const Options &o)
{
	sockaddr_in6 to6{};
	sockaddr_in to4{};
	const sockaddr *to = nullptr;
	socklen_t length = 0;
	if (inet_pton(AF_INET6, destination, &to6.sin6_addr) == 1) {
		to6.sin6_family = AF_INET6;
		to6.sin6_port = htons(number<std::uint16_t>(port));
		to = reinterpret_cast<const sockaddr *>(&to6);
		length = sizeof(to6);
	} else if (inet_pton(AF_INET, destination, &to4.sin_addr) == 1) {
		to4.sin_family = AF_INET;
		to4.sin_port = htons(number<std::uint16_t>(port));
		to = reinterpret_cast<const sockaddr *>(&to4);
		length = sizeof(to4);
	} else {
		usage();
	}
	// Not connected: an ICMP error for one packet must not fail the next.
	const int fd = socket(to->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		die("socket");
	std::vector<unsigned char> packet(o.size);
	std::uint64_t sent = 0;
	std::uint64_t errors = 0;
	int last_error = 0;
	const auto begin = Clock::now();
	const auto end = begin + duration(o.seconds);
	const double nanoseconds = 1e9 / o.rate;
	while (stopped == 0) {
		const auto due = begin + std::chrono::nanoseconds(static_cast<std::int64_t>(
						 nanoseconds * static_cast<double>(sent)));
		if (due >= end)
			break;
		const auto since = due.time_since_epoch();
		timespec at{};
		at.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(since).count();
		at.tv_nsec = (since % std::chrono::seconds(1)).count();
		if (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr) != 0)
			continue; // a signal
		const std::uint64_t big = htobe64(sent++);
		std::memcpy(packet.data(), &big, kNumberBytes);
		if (sendto(fd, packet.data(), packet.size(), 0, to, length) < 0) {
			last_error = errno;
			++errors;
		}
	}
	std::printf("sent=%ju errors=%ju last_error=%s\n", sent, errors,
		    last_error != 0 ? strerrorname_np(last_error) : "none");
	return 0;
}

// Nanoseconds since the epoch at which the kernel received the packet.
std::int64_t received_at(msghdr &message)
{
	for (cmsghdr *c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPNS) {
			timespec at{};
			std::memcpy(&at, CMSG_DATA(c), sizeof(at));
			return at.tv_sec * 1'000'000'000 + at.tv_nsec;
		}
	}
	return 0;
}

int receive(const char *port, const Options &o)
{
	const int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	const int off = 0;
	const int on = 1;
	const int buffer = 32 << 20; // a slow reader must not look like a lossy link
	sockaddr_in6 here{};
	here.sin6_family = AF_INET6;
	here.sin6_port = htons(number<std::uint16_t>(port));
	if (fd < 0 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof(buffer)) != 0 ||
	    bind(fd, reinterpret_cast<sockaddr *>(&here), sizeof(here)) != 0)
		die("receiving socket");
	std::vector<bool> seen;
	std::uint64_t received = 0;
	std::uint64_t duplicated = 0;
	std::uint64_t reordered = 0;
	std::int64_t previous = 0;
	std::int64_t longest = 0;
	auto end = Clock::now() + duration(o.seconds);
	// Past the end it still empties the socket, unless that never ends.
	while (Clock::now() < end + std::chrono::seconds(2)) {
		std::uint64_t big = 0;
		iovec into{&big, sizeof(big)};
		alignas(cmsghdr) char control[128];
		msghdr message{};
		message.msg_iov = &into;
		message.msg_iovlen = 1;
		message.msg_control = control;
		message.msg_controllen = sizeof(control);
		const ssize_t got = recvmsg(fd, &message, 0);
		if (got < 0) {
			if (stopped != 0)
				end = Clock::now();
			const auto left = end - Clock::now();
			if (left <= Clock::duration::zero())
				break;
			pollfd p{fd, POLLIN, 0};
			const auto millis =
				std::chrono::duration_cast<std::chrono::milliseconds>(left)
					.count() +
				1;
			// Short, so that a signal just before it is not slept through.
			poll(&p, 1, static_cast<int>(std::min<std::int64_t>(millis, 50)));
			continue;
		}
		const std::uint64_t n = be64toh(big);
		if (got < static_cast<ssize_t>(kNumberBytes) || n > 1'000'000'000)
			continue; // not of ours
		const std::int64_t now = received_at(message);
		if (previous != 0)
			longest = std::max(longest, now - previous);
		previous = now;
		if (n < seen.size()) {
			if (seen[n]) {
				++duplicated;
				continue;
			}
			++reordered;
		} else {
			seen.resize(n + 1);
		}
		seen[n] = true;
		++received;
	}
	std::printf("sent=%zu received=%ju lost=%ju duplicated=%ju reordered=%ju "
		    "longest_gap_ms=%.1f\n",
		    seen.size(), received, seen.size() - received, duplicated, reordered,
		    static_cast<double>(longest) / 1e6);
	return 0;
}

} // namespace

int main(int argc, char **argv)
{
	struct sigaction action {
	};
	action.sa_handler = [](int) { stopped = 1; };
	sigaction(SIGTERM, &action, nullptr);
	sigaction(SIGINT, &action, nullptr);
	const std::string_view what = argc > 1 ? argv[1] : "";
	if (what == "send" && argc >= 4)
		return send(argv[2], argv[3], options(argc, argv, 4));
	if (what == "receive" && argc >= 3)
		return receive(argv[2], options(argc, argv, 3));
	usage();
}
