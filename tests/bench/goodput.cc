// SPDX-License-Identifier: GPL-2.0
// TCP flows that take all that they can get: what arrives of each, in Mbit/s.
//
// usage: goodput KEY PROTOCOL START SECONDS[,...] FLOWS NICS FROM SOURCE TO DESTINATION
//                [[<]FIFO...]
//
// FROM and TO name network namespaces, "-" is the present one.  NICS: "-", or A's NICs
// as in "eth1,eth2": so many flows for each of them, and none elsewhere.  The flows have
// START seconds from before they connect to find their rate, and then SECONDS.  Prints
// start.KEY and each flow's Mbit/s until then, by NIC, as its receiver reads them; and KEY
// and those from then on, of all flows in each of the SECONDS in turn.  PROTOCOL is tcp; or
// mptcpN, which fails if a connection has not N subflows beside its first one.
//
// Each FIFO gets a line when the flows are about to connect, and when each of the SECONDS
// begins.  Whoever reads it is running by then: to start a program may take long.  <FIFO:
// the flows wait for a line before they connect.
#include "traffic.hh"

#include <array>
#include <iomanip>
#include <linux/mptcp.h>
#include <utility>

namespace
{

constexpr int mptcp = 262;         // IPPROTO_MPTCP
constexpr int mptcp_options = 284; // SOL_MPTCP
constexpr size_t chunk = 65536;

std::array<char, chunk> zeros, sink;

// A socket that is closed at once, with whatever it still had to send.
class Socket
{
public:
	Socket() = default;
	explicit Socket(int fd) : fd_(fd)
	{
	}
	Socket(Socket &&other) noexcept : fd_(std::exchange(other.fd_, -1))
	{
	}
	Socket &operator=(Socket &&other) noexcept
	{
		std::swap(fd_, other.fd_);
		return *this;
	}
	~Socket()
	{
		const linger none{1, 0};

		if (fd_ < 0)
			return;
		setsockopt(fd_, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
		close(fd_);
	}

	operator int() const
	{
		return fd_;
	}

private:
	int fd_ = -1;
};

class Connection
{
public:
	Connection() = default;
	Connection(Socket tx, Socket rx) : tx_(std::move(tx)), rx_(std::move(rx))
	{
	}

	// Sends a little, and waits until it is there.
	void probe()
	{
		constexpr size_t little = 20000;
		const ssize_t sent = ::send(tx_, zeros.data(), little, 0);

		if (sent != static_cast<ssize_t>(little) ||
		    recv(rx_, sink.data(), little, MSG_WAITALL) != sent)
			die("probe a flow");
	}

	void send()
	{
		while (::send(tx_, zeros.data(), zeros.size(), MSG_DONTWAIT) > 0)
			;
		if (errno != EAGAIN)
			die("send");
	}
	void receive()
	{
		ssize_t got = 0;

		while ((got = recv(rx_, sink.data(), sink.size(), MSG_DONTWAIT)) > 0)
			received_ += static_cast<uint64_t>(got);
		if (got == 0 || errno != EAGAIN)
			die("receive");
	}
	[[nodiscard]] uint64_t received() const
	{
		return received_;
	}

	void expect_subflows(unsigned expected) const
	{
		mptcp_info info{};
		socklen_t len = sizeof(info);

		check(getsockopt(tx_, mptcp_options, MPTCP_INFO, &info, &len), "MPTCP_INFO");
		if (info.mptcpi_subflows == expected)
			return;
		errno = ENOLINK;
		die("a connection has " + std::to_string(info.mptcpi_subflows) +
		    " subflows beside its first");
	}

private:
	Socket tx_, rx_;
	uint64_t received_ = 0;
};

// Has the flows send until that time; what each has received in all by then.  Now and
// then is often enough: to be woken for each packet would be most of the work.
std::vector<uint64_t> run(std::vector<Connection> &flows, int64_t until)
{
	std::vector<uint64_t> received;

	while (now() < until) {
		for (Connection &flow : flows) {
			flow.send();
			flow.receive();
		}
		sleep_for(millisecond);
	}
	received.reserve(flows.size());
	for (const Connection &flow : flows)
		received.push_back(flow.received());
	return received;
}

class Onlookers
{
public:
	// Waits until the FIFO has its reader.
	void add(const std::string &fifo)
	{
		fifos_.push_back(check(open(fifo.c_str(), O_WRONLY | O_CLOEXEC), fifo));
	}
	void tell() const
	{
		for (const int fifo : fifos_)
			if (write(fifo, "\n", 1) != 1)
				die("tell an onlooker");
	}

private:
	std::vector<int> fifos_;
};

// What came since then, in Mbit/s.
std::string rates(const std::vector<uint64_t> &bytes, const std::vector<uint64_t> &before,
		  int64_t seconds)
{
	std::ostringstream text;

	text << std::fixed << std::setprecision(3);
	for (size_t i = 0; i < bytes.size(); i++)
		text << ' '
		     << static_cast<double>(bytes[i] - before[i]) * 8 / 1e6 /
				static_cast<double>(seconds);
	return text.str();
}

} // namespace

int main(int argc, char **argv)
{
	const std::vector<std::string> args(argv + 1, argv + argc);

	if (args.size() < 10 || (args[1] != "tcp" && !args[1].starts_with("mptcp"))) {
		std::fputs("usage: goodput KEY PROTOCOL START SECONDS[,...] FLOWS NICS FROM SOURCE "
			   "TO DESTINATION [[<]FIFO...]\n",
			   stderr);
		return 2;
	}
	const std::string &from = args[6], &to = args[8];
	const int protocol = args[1] == "tcp" ? IPPROTO_TCP : mptcp;
	const int64_t start = std::stol(args[2]);
	const sockaddr_in source = address(args[7], 0), destination = address(args[9]);
	// An MPTCP listener on one address takes no subflow to another one.
	const sockaddr_in any = address("0.0.0.0");
	const Socket listener(socket_in(to, SOCK_STREAM, protocol));
	const int on = 1;

	check(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)), "SO_REUSEADDR");
	check(bind(listener, reinterpret_cast<const sockaddr *>(&any), sizeof(any)), "bind");
	check(listen(listener, SOMAXCONN), "listen");
	Onlookers onlookers;

	for (size_t i = 10; i < args.size(); i++)
		if (args[i].starts_with('<'))
			wait_for(args[i].substr(1));
		else
			onlookers.add(args[i]);
	onlookers.tell();
	const int64_t began = now();
	auto flows =
		fill<Connection>(Places(args[5], static_cast<unsigned>(std::stoul(args[4]))), [&] {
			Socket tx(socket_in(from, SOCK_STREAM, protocol));

			check(bind(tx, reinterpret_cast<const sockaddr *>(&source), sizeof(source)),
			      "bind to " + args[7]);
			check(connect(tx, reinterpret_cast<const sockaddr *>(&destination),
				      sizeof(destination)),
			      "connect to " + args[9]);
			return Connection(
				std::move(tx),
				Socket(check(accept(listener, nullptr, nullptr), "accept")));
		});

	std::vector<uint64_t> before = run(flows, began + start * second);
	const std::string first = rates(before, std::vector<uint64_t>(flows.size()), start);

	if (protocol == mptcp)
		for (const Connection &flow : flows)
			flow.expect_subflows(static_cast<unsigned>(
				std::stoul(args[1].substr(std::strlen("mptcp")))));

	std::istringstream periods(args[3]);
	std::string rest;
	int64_t until = start;

	for (std::string seconds; std::getline(periods, seconds, ',');) {
		onlookers.tell();
		until += std::stol(seconds);
		const std::vector<uint64_t> after = run(flows, began + until * second);

		rest += rates(after, before, std::stol(seconds));
		before = after;
	}
	std::printf("start.%s%s\n%s%s\n", args[0].c_str(), first.c_str(), args[0].c_str(),
		    rest.c_str());
	return 0;
}
