// SPDX-License-Identifier: GPL-2.0
// Reads messages of the kernel.  Never reads beyond the end of a message; throws Malformed if
// an attribute does not have the length of its type.
#pragma once
#include <linux/netlink.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>

#include "common/address.hh"

namespace mplink::cli
{

using Bytes = std::span<const std::byte>;

struct Malformed : std::runtime_error {
	using std::runtime_error::runtime_error;
};

struct Attribute {
	std::uint16_t type; // without the nesting flag
	Bytes payload;

	std::uint8_t u8() const;
	std::uint16_t u16() const;
	std::uint32_t u32() const;
	std::uint64_t u64() const;
	std::string string() const;
	Address address() const;
};

void for_each_attribute(Bytes bytes, const std::function<void(const Attribute &)> &visit);

struct Received {
	nlmsghdr header;
	Bytes payload;

	// The attributes behind a header of that length.
	Bytes attributes(std::size_t header_len) const;
};

void for_each_message(Bytes bytes, const std::function<void(const Received &)> &visit);

} // namespace mplink::cli
