// SPDX-License-Identifier: GPL-2.0
// Builds a netlink request.  Remembers the origin of each attribute: what the user wrote for
// it.  A netlink error names an attribute by its offset, so the error message can quote the
// user.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/address.hh"

namespace mplink::cli
{

class Message
{
public:
	// what: names the request in error messages, "peer add 10.99.0.2".
	Message(std::uint16_t type, std::uint16_t flags, std::string what);

	// Appends the header of generic netlink; header() appends that of any other family.
	void generic(std::uint8_t command, std::uint8_t version);
	void header(std::span<const std::byte> bytes);

	void flag(std::uint16_t type, std::string origin);
	void u8(std::uint16_t type, std::uint8_t value, std::string origin);
	void u16(std::uint16_t type, std::uint16_t value, std::string origin);
	void u32(std::uint16_t type, std::uint32_t value, std::string origin);
	void string(std::uint16_t type, const std::string &value, std::string origin);
	void binary(std::uint16_t type, std::span<const std::uint8_t> value, std::string origin);
	void address(std::uint16_t type, const Address &value, std::string origin);
	// Returns the position to pass to nest_end().
	std::size_t nest(std::uint16_t type, std::string origin);
	void nest_end(std::size_t start);

	void set_sequence(std::uint32_t sequence);
	void add_flags(std::uint16_t flags);

	std::span<const std::byte> bytes() const
	{
		return bytes_;
	}
	const std::string &what() const
	{
		return what_;
	}
	// The origin of the attribute at that offset; empty if no attribute starts there.
	std::string origin_at(std::uint32_t offset) const;

private:
	void put(std::uint16_t type, std::span<const std::byte> payload, std::string origin);
	void append(std::span<const std::byte> bytes);

	std::vector<std::byte> bytes_;
	std::vector<std::pair<std::uint32_t, std::string>> origins_;
	std::string what_;
};

} // namespace mplink::cli
