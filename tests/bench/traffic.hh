// SPDX-License-Identifier: GPL-2.0
// What the senders that measure traffic over shaped links share: time, and which NIC
// of A's a flow leaves by.
#ifndef MPLINK_BENCH_TRAFFIC_HH
#define MPLINK_BENCH_TRAFFIC_HH

#include "sockets.hh"

#include <algorithm>
#include <ctime>
#include <fstream>
#include <functional>
#include <sstream>
#include <vector>

constexpr int64_t millisecond = 1000000;
constexpr int64_t second = 1000 * millisecond;

inline int64_t now()
{
	timespec t{};

	check(clock_gettime(CLOCK_MONOTONIC, &t), "clock_gettime");
	return t.tv_sec * second + t.tv_nsec;
}

inline void sleep_for(int64_t time)
{
	const timespec t{time / second, time % second};

	nanosleep(&t, nullptr);
}

// Waits until somebody has written to the FIFO, which stays open: there may be more to write.
inline void wait_for(const std::string &fifo)
{
	const int fd = check(open(fifo.c_str(), O_RDONLY | O_CLOEXEC), fifo);
	char line = 0;

	if (read(fd, &line, 1) != 1)
		die("wait for a line of " + fifo);
}

// Finds so many flows for each of the named NICs. Each mechanism hashes flows in its own way,
// so flows are tried out.
class Places
{
public:
	// nics: as in "eth1,eth2,eth3"; "-": flows may go anywhere.
	Places(const std::string &nics, unsigned flows) : each_(flows)
	{
		std::istringstream in(nics == "-" ? "" : nics);

		for (std::string nic; std::getline(in, nic, ',');)
			nics_.push_back(nic);
		taken_.resize(std::max<size_t>(nics_.size(), 1));
	}

	// How many flows are wanted, and in which order: by NIC.
	[[nodiscard]] size_t flows() const
	{
		return taken_.size() * each_;
	}

	// The place of a flow that sends when told to, below flows(); -1: not wanted there.
	int place(const std::function<void()> &send)
	{
		size_t nic = 0;

		if (!nics_.empty()) {
			const std::vector<uint64_t> before = sent();

			send();
			nic = most(before, sent());
		}
		if (taken_[nic] == each_)
			return -1;
		return static_cast<int>(nic * each_ + taken_[nic]++);
	}

private:
	[[nodiscard]] std::vector<uint64_t> sent() const
	{
		std::vector<uint64_t> bytes;

		for (const std::string &nic : nics_) {
			std::ifstream file("/sys/class/net/" + nic + "/statistics/tx_bytes");

			if (!(file >> bytes.emplace_back()))
				die("read what " + nic + " has sent");
		}
		return bytes;
	}

	static size_t most(const std::vector<uint64_t> &before, const std::vector<uint64_t> &after)
	{
		size_t best = 0;

		for (size_t i = 1; i < before.size(); i++)
			if (after[i] - before[i] > after[best] - before[best])
				best = i;
		return best;
	}

	unsigned each_;
	std::vector<std::string> nics_;
	std::vector<unsigned> taken_;
};

// Fills the places: open() makes a flow, send() has it send.  One that is not wanted is
// closed.
template <class Connection, class Open>
std::vector<Connection> fill(Places places, const Open &open)
{
	constexpr unsigned patience = 100;
	std::vector<Connection> flows(places.flows());
	size_t missing = flows.size();

	for (unsigned tries = 0; missing; tries++) {
		Connection flow = open();
		const int place = places.place([&flow] { flow.probe(); });

		if (tries == patience) {
			errno = ENODATA;
			die("find flows for each NIC");
		}
		if (place < 0)
			continue;
		flows[static_cast<size_t>(place)] = std::move(flow);
		missing--;
	}
	return flows;
}

#endif
