// SPDX-License-Identifier: GPL-2.0
// An IPv4 or IPv6 address: as text of the user, as 4 or 16 bytes of the kernel, and in the
// core's form.
#pragma once
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "mplink/types.h"

namespace mplink::cli
{

class Address
{
public:
	static std::optional<Address> parse(std::string_view text);
	// Returns nothing unless there are 4 or 16 bytes.
	static std::optional<Address> from_wire(std::span<const std::byte> wire);

	std::string text() const;
	std::span<const std::uint8_t> wire() const;
	mplink_addr core() const;
	// Whether both are of one family, and begin with the same bits.
	bool same_network(const Address &other, unsigned prefix) const;

	// NOLINTNEXTLINE(modernize-use-nullptr): it sees the operator's own 0
	friend auto operator<=>(const Address &, const Address &) = default;

private:
	bool is_inet() const;

	std::array<std::uint8_t, 16> bytes_{};
};

} // namespace mplink::cli
