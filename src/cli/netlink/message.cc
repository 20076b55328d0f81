// SPDX-License-Identifier: GPL-2.0
#include "netlink/message.hh"

#include <linux/genetlink.h>
#include <linux/netlink.h>

#include <cstring>

namespace mplink::cli
{

namespace
{

template <class T>
std::span<const std::byte> raw(const T &value)
{
	return std::as_bytes(std::span(&value, 1));
}

} // namespace

Message::Message(std::uint16_t type, std::uint16_t flags, std::string what) : what_(std::move(what))
{
	nlmsghdr header{};

	header.nlmsg_type = type;
	header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
	append(raw(header));
}

// Pads to 4 bytes.  Only the length of an attribute tells how much of it is data.
void Message::append(std::span<const std::byte> bytes)
{
	bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
	bytes_.resize(NLMSG_ALIGN(bytes_.size()));

	const auto len = static_cast<std::uint32_t>(bytes_.size());

	std::memcpy(bytes_.data() + offsetof(nlmsghdr, nlmsg_len), &len, sizeof(len));
}

void Message::header(std::span<const std::byte> bytes)
{
	append(bytes);
}

void Message::generic(std::uint8_t command, std::uint8_t version)
{
	genlmsghdr header{};

	header.cmd = command;
	header.version = version;
	append(raw(header));
}

void Message::put(std::uint16_t type, std::span<const std::byte> payload, std::string origin)
{
	nlattr attr{};

	origins_.emplace_back(static_cast<std::uint32_t>(bytes_.size()), std::move(origin));
	attr.nla_len = static_cast<std::uint16_t>(NLA_HDRLEN + payload.size());
	attr.nla_type = type;
	append(raw(attr));
	append(payload);
}

void Message::flag(std::uint16_t type, std::string origin)
{
	put(type, {}, std::move(origin));
}

void Message::u8(std::uint16_t type, std::uint8_t value, std::string origin)
{
	put(type, raw(value), std::move(origin));
}

void Message::u16(std::uint16_t type, std::uint16_t value, std::string origin)
{
	put(type, raw(value), std::move(origin));
}

void Message::u32(std::uint16_t type, std::uint32_t value, std::string origin)
{
	put(type, raw(value), std::move(origin));
}

void Message::string(std::uint16_t type, const std::string &value, std::string origin)
{
	put(type, std::as_bytes(std::span(value.c_str(), value.size() + 1)), std::move(origin));
}

void Message::binary(std::uint16_t type, std::span<const std::uint8_t> value, std::string origin)
{
	put(type, std::as_bytes(value), std::move(origin));
}

void Message::address(std::uint16_t type, const Address &value, std::string origin)
{
	put(type, std::as_bytes(value.wire()), std::move(origin));
}

std::size_t Message::nest(std::uint16_t type, std::string origin)
{
	const std::size_t start = bytes_.size();

	put(static_cast<std::uint16_t>(type | NLA_F_NESTED), {}, std::move(origin));
	return start;
}

void Message::nest_end(std::size_t start)
{
	const auto len = static_cast<std::uint16_t>(bytes_.size() - start);

	std::memcpy(bytes_.data() + start + offsetof(nlattr, nla_len), &len, sizeof(len));
}

void Message::set_sequence(std::uint32_t sequence)
{
	std::memcpy(bytes_.data() + offsetof(nlmsghdr, nlmsg_seq), &sequence, sizeof(sequence));
}

void Message::add_flags(std::uint16_t flags)
{
	std::uint16_t all;

	std::memcpy(&all, bytes_.data() + offsetof(nlmsghdr, nlmsg_flags), sizeof(all));
	all = static_cast<std::uint16_t>(all | flags);
	std::memcpy(bytes_.data() + offsetof(nlmsghdr, nlmsg_flags), &all, sizeof(all));
}

std::string Message::origin_at(std::uint32_t offset) const
{
	for (const auto &[at, origin] : origins_)
		if (at == offset)
			return origin;
	return {};
}

} // namespace mplink::cli
