// SPDX-License-Identifier: GPL-2.0
// A UDP sender and its receiver in one process: what a packet costs from the
// sender's system call to the receiver's.  Every packet's arrival is checked.
//
// usage: stream cost KEY FROM SOURCE TO DESTINATION SIZE COPIES
//        stream send COUNT FROM SOURCE TO DESTINATION SIZE...
//        stream until FILE FROM SOURCE TO DESTINATION SIZE
//
// FROM and TO name network namespaces, "-" is the present one.  `cost` prints
// KEY, and the instructions a packet: the mean of all but the 2 % that took most; and the
// least and the most that one took.
// `send` sends COUNT packets of one flow, their sizes in turn; the size "mixed"
// stands for any (from a fixed seed).  `until` prints "sending" once it is well
// under way, and sends until FILE exists.  A size is that of the UDP payload.
#include "sockets.hh"

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <random>
#include <sys/time.h>
#include <vector>

namespace
{

// Packets before the others: 45 ms, in which a peer gets memory for the lanes it uses.
constexpr unsigned unmeasured = 5000;
constexpr unsigned measured = 10000;
constexpr unsigned smallest = 64, largest = 1400; // of "mixed"

class Stream
{
public:
	Stream(const std::string &from, const std::string &source, const std::string &to,
	       const std::string &destination)
	    : flow_(from, source, to, destination)
	{
		const timeval patience{2, 0};

		check(setsockopt(flow_.rx, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)),
		      "SO_RCVTIMEO");
	}

	void send(unsigned size)
	{
		std::memcpy(out_.data(), &sent_, sizeof(sent_));
		if (check(static_cast<int>(::send(flow_.tx, out_.data(), size, 0)), "send") !=
		    static_cast<int>(size))
			die("short send");
		sent_++;
	}

	// The oldest packet that has not been received yet.
	void receive(unsigned size)
	{
		uint32_t number;
		const auto got = recv(flow_.rx, in_.data(), in_.size(), 0);

		if (got < 0)
			die("packet " + std::to_string(received_) + " did not arrive");
		std::memcpy(&number, in_.data(), sizeof(number));
		if (got != static_cast<ssize_t>(size) || number != received_) {
			errno = EBADMSG;
			die("packet " + std::to_string(received_) + " of " + std::to_string(size) +
			    " bytes arrived as " + std::to_string(number) + " of " +
			    std::to_string(got));
		}
	}
	void received()
	{
		received_++;
	}

	// After the last: there must not be any more.
	void expect_silence()
	{
		if (recv(flow_.rx, in_.data(), in_.size(), MSG_DONTWAIT) >= 0) {
			errno = EBADMSG;
			die("a packet arrived once too often");
		}
	}

private:
	Flow flow_;
	uint32_t sent_ = 0, received_ = 0;
	std::array<char, 65536> out_{}, in_{};
};

// A packet is received before the next one is sent: with more than one on the way, what
// the slab allocator takes for them depends on what has been freed in this boot.
void run(Stream &stream, unsigned count, unsigned size, unsigned copies)
{
	for (unsigned i = 0; i < count; i++) {
		stream.send(size);
		for (unsigned c = 0; c < copies; c++)
			stream.receive(size);
		stream.received();
	}
}

// The machine of tests/bench/run has a TSC that counts instructions.
void cost(Stream &stream, const char *key, unsigned size, unsigned copies)
{
	std::vector<uint64_t> costs(measured);

	run(stream, unmeasured, size, copies);
	for (uint64_t &cost : costs) {
		const uint64_t began = __builtin_ia32_rdtsc();

		run(stream, 1, size, copies);
		cost = __builtin_ia32_rdtsc() - began;
	}
	stream.expect_silence();
	std::sort(costs.begin(), costs.end());
	// The timer interrupts one packet in 450, and what it sets off others.
	const auto end = costs.begin() + measured * 98 / 100;
	const auto sum = std::accumulate(costs.begin(), end, uint64_t{0});

	std::printf("%s %.1f %.1f %.1f\n", key,
		    static_cast<double>(sum) / static_cast<double>(end - costs.begin()),
		    static_cast<double>(costs.front()), static_cast<double>(costs.back()));
}

void send_until(Stream &stream, const char *file, unsigned size)
{
	run(stream, unmeasured, size, 1);
	std::puts("sending");
	std::fflush(stdout);
	do
		run(stream, unmeasured, size, 1);
	while (access(file, F_OK));
}

void send_all(Stream &stream, unsigned count, const std::vector<std::string> &sizes)
{
	std::minstd_rand random(1);

	for (unsigned i = 0; i < count; i++) {
		const std::string &given = sizes[i % sizes.size()];
		const auto size = given == "mixed" ? smallest + static_cast<unsigned>(random()) %
									(largest + 1 - smallest)
						   : static_cast<unsigned>(std::stoul(given));

		stream.send(size);
		stream.receive(size);
		stream.received();
	}
	stream.expect_silence();
}

} // namespace

int main(int argc, char **argv)
{
	const std::vector<std::string> args(argv + 1, argv + argc);

	if (args.size() == 8 && args[0] == "cost") {
		Stream stream(args[2], args[3], args[4], args[5]);

		cost(stream, argv[2], static_cast<unsigned>(std::stoul(args[6])),
		     static_cast<unsigned>(std::stoul(args[7])));
		return 0;
	}
	if (args.size() == 7 && args[0] == "until") {
		Stream stream(args[2], args[3], args[4], args[5]);

		send_until(stream, argv[2], static_cast<unsigned>(std::stoul(args[6])));
		return 0;
	}
	if (args.size() >= 7 && args[0] == "send") {
		Stream stream(args[2], args[3], args[4], args[5]);

		send_all(stream, static_cast<unsigned>(std::stoul(args[1])),
			 {args.begin() + 6, args.end()});
		return 0;
	}
	std::fputs("usage: stream cost KEY FROM SOURCE TO DESTINATION SIZE COPIES\n"
		   "       stream send COUNT FROM SOURCE TO DESTINATION SIZE...\n"
		   "       stream until FILE FROM SOURCE TO DESTINATION SIZE\n",
		   stderr);
	return 2;
}
