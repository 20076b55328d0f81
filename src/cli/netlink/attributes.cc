// SPDX-License-Identifier: GPL-2.0
#include "netlink/attributes.hh"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace mplink::cli
{

namespace
{

template <class T>
T fixed(const Attribute &attribute)
{
	T value;

	if (attribute.payload.size() != sizeof(value))
		throw Malformed(fmt::format("attribute {} has {} bytes instead of {}",
					    attribute.type, attribute.payload.size(),
					    sizeof(value)));
	std::memcpy(&value, attribute.payload.data(), sizeof(value));
	return value;
}

} // namespace

std::uint8_t Attribute::u8() const
{
	return fixed<std::uint8_t>(*this);
}

std::uint16_t Attribute::u16() const
{
	return fixed<std::uint16_t>(*this);
}

std::uint32_t Attribute::u32() const
{
	return fixed<std::uint32_t>(*this);
}

std::uint64_t Attribute::u64() const
{
	return fixed<std::uint64_t>(*this);
}

std::string Attribute::string() const
{
	const auto end = std::find(payload.begin(), payload.end(), std::byte{});

	return {reinterpret_cast<const char *>(payload.data()),
		static_cast<std::size_t>(end - payload.begin())};
}

Address Attribute::address() const
{
	const auto address = Address::from_wire(payload);

	if (!address)
		throw Malformed(fmt::format("attribute {} has {} bytes, which is no address", type,
					    payload.size()));
	return *address;
}

void for_each_attribute(Bytes bytes, const std::function<void(const Attribute &)> &visit)
{
	while (bytes.size() >= NLA_HDRLEN) {
		nlattr attr;

		std::memcpy(&attr, bytes.data(), sizeof(attr));
		if (attr.nla_len < NLA_HDRLEN || attr.nla_len > bytes.size())
			throw Malformed(fmt::format("an attribute of {} bytes in {}", attr.nla_len,
						    bytes.size()));
		visit({static_cast<std::uint16_t>(attr.nla_type & NLA_TYPE_MASK),
		       bytes.subspan(NLA_HDRLEN, attr.nla_len - NLA_HDRLEN)});
		bytes = bytes.subspan(std::min<std::size_t>(NLA_ALIGN(attr.nla_len), bytes.size()));
	}
	if (!bytes.empty())
		throw Malformed(fmt::format("{} bytes behind the last attribute", bytes.size()));
}

Bytes Received::attributes(std::size_t header_len) const
{
	header_len = NLMSG_ALIGN(header_len);
	if (payload.size() < header_len)
		throw Malformed(fmt::format("a message of {} bytes", payload.size()));
	return payload.subspan(header_len);
}

void for_each_message(Bytes bytes, const std::function<void(const Received &)> &visit)
{
	while (!bytes.empty()) {
		nlmsghdr header;

		if (bytes.size() < sizeof(header))
			throw Malformed(
				fmt::format("{} bytes behind the last message", bytes.size()));
		std::memcpy(&header, bytes.data(), sizeof(header));
		if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > bytes.size())
			throw Malformed(fmt::format("a message of {} bytes in {}", header.nlmsg_len,
						    bytes.size()));
		visit({header, bytes.subspan(sizeof(header), header.nlmsg_len - sizeof(header))});
		bytes = bytes.subspan(
			std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len), bytes.size()));
	}
}

} // namespace mplink::cli
