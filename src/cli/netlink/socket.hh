// SPDX-License-Identifier: GPL-2.0
// A netlink socket: sends requests, in batches if there are many, and receives answers and
// notifications.
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

// Notifications were lost because the receive buffer was full.
struct Overrun {
};

struct FailedRequest {
	std::size_t request; // its place in the batch
	ExtAck answer;
};

class Socket
{
public:
	// bus: NETLINK_GENERIC or NETLINK_ROUTE.  groups: bit mask of multicast groups.
	explicit Socket(int bus, unsigned groups = 0);

	void join(std::uint32_t group);
	int fd() const;

	// Returns one datagram, valid until the next call; empty if there is none and wait is
	// false.  Throws Overrun.
	Bytes receive(bool wait);

	// Calls visit for each message before the acknowledgement.
	ExtAck ask(Message request, const std::function<void(const Received &)> &visit);

	// The same for a dump.  Throws Failure (NoDevice) if the kernel refuses it.  Returns
	// false if the state changed during the dump, so that the result is inconsistent.
	[[nodiscard]] bool dump(Message request,
				const std::function<void(const Received &)> &visit);

	// Sends all requests in order, in batches to save round trips.  If the kernel refuses a
	// request, the rest of its batch is still done, and later batches are not sent.
	std::vector<FailedRequest> carry_out(std::span<Message> requests);

private:
	void send(Bytes bytes);
	ExtAck exchange(Message &request, const std::function<void(const Received &)> &visit);
	std::vector<FailedRequest> batch(std::span<Message> requests);

	std::unique_ptr<mnl_socket, int (*)(mnl_socket *)> socket_;
	std::vector<std::byte> buffer_;
	std::uint32_t sequence_ = 0;
};

// How many of the requests, from the first, fit into one batch.
std::size_t batch_size(std::span<const Message> requests);

} // namespace mplink::cli
