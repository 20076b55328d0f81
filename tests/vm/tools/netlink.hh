// SPDX-License-Identifier: GPL-2.0
// Raw generic netlink, for tools that must see each message and datagram as it is.
#pragma once
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "../../../include/uapi/mplink_netlink.h"

using Bytes = std::vector<std::uint8_t>;

[[noreturn]] inline void die(const char *what)
{
	std::perror(what);
	std::exit(1);
}

inline void put(Bytes &to, unsigned type, const void *data, std::size_t size)
{
	const nlattr attr = {.nla_len = static_cast<std::uint16_t>(NLA_HDRLEN + size),
			     .nla_type = static_cast<std::uint16_t>(type)};
	const auto *header = reinterpret_cast<const std::uint8_t *>(&attr);
	const auto *bytes = static_cast<const std::uint8_t *>(data);

	to.insert(to.end(), header, header + sizeof(attr));
	to.insert(to.end(), bytes, bytes + size);
	to.resize(NLA_ALIGN(to.size()));
}

template <class T>
void put(Bytes &to, unsigned type, T value)
{
	put(to, type, &value, sizeof(value));
}

// The payload of the first attribute of that type from `at` on; empty where there is none.
inline Bytes find(const Bytes &message, std::size_t at, unsigned type)
{
	while (at + NLA_HDRLEN <= message.size()) {
		nlattr attr;

		std::memcpy(&attr, &message[at], sizeof(attr));
		if ((attr.nla_type & NLA_TYPE_MASK) == type)
			return Bytes(&message[at + NLA_HDRLEN], &message[at] + attr.nla_len);
		at += NLA_ALIGN(attr.nla_len);
	}
	return {};
}

class Socket
{
public:
	Socket() : fd_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC))
	{
		if (fd_ < 0)
			die("socket");
	}
	~Socket()
	{
		close(fd_);
	}
	Socket(const Socket &) = delete;
	Socket &operator=(const Socket &) = delete;

	void send(std::uint16_t type, std::uint16_t flags, std::uint8_t cmd,
		  const Bytes &attributes)
	{
		const std::size_t size = NLMSG_HDRLEN + GENL_HDRLEN + attributes.size();
		Bytes message(NLMSG_ALIGN(size));
		const nlmsghdr header = {.nlmsg_len = static_cast<std::uint32_t>(size),
					 .nlmsg_type = type,
					 .nlmsg_flags = flags,
					 .nlmsg_seq = ++seq_,
					 .nlmsg_pid = 0};
		const genlmsghdr genl = {.cmd = cmd, .version = 1, .reserved = 0};

		std::memcpy(message.data(), &header, sizeof(header));
		std::memcpy(message.data() + NLMSG_HDRLEN, &genl, sizeof(genl));
		if (!attributes.empty())
			std::memcpy(message.data() + NLMSG_HDRLEN + GENL_HDRLEN, attributes.data(),
				    attributes.size());
		if (::send(fd_, message.data(), message.size(), 0) < 0)
			die("send");
	}

	// One datagram.  The kernel makes a dump's datagrams as long as the greatest `most` of the
	// socket so far.
	Bytes receive(std::size_t most = 1 << 16)
	{
		pollfd waiting = {.fd = fd_, .events = POLLIN, .revents = 0};

		if (poll(&waiting, 1, 60000) != 1) {
			std::fprintf(stderr, "no answer\n");
			std::exit(1);
		}
		static std::uint8_t buffer[1 << 16];
		const ssize_t n = recv(fd_, buffer, most, MSG_TRUNC);

		if (n < 0)
			die("recv");
		if (static_cast<std::size_t>(n) > most) {
			std::fprintf(stderr, "a datagram of %zd bytes\n", n);
			std::exit(1);
		}
		return Bytes(buffer, buffer + n);
	}

	// Hands the datagram's messages that answer the last request to visit, until that
	// returns false.
	template <class Visit>
	void each(const Bytes &datagram, Visit visit) const
	{
		auto left = static_cast<unsigned>(datagram.size());

		for (auto *h = reinterpret_cast<const nlmsghdr *>(datagram.data());
		     NLMSG_OK(h, left); h = NLMSG_NEXT(h, left))
			if (h->nlmsg_seq == seq_ && !visit(*h))
				return;
	}

	// The errno of the answer to the last request, once it is complete.
	int answer(Bytes *reply = nullptr)
	{
		int error = -1;

		while (error < 0)
			each(receive(), [&](const nlmsghdr &h) {
				if (ends(h))
					error = Socket::error(h);
				else if (reply)
					*reply = bytes(h);
				return error < 0;
			});
		return error;
	}

	static bool ends(const nlmsghdr &h)
	{
		return h.nlmsg_type == NLMSG_ERROR || h.nlmsg_type == NLMSG_DONE;
	}
	// Of a message that ends the answer.  Both kinds begin with it.
	static int error(const nlmsghdr &h)
	{
		return -*static_cast<const int *>(NLMSG_DATA(&h));
	}
	static Bytes bytes(const nlmsghdr &h)
	{
		const auto *begin = reinterpret_cast<const std::uint8_t *>(&h);

		return Bytes(begin, begin + h.nlmsg_len);
	}

private:
	int fd_;
	std::uint32_t seq_ = 0;
};

// The id of the family mplink.
inline std::uint16_t family(Socket &socket)
{
	Bytes name, reply;

	put(name, CTRL_ATTR_FAMILY_NAME, MPLINK_FAMILY_NAME, sizeof(MPLINK_FAMILY_NAME));
	socket.send(GENL_ID_CTRL, NLM_F_REQUEST | NLM_F_ACK, CTRL_CMD_GETFAMILY, name);
	if (const int err = socket.answer(&reply)) {
		errno = err;
		die("family " MPLINK_FAMILY_NAME);
	}
	const Bytes id = find(reply, NLMSG_HDRLEN + GENL_HDRLEN, CTRL_ATTR_FAMILY_ID);
	std::uint16_t number;

	if (id.size() != sizeof(number)) {
		std::fprintf(stderr, "the family has no id\n");
		std::exit(1);
	}
	std::memcpy(&number, id.data(), sizeof(number));
	return number;
}
