// SPDX-License-Identifier: GPL-2.0
// UDP flows of evenly spaced, numbered packets: how long each packet was on its way,
// from the sender's system call to the receiver's.
//
// usage: delay KEY START SECONDS RATE SIZE FLOWS NICS FROM SOURCE TO DESTINATION [FIFO]
//
// RATE packets a second in each flow, SIZE bytes of payload; the flows take turns.  What is
// sent in the first START seconds does not count; then SECONDS follow.  With FIFO: begins when
// there is something to read, as goodput says when its flows begin.  The others are as in
// goodput.cc.  Prints KEY, and eight numbers for each flow, by NIC:
//   lost         packets that never came
//   mean, max    delay in microseconds
//   disorder     packets that came after one with a higher number
//   median, p95  of the delay: so many microseconds, or less, for half of the packets, and
//                for 95 in 100
//   sent         packets
//   p99          of the delay, for 99 in 100
#include "traffic.hh"

#include <array>
#include <numeric>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <utility>

namespace
{

// What has not come by then does not come.
constexpr int64_t patience = second;

struct Packet {
	uint32_t number;
	int64_t sent;
};

class Connection
{
public:
	Connection() = default;
	Connection(int tx, int rx) : tx_(tx), rx_(rx)
	{
	}
	Connection(Connection &&other) noexcept
	{
		*this = std::move(other);
	}
	Connection &operator=(Connection &&other) noexcept
	{
		std::swap(tx_, other.tx_);
		std::swap(rx_, other.rx_);
		return *this;
	}
	~Connection()
	{
		if (tx_ >= 0)
			close(tx_);
		if (rx_ >= 0)
			close(rx_);
	}

	// A link may lose some of these; what arrives must arrive before the counted packets do.
	void probe() const
	{
		std::array<char, 1000> some{};

		for (unsigned i = 0; i < 20; i++)
			if (::send(tx_, some.data(), some.size(), 0) < 0)
				die("probe a flow");
		sleep_for(patience);
		while (recv(rx_, some.data(), some.size(), MSG_DONTWAIT) > 0)
			;
		if (errno != EAGAIN)
			die("probe a flow");
	}

	[[nodiscard]] int rx() const
	{
		return rx_;
	}
	// From now on packets count, this many of them.
	void count(size_t packets)
	{
		first_ = sent_;
		disorder_ = 0;
		delays_.clear();
		delays_.reserve(packets);
	}
	void send(size_t size)
	{
		Packet packet{sent_++, now()};

		std::memcpy(bytes_.data(), &packet, sizeof(packet));
		if (::send(tx_, bytes_.data(), size, 0) != static_cast<ssize_t>(size))
			die("send");
	}
	void receive()
	{
		Packet packet{};

		while (recv(rx_, &packet, sizeof(packet), MSG_DONTWAIT) > 0) {
			const int64_t delay = now() - packet.sent;

			if (packet.number < first_)
				continue;
			delays_.push_back(delay);
			if (packet.number < next_)
				disorder_++;
			else
				next_ = packet.number + 1;
		}
		if (errno != EAGAIN)
			die("receive");
	}

	void print()
	{
		if (delays_.empty()) {
			errno = ENODATA;
			die("of a flow nothing came");
		}
		std::sort(delays_.begin(), delays_.end());
		const auto total = std::accumulate(delays_.begin(), delays_.end(), int64_t{0});

		std::printf(" %zu %.2f %.2f %u %.2f %.2f %u %.2f", sent_ - first_ - delays_.size(),
			    static_cast<double>(total) / static_cast<double>(delays_.size()) / 1e3,
			    share(100), disorder_, share(50), share(95), sent_ - first_, share(99));
	}

private:
	// So many percent of the packets took this long, or less.
	[[nodiscard]] double share(size_t percent) const
	{
		return static_cast<double>(delays_[(delays_.size() * percent + 99) / 100 - 1]) /
		       1e3;
	}

	int tx_ = -1, rx_ = -1;
	uint32_t first_ = 0, sent_ = 0, next_ = 0, disorder_ = 0;
	std::vector<int64_t> delays_;
	std::array<char, 1500> bytes_{};
};

int bound(const std::string &where, sockaddr_in here, const sockaddr_in &there)
{
	const int sock = socket_in(where);

	check(bind(sock, reinterpret_cast<const sockaddr *>(&here), sizeof(here)), "bind");
	check(connect(sock, reinterpret_cast<const sockaddr *>(&there), sizeof(there)), "connect");
	return sock;
}

void receive_until(std::vector<Connection> &flows, int64_t until)
{
	std::vector<pollfd> polled;
	int64_t left = 0;

	polled.reserve(flows.size());
	for (const Connection &flow : flows)
		polled.push_back({flow.rx(), POLLIN, 0});
	while ((left = until - now()) > 0) {
		const timespec time{left / second, left % second};

		check(ppoll(polled.data(), polled.size(), &time, nullptr), "poll");
		for (size_t i = 0; i < flows.size(); i++)
			if (polled[i].revents)
				flows[i].receive();
	}
}

} // namespace

int main(int argc, char **argv)
{
	const std::vector<std::string> args(argv + 1, argv + argc);

	if (args.size() != 11 && args.size() != 12) {
		std::fputs("usage: delay KEY START SECONDS RATE SIZE FLOWS NICS FROM SOURCE TO "
			   "DESTINATION [FIFO]\n",
			   stderr);
		return 2;
	}
	const int64_t start = std::stol(args[1]), seconds = std::stol(args[2]);
	const int64_t rate = std::stol(args[3]);
	const size_t size = std::stoul(args[4]);
	unsigned opened = 0;
	auto flows =
		fill<Connection>(Places(args[6], static_cast<unsigned>(std::stoul(args[5]))), [&] {
			const sockaddr_in source = address(args[8], port + opened);
			const sockaddr_in destination = address(args[10], port + opened);

			opened++;
			return Connection(bound(args[7], source, destination),
					  bound(args[9], destination, source));
		});

	// Not later than it was asked for, and no page of its own that has to be read first.
	check(prctl(PR_SET_TIMERSLACK, 1), "PR_SET_TIMERSLACK");
	check(mlockall(MCL_CURRENT | MCL_FUTURE), "mlockall");
	if (args.size() == 12)
		wait_for(args[11]);
	const int64_t began = now() + millisecond;
	const auto each = static_cast<int64_t>(flows.size());

	for (int64_t n = 0; n < (start + seconds) * rate * each; n++) {
		receive_until(flows, began + n * second / (rate * each));
		if (n == start * rate * each)
			for (Connection &flow : flows)
				flow.count(static_cast<size_t>(seconds * rate));
		flows[static_cast<size_t>(n % each)].send(size);
	}
	receive_until(flows, now() + patience);
	std::printf("%s", args[0].c_str());
	for (Connection &flow : flows)
		flow.print();
	std::puts("");
	return 0;
}
