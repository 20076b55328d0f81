// SPDX-License-Identifier: GPL-2.0
// A stream of numbered packets, what became of them when a link failed under it, and how
// long none came.
//
// usage: failover KEY RATE SIZE WAYS BEFORE AFTER FILE FROM SOURCE TO DESTINATION
//                 COMMAND [ARG...]
//
// RATE packets a second of SIZE bytes.  FROM and TO name network namespaces, "-" is the
// present one.  WAYS: 1, or 2, then as many go back from TO to FROM.  For BEFORE ms packets
// must arrive; then COMMAND, which waits for it since before the stream, is given the
// standard input, by which it makes a link fail; and for AFTER ms more are sent.
// Prints KEY and, of both ways together,
//   lost   packets that never arrived; a copy that came again does not count
//   gap    the longest time, in ms, without a packet not seen before, from the last
//          one before the failure to the end of the stream
//   late   of the lost ones, those sent when the failure was known, as FILE did not say
//          any longer what it said before; all of them if that never changed
//   twice  packets that came although they had come before
//   disorder  packets that came after one with a higher number
#include "sockets.hh"

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>
#include <iostream>
#include <iterator>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <vector>

namespace
{

constexpr int64_t millisecond = 1000000;
constexpr int64_t second = 1000 * millisecond;
// No way is this long: what has not come by then does not come.
constexpr unsigned patience = 200; // ms

// The clock by which the kernel stamps what it receives.  Nothing sets it in a VM.
int64_t now()
{
	timespec t{};

	check(clock_gettime(CLOCK_REALTIME, &t), "clock_gettime");
	return t.tv_sec * second + t.tv_nsec;
}

void sleep_until(int64_t time)
{
	const timespec t{time / second, time % second};

	while (clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &t, nullptr) == EINTR)
		;
}

// What a file of sysfs says, as long as it is there.
class Watch
{
public:
	explicit Watch(const std::string &path)
	    : file_(check(open(path.c_str(), O_RDONLY | O_CLOEXEC), path)), first_(read())
	{
	}

	[[nodiscard]] bool changed() const
	{
		return read() != first_;
	}

private:
	// Once its device is gone, or down, there may be nothing to read.
	[[nodiscard]] std::string read() const
	{
		std::array<char, 64> text{};
		const ssize_t got = pread(file_, text.data(), text.size(), 0);

		return got < 0 ? "none" : std::string(text.data(), static_cast<size_t>(got));
	}

	int file_;
	std::string first_;
};

class Receiver
{
public:
	Receiver(int socket, unsigned packets) : socket_(socket), seen_(packets)
	{
		const int on = 1;
		const int room = 32 << 20; // a slow reader must not look like a lossy link

		check(setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)),
		      "SO_TIMESTAMPNS");
		check(setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)),
		      "SO_RCVBUFFORCE");
	}

	// Takes in what has arrived.
	void drain()
	{
		uint32_t number = 0;
		iovec into{&number, sizeof(number)};
		alignas(cmsghdr) std::array<char, 128> control{};

		for (;;) {
			msghdr message{};

			message.msg_iov = &into;
			message.msg_iovlen = 1;
			message.msg_control = control.data();
			message.msg_controllen = control.size();
			if (recvmsg(socket_, &message, MSG_DONTWAIT) < 0) {
				if (errno != EAGAIN)
					die("receive");
				return;
			}
			if (number >= seen_.size()) {
				errno = EBADMSG;
				die("packet " + std::to_string(number) + " of " +
				    std::to_string(seen_.size()));
			}
			if (seen_[number]) {
				twice_++;
				continue;
			}
			seen_[number] = true;
			arrivals_.push_back(arrived_at(message));
			disorder_ += number < highest_;
			highest_ = std::max(highest_, number);
		}
	}

	[[nodiscard]] unsigned twice() const
	{
		return twice_;
	}

	[[nodiscard]] unsigned disorder() const
	{
		return disorder_;
	}

	// Of the packets from FIRST on to the one before LAST.
	[[nodiscard]] unsigned lost(size_t first, size_t last) const
	{
		return static_cast<unsigned>(
			std::count(seen_.begin() + static_cast<ptrdiff_t>(first),
				   seen_.begin() + static_cast<ptrdiff_t>(last), false));
	}

	// The longest time without an arrival, of what lies between these times.
	[[nodiscard]] int64_t gap(int64_t begin, int64_t end) const
	{
		int64_t longest = 0, last = begin;

		for (const int64_t arrival : arrivals_) {
			if (arrival > begin)
				longest = std::max(longest, arrival - last);
			last = arrival;
		}
		return std::max(longest, end - last);
	}

private:
	static int64_t arrived_at(msghdr &message)
	{
		timespec t{};

		for (cmsghdr *c = CMSG_FIRSTHDR(&message); c != nullptr;
		     c = CMSG_NXTHDR(&message, c))
			if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPNS)
				std::memcpy(&t, CMSG_DATA(c), sizeof(t));
		return t.tv_sec * second + t.tv_nsec;
	}

	int socket_;
	std::vector<bool> seen_;
	std::vector<int64_t> arrivals_; // of each packet's first copy
	uint32_t highest_ = 0;
	unsigned twice_ = 0;
	unsigned disorder_ = 0;
};

// What is sent; times in ms.
struct Stream {
	unsigned rate, size, before, after;

	[[nodiscard]] unsigned packets(unsigned ms) const
	{
		return static_cast<unsigned>(static_cast<uint64_t>(rate) * ms / 1000);
	}
};

// A way of the stream.
struct Way {
	Way(int from, int to, unsigned packets) : tx(from), receiver(to, packets)
	{
		// What waits in a NIC's queue must not hold the stream up.
		const int room = 32 << 20;

		check(setsockopt(from, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)),
		      "SO_SNDBUFFORCE");
	}

	int tx;
	Receiver receiver;
};

// A program that reads its orders.  It has started, and read an empty line,
// before that matters: while a program is read from the host's files the guest's
// clock goes on by any amount, and this process waits for it.
class Command
{
public:
	explicit Command(char **argv) : name_(argv[0])
	{
		std::array<int, 2> ends{};
		posix_spawn_file_actions_t actions;
		int unread = 1;

		check(pipe2(ends.data(), O_CLOEXEC), "pipe");
		posix_spawn_file_actions_init(&actions);
		posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
		errno = posix_spawnp(&child_, argv[0], &actions, nullptr, argv, environ);
		if (errno)
			die(name_);
		posix_spawn_file_actions_destroy(&actions);
		in_ = ends[1];
		tell("\n");
		while (unread != 0) {
			sleep_until(now() + millisecond);
			if (waitpid(child_, nullptr, WNOHANG) != 0) {
				errno = ECHILD;
				die(name_ + " does not read its orders");
			}
			check(ioctl(ends[0], FIONREAD, &unread), "FIONREAD");
		}
		close(ends[0]);
	}

	void tell(const std::string &lines) const
	{
		if (write(in_, lines.data(), lines.size()) != static_cast<ssize_t>(lines.size()))
			die("tell " + name_);
	}

	void finish() const
	{
		int status = 0;

		close(in_);
		check(waitpid(child_, &status, 0), "waitpid");
		if (status) {
			errno = ECANCELED;
			die(name_ + " ended with wait status " + std::to_string(status));
		}
	}

private:
	std::string name_;
	pid_t child_ = 0;
	int in_ = -1;
};

// What was sent long enough ago has come, or nothing is known of the failure.
void must_arrive(const char *key, const Receiver &receiver, unsigned packets)
{
	const unsigned lost = receiver.lost(0, packets);

	if (lost != 0) {
		errno = ENODATA;
		die(std::string(key) + ": of " + std::to_string(packets) +
		    " packets before any failure there were lost " + std::to_string(lost));
	}
}

void run(const char *key, const Stream &stream, const Watch &watch, std::vector<Way> ways,
	 const Command &command, const std::string &failure)
{
	const unsigned steady = stream.packets(stream.before);
	const unsigned packets = steady + 1 + stream.packets(stream.after);
	std::vector<char> packet(stream.size);
	const int64_t began = now();
	int64_t failed = 0;
	uint32_t first_late = 0;

	for (uint32_t number = 0; number < packets; number++) {
		sleep_until(began + number * second / stream.rate);
		for (Way &way : ways)
			way.receiver.drain();
		if (number == steady) {
			for (const Way &way : ways)
				must_arrive(key, way.receiver, steady - stream.packets(patience));
			failed = now();
			command.tell(failure);
		}
		if (failed != 0 && first_late == 0 && watch.changed())
			first_late = number;
		std::memcpy(packet.data(), &number, sizeof(number));
		// That it fails when there is no way left is part of what is measured.
		for (const Way &way : ways)
			static_cast<void>(send(way.tx, packet.data(), packet.size(), 0));
	}
	const int64_t ended = now();
	unsigned lost = 0, late = 0, twice = 0, disorder = 0;
	int64_t gap = 0;

	sleep_until(ended + patience * millisecond);
	for (Way &way : ways) {
		way.receiver.drain();
		lost += way.receiver.lost(0, packets);
		late += way.receiver.lost(first_late, packets);
		twice += way.receiver.twice();
		disorder += way.receiver.disorder();
		gap = std::max(gap, way.receiver.gap(failed, ended));
	}
	command.finish();
	std::printf("%s %u %.2f %u %u %u\n", key, lost, static_cast<double>(gap) / millisecond,
		    late, twice, disorder);
}

unsigned number(const char *text)
{
	return static_cast<unsigned>(std::stoul(text));
}

} // namespace

int main(int argc, char **argv)
{
	if (argc < 13) {
		std::fputs("usage: failover KEY RATE SIZE WAYS BEFORE AFTER FILE FROM SOURCE TO "
			   "DESTINATION COMMAND [ARG...]\n",
			   stderr);
		return 2;
	}
	const Stream stream{number(argv[2]), number(argv[3]), number(argv[5]), number(argv[6])};
	// One more than before the failure: with it the failure begins.
	const unsigned packets = stream.packets(stream.before) + 1 + stream.packets(stream.after);
	const std::string failure{std::istreambuf_iterator<char>(std::cin), {}};
	const Command command(argv + 12);
	const Flow flow(argv[8], argv[9], argv[10], argv[11]);
	std::vector<Way> ways;

	ways.emplace_back(flow.tx, flow.rx, packets);
	if (number(argv[4]) == 2) {
		const sockaddr_in back = address(argv[9]);

		check(connect(flow.rx, reinterpret_cast<const sockaddr *>(&back), sizeof(back)),
		      "connect back");
		ways.emplace_back(flow.rx, flow.tx, packets);
	}
	// A page of its own that has to be read first is no gap of the stream's.
	check(mlockall(MCL_CURRENT | MCL_FUTURE), "mlockall");
	run(argv[1], stream, Watch(argv[7]), std::move(ways), command, failure);
	return 0;
}
