// SPDX-License-Identifier: GPL-2.0
// A netlink socket: requests with their answers, many at a time, and notifications.
#pragma once
#include <libmnl/libmnl.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "netlink/attributes.hh"
#include "netlink/extack.hh"
#include "netlink/message.hh"

namespace mplink::cli
{

// The kernel had more to tell than the socket could hold.
struct Overrun {
};

struct FailedRequest {
	std::size_t request; // its place in the batch
	ExtAck answer;
};

class Socket
{
public:
	// bus: NETLINK_GENERIC, NETLINK_ROUTE.  groups: of the old kind, as a bit mask.
	explicit Socket(int bus, unsigned groups = 0);

	void join(std::uint32_t group);
	int fd() const;

	// One datagram, valid until the next; empty where there is none and wait is false.
	// Throws Overrun.
	Bytes receive(bool wait);

	// Hands each message before the acknowledgement to visit.
	ExtAck ask(Message request, const std::function<void(const Received &)> &visit);

	// Likewise of a dump.  Throws Failure (NoDevice) if refused; false: it is inconsistent, for
	// what it shows has changed meanwhile.
	[[nodiscard]] bool dump(Message request,
				const std::function<void(const Received &)> &visit);

	// Carries out all of them in order, with few round trips.  What is refused does not
	// keep the rest of its batch from being done, but there is no batch after it.
	std::vector<FailedRequest> carry_out(std::span<Message> requests);

private:
	void send(Bytes bytes);
	ExtAck exchange(Message &request, const std::function<void(const Received &)> &visit);
	std::vector<FailedRequest> batch(std::span<Message> requests);

	std::unique_ptr<mnl_socket, int (*)(mnl_socket *)> socket_;
	std::vector<std::byte> buffer_;
	std::uint32_t sequence_ = 0;
};

// Into how many requests from the first on one batch may go.
std::size_t batch_size(std::span<const Message> requests);

} // namespace mplink::cli
