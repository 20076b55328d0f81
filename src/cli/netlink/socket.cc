// SPDX-License-Identifier: GPL-2.0
#include "netlink/socket.hh"

#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "common/failure.hh"

namespace mplink::cli
{

namespace
{

// The kernel sends no larger datagrams.
constexpr std::size_t buffer_size = 1 << 16;

// A batch must fit into the default send buffer (208 KiB).  If the kernel refuses all of it,
// the answers, up to 2 KiB each, must fit into the receive buffer.
constexpr std::size_t batch_bytes = 1 << 15;
constexpr std::size_t batch_requests = 64;

// Room for some seconds of notifications about 10,000 peers.
constexpr int receive_buffer = 16 << 20;

[[noreturn]] void fail(const char *what)
{
	throw failed(fmt::format("{}: {}", what, std::strerror(errno)));
}

} // namespace

Socket::Socket(int bus, unsigned groups)
    : socket_(mnl_socket_open2(bus, SOCK_CLOEXEC), mnl_socket_close), buffer_(buffer_size)
{
	int on = 1;
	int size = receive_buffer;

	if (!socket_)
		fail("cannot open a netlink socket");
	// FORCE exceeds the system's limit and needs CAP_NET_ADMIN; other users get what the
	// limit allows.
	if (setsockopt(fd(), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd(), SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	// All kernels that the module supports have these.
	mnl_socket_setsockopt(socket_.get(), NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(socket_.get(), NETLINK_CAP_ACK, &on, sizeof(on));
	if (mnl_socket_bind(socket_.get(), groups, MNL_SOCKET_AUTOPID))
		fail("cannot bind a netlink socket");
}

void Socket::join(std::uint32_t group)
{
	if (mnl_socket_setsockopt(socket_.get(), NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		fail("cannot join the multicast group of mplink");
}

int Socket::fd() const
{
	return mnl_socket_get_fd(socket_.get());
}

void Socket::send(Bytes bytes)
{
	if (mnl_socket_sendto(socket_.get(), bytes.data(), bytes.size()) < 0)
		fail("cannot send to the kernel");
}

Bytes Socket::receive(bool wait)
{
	for (;;) {
		const ssize_t n = recv(fd(), buffer_.data(), buffer_.size(),
				       MSG_TRUNC | (wait ? 0 : MSG_DONTWAIT));

		if (n >= 0 && static_cast<std::size_t>(n) > buffer_.size())
			throw Malformed(fmt::format("a datagram of {} bytes", n));
		if (n >= 0)
			return Bytes(buffer_).first(static_cast<std::size_t>(n));
		if (errno == EAGAIN)
			return {};
		if (errno == ENOBUFS)
			throw Overrun();
		if (errno != EINTR)
			fail("cannot receive from the kernel");
	}
}

ExtAck Socket::exchange(Message &request, const std::function<void(const Received &)> &visit)
{
	const std::uint32_t sequence = ++sequence_;
	std::optional<ExtAck> answer;

	request.set_sequence(sequence);
	send(request.bytes());
	while (!answer) {
		for_each_message(receive(true), [&](const Received &message) {
			if (message.header.nlmsg_seq != sequence)
				return;
			if (message.header.nlmsg_type == NLMSG_ERROR ||
			    message.header.nlmsg_type == NLMSG_DONE)
				answer = parse_extack(message);
			else
				visit(message);
		});
	}
	return *answer;
}

ExtAck Socket::ask(Message request, const std::function<void(const Received &)> &visit)
{
	request.add_flags(NLM_F_ACK);
	return exchange(request, visit);
}

bool Socket::dump(Message request, const std::function<void(const Received &)> &visit)
{
	bool consistent = true;

	request.add_flags(NLM_F_DUMP);

	const ExtAck answer = exchange(request, [&](const Received &message) {
		if (message.header.nlmsg_flags & NLM_F_DUMP_INTR)
			consistent = false;
		visit(message);
	});

	if (answer.error == ENODEV)
		throw NoDevice(Exit::failed, explain(request, answer));
	if (answer.error)
		throw failed(explain(request, answer));
	return consistent;
}

std::size_t batch_size(std::span<const Message> requests)
{
	std::size_t bytes = 0;
	std::size_t n = 0;

	while (n < requests.size() && n < batch_requests) {
		bytes += requests[n].bytes().size();
		if (n && bytes > batch_bytes)
			break;
		n++;
	}
	return n;
}

// The kernel always reports errors.  Success is reported only if asked for, here by the last
// request.
std::vector<FailedRequest> Socket::batch(std::span<Message> requests)
{
	const std::uint32_t first = sequence_ + 1;
	std::vector<std::byte> all;
	std::vector<FailedRequest> refused;
	bool done = false;

	for (Message &request : requests) {
		request.set_sequence(++sequence_);
		if (&request == &requests.back())
			request.add_flags(NLM_F_ACK);
		all.insert(all.end(), request.bytes().begin(), request.bytes().end());
	}
	send(all);
	while (!done) {
		for_each_message(receive(true), [&](const Received &message) {
			const std::uint32_t place = message.header.nlmsg_seq - first;

			if (message.header.nlmsg_type != NLMSG_ERROR || place >= requests.size())
				return;
			if (const ExtAck answer = parse_extack(message); answer.error)
				refused.push_back({place, answer});
			if (place == requests.size() - 1)
				done = true;
		});
	}
	return refused;
}

std::vector<FailedRequest> Socket::carry_out(std::span<Message> requests)
{
	std::size_t at = 0;

	while (at < requests.size()) {
		const std::size_t n = batch_size(requests.subspan(at));
		std::vector<FailedRequest> refused = batch(requests.subspan(at, n));

		if (!refused.empty()) {
			for (FailedRequest &one : refused)
				one.request += at;
			return refused;
		}
		at += n;
	}
	return {};
}

} // namespace mplink::cli
